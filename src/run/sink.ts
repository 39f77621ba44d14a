// What the transitions ask of whoever holds the run: the memory engine acts at once, `decide` writes it down.

import type { AttemptRecord, Run, Step } from './state.ts';

export interface Sink {
  /** The time of what is happening, in milliseconds since the epoch. */
  readonly now: number;
  /** An attempt of the step is to be performed. Told in the order in which steps became ready. */
  ready(step: Step): void;
  /** The step is to be woken at a time, in milliseconds since the epoch. It replaces an earlier one. */
  wake(step: Step, at: number): void;
  /** The step's timer is not wanted any more. */
  unwake(step: Step): void;
  /** The body that is under way is to be told to stop. */
  abort(step: Step): void;
  /** An attempt failed and another one will follow. */
  retrying(step: Step, attempt: AttemptRecord): void;
  /** The step is over; what it caused is not made yet. */
  over(step: Step): void;
  /** A body came back after its attempt had been given up. Nothing changed. */
  late(step: Step, attempt: number): void;
  ended(run: Run): void;
}
