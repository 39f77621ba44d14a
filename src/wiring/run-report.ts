// A run as it is reported to people and programs: every step that was kept, with its reason and its times.

import type { HeldBy } from '../run/view.ts';
import type { FinalStatus, RunStatus, StepCode, StepStatus } from '../run/status.ts';

/** One try of a step. */
export interface AttemptReport {
  readonly number: number;
  readonly code: StepCode;
  /** Absent if the attempt did not fail. */
  readonly error?: unknown;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** One execution of one node. Times are milliseconds since the epoch, as exact as the turn of the event loop. */
export interface StepReport {
  /** 1…n in the run. */
  readonly id: number;
  /** `Service.method` */
  readonly node: string;
  /** The idempotency key. */
  readonly key: string;
  /** 1 for the first execution of the node in the run. */
  readonly round: number;
  readonly status: StepStatus;
  /** The reason of the status: a `StepCode`. */
  readonly code: StepCode;
  /** What made it: the edge, and the step the edge watched; 0 where it watches the run. Null for the started job and for children. */
  readonly cause: { readonly edge: string; readonly step: number } | null;
  /** The step it is a child or a callback of. */
  readonly parent: number | null;
  /** Which item of an `each`, from 0. */
  readonly item?: number;
  readonly attempts: readonly AttemptReport[];
  /** What its message was built from. */
  readonly message: unknown;
  /** Only if it completed. */
  readonly returnValue?: unknown;
  /** Only if it failed. */
  readonly error?: unknown;
  /** The child whose failure made it fail. */
  readonly failedChild?: number;
  /** The error callback that gave it its value (code 207). */
  readonly recoveredBy?: number;
  /** The node whose message from outside it waits for. */
  readonly waitsFor?: string;
  /** Its body does not begin yet: the node is paused, or its `rateLimit` lets nothing begin at this time. */
  readonly heldBy?: HeldBy;
  /** The sources that a skipped join did not get. */
  readonly missing?: readonly string[];
  readonly startedAt: number;
  /** 0 while it is live. */
  readonly endedAt: number;
}

/** A callback that failed without changing what it watches, a flow step behind `critical: false`, or a `when` that threw. */
export interface CallbackFailure {
  readonly step: number;
  readonly node: string;
  readonly edge: string | null;
  readonly error: unknown;
  /** Of an error callback: the error it was called about. */
  readonly cause?: unknown;
}

/** What is known of a run at one time. */
export interface RunInspection<Value = unknown> {
  readonly runId: string;
  readonly job: string;
  readonly status: RunStatus;
  /** The reason of the status: that of the first failure, 203 after a cancel, 204 after its deadline; 202 while it is suspended, 200 while it is on and nothing has failed. */
  readonly code: StepCode;
  /** It is suspended because a process has another graph than it began with, and its start asked for that (`onGraphChange`). */
  readonly graphChanged?: true;
  /** It is on, and being stopped: nothing begins any more, and bodies under way are told to stop. `deadline`: its own has passed. */
  readonly stoppedBy?: 'cancel' | 'deadline';
  /** The value the run exited with, or the started job's return value if it completed. */
  readonly value?: Value;
  /** The started job's error, if it failed. */
  readonly error?: unknown;
  readonly cancelReason?: string;
  readonly startedAt: number;
  /** 0 while it is on. */
  readonly endedAt: number;
  /** How many steps ended how: exact, also for steps that the history does not keep. */
  readonly counts: Readonly<Record<FinalStatus, number>>;
  /** In the order in which they were made. */
  readonly steps: readonly StepReport[];
  /** The failed ones among the steps. */
  readonly failures: readonly StepReport[];
  readonly callbackFailures: readonly CallbackFailure[];
  /** Some steps are counted but not listed, because the run's `history` is smaller. */
  readonly truncated: boolean;
  /** What the steps share. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** A run that is over, or whose outcome is fixed: run callbacks are given it before it is over. */
export interface RunReport<Value = unknown> extends RunInspection<Value> {
  readonly status: FinalStatus;
}
