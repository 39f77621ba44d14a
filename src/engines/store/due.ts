// The timers of a store: the earliest one is waited for, and what comes due is handed out once.
//
// DUE-1. A timer stays in the store until the event that it brings is decided; till then it is not handed out again.
// DUE-2. A wait that is lost is found again with `arm`.
// DUE-3. Where other processes set timers as well, it looks every so often, and leaves them a moment for their own. Before
//     the first `arm` it waits for none.

import type { Clock } from '../../execute/clock.ts';
import { chain } from './now-or-later.ts';
import type { Store, StoredTimer } from './store.ts';

const AT_ONCE = 256;
/** So often it looks for timers of other processes. */
const LOOK_MS = 1_000;
/** So long it leaves a timer of another process to that one. */
const LEFT_MS = 100;
/** After the store could not be read. */
const AGAIN_MS = 1_000;

export class DueTimers {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #fire: (timer: StoredTimer) => void;
  /** Handed out, and not settled: the runs by the keys of their timers. */
  readonly #fired = new Map<string, string>();
  /** Runs that cannot be read, and those of their timers that are due: they stay in the store, ahead of the others. */
  readonly #left = new Set<string>();
  readonly #stuck = new Set<string>();
  #armedFor = Number.POSITIVE_INFINITY;
  /** The timer that is waited for, if it was set in this process. */
  #armedKey: string | undefined;
  #callOff: () => void = () => undefined;
  #isFull = false;

  readonly #isShared: boolean;
  #isOn: boolean;

  /** @param isShared other processes set timers as well. */
  constructor(store: Store, clock: Clock, fire: (timer: StoredTimer) => void, isShared = false) {
    this.#isShared = isShared;
    this.#isOn = !isShared;
    this.#store = store;
    this.#clock = clock;
    this.#fire = fire;
  }

  /** Waits for a time, unless it waits for an earlier one. */
  armFor(at: number, key?: string): void {
    if (!this.#isOn || at >= this.#armedFor) return;
    this.#callOff();
    this.#armedFor = at;
    this.#armedKey = key;
    this.#callOff = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#armedFor = Number.POSITIVE_INFINITY;
      this.arm();
    });
  }

  /** Hands out what is due, and waits for what comes next. */
  arm(): void {
    this.#isOn = true;
    try {
      const limit = AT_ONCE + this.#stuck.size;
      const found = chain(this.#store.due(this.#clock.now(), limit), ({ timers, next }) => {
        for (const timer of timers) {
          if (this.#left.has(timer.runId)) this.#stuck.add(timer.key);
          if (this.#fired.has(timer.key) || this.#stuck.has(timer.key)) continue;
          this.#fired.set(timer.key, timer.runId);
          this.#fire(timer);
        }
        // Those behind them are looked for when these are settled.
        this.#isFull = timers.length === limit;
        if (this.#isFull) return this.#fired.size === 0 ? this.arm() : undefined;
        if (next !== undefined) this.armFor(this.#isShared ? next + LEFT_MS : next);
        if (this.#isShared) this.armFor(this.#clock.now() + LOOK_MS);
      });
      if (found instanceof Promise) found.catch(() => this.#tryAgain());
    } catch {
      this.#tryAgain();
    }
  }

  /** The event of a timer was decided: the store has it no longer. */
  settled(key: string): void {
    this.#fired.delete(key);
    if (this.#isFull && this.#fired.size === 0) this.arm();
  }

  /** The run cannot be read: no timer of it is handed out any more. */
  leave(runId: string): void {
    this.#left.add(runId);
    for (const [key, firedOf] of [...this.#fired]) {
      if (firedOf !== runId) continue;
      this.#stuck.add(key);
      this.settled(key);
    }
  }

  /** Timers were removed: nobody waits for one that is gone. @param belongs whether a key is one of theirs. */
  removed(belongs: (key: string) => boolean): void {
    if (this.#armedFor === Number.POSITIVE_INFINITY || this.#isShared) return;
    if (this.#armedKey !== undefined && !belongs(this.#armedKey)) return;
    this.#callOff();
    this.#armedFor = Number.POSITIVE_INFINITY;
    this.arm();
  }

  forget(): void {
    this.#callOff();
    this.#armedFor = Number.POSITIVE_INFINITY;
    this.#fired.clear();
    this.#isFull = false;
    this.#isOn = !this.#isShared;
  }

  /** That it cannot be read is reported where something is to be written. */
  #tryAgain(): void {
    this.armFor(this.#clock.now() + AGAIN_MS);
  }
}
