// What an observer is: hooks that are called with the events of runs, and the options that select them.

import type { Duration } from '../graph/duration.ts';
import type { PlanKind } from '../run/plan.ts';
import type { RunEvent } from '../run/run-event.ts';
import { printable } from '../values/describe.ts';

export type HookResult = void | Promise<void>;

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

export type RunStarted = EventOf<'run.started'>;
export type RunEnded = EventOf<'run.ended'>;
export type StepStarted = EventOf<'step.started'>;
/** A step is over: completed, failed, skipped or cancelled. */
export type StepEnded = EventOf<'step.completed' | 'step.failed' | 'step.skipped' | 'step.cancelled'>;
/** An attempt is about to call its body: the message is built and valid. */
export type AttemptStarted = EventOf<'step.attempt'>;
/** Something failed: a step, an attempt that is followed by another one, a callback, or a whole run. */
export type FailureEvent = EventOf<'step.failed' | 'step.retrying' | 'callback.failed'> | RunEnded;

/** Listens to runs. Any subset of the hooks; each may return a promise. An observer never changes a run. */
export interface Observer {
  /** In messages about it. @default the name of its class */
  readonly name?: string;
  /** The types of events that `onEvent` is called with: the others are not even made for it. @default all */
  readonly eventTypes?: readonly RunEvent['type'][];
  /**
   * Times are exact where one body follows another within a turn of the event loop, at the cost of reading the clock once a
   * step. Without it they are those of the turn, which differ by as long as bodies keep the process busy. An observer with
   * `around` has exact ones. @default false
   */
  readonly precise?: boolean;
  /**
   * People see what fails through it, as in a log: the runtime does not log as well that a run failed which nobody asks
   * for, or a callback. It does for runs and events that options keep from the observer, and once a hook has thrown.
   * @default false
   */
  readonly showsFailures?: boolean;
  onRunStart?(event: RunStarted): HookResult;
  onRunEnd?(event: RunEnded): HookResult;
  onStepStart?(event: StepStarted): HookResult;
  onStepEnd?(event: StepEnded): HookResult;
  /** `step.failed`, `step.retrying`, `callback.failed`, and `run.ended` of a failed run. */
  onError?(event: FailureEvent): HookResult;
  /** Every event, those of the other hooks included. */
  onEvent?(event: RunEvent): HookResult;
  /** Runs around a body: calls `body` once, at once. What it returns or throws is ignored. */
  around?(attempt: AttemptStarted, body: () => void): void;
  /** What travels with the run to other processes, such as a trace context. Asked once, before the run starts. */
  carry?(start: RunStart): Readonly<Record<string, string>> | undefined;
  /** An observer, which may be this one, has failed or was late. Nothing waits for this hook. */
  onObserverFailure?(failure: ObserverFailure): void;
  /** After the last event, when the runtime closes or the observer is removed. */
  close?(): HookResult;
}

/** What went wrong with an observer. No run changes by it. */
export interface ObserverFailure {
  /** Its name. */
  readonly observer: string;
  /** The hook that failed or was late; `when` for the predicate of its options. */
  readonly hook: Hook | 'around' | 'carry' | 'close' | 'when';
  /** ONW3061: it took longer than its limit; ONW3062: it threw. */
  readonly code: 'ONW3061' | 'ONW3062';
  /** What it threw. */
  readonly error: unknown;
  /** The run that it was called for; undefined for `close`. */
  readonly runId: string | undefined;
}

/** A run that is about to start. */
export interface RunStart {
  readonly runId: string;
  readonly job: string;
  readonly tags: readonly string[];
  /** What kind of plan it is, with the number of its entries; undefined for a job that is started alone. */
  readonly plan: PlanKind | undefined;
  /** Its engine keeps it for other processes. */
  readonly isDurable: boolean;
}

/** Which events an observer is called with, and how. */
export interface ObserveOptions {
  /** Higher comes first; equal ones in the order in which they were added. @default 0 */
  readonly priority?: number;
  /** Only events of these types; applies to every hook. @default all */
  readonly events?: readonly RunEvent['type'][];
  /** Only events of these nodes, by name or pattern (`Billing.*`); events of runs pass. @default all */
  readonly nodes?: string | readonly string[];
  /** Only runs that hold all of these tags. @default all */
  readonly tags?: readonly string[];
  /** Asked last. One that throws counts as false, and is reported once. */
  readonly when?: (event: RunEvent) => boolean;
  /**
   * `awaited`: while a promise of a hook is pending, no body of that run begins. `background`: the run goes on, and
   * only its end waits. @default 'awaited'
   */
  readonly mode?: 'awaited' | 'background';
  /** How long one hook is waited for; a number is milliseconds. @default '5s' */
  readonly limit?: Duration;
  /**
   * `process`: events that this process decides. `all`: also those of other processes that share the engine, such as
   * `bullmqEngine`, in the order of each run. With `all` the mode is `background`, and no run of a shared engine waits at its
   * end. @default 'process'
   */
  readonly scope?: 'process' | 'all';
}

/** The same for one run. */
export interface ObserveRunOptions extends ObserveOptions {
  /** First what has happened so far, as far as it is kept. @default false */
  readonly replay?: boolean;
}

/** An observer of one start, alone or with its options. */
export type RunObserver = Observer | readonly [observer: Observer, options: ObserveOptions];

/** The hooks, as they are named. */
export const HOOKS = ['onRunStart', 'onRunEnd', 'onStepStart', 'onStepEnd', 'onError', 'onEvent'] as const;
export type Hook = (typeof HOOKS)[number];
/** What makes an object an observer: at least one of these. */
export const MEMBERS = [...HOOKS, 'around', 'carry', 'onObserverFailure', 'close'] as const;

/** The name of an observer, for messages. */
export function observerName(observer: Observer): string {
  if (typeof observer.name === 'string' && observer.name !== '') return printable(observer.name);
  const named: unknown = observer.constructor?.name;
  return typeof named !== 'string' || named === 'Object' || named === '' ? 'an observer' : printable(named);
}
