// The runs that the memory engine knows: those that are open, and those with an id of their own that are over.
//
// KNOWN-RUNS-1. A run knows its place, and keeps it as long as it is known: it comes and goes without a search.
// KNOWN-RUNS-2. The index by id is built at the first search and kept from then on: a process that only starts runs and
//     holds their handles pays for none.
// KNOWN-RUNS-3. The index has places, not runs. The tables that a map leaves behind when it grows or is tidied are old by
//     then, and the collector takes what they hold for needed: it would carry each run along as long.
// KNOWN-RUNS-4. What is over is forgotten in the order in which it ended, without a search.

import type { LineRun } from './line-run.ts';
import type { MemoryRun } from './run.ts';

export type AnyRun = MemoryRun | LineRun;

/** Forgotten runs after which the list is rebuilt. */
const FORGOTTEN = 256;

export class KnownRuns {
  /** By place. */
  readonly #runs: (AnyRun | null)[] = [];
  readonly #free: number[] = [];
  #open = 0;
  #places: Map<string, number> | null = null;
  /** The places of those that are over, in the order in which they ended. */
  #over: number[] = [];
  /** Where the first one stands that is not forgotten. */
  #first = 0;

  /** How many are open. */
  get open(): number {
    return this.#open;
  }

  add(run: AnyRun): void {
    const place = this.#free.pop() ?? this.#runs.length;
    this.#runs[place] = run;
    this.#open++;
    run.place = place;
    this.#places?.set(run.id, place);
  }

  /** It is over, and stays known or not. */
  ended(run: AnyRun, isKept: boolean): void {
    this.#open--;
    if (!isKept) return this.#drop(run, run.place);
    this.#over.push(run.place);
    run.place = OVER;
  }

  #drop(run: AnyRun, place: number): void {
    this.#runs[place] = null;
    this.#free.push(place);
    this.#places?.delete(run.id);
  }

  /** It was made a whole run. */
  replace(line: LineRun, run: MemoryRun): void {
    run.place = line.place;
    this.#runs[run.place] = run;
  }

  find(id: string): AnyRun | undefined {
    this.#places ??= new Map(this.#runs.flatMap((run, place) => (run === null ? [] : [[run.id, place]])));
    const place = this.#places.get(id);
    return place === undefined ? undefined : (this.#runs[place] ?? undefined);
  }

  /** Those that are open now: a copy, for runs end while it is walked. */
  allOpen(): readonly MemoryRun[] {
    return this.#runs.flatMap((run) => (run === null || run.place === OVER ? [] : run.whole));
  }

  /** Those that are over, too. */
  all(): readonly MemoryRun[] {
    return this.#runs.flatMap((run) => run?.whole ?? []);
  }

  /** Forgets those that ended first, until at most so many are left and none of them ended before a time. */
  forget(most: number, since: number): void {
    for (let place = this.#over[this.#first]; place !== undefined; place = this.#over[this.#first]) {
      const run = this.#runs[place] ?? null;
      if (run === null || (this.#over.length - this.#first <= most && run.endedAt > since)) break;
      this.#first++;
      this.#drop(run, place);
    }
    if (this.#first < FORGOTTEN || this.#first * 2 < this.#over.length) return;
    this.#over = this.#over.slice(this.#first);
    this.#first = 0;
  }
}

/** The place of a run that is over, as it knows it itself. */
const OVER = -2;
