// The disk as the generator asks it, with every answer kept: what was read, what is there, and what is not.
//
// DISK-1. What the wiring depends on outside of our own code is asked here and nowhere else.
// DISK-2. One question has one answer for as long as the generator runs: what it was made from is what it says.
// DISK-3. The wiring itself counts as there and is never read: whether it is written yet changes nothing that it is made
//         from.

import { hash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';

/** Questions with their answers: plain data. Paths below the root are relative to it. */
export interface Answers {
  /** Digests of what files hold; null for what is no file that can be read. */
  readonly texts: Readonly<Record<string, string | null>>;
  readonly files: readonly string[];
  /** Paths that were asked for and are no files. */
  readonly noFiles: readonly string[];
  readonly folders: readonly string[];
  readonly noFolders: readonly string[];
  /** Where paths lead once their links are followed. */
  readonly links: Readonly<Record<string, string>>;
  /** Digests of the names in folders that the pattern of a tsconfig looks into. */
  readonly listings: Readonly<Record<string, string>>;
}

/** The names in a folder. */
export interface Listing {
  readonly files: readonly string[];
  readonly directories: readonly string[];
}

export interface Disk {
  /** A text without its byte order mark; undefined for what is no file that can be read. */
  read(path: string): string | undefined;
  /** Of the bytes that were read; undefined if none were. */
  digest(path: string): string | undefined;
  isFile(path: string): boolean;
  isFolder(path: string): boolean;
  /** With every link followed; a path that leads nowhere is itself. */
  realPath(path: string): string;
  list(folder: string): Listing;
}

/** What is asked of the disk from one root; all paths are absolute, with `/`. */
export class RecordingDisk implements Disk {
  readonly #root: string;
  #output: string | undefined;
  readonly #texts = new Map<string, string>();
  readonly #digests = new Map<string, string | null>();
  readonly #files = new Map<string, boolean>();
  readonly #folders = new Map<string, boolean>();
  readonly #links = new Map<string, string>();
  readonly #listings = new Map<string, Listing>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Where the wiring will be; said before anything of the program is asked. */
  set output(path: string) {
    this.#output = path;
  }

  read(path: string): string | undefined {
    if (path === this.#output) return undefined;
    const known = this.#texts.get(path);
    if (known !== undefined || this.#digests.has(path)) return known;
    const bytes = bytesOf(path);
    this.#digests.set(path, bytes === undefined ? null : digestOf(bytes));
    const text = bytes === undefined ? undefined : textOf(bytes);
    if (text !== undefined) this.#texts.set(path, text);
    return text;
  }

  digest(path: string): string | undefined {
    return this.#digests.get(path) ?? undefined;
  }

  isFile(path: string): boolean {
    return path === this.#output || answered(this.#files, path, () => isFile(path));
  }

  isFolder(path: string): boolean {
    return answered(this.#folders, path, () => isFolder(path));
  }

  realPath(path: string): string {
    return path === this.#output ? path : answered(this.#links, path, () => realPathOf(path));
  }

  list(folder: string): Listing {
    return answered(this.#listings, folder, () => listingOf(folder, this.#output));
  }

  /** Asks again what has been asked: about these paths and the folders around them, or about everything. */
  differences(paths?: Iterable<string>): Differences {
    const texts: string[] = [];
    let isStructural = false;
    const asked = paths === undefined ? this.#asked() : withFolders(paths);
    for (const path of asked) {
      if (path === this.#output) continue;
      const digest = this.#digests.get(path);
      if (digest !== undefined) {
        const bytes = bytesOf(path);
        const now = bytes === undefined ? null : digestOf(bytes);
        if (digest === null || now === null) isStructural ||= digest !== now;
        else if (digest !== now) texts.push(path);
      }
      const [file, folder, link] = [this.#files.get(path), this.#folders.get(path), this.#links.get(path)];
      const listing = this.#listings.get(path);
      isStructural ||=
        (file !== undefined && file !== isFile(path)) ||
        (folder !== undefined && folder !== isFolder(path)) ||
        (link !== undefined && link !== realPathOf(path)) ||
        (listing !== undefined && digestOfListing(listing) !== digestOfListing(listingOf(path, this.#output)));
    }
    return { texts, isStructural };
  }

  /** The next to ask for these texts reads them again. */
  forgetTexts(paths: Iterable<string>): void {
    for (const path of paths) {
      this.#texts.delete(path);
      this.#digests.delete(path);
    }
  }

  /** Everything in which a change matters. */
  folders(): Set<string> {
    return new Set([...this.#asked()].map(folderOf).concat([...this.#listings.keys()]));
  }

  #asked(): Set<string> {
    const kinds = [this.#digests, this.#files, this.#folders, this.#links, this.#listings];
    return new Set(kinds.flatMap((kind) => [...kind.keys()]));
  }

  answers(): Answers {
    const short = shortener(this.#root);
    const asked = (known: ReadonlyMap<string, boolean>, isThere: boolean): string[] =>
      [...known].flatMap(([path, found]) => (found === isThere ? [short(path)] : []));
    const isRead = (path: string): boolean => typeof this.#digests.get(path) === 'string';
    return {
      texts: Object.fromEntries([...this.#digests].map(([path, digest]) => [short(path), digest])),
      // What was read is compared as a whole.
      files: [...this.#files].flatMap(([path, found]) => (found && !isRead(path) ? [short(path)] : [])),
      noFiles: asked(this.#files, false),
      folders: asked(this.#folders, true),
      noFolders: asked(this.#folders, false),
      links: Object.fromEntries([...this.#links].map(([path, to]) => [short(path), short(to)])),
      listings: Object.fromEntries(
        [...this.#listings].map(([folder, found]) => [short(folder), digestOfListing(found)]),
      ),
    };
  }
}

/** What is another than it was answered. */
export interface Differences {
  /** Files that hold another text. */
  readonly texts: readonly string[];
  /** Whether a file, a folder or a link has come, gone or changed. */
  readonly isStructural: boolean;
}

/** Whether the disk gives all the same answers now. Contents are compared, never times. */
export function givesSame(answers: Answers, root: string, output: string): boolean {
  const long = (path: string): string => (isAbsolute(path) ? path : `${root}/${path}`);
  for (const folder in answers.listings) {
    if (digestOfListing(listingOf(long(folder), output)) !== answers.listings[folder]) return false;
  }
  for (const path of answers.files) if (!isFile(long(path))) return false;
  for (const path of answers.folders) if (!isFolder(long(path))) return false;
  for (const path of answers.noFiles) if (isFile(long(path))) return false;
  for (const path of answers.noFolders) if (isFolder(long(path))) return false;
  for (const path in answers.links) if (realPathOf(long(path)) !== long(answers.links[path] ?? '')) return false;
  for (const path in answers.texts) {
    const bytes = bytesOf(long(path));
    if ((bytes === undefined ? null : digestOf(bytes)) !== answers.texts[path]) return false;
  }
  return true;
}

const QUIET = { throwIfNoEntry: false } as const;

export function digestOf(content: Buffer | string): string {
  return hash('sha256', content, 'base64url');
}

function bytesOf(path: string): Buffer | undefined {
  try {
    // A pipe or a device would be waited for.
    return isFile(path) ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/** A text without its byte order mark; undefined for what is no file that can be read. */
export function readText(path: string): string | undefined {
  const bytes = bytesOf(path);
  return bytes === undefined ? undefined : textOf(bytes);
}

/** As compilers read it: UTF-8, or what the byte order mark says. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2));
    return Buffer.from(even).swap16().toString('utf16le');
  }
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() === true;
}

/** Not where it may not be looked at. */
export function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

/** Undefined also where a folder on the way is a file, or may not be looked into. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, QUIET);
  } catch {
    return undefined;
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync.native(path).replaceAll('\\', '/');
  } catch {
    return path;
  }
}

/** What a compiler may take, by name. */
const SOURCE = /\.(?:[cm]?[jt]sx?|json)$/;

function listingOf(folder: string, output: string | undefined): Listing {
  const files: string[] = [];
  const directories: string[] = [];
  for (const entry of entriesOf(folder)) {
    const path = `${folder}/${entry.name}`;
    const isLink = entry.isSymbolicLink();
    if (isLink ? isFolder(path) : entry.isDirectory()) directories.push(entry.name);
    else if (SOURCE.test(entry.name) && path !== output && (isLink ? isFile(path) : entry.isFile())) {
      files.push(entry.name);
    }
  }
  if (output !== undefined && output.slice(0, output.lastIndexOf('/')) === folder) {
    files.push(output.slice(folder.length + 1));
  }
  return { files: files.sort(), directories: directories.sort() };
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function digestOfListing({ files, directories }: Listing): string {
  return digestOf(`${directories.join('\0')}\0\0${files.join('\0')}`);
}

/** With the folder of each. */
function withFolders(paths: Iterable<string>): Set<string> {
  const found = new Set<string>();
  for (const path of paths) found.add(path).add(folderOf(path));
  return found;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

function answered<T>(known: Map<string, T>, path: string, ask: () => T): T {
  const before = known.get(path);
  if (before !== undefined) return before;
  const found = ask();
  known.set(path, found);
  return found;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:/.test(path);
}

function shortener(root: string): (path: string) => string {
  const before = root.endsWith('/') ? root : `${root}/`;
  return (path) => (path.startsWith(before) ? path.slice(before.length) : path);
}
