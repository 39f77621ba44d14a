// The types of a run as its users see it: to start, to wait for, to watch and to control.

import type { ObserveRunOptions, Observer, RunObserver } from '../observe/observer.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { DataOf } from '../wiring/context.ts';
import type { RunInspection, RunReport } from '../wiring/run-report.ts';
import type { Duration } from '../graph/duration.ts';
import type { History } from '../run/view.ts';

/** One run. `Value` is what `value()` gives. */
export interface StartedRun<Value = unknown, Nodes = unknown> {
  readonly id: string;
  /**
   * The value the run exited with, or else the started job's return value, once the whole run is over.
   *
   * @throws the job's own error if it failed; {OnwardError} ONW3021 if it was skipped; ONW3020 if the run, or the job alone, was cancelled,
   *   ONW3047 if its deadline passed, before it was over.
   */
  value(): Promise<Value>;
  /** Everything about the run, once it is over. Does not throw when the run failed or was cancelled. */
  report(): Promise<RunReport<Value>>;
  /** Everything about the run as it stands. Does not wait for it. */
  inspect(): Promise<RunInspection<Value>>;
  /** What happened since the start and what happens from now on, until the run is over. Breaking out of the loop stops it. */
  events(options?: EventsOptions): AsyncIterable<RunEvent>;
  /**
   * Calls an observer with what happens from now on in this run, or with `replay` with what has happened too.
   *
   * @returns what removes it.
   * @throws {OnwardError} ONW3060 if it has no known hook; ONW3004 with every option that is wrong.
   */
  observe(observer: Observer, options?: ObserveRunOptions): Promise<() => void>;
  /**
   * Cancels the run: bodies see `context.signal` aborted and have the grace period to return. Cancelling twice is once.
   *
   * @throws {OnwardError} ONW3030 if the run is over.
   */
  cancel(reason?: string): Promise<void>;
  /**
   * Cancels one step with what belongs to it, by its number or its key. Cancelling it twice is once.
   *
   * @throws {OnwardError} ONW3049 if the run has no such step; ONW3030 if the step or the run is over.
   */
  cancelStep(step: number | string, reason?: string): Promise<void>;
  /**
   * Holds the run: bodies that are under way or wait for a slot of their node's `concurrency` finish, and nothing
   * further begins until `resume`. Its deadline goes on.
   * Suspending twice is once.
   *
   * @throws {OnwardError} ONW3037 if the run is over, is being cancelled or ends early.
   */
  suspend(): Promise<void>;
  /**
   * Lets a suspended run go on. Does nothing if it is not suspended.
   *
   * @throws {OnwardError} ONW3030 if the run is over.
   */
  resume(): Promise<void>;
  /**
   * Sends a message to a node that waits for one. The oldest of its steps that waits takes it; one that comes early is
   * kept. Sending the same message with the same `id` twice is once. Resolves once it is accepted.
   *
   * @throws {OnwardError} ONW2001 to ONW2010 if the message does not fit; ONW3055 if the node waits for none, or the
   *   run accepts none any more; ONW3056 if another message was sent with that `id`.
   */
  send<Id extends WaitingIds<Nodes>>(node: Id, ...message: SendArguments<Nodes, Id>): Promise<void>;
}

/** How a run goes on. */
export interface ResumeOptions {
  /**
   * If it began with another message: it goes on with that (`reuse`), nothing happens and ONW3039 is thrown (`raise`), or it
   * starts again with this one (`reset`): nothing of it is left then, and no other run is touched. @default 'reuse'
   */
  readonly onInputChange?: 'reuse' | 'raise' | 'reset';
}

/** How to read the events of a run. */
export interface EventsOptions {
  /**
   * `true`: no body begins while the reader is 1,000 events behind, so that none is lost. `false`: the run goes on, and
   * a `gap` stands for what the reader was too late for. @default false
   */
  readonly hold?: boolean;
}

/** How to send a message into a run. */
export interface SendOptions {
  /** Distinguishes the message from others: the same counts once, and another one under it is refused. @default made up */
  readonly id?: string;
}

/** The nodes that wait for messages from outside. */
export type WaitingIds<Nodes> = {
  [Id in keyof Nodes]: Nodes[Id] extends { readonly marks: { readonly waits: true } } ? Id : never;
}[keyof Nodes] &
  string;
/** What `send` takes after the node. */
export type SendArguments<Nodes, Id extends keyof Nodes> = Nodes[Id] extends { readonly message: infer Message }
  ? undefined extends Message
    ? readonly [message?: Message extends undefined ? undefined : DataOf<Message>, options?: SendOptions]
    : readonly [message: DataOf<Message>, options?: SendOptions]
  : never;

/** The run of one job. `Value` is what the job returns. */
export interface RunHandle<Value = unknown, Nodes = unknown> extends StartedRun<Value, Nodes> {
  /**
   * The started job's return value as soon as the job itself is over; what it caused may still go on.
   *
   * @throws as {@link StartedRun.value}.
   */
  entry(): Promise<Value>;
}

/** How to start a run. */
export interface StartOptions {
  /**
   * The run's id. The same id with the same message joins the run that is there; another message is refused (ONW3033).
   * @default made up
   */
  readonly id?: string;
  /** Words the run holds, for bodies and for nodes that ask for them. @default none */
  readonly tags?: readonly string[];
  /** How many steps the run may have; the one beyond fails with code 108. `null`: no limit. @default 1,000,000 */
  readonly stepLimit?: number | null;
  /**
   * How often nodes may run in this run, by name or pattern (`Billing.*`), in the place of their own `maxPerRun`; the
   * execution beyond fails with code 109. The last that fits counts; `null`: any number.
   * @default what the nodes say
   */
  readonly maxPerRun?: Readonly<Record<string, number | null>>;
  /**
   * When the run is stopped and fails with code 204, if it is not over: a time from now (a number is milliseconds), or
   * a date that lies ahead. @default never
   */
  readonly deadline?: Duration | Date;
  /** The run does not begin before: a time from now (a number is milliseconds), or a date. @default at once */
  readonly notBefore?: Duration | Date;
  /** The run begins when it is resumed: until then nothing of it runs. @default false */
  readonly suspended?: boolean;
  /** Called with the events of this run only; each alone or with its options. @default none */
  readonly observers?: readonly RunObserver[];
  /** Which finished steps are kept for the report: all, the failed ones, or the last so many and the failed ones. @default 1,000 */
  readonly history?: History;
  /**
   * A run with this id that failed or was cancelled goes on: what has finished is not run again. One that is open, or has
   * completed, is joined. For engines that keep their runs; it needs an `id`. @default false
   */
  readonly resume?: boolean | ResumeOptions;
  /**
   * What tells the message of this start from others, in the place of the message itself: two starts with one `id` are the
   * same if it is the same. It needs an `id`. @default made of the job and its message; the order of fields does not count
   */
  readonly fingerprint?: string;
  /**
   * If a later process has another graph: the run goes on by the names of its nodes (`reuse`), it is suspended until it is
   * resumed (`raise`), or it starts again (`reset`). For engines that keep their runs. @default 'reuse'
   */
  readonly onGraphChange?: 'reuse' | 'raise' | 'reset';
}
