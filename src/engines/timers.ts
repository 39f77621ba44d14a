// One timer for each thing that waits for a time.

import type { Clock } from '../execute/clock.ts';

export class Timers<Of> {
  readonly #clock: Clock;
  readonly #cancels = new Map<Of, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(of: Of): boolean {
    return this.#cancels.has(of);
  }

  /** Replaces an earlier one. Calls back at once, in a turn of its own, if the time has passed. */
  set(of: Of, inMs: number, callback: () => void): void {
    this.clear(of);
    const cancel = this.#clock.after(inMs, () => {
      this.#cancels.delete(of);
      callback();
    });
    this.#cancels.set(of, cancel);
  }

  clear(of: Of): void {
    if (this.#cancels.size === 0) return;
    this.#cancels.get(of)?.();
    this.#cancels.delete(of);
  }

  clearAll(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
