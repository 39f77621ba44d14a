// Those who wait for a run of the journaled engine, or for its entry, to be over.

import type { RunSummary } from '../../run/view.ts';

interface Waiter {
  readonly resolve: (run: RunSummary) => void;
  readonly reject: (fault: unknown) => void;
}

export class Waiters {
  readonly #list: Waiter[] = [];

  wait(): Promise<RunSummary> {
    return new Promise((resolve, reject) => this.#list.push({ resolve, reject }));
  }

  settle(summary: () => RunSummary): void {
    for (const { resolve } of this.#list.splice(0)) resolve(summary());
  }

  fail(fault: unknown): void {
    for (const { reject } of this.#list.splice(0)) reject(fault);
  }
}
