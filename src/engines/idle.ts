// Those who wait until no run of an engine is open: they hear of it, or that the engine was closed before.

import { OnwardError } from '../errors/onward-error.ts';

interface Waiter {
  readonly resolve: () => void;
  readonly refuse: (fault: OnwardError) => void;
}

export class IdleWaiters {
  #waiting: Waiter[] = [];
  /** Why runs stay open; undefined while they may still end. */
  #fault: OnwardError | undefined;

  /** Some run is open. Rejects once the engine is closed. */
  wait(): Promise<void> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    return new Promise((resolve, refuse) => this.#waiting.push({ resolve, refuse }));
  }

  /** No run is open any more. */
  idle(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve();
  }

  /** @param why what keeps runs open, for those who wait now and later */
  close(why: string): void {
    const fault = new OnwardError('ONW3040', `the runtime is closed, and runs are open: ${why}`);
    this.#fault = fault;
    for (const { refuse } of this.#waiting.splice(0)) refuse(fault);
  }

  /** Its engine is opened again. */
  open(): void {
    this.#fault = undefined;
  }
}
