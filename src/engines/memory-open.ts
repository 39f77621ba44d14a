// The runs of the memory engine that are not over.
//
// O1. The index by id is made when somebody first looks for a run, and kept from then on: a process that only starts
//     runs and holds their handles pays for none.
// O2. A run knows its place, so that it leaves without a search.

import type { MemoryRun } from './memory-run.ts';

export class OpenRuns {
  readonly #runs: MemoryRun[] = [];
  #byId: Map<string, MemoryRun> | null = null;

  get size(): number {
    return this.#runs.length;
  }

  add(run: MemoryRun): void {
    run.place = this.#runs.push(run) - 1;
    this.#byId?.set(run.id, run);
  }

  /** The last one takes the place of the one that leaves. */
  remove(run: MemoryRun): void {
    const last = this.#runs.pop();
    if (last !== undefined && last !== run) {
      this.#runs[run.place] = last;
      last.place = run.place;
    }
    this.#byId?.delete(run.id);
  }

  find(id: string): MemoryRun | undefined {
    this.#byId ??= new Map(this.#runs.map((run) => [run.id, run]));
    return this.#byId.get(id);
  }

  /** Those that are open now, whatever becomes of them meanwhile. */
  all(): readonly MemoryRun[] {
    return [...this.#runs];
  }
}
