// The types of the runtime, by the graph.

import type { ArgumentsOf, RunOf, Startable, JobIds, NodeTypes } from './nodes.ts';
import type { Plans } from './plans.ts';
import type { FoundRun } from './plan-run.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { Issue, OnwardError } from '../errors/onward-error.ts';
import type { RunPage, RunQuery } from '../execute/run-query.ts';
import type { ObserveOptions, Observer } from '../observe/observer.ts';
import type { ScheduleOptions } from '../decorators/schedule.ts';
import type { ScheduleHandle } from '../schedule/schedule.ts';
import type { Graph } from '../wiring/v1.ts';
import type { StartOptions, RunHandle, WaitingIds } from './run.ts';

type StartArguments<Input> = undefined extends Input
  ? readonly [message?: Input, options?: StartOptions]
  : readonly [message: Input, options?: StartOptions];

/** What `schedule` takes after the pattern. */
export type ScheduleArguments<Input> = undefined extends Input
  ? readonly [options?: ScheduleOptions & { readonly message?: Input }]
  : readonly [options: ScheduleOptions & { readonly message: Input }];

/** What `start` takes after a job or a plan. A job's types are looked up by its name, a plan brings its own. */
export type ArgumentsFor<Nodes extends NodeTypes<Nodes>, T> = T extends keyof Nodes
  ? StartArguments<Nodes[T]['input']>
  : ArgumentsOf<T>;
/** What `start` gives back. */
export type RunFor<Nodes extends NodeTypes<Nodes>, T> = T extends keyof Nodes
  ? RunHandle<Nodes[T]['returnValue'], Nodes>
  : RunOf<T>;

