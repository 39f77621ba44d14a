// The program that imports make: what the tsconfigs list, and everything that these files lead to.
//
// PROGRAM-1. No word of a text decides whether a file matters, only where its imports lead: to the package, or to a
//            file or a package that hands it on.
// PROGRAM-2. Tests and our own output lead nowhere: what only they import is no part of the program that is wired.
// PROGRAM-3. Own is what the wiring reaches by a relative path: the files of its tsconfig, and what they import so.
//            What another tsconfig or another package.json holds is imported by a name.

import { isBuiltin } from 'node:module';
import { join } from 'node:path/posix';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { isWiring } from '../header.ts';
import { byCodeUnit, type Project, type ProjectConfig } from '../project.ts';
import { folderOf, isDeclaration } from './outputs.ts';
import { PACKAGE, packageName, type Packages } from './packages.ts';
import { specifiersIn } from './specifiers.ts';

export interface Program {
  /** Files that may have annotations of ours, or extend a class that has them; in the order of their names. */
  readonly candidates: readonly string[];
  /** The relative specifiers by which own files lead to sources, as they are written. */
  readonly specifiers: readonly string[];
  /** How many files it has. */
  readonly size: number;
  /** Whether the wiring imports each of its files by a relative path. */
  readonly isAllOwn: boolean;
  /** Whether the wiring imports a file by a relative path. */
  isOwn(path: string): boolean;
  /** Whether a tsconfig that the program begins with lists the file. */
  isListed(path: string): boolean;
  /** The names that lead from the wiring into a package or another project, the best first. */
  namesFor(path: string): readonly Entry[];
}

/** What a bare specifier leads to. */
export interface Entry {
  readonly specifier: string;
  readonly path: string;
}

/** What the files lead to. */
interface Found {
  readonly texts: Map<string, string>;
  /** Those whose imports lead to us. */
  readonly leading: Set<string>;
  readonly importers: Map<string, string[]>;
  readonly relatives: Map<string, string[]>;
  /** Relative specifiers that lead to sources. The wiring counts as one, whether or not it is written yet. */
  readonly written: { readonly from: string; readonly specifier: string }[];
  readonly named: { readonly from: string; readonly specifier: string; readonly path: string }[];
}

/** @throws {OnwardError} ONW6003 for a source that is there and cannot be read. */
export function readProgram(project: Project, packages: Packages, output: string): Program {
  const found = followImports(project, packages, output);
  const owner = ownerOf(project, output);
  const home = project.packageOf(output);
  const own = ownFiles(project, owner, home, found);
  const listed = new Set(project.files);
  const isOwn = (path: string): boolean => {
    if (own.has(path)) return true;
    if (isDeclaration(path) && path.includes('/node_modules/')) return false;
    const listing = project.listing(path);
    return project.packageOf(path) === home && (listing === undefined || owner === undefined || listing === owner);
  };
  const entries = entriesByPackage(project, found, isOwn);
  return {
    candidates: candidatesOf(found).toSorted(byCodeUnit),
    specifiers: found.written.flatMap(({ from, specifier }) => (isOwn(from) ? specifier : [])),
    size: found.texts.size,
    isAllOwn: [...found.texts.keys()].every(isOwn),
    isOwn,
    isListed: (path) => listed.has(path),
    namesFor: (path) => entries(project.packageOf(path), output),
  };
}

/** Whether the generator can read it. */
export function isSource(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path);
}

/** Whether a file is part of the program, by its path alone. */
function isFollowed(path: string): boolean {
  if (!/\.[cm]?[jt]sx?$/.test(path) || isDeclaration(path)) return false;
  if (/\.(test|spec)(-d)?\.[cm]?[jt]sx?$/.test(path)) return false;
  return !/(^|\/)(__tests__|__mocks__|node_modules)\//.test(path);
}

function followImports(project: Project, packages: Packages, output: string): Found {
  const found: Found = {
    texts: new Map(),
    leading: new Set(),
    importers: new Map(),
    relatives: new Map(),
    written: [],
    named: [],
  };
  const open = project.files.filter(isFollowed);
  const known = new Set(open);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const text = project.read(path);
    if (text === undefined && path !== output && project.disk.isFile(path)) throw unreadable(path);
    if (text === undefined || isWiring(text)) continue;
    found.texts.set(path, text);
    for (const next of followFile({ project, packages, output, found }, path, text)) {
      if (known.has(next)) continue;
      known.add(next);
      open.push(next);
    }
  }
  return found;
}

/** Without it a good wiring would lose the services that it has. */
function unreadable(path: string): OnwardError {
  return new OnwardError(
    'ONW6003',
    `${path} is there and cannot be read; let this user read it, or leave it out of the tsconfig`,
  );
}

/** What is looked at, and where it is noted. */
interface Way {
  readonly project: Project;
  readonly packages: Packages;
  readonly output: string;
  readonly found: Found;
}

