// The runs that are open and that this process has met: one object for each, as long as anybody holds it.
//
// KNOWN-RUNS-1. A run that has something to do, or that somebody waits for or watches, is held.
// KNOWN-RUNS-2. Of runs that only wait, a bounded number is held with what is known of them: those that were met last.
//     Of any other its store knows all, and it is read when something happens to it.

import type { StoreRun } from './store-run.ts';

const MOST_WAITING = 1_000;

export class KnownRuns {
  readonly #mostWaiting: number;
  readonly #held = new Map<string, StoreRun>();
  /** In the order in which they began to wait. */
  readonly #waiting = new Map<string, StoreRun>();
  readonly #letGo = new Map<string, WeakRef<StoreRun>>();
  readonly #collected = new FinalizationRegistry<string>((id) => {
    if (this.#letGo.get(id)?.deref() === undefined) this.#letGo.delete(id);
  });

  /** @param mostWaiting Infinity holds all of them. */
  constructor(mostWaiting = MOST_WAITING) {
    this.#mostWaiting = mostWaiting;
  }

  get(id: string): StoreRun | undefined {
    return this.#held.get(id) ?? this.#waiting.get(id) ?? this.#letGo.get(id)?.deref();
  }

  /** Those that are held. */
  *held(): Generator<StoreRun> {
    yield* this.#held.values();
    yield* this.#waiting.values();
  }

  hold(run: StoreRun): void {
    this.#waiting.delete(run.id);
    this.#letGo.delete(run.id);
    this.#held.set(run.id, run);
  }

  /** Something has happened to it: it may wait from now on, or go on. */
  happened(run: StoreRun): void {
    const { id } = run;
    if (!run.isWaiting) {
      if (!this.#held.has(id)) this.hold(run);
      return;
    }
    this.#held.delete(id);
    this.#letGo.delete(id);
    this.#waiting.delete(id);
    this.#waiting.set(id, run);
    if (this.#waiting.size > this.#mostWaiting) this.#letOneGo();
  }

  delete(id: string): void {
    this.#held.delete(id);
    this.#waiting.delete(id);
    this.#letGo.delete(id);
  }

  #letOneGo(): void {
    const [oldest] = this.#waiting.values();
    if (oldest === undefined) return;
    if (oldest.isHeld) return this.hold(oldest);
    this.#waiting.delete(oldest.id);
    this.#letGo.set(oldest.id, new WeakRef(oldest));
    this.#collected.register(oldest, oldest.id);
    oldest.forget();
  }
}
