// Which events an observer wants, so that nobody pays for events that nobody reads: kinds of events as bits, and the
// hooks that an event calls.

import type { RunEvent } from '../run/run-event.ts';
import type { FailureEvent, Observer, ObserveOptions } from './observer.ts';

/** Kinds of events, as bits of a sum. */
export const Wants = { START: 1, END: 2, ATTEMPT: 4, OTHER: 8, RUN: 16, ALL: 31, STEPS: 15 } as const;

/** Every type of events that observers can be called with. */
export const EVENT_TYPES = [
  'run.started',
  'run.ended',
  'run.suspended',
  'run.resumed',
  'step.started',
  'step.attempt',
  'step.waiting',
  'step.retrying',
  'step.completed',
  'step.failed',
  'step.skipped',
  'step.cancelled',
  'step.late',
  'entry.ended',
  'edge.unmatched',
  'exit.ignored',
  'state.conflict',
  'custom',
  'progress',
  'callback.failed',
  'gap',
] as const satisfies readonly RunEvent['type'][];

export function wantOf(type: RunEvent['type']): number {
  switch (type) {
    case 'run.started':
    case 'run.ended':
      return Wants.RUN;
    case 'step.started':
      return Wants.START;
    case 'step.attempt':
      return Wants.ATTEMPT;
    case 'step.completed':
    case 'step.failed':
    case 'step.skipped':
    case 'step.cancelled':
      return Wants.END;
    default:
      return Wants.OTHER;
  }
}

/** What an observer wants: the sum of its hooks, as far as its options let their events pass. */
export function wantsOf(observer: Observer, { events }: ObserveOptions): number {
  let wants = 0;
  if (observer.onRunStart !== undefined || observer.onRunEnd !== undefined) wants |= Wants.RUN;
  if (observer.onStepStart !== undefined) wants |= Wants.START;
  if (observer.onStepEnd !== undefined) wants |= Wants.END;
  if (observer.onError !== undefined) wants |= Wants.END | Wants.OTHER | Wants.RUN;
  if (observer.onEvent !== undefined) wants |= Wants.ALL;
  if (observer.around !== undefined) wants |= Wants.ATTEMPT;
  if (events === undefined) return wants;
  return events.reduce((sum, type) => sum | (wantOf(type) & wants), 0);
}

/** Calls one hook with the event it was made for. */
export type Call = () => unknown;

/** The hooks that an event calls, in order: the one of its kind, the one for failures, the one for every event. */
export function callsOf(observer: Observer, event: RunEvent): Call[] {
  const calls = [ofKind(observer, event)];
  if (observer.onError !== undefined && isFailure(event)) calls.push(() => observer.onError?.(event));
  if (observer.onEvent !== undefined) calls.push(() => observer.onEvent?.(event));
  return calls.filter((call) => call !== undefined);
}

function ofKind(observer: Observer, event: RunEvent): Call | undefined {
  switch (event.type) {
    case 'run.started':
      return observer.onRunStart && (() => observer.onRunStart?.(event));
    case 'run.ended':
      return observer.onRunEnd && (() => observer.onRunEnd?.(event));
    case 'step.started':
      return observer.onStepStart && (() => observer.onStepStart?.(event));
    case 'step.completed':
    case 'step.failed':
    case 'step.skipped':
    case 'step.cancelled':
      return observer.onStepEnd && (() => observer.onStepEnd?.(event));
    default:
      return undefined;
  }
}

function isFailure(event: RunEvent): event is FailureEvent {
  if (event.type === 'run.ended') return event.status === 'failed';
  return event.type === 'step.failed' || event.type === 'step.retrying' || event.type === 'callback.failed';
}
