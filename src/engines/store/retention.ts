// How long runs that are over stay in a store.
//
// RETENTION-1. It removes some at a time, between turns: nobody waits for it.
// RETENTION-2. It sets no timer of its own: it looks when a run has ended, and when the store is taken up. A process that has
//     nothing else to do is not kept alive by it.
// RETENTION-3. What it cannot remove now it removes later: whether the store can be written is for the turns to report.

import type { Clock } from '../../execute/clock.ts';
import type { Store } from './store.ts';

const AT_ONCE = 50;
const MOST_PAUSE_MS = 60_000;

export class Retention {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #keepForMs: number;
  #nextAt = 0;
  #isAtWork = false;

  /** @param keepForMs Infinity keeps them for good. */
  constructor(store: Store, clock: Clock, keepForMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#keepForMs = keepForMs;
  }

  /** Removes what has been over for long enough, unless it has just looked. */
  look(): void {
    const now = this.#clock.now();
    if (this.#keepForMs === Number.POSITIVE_INFINITY || this.#isAtWork || now < this.#nextAt) return;
    this.#nextAt = now + Math.min(MOST_PAUSE_MS, this.#keepForMs);
    this.#isAtWork = true;
    this.#clock.nextTurn(() => void this.#removeSome(now - this.#keepForMs));
  }

  async #removeSome(endedBefore: number): Promise<void> {
    try {
      const runs = await this.#store.runs({ endedBefore, order: 'oldest', limit: AT_ONCE });
      if (runs.length > 0) await this.#store.remove(runs.map(({ runId }) => runId));
      if (runs.length === AT_ONCE) return this.#clock.nextTurn(() => void this.#removeSome(endedBefore));
    } catch {
      // It looks again when the next run ends.
    }
    this.#isAtWork = false;
  }
}
