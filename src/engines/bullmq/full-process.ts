// A process that has as many bodies under way as it may, and what it does about those that wait.
//
// FULL-PROCESS-1. Each worker of BullMQ counts its own queue, so together they take more jobs than have a place. A job that
//     waits here counts for the `concurrency` of its node everywhere, and no other process may begin it: when no place
//     became free for a while, what waits goes back.
// FULL-PROCESS-2. From then on nothing more is taken of the queues of counted nodes, until a place is free. The other queues
//     go on: a body that is under way may need what prepares or routes.

import type { Clock } from '../../execute/clock.ts';

export interface FullProcessOptions {
  readonly clock: () => Pick<Clock, 'after'>;
  /** Nothing became free for a while. */
  readonly stuck: () => void;
  /** Something did. */
  readonly free: () => void;
}

/** What is short ends before that. */
export const PATIENCE_MS = 250;

export class FullProcess {
  readonly #options: FullProcessOptions;
  #isStuck = false;
  #callOff: (() => void) | undefined;

  constructor(options: FullProcessOptions) {
    this.#options = options;
  }

  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** A body waits for a place. */
  wanted(): void {
    this.#callOff ??= this.#options.clock().after(PATIENCE_MS, () => {
      this.#callOff = undefined;
      this.#isStuck = true;
      this.#options.stuck();
    });
  }

  /** A place became free; another body may have it already. */
  freed(): void {
    this.stop();
    if (!this.#isStuck) return;
    this.#isStuck = false;
    this.#options.free();
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}