/** Starts runs of the graph's jobs and gives them back. */
export interface Runtime<Nodes extends NodeTypes<Nodes>> extends Plans<Nodes> {
  /**
   * Starts a run of one job, of a signature or of a plan, and resolves once it is accepted (durable engines: once it is
   * on disk). `message` is plain data: the fields of the job's message class.
   *
   * @throws {OnwardError} ONW2001 to ONW2010 if a message does not fit, before anything is stored; ONW3004 with every
   *   option that is wrong; ONW3005 if there is no such job; ONW3033 if `id` exists with another message; ONW3040 after
   *   `close`.
   */
  start<const T extends JobIds<Nodes> | Startable>(
    what: T,
    ...message: ArgumentsFor<Nodes, T>
  ): Promise<RunFor<Nodes, T>>;
  /**
   * Starts a job at the slots of a cron pattern, each once, until it is stopped or the runtime is closed. Each slot is
   * a run with the id `name@slot`. Needs the package `croner`.
   *
   * @throws {OnwardError} ONW3054 with everything that is wrong with pattern and options; ONW2001 to ONW2010 if the
   *   message does not fit; ONW3005 if there is no such job; ONW6010 with the command if `croner` is missing.
   */
  schedule<const Job extends JobIds<Nodes>>(
    job: Job,
    pattern: string,
    ...options: ScheduleArguments<Nodes[Job]['input']>
  ): Promise<ScheduleHandle>;
  /**
   * Opens every schedule that is annotated with `@Schedule`. A second call gives those of the first. Needs the package
   * `croner` if there are any.
   *
   * @throws {OnwardError} ONW3054 with everything that is wrong with any of them, and then none is open; ONW6010 with
   *   the command if `croner` is missing.
   */
  openSchedules(): Promise<readonly ScheduleHandle[]>;
  /**
   * Calls an observer with the events of all runs, from now on.
   *
   * @returns what removes it. The observer's `close` is called then, and at the latest when the runtime closes.
   * @throws {OnwardError} ONW3060 if it has no known hook; ONW3004 with every option that is wrong; ONW3040 after `close`.
   */
  observe(observer: Observer, options?: ObserveOptions): () => void;
  /**
   * The runs that are known, the newest first, a page at a time: open ones, and finished ones as long as the engine keeps
   * them.
   *
   * @throws {OnwardError} ONW3004 with everything that is wrong with the query.
   */
  runs(query?: RunQuery): Promise<RunPage>;
  /**
   * What waits for a message from outside, or for the `rateLimit` of its node in this process; the longest wait first.
   */
  waiting(): Promise<readonly WaitingStep[]>;
  /**
   * Cancels every open run that fits.
   *
   * @returns how many were cancelled.
   * @throws {OnwardError} ONW3004 with everything that is wrong with the query.
   */
  cancelAll(query?: Omit<RunQuery, 'status' | 'limit' | 'cursor'>, reason?: string): Promise<number>;
  /**
   * Begins no body of these nodes until they are resumed; bodies under way finish, and deadlines and cancels still apply. A
   * pause holds in this process while it lasts; with `bullmqEngine`, in all processes and after restarts.
   *
   * @param nodes names or patterns, such as `Bank.*`; all nodes if it is left out.
   * @throws {OnwardError} ONW3004 if a pattern fits no node; ONW4010 if the Redis of the engine does not answer.
   */
  pause(nodes?: string | readonly string[]): Promise<void>;
  /**
   * Ends a pause, in the same processes.
   *
   * @param nodes the patterns that were given to `pause`; all of them if it is left out.
   * @throws {OnwardError} as {@link Runtime.pause}; ONW3004 also if another pattern goes on holding some of the nodes.
   */
  resume(nodes?: string | readonly string[]): Promise<void>;
  /** The names and patterns that are paused, as they were given to `pause`. */
  pausedNodes(): Promise<readonly string[]>;
  /** A run by its id; undefined if it is not known any more. */
  run(id: string): Promise<FoundRun<Nodes> | undefined>;
  /**
   * Begins a run again that failed or was cancelled. What has finished is not run again: its steps have the values that
   * they had, and code 208. What failed is called again with the key that it had, and what follows it is run. A deadline
   * counts from now. For engines that keep their runs.
   *
   * @throws {OnwardError} ONW3004 with every option that is wrong; ONW3031 if nothing of it has failed, or it is not over;
   *   ONW3032 if the engine keeps no runs, or the run's `history` has dropped steps; ONW3035 if there is no such run;
   *   ONW3049 if it has no such step.
   */
  retry(id: string, options?: RetryOptions): Promise<FoundRun<Nodes>>;
  /** Whether a string from outside names a job. */
  isJob(id: string): id is JobIds<Nodes>;
  /**
   * Checks data from outside: unknown in, a message out, for a job or for a node that waits.
   *
   * @throws {OnwardError} ONW2001 to ONW2010 with every issue; ONW3005 if there is no such job.
   */
  parse<Node extends JobIds<Nodes> | WaitingIds<Nodes>>(node: Node, data: unknown): Promise<Nodes[Node]['message']>;
  /**
   * As `parse`, but data that does not fit is answered and nothing is thrown: no error and no words are made before they
   * are read. A promise only where the class has asynchronous validators; `await` takes both.
   *
   * @throws {OnwardError} what is wrong with the class and not with the data: ONW2009 to ONW2011; ONW3004 if the node takes
   *   no message; ONW3005 if there is no such job.
   */
  safeParse<Node extends JobIds<Nodes> | WaitingIds<Nodes>>(
    node: Node,
    data: unknown,
  ): SafeParsed<Nodes[Node]['message']> | Promise<SafeParsed<Nodes[Node]['message']>>;
  /**
   * Works in this process: takes up what an earlier one has left, and keeps the process alive while runs wait. SIGTERM or
   * SIGINT closes the runtime, unless `signals` says no; a second one exits with 130 at once. Resolves when the runtime is closed. Called again, the
   * options are replaced.
   *
   * @throws {OnwardError} ONW3004 with every option that is wrong, or that the engine does not know; ONW3040 after `close`.
   */
  work(options?: WorkOptions): Promise<void>;
  /** Resolves when no run is open. */
  idle(): Promise<void>;
  /** How many runs are open, those that wait or are suspended included. */
  openRuns(): number;
  /**
   * Takes no new runs, waits for the open ones, and cancels what is not over in time (durable engines keep it). It
   * resolves a second after the grace period of what was cancelled, even if a body or a run callback never returns.
   * Closing twice is once.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** The runtime of a graph, where it is written down: `constructor(private readonly onward: RuntimeOf<typeof graph>)`. */
export type RuntimeOf<G> =
  G extends Graph<infer Nodes, infer _Services> ? (Nodes extends NodeTypes<Nodes> ? Runtime<Nodes> : never) : never;

/** What `safeParse` answers. */
export type SafeParsed<Message> = { readonly success: true; readonly data: Message } | RefusedData;

/** Data that is no message. As JSON it is `success`, `code` and `issues`. */
export interface RefusedData {
  readonly success: false;
  /** ONW2003 with the issues of fields; ONW2001 to ONW2008 if the data as a whole cannot be taken. */
  readonly code: ErrorCode;
  /** What is wrong, path by path: at most 50. */
  readonly issues: readonly Issue[];
  /** What `parse` would have thrown. */
  readonly error: OnwardError;
}

/** A step that waits for a message from outside, or for its node's `rateLimit`. */
export interface WaitingStep {
  readonly for: 'message' | 'rateLimit';
  readonly runId: string;
  readonly node: string;
  /** The key of the step. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** What of a run is to be run again. */
export interface RetryOptions {
  /**
   * What is run again although it completed, with all that follows from it: a step by its number or its key, or all
   * steps of a node. A body that has called such a step is called again, too. A run that completed can be retried from
   * a step as well. @default what has failed
   */
  readonly from?: number | string;
}

/** What a process takes on; for engines that keep their runs in a store. */
export interface WorkOptions {
  /** Bodies under way at a time in this process, over all nodes. @default any number */
  readonly concurrency?: number;
  /** The nodes whose bodies begin in this process, by name or pattern. @default all */
  readonly nodes?: string | readonly string[];
  /** `false`: SIGTERM and SIGINT are left to the program, which calls `close`. @default true */
  readonly signals?: boolean;
}

export interface CloseOptions {
  /** Time that open runs are given to end, in milliseconds; `Infinity` waits for all of them. @default 30,000 */
  readonly drainMs?: number;
}
