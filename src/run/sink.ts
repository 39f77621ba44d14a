// What the transitions ask of the owner of the run. The memory engine acts on it; the `RecordingSink` writes it down.
//
// SINK-1. A call only puts something down: no body runs before the transition has returned.

import type { Arrival, Join } from '../graph/graph.ts';
import type { EntryRef } from './plan.ts';
import type { Ref, AttemptRecord, Routing } from './step-data.ts';
import type { Group, Run } from './state.ts';
import type { Step } from './step.ts';
import type { TaskKind } from './event.ts';
import { Phase } from './status.ts';

export interface Sink {
  /** The time of what is happening, in milliseconds since the epoch. */
  readonly now: number;
  /** The step is to be performed: prepared, run or routed, as its phase says. Called in the order of readiness. */
  ready(step: Step): void;
  /** The step has begun, which only now is known: its condition holds. */
  begun(step: Step): void;
  /** The step is to be woken at a time, in milliseconds since the epoch. It replaces an earlier one. */
  wake(step: Step, at: number): void;
  /** The step's timer is no longer needed. */
  unwake(step: Step): void;
  /** The run is to be stopped at a time, in milliseconds since the epoch; null: no longer. */
  wakeRun(run: Run, at: number | null): void;
  /** The signal of the body that is under way is to be aborted. */
  abort(step: Step): void;
  /** Every live step is to be swept: something was cancelled, a race was won, or the run goes on or ends. */
  sweep(run: Run): void;
  /** Nothing is live, and joins or run callbacks are left. */
  idle(run: Run): void;
  /** The step waits for a message from outside. */
  awaitingMessage(step: Step): void;
  /** Steps wait for messages that are there: each message is to be delivered. */
  post(run: Run): void;
  /** An entry is to have its turn: the first one of a lane, or the one after `after`. */
  turn(run: Run, turn: EntryRef, after: number | null): void;
  /** The step of an entry is over; what it caused may go on. */
  entryOver(step: Step): void;
  /** An attempt failed; a retry follows if `attempt.seq` is above 0. */
  attempted(step: Step, attempt: AttemptRecord): void;
  /** Ahead of the end of a completed step: what its success edges have answered. For sinks that keep it. */
  answered?(step: Step, routing: Routing): void;
  /** The step is over; what it caused is not created yet. */
  over(step: Step): void;
  /** A body came back after its attempt had ended. Nothing changed. */
  late(step: Step, attempt: number): void;
  suspended(run: Run): void;
  resumed(run: Run): void;
  ended(run: Run): void;
  /** An item of a group that a join waits for completed with this value. */
  collect(group: Group, item: number, value: Ref): void;
  /** All values of a group, in the order of the array. */
  collected(group: Group): Ref;
  /** The `number`-th value of a join's source. */
  arrived(run: Run, arrival: Arrival, number: number, value: Ref): void;
  /** The values of an instance of a join, by source. */
  joined(run: Run, join: Join, instance: number): Ref;
}

/** What the memory engine takes beside that. */
export interface InlineSink extends Sink {
  /** Nothing outside of the run holds the step: it may become the one behind it. */
  mayBecome(step: Step): boolean;
  /** The step is over, and becomes the one behind it: what is to be known of it is kept now. */
  passing(step: Step, value: Ref): void;
}

/** What is to be performed of a step in a phase; undefined where it waits, or is over. */
export function taskKindIn(phase: Phase): TaskKind | undefined {
  if (phase === Phase.PREPARING) return 'prepare';
  if (phase === Phase.RUNNING) return 'body';
  return phase === Phase.ROUTING ? 'route' : undefined;
}

/** Which edges are asked: those that follow a recovered step, or those that handle a failure. */
export function routedMoment({ extras }: Step): 'success' | 'error' {
  return extras !== null && extras.succeeded ? 'success' : 'error';
}

/** Its start has not been reported yet. That of a step with a condition is reported by `begun`. */
export function isFirst(step: Step): boolean {
  const { attempt, phase, node } = step;
  if (attempt > 1 || step.isConditional) return false;
  return phase === Phase.PREPARING || (phase === Phase.RUNNING && !node.prepares);
}