/** Notes what a file's imports lead to; returns the files of the program among it. */
function followFile({ project, packages, output, found }: Way, path: string, text: string): string[] {
  const { leading, importers, relatives, named, written } = found;
  const followed: string[] = [];
  for (const { text: specifier, isRequired } of specifiersIn(project.ts, text)) {
    if (specifier === PACKAGE) leading.add(path);
    if (specifier === PACKAGE || isBuiltin(specifier)) continue;
    if (meansFile(specifier, path, output)) {
      written.push({ from: path, specifier });
      continue;
    }
    const next = project.resolve(specifier, path, isRequired)?.path;
    // What leads nowhere may have been ours: the file is read, and what is missing there is reported.
    if (next === undefined) leading.add(path);
    if (next === undefined) continue;
    const isRelative = specifier.startsWith('.');
    if (!isRelative) named.push({ from: path, specifier, path: next });
    else if (isSource(next)) written.push({ from: path, specifier });
    if (isDeclaration(next)) {
      if (packages.leadsToUs(next)) leading.add(path);
    } else if (isFollowed(next)) {
      addTo(importers, next, path);
      if (isRelative) addTo(relatives, path, next);
      followed.push(next);
    }
  }
  return followed;
}

function withoutEnding(path: string): string {
  return path.replace(/\.[cm]?[jt]sx?$/, '');
}

/** Whether a relative specifier is meant to lead to a file, be it there or not. */
function meansFile(specifier: string, from: string, file: string): boolean {
  const name = withoutEnding(file.slice(file.lastIndexOf('/') + 1));
  // Most imports name another file: they are not put together.
  if (!specifier.startsWith('.') || !specifier.includes(name)) return false;
  return withoutEnding(join(folderOf(from), specifier)) === withoutEnding(file);
}

function candidatesOf({ texts, leading, importers }: Found): string[] {
  const marked = [...leading];
  for (let path = marked.pop(); path !== undefined; path = marked.pop()) {
    for (const importer of importers.get(path) ?? []) {
      if (leading.has(importer)) continue;
      leading.add(importer);
      marked.push(importer);
    }
  }
  return [...texts].flatMap(([path, text]) =>
    leading.has(path) && isSource(path) && (text.includes('@') || text.includes('extends')) ? [path] : [],
  );
}

/** The tsconfig that the wiring is compiled with; undefined if none of several says so. */
function ownerOf({ configs }: Project, output: string): ProjectConfig | undefined {
  const [only, ...others] = configs;
  if (others.length === 0) return only;
  const around = configs.filter(({ path }) => output.startsWith(`${folderOf(path)}/`));
  return (
    configs.find(({ files }) => files.includes(output)) ??
    around.toSorted((a, b) => folderOf(b.path).length - folderOf(a.path).length)[0]
  );
}

function ownFiles(project: Project, owner: ProjectConfig | undefined, home: string, found: Found): Set<string> {
  const open = (owner?.files ?? project.files).filter(
    (path) => owner !== undefined || project.packageOf(path) === home,
  );
  const own = new Set(open);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const next of found.relatives.get(path) ?? []) {
      if (own.has(next)) continue;
      own.add(next);
      open.push(next);
    }
  }
  return own;
}

/** What own files write to get into a package, or into one that hands it on; then the package's own name. */
function entriesByPackage(
  project: Project,
  { named }: Found,
  isOwn: (path: string) => boolean,
): (folder: string, output: string) => readonly Entry[] {
  const byPackage = new Map<string, Map<string, Entry>>();
  for (const { from, specifier, path } of named) {
    if (!isOwn(from) || isOwn(path)) continue;
    const folder = project.packageOf(path);
    const entries = byPackage.get(folder) ?? new Map<string, Entry>();
    byPackage.set(folder, entries.set(specifier, { specifier, path }));
  }
  const sorted = new Map<string, readonly Entry[]>();
  return (folder, output) => {
    const known = sorted.get(folder);
    if (known !== undefined) return known;
    const written = (at: string): Entry[] => [...(byPackage.get(at)?.values() ?? [])].toSorted(byLength);
    // Packages of a workspace hand each other on.
    const others = [...byPackage.keys()].filter((at) => at !== folder && !at.includes('/node_modules/'));
    const name = packageName(project, folder);
    const path = name === undefined ? undefined : project.resolve(name, output)?.path;
    const byName = name === undefined || path === undefined ? [] : [{ specifier: name, path }];
    const found = [...written(folder), ...others.toSorted(byCodeUnit).flatMap(written), ...byName];
    sorted.set(folder, found);
    return found;
  };
}

function byLength(a: Entry, b: Entry): number {
  return a.specifier.length - b.specifier.length || byCodeUnit(a.specifier, b.specifier);
}

function addTo(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
