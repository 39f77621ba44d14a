// The problems of a project, gathered part by part: what is found in a part is kept with it.
//
// FINDINGS-1. The checks go on after a problem, so that all are reported at once; each is reported once.
// FINDINGS-2. What a file says that cannot be parsed is a guess: its syntax errors are reported, and nothing else of it.
// FINDINGS-3. What is kept is what would be found again: the order in which parts are asked for is always the same.

import { visible } from './quote.ts';
import type { Memory, Table } from './memory.ts';
import type { Problem, Report } from './problem.ts';
import { startOf } from './read/span.ts';

/** What was made of a part of the sources, with the problems in it. */
export interface Part<V> {
  readonly value: V;
  readonly problems: readonly Problem[];
}

const NONE: readonly Problem[] = [];
const SYNTAX_ERROR = 'ONW1001';
const never = (): boolean => false;

export class Findings {
  readonly #memory: Memory;
  readonly #found = new Map<string, Problem>();
  /** The files of each result that was asked for. */
  readonly #files: (readonly string[])[] = [];

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  readonly report: Report = (...problem) => this.add([problemOf(...problem)]);

  add(problems: readonly Problem[]): void {
    for (const problem of problems) {
      const { code, place, text } = problem;
      const key = [code, place.file.path, place.at, text].join('\0');
      if (!this.#found.has(key)) this.#found.set(key, problem);
    }
  }

  /** A part with its problems, made now or kept. */
  part<K extends WeakKey, V>(
    table: Table<K, Part<V>>,
    key: K,
    make: (report: Report) => V,
    isStale: (value: V) => boolean = never,
  ): V {
    // A single run asks once.
    if (!this.#memory.isTracking) return make(this.report);
    const { value: part, files } = this.#memory.result(
      table.of(this.#memory),
      key,
      () => partOf(make),
      (kept) => isStale(kept.value),
    );
    if (files.length > 0) this.#files.push(files);
    if (part.problems.length > 0) this.add(part.problems);
    return part.value;
  }

  /** What is read again each time. */
  whole<V>(make: (report: Report) => V): V {
    if (!this.#memory.isTracking) return make(this.report);
    const { value, files } = this.#memory.make(() => make(this.report));
    this.#files.push(files);
    return value;
  }

  /** Whether a file was read for what was found, now or when it was made. Known where the memory tracks files. */
  hasRead(path: string): boolean {
    return this.#files.some((files) => files.includes(path));
  }

  /** By file and place. */
  problems(): Problem[] {
    const found = [...this.#found.values()];
    const unparsed = new Set(found.flatMap(({ code, place }) => (code === SYNTAX_ERROR ? place.file.path : [])));
    const certain = found.filter(({ code, place }) => code === SYNTAX_ERROR || !unparsed.has(place.file.path));
    return certain.toSorted(byPlace);
  }
}

/** What is made, with the problems that are reported on the way. */
export function partOf<V>(make: (report: Report) => V): Part<V> {
  let problems: Problem[] | undefined;
  const value = make((...problem) => void (problems ??= []).push(problemOf(...problem)));
  return { value, problems: problems ?? NONE };
}

/** Names in a text may hold anything. */
function problemOf(...[code, place, text, more = {}]: Parameters<Report>): Problem {
  const related = (more.related ?? []).map((item) => ({ ...item, text: visible(item.text) }));
  return { code, severity: more.severity ?? 'error', place, text: visible(text), related };
}

function byPlace(a: Problem, b: Problem): number {
  if (a.place.file.path !== b.place.file.path) return a.place.file.path < b.place.file.path ? -1 : 1;
  return startOf(a.place.at) - startOf(b.place.at) || (a.code < b.code ? -1 : 1);
}
