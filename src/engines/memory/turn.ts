// How long this process works on runs before the event loop has its turn.
//
// TURN-1. Between two turns of the loop at most `MOST_MS` are worked, and then the attempt that is under way ends:
//         timers, deadlines, I/O and the rest of the process are never held for longer.
// TURN-2. Time is read about once a millisecond, not at every step: how often follows from what steps cost.
// TURN-3. Bodies that are called in a turn and return at once end in the same turn. What their ends cost shows only
//         then: a turn that took too long makes the time for calls in the next ones shorter.

import type { Clock } from '../../execute/clock.ts';

const MOST_MS = 10;
/** For calls of bodies, if their ends cost about as much again. */
const BUDGET_MS = 5;
const LEAST_BUDGET_MS = 1;
/** Steps between two looks at the time. */
const FEWEST = 1;
const MOST = 256;

export class Turn {
  readonly #clock: Clock;
  readonly #goOn: () => void;
  #isOpen = false;
  #isOver = false;
  #startedAt = 0;
  #budgetMs = BUDGET_MS;
  #waiters: (() => void)[] | null = null;
  #lookedAt = 0;
  #left = FEWEST;
  #interval = FEWEST;

  /** @param goOn called in the next turn, if this one ended with work left. */
  constructor(clock: Clock, goOn: () => void) {
    this.#clock = clock;
    this.#goOn = goOn;
  }

  /** Counts a step that is about to be performed. False: it has to wait for the next turn. */
  take(): boolean {
    return --this.#left > 0 || this.#look();
  }

  #look(): boolean {
    if (this.#isOver) return false;
    const now = performance.now();
    if (!this.#isOpen) this.#begin(now);
    else if (now - this.#startedAt >= this.#budgetMs) {
      this.#isOver = true;
      return false;
    }
    const tookMs = now - this.#lookedAt;
    this.#lookedAt = now;
    // As many steps as take a millisecond, and no sudden leap: the next ones may be of another kind.
    const fitting = tookMs > 0 ? Math.floor(this.#interval / tookMs) : MOST;
    this.#interval = Math.max(FEWEST, Math.min(MOST, fitting, this.#interval * 4));
    this.#left = this.#interval;
    return true;
  }

  /** Resolves in the next turn. */
  next(): Promise<void> {
    return new Promise((resolve) => (this.#waiters ??= []).push(resolve));
  }

  /** The work of this turn is done: what is left waits for the next one. */
  get isOver(): boolean {
    return this.#isOver;
  }

  #begin(now: number): void {
    this.#isOpen = true;
    this.#startedAt = now;
    this.#lookedAt = now;
    this.#interval = FEWEST;
    this.#clock.nextTurn(() => this.#end());
  }

  #end(): void {
    const hasWork = this.#isOver;
    if (hasWork) this.#adapt(performance.now() - this.#startedAt);
    this.#isOpen = false;
    this.#isOver = false;
    this.#left = FEWEST;
    if (hasWork) this.#goOn();
    const waiters = this.#waiters;
    this.#waiters = null;
    if (waiters !== null) for (const resolve of waiters) resolve();
  }

  /** TURN-3. No sudden leap: this process may just have had no processor. */
  #adapt(tookMs: number): void {
    const fitting = (this.#budgetMs * MOST_MS) / tookMs;
    this.#budgetMs = Math.max(LEAST_BUDGET_MS, Math.min(BUDGET_MS, fitting, this.#budgetMs * 2));
  }
}
