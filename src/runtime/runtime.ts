// The runtime's face, typed by the graph.

import type { JobIds, NodeTypes } from './graph-nodes.ts';
import type { RunHandle } from './run-handle.ts';
import type { StartOptions } from './start-options.ts';

type StartArguments<Input> = undefined extends Input
  ? readonly [message?: Input, options?: StartOptions]
  : readonly [message: Input, options?: StartOptions];

/** Starts runs of the graph's jobs and gives them back. */
export interface Runtime<Nodes extends NodeTypes<Nodes>> {
  /**
   * Starts a run of one job and resolves once it is accepted (durable engines: once it is on disk). `message` is plain
   * data: the fields of the job's message class.
   *
   * @throws {OnwardError} ONW2001 to ONW2010 if the message does not fit, before anything is stored; ONW3005 if there
   *   is no such job; ONW3033 if `id` exists with another message; ONW3040 after `close`.
   */
  start<Job extends JobIds<Nodes>>(
    job: Job,
    ...message: StartArguments<Nodes[Job]['input']>
  ): Promise<RunHandle<Nodes[Job]['returnValue']>>;
  /** A run by its id, undefined if it is not known any more. */
  run(id: string): Promise<RunHandle | undefined>;
  /** Whether text from outside names a job. */
  isJob(id: string): id is JobIds<Nodes>;
  /**
   * The door for data from outside: unknown in, a checked message out.
   *
   * @throws {OnwardError} ONW2001 to ONW2010 with every issue; ONW3005 if there is no such job.
   */
  parse<Job extends JobIds<Nodes>>(job: Job, data: unknown): Promise<Nodes[Job]['message']>;
  /** Resolves when no run is open. */
  idle(): Promise<void>;
  /**
   * Takes no new runs, waits for the open ones, and cancels what is not over in time (durable engines keep it). It
   * resolves a second after the grace period of what was cancelled, even if a body or a run callback never returns.
   * Closing twice is once.
   */
  close(options?: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  /** Time that open runs are given to end, in milliseconds; `Infinity` waits for all of them. @default 30,000 */
  readonly drainMs?: number;
}
