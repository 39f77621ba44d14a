// A run as it is told to people and programs once it is over: every step that was kept, with why and when.

import { OnwardError } from '../errors/onward-error.ts';
import { MAX_DEPTH } from '../run/transition.ts';
import { StepCode, type FinalStatus, type StepStatus } from '../run/status.ts';
import type { RunOutcome, RunSummary, StepView } from '../run/view.ts';
import type { RunSnapshot } from '../engines/engine.ts';

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
  /** Why it stands so: a `StepCode`. */
  readonly code: StepCode;
  /** What made it: the edge, and the step the edge watched. Null for the started job. */
  readonly cause: { readonly edge: string; readonly step: number } | null;
  readonly attempts: readonly AttemptReport[];
  /** What its message was built from. */
  readonly message: unknown;
  /** Only if it completed. */
  readonly returnValue?: unknown;
  /** Only if it failed. */
  readonly error?: unknown;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A callback that failed without changing what it watches, or a `when` that threw. */
export interface CallbackFailure {
  readonly step: number;
  readonly node: string;
  readonly edge: string | null;
  readonly error: unknown;
}

/** A run that is over. */
export interface RunReport<Value = unknown> {
  readonly runId: string;
  readonly job: string;
  readonly status: FinalStatus;
  /** The started job's return value, if it completed. */
  readonly value?: Value;
  /** The started job's error, if it failed. */
  readonly error?: unknown;
  readonly cancelReason?: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** How many steps ended how: exact, whatever the history keeps. */
  readonly counts: Readonly<Record<FinalStatus, number>>;
  /** In the order in which they were made. */
  readonly steps: readonly StepReport[];
  /** The failed ones among the steps. */
  readonly failures: readonly StepReport[];
  readonly callbackFailures: readonly CallbackFailure[];
  /** Some steps are counted but not listed, because the run's `history` is smaller. */
  readonly truncated: boolean;
}

export function reportOf(run: RunSnapshot, status: FinalStatus): RunReport {
  const steps = run.steps.map((step) => reportStep(step, run));
  const ended = run.counts.completed + run.counts.failed + run.counts.skipped + run.counts.cancelled;
  return {
    runId: run.runId,
    job: run.job,
    status,
    ...(run.entry.status === 'completed' && { value: run.entry.value }),
    ...(run.entry.status === 'failed' && { error: entryError(run) }),
    ...(run.cancelReason !== undefined && { cancelReason: run.cancelReason }),
    startedAt: run.createdAt,
    endedAt: run.endedAt,
    counts: run.counts,
    steps,
    failures: steps.filter((step) => step.status === 'failed'),
    callbackFailures: run.steps.flatMap((step) => callbackFailuresOf(step, run)),
    truncated: run.steps.length < ended,
  };
}

/** The started job's error. The first step of a run is never one too many. */
export function entryError(run: RunOutcome): unknown {
  return run.entry.value;
}

function reportStep(step: StepView, run: RunSummary): StepReport {
  const { id, node, key, round, status, code, message, startedAt, endedAt } = step;
  const cause = step.via === null ? null : { edge: step.via, step: step.cause };
  const first = step.attempts[0]?.startedAt ?? startedAt;
  const told = {
    id,
    node,
    key,
    round,
    status,
    code,
    cause,
    attempts: attemptsOf(step),
    message,
    startedAt: first,
    endedAt,
  };
  if (status === 'completed') return { ...told, returnValue: step.value };
  return status === 'failed' ? { ...told, error: errorOf(step, run) } : told;
}

function attemptsOf(step: StepView): AttemptReport[] {
  const attempts: AttemptReport[] = step.attempts.map(({ number, code, error, startedAt, endedAt }) => ({
    number,
    code,
    error,
    startedAt,
    endedAt,
  }));
  if (step.status !== 'completed') return attempts;
  return [...attempts, { number: step.attempt, code: step.code, startedAt: step.startedAt, endedAt: step.endedAt }];
}

function callbackFailuresOf(step: StepView, run: RunSummary): CallbackFailure[] {
  const faults = step.faults.map(({ edge, error }) => ({ step: step.id, node: step.node, edge, error }));
  if (step.status !== 'failed' || step.owner === null) return faults;
  return [{ step: step.id, node: step.node, edge: step.via, error: errorOf(step, run) }, ...faults];
}

/** Steps that the core refused carry a code and no error of their own. */
function errorOf(step: StepView, { stepLimit }: RunSummary): unknown {
  if (step.code !== StepCode.STEP_LIMIT_EXCEED) return step.value;
  const { id, node } = step;
  if (id > stepLimit) {
    const text = `${node} was not run: the run has reached its stepLimit of ${stepLimit}; look for a loop without an end, or raise stepLimit`;
    return new OnwardError('ONW3043', text, { details: { node, stepLimit } });
  }
  const text = `${node} was not run: callbacks of callbacks are nested more than ${MAX_DEPTH} deep; look for an error callback that leads back to itself`;
  return new OnwardError('ONW3036', text, { details: { node, maxDepth: MAX_DEPTH } });
}
