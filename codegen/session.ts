// A project that stays open: what has changed is read again, and the rest is what it was.
//
// SESSION-1. What it finds is what a new run of the generator finds: it leaves out only work whose result is known.
// SESSION-2. A file is parsed again only if its text is another one. Where its record says the same, nothing is linked: the
//            problems in it have moved, and that is all.
// SESSION-3. Where it says something else and leads where it led, only what was read from it is linked again.
// SESSION-4. Where a file, a folder, a link, a tsconfig or a package.json has changed, the project is opened again.

import { dirname, resolve } from 'node:path';
import { isWiring } from './header.ts';
import { Linker, openAt, type Analysis, type OpenedProject } from './generate.ts';
import { Memory } from './memory.ts';
import { tsconfigAt } from './outcome.ts';
import type { Place, Problem } from './problem.ts';
import { isDeclaration, posix } from './read/outputs.ts';
import { readFile } from './read/read-file.ts';
import { movedPlaces } from './read/same-record.ts';
import type { RecordCache } from './read/sources.ts';
import type { Span } from './read/span.ts';
import { specifiersIn } from './read/specifiers.ts';

export class Session {
  readonly #path: string;
  readonly #records: RecordCache = new Map();
  #opened: OpenedProject | undefined;
  #linker: Linker | undefined;
  #found: Analysis | undefined;
  #folders = new Set<string>();
  /** Files in which places have moved since they were linked. */
  readonly #moved = new Set<string>();

  constructor(path: string) {
    this.#path = path;
  }

  /** What was found last; undefined where reading threw an error. */
  get found(): Analysis | undefined {
    return this.#found;
  }

  /** The folders in which a change matters. None of them is in a package. */
  folders(): ReadonlySet<string> {
    const folders = this.#opened?.disk.folders() ?? [];
    const own = [...folders].filter((folder) => folder !== '' && !folder.includes('/node_modules'));
    // What cannot be opened now is looked for where it was, and where it should be.
    this.#folders = this.#found === undefined ? new Set([...this.#folders, ...own]) : new Set(own);
    return this.#folders.add(posix(dirname(resolve(tsconfigAt(this.#path)))));
  }

  /**
   * Looks at these paths and the folders around them, or at everything.
   *
   * @returns the files that have come, gone or hold another text; undefined if nothing is another than it was.
   * @throws {OnwardError} as the generator does. The next update reads everything.
   */
  update(paths?: Iterable<string>): { readonly files: readonly string[] } | undefined {
    const [opened, linker, found] = [this.#opened, this.#linker, this.#found];
    if (opened === undefined || linker === undefined || found === undefined) return this.#reopen([]);
    const { texts, isStructural } = opened.disk.differences(paths);
    if (texts.length === 0 && !isStructural) return undefined;
    if (isStructural || !texts.every(isProgramText) || !opened.project.hasOneConfig) return this.#reopen(texts);
    const before = texts.map((path) => ({ path, text: opened.disk.read(path) ?? '' }));
    opened.disk.forgetTexts(texts);
    this.#found = undefined;
    this.#found = before.every(({ path, text }) => leadsAlike(opened, path, text))
      ? (this.#move(opened, found, before) ?? this.#relink(opened, linker, texts))
      : this.#linkAll(opened);
    return { files: texts };
  }

  #reopen(texts: readonly string[]): { readonly files: readonly string[] } {
    this.#found = undefined;
    const before = new Set(this.#opened?.project.files);
    this.#opened = openAt(this.#path);
    this.#found = this.#linkAll(this.#opened);
    const after = new Set(this.#opened.project.files);
    const come = [...after].filter((file) => before.size > 0 && !before.has(file));
    const gone = [...before].filter((file) => !after.has(file));
    return { files: [...new Set([...texts, ...come, ...gone])] };
  }

  #linkAll(opened: OpenedProject): Analysis {
    this.#moved.clear();
    this.#linker = new Linker(opened, { cache: this.#records }, new Memory(true));
    return this.#linker.link();
  }

  /** Links what these files, and those in which places have moved, can have made another. */
  #relink(opened: OpenedProject, linker: Linker, texts: readonly string[]): Analysis {
    if (!linker.isOneProject) return this.#linkAll(opened);
    linker.forget([...texts, ...this.#moved]);
    this.#moved.clear();
    return linker.link();
  }

  /** What was found, with the places where they are now; undefined if the files say something else. */
  #move(
    { disk, project: { ts } }: OpenedProject,
    found: Analysis,
    before: readonly { readonly path: string; readonly text: string }[],
  ): Analysis | undefined {
    const moves = new Map<string, ReadonlyMap<Span, Span>>();
    for (const { path, text } of before) {
      const record = this.#records.get(path);
      // Nobody has asked what it says.
      if (record === undefined) continue;
      const now = readFile(ts, path, disk.read(path) ?? '');
      this.#records.set(path, now);
      const places = record.text === text ? movedPlaces(record, now) : undefined;
      if (places === undefined) return undefined;
      moves.set(path, places);
    }
    const problems = this.#movedProblems(found.problems, moves);
    if (problems === undefined) return undefined;
    for (const path of moves.keys()) this.#moved.add(path);
    return { ...found, problems };
  }

  #movedProblems(
    problems: readonly Problem[],
    moves: ReadonlyMap<string, ReadonlyMap<Span, Span>>,
  ): readonly Problem[] | undefined {
    let isKnown = true;
    const move = ({ file, at }: Place): Place => {
      const places = moves.get(file.path);
      if (places === undefined) return { file, at };
      const [now, span] = [this.#records.get(file.path), places.get(at)];
      isKnown &&= now !== undefined && span !== undefined;
      return { file: now ?? file, at: span ?? at };
    };
    const moved = problems.map((problem) => ({
      ...problem,
      place: move(problem.place),
      related: problem.related.map((item) => ({ place: move(item.place), text: item.text })),
    }));
    return isKnown ? moved : undefined;
  }
}

/** Whether a file that had this text leads to the same files, and counts for as much. */
function leadsAlike({ disk, project: { ts } }: OpenedProject, path: string, before: string): boolean {
  const text = disk.read(path);
  return (
    text !== undefined &&
    isWiring(text) === isWiring(before) &&
    ['@', 'extends'].every((word) => text.includes(word) === before.includes(word)) &&
    JSON.stringify(specifiersIn(ts, text)) === JSON.stringify(specifiersIn(ts, before))
  );
}

/** A text that is followed for its imports and may have annotations; nothing else depends on it. */
function isProgramText(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path) && !isDeclaration(path) && !path.includes('/node_modules/');
}
