// A step and a run as they are read: plain data with names, times and payload references.

import type { AttemptRecord, EdgeFault, Ref, Run, Step, StepId } from './state.ts';
import { Phase } from './state.ts';
import type { FinalStatus, StepCode, StepStatus } from './status.ts';

/** One step as the core knows it. Payloads are references. */
export interface StepView {
  readonly id: StepId;
  readonly node: string;
  readonly key: string;
  readonly round: number;
  readonly status: StepStatus;
  readonly code: StepCode;
  /** The edge that led here; null for an entry. */
  readonly via: string | null;
  /** The step whose end made this one; 0 for an entry. */
  readonly cause: StepId;
  /** The step this one is a callback of and which waits for it. */
  readonly owner: StepId | null;
  readonly attempt: number;
  /** The attempts that failed. */
  readonly attempts: readonly AttemptRecord[];
  readonly faults: readonly EdgeFault[];
  readonly message: Ref;
  readonly value: Ref;
  readonly startedAt: number;
  /** 0 while it is live. */
  readonly endedAt: number;
  /** 0 if it was refused before it started. */
  readonly startSeq: number;
  /** 0 while it is live. */
  readonly endSeq: number;
  readonly unmatched: boolean;
}

/** How a run's entry went. */
export interface RunOutcome {
  readonly runId: string;
  readonly job: string;
  readonly cancelReason: string | undefined;
  readonly entry: { readonly status: FinalStatus | undefined; readonly code: StepCode; readonly value: Ref };
}

/** One run as the core knows it, without its steps. */
export interface RunSummary extends RunOutcome {
  /** Undefined while the run is on. */
  readonly status: FinalStatus | undefined;
  readonly createdAt: number;
  /** 0 while the run is on. */
  readonly endedAt: number;
  /** Sequence number of the last event. */
  readonly seq: number;
  /** How many steps ended how, exact whatever the history keeps. */
  readonly counts: Readonly<Record<FinalStatus, number>>;
  readonly live: number;
  readonly stepLimit: number;
  readonly callbackFailureCount: number;
}

export function viewStep(step: Step): StepView {
  return {
    id: step.id,
    node: step.node.name,
    key: step.key,
    round: step.round,
    status: step.status ?? (step.phase === Phase.HELD ? 'pending' : 'running'),
    code: step.code,
    via: step.via?.id ?? null,
    cause: step.cause,
    owner: step.owner?.id ?? null,
    attempt: step.attempt,
    attempts: step.attempts ?? [],
    faults: step.faults ?? [],
    message: step.message,
    value: step.value,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    startSeq: step.startSeq,
    endSeq: step.endSeq,
    unmatched: step.unmatched,
  };
}

export function outcomeOf(run: Run): RunOutcome {
  return {
    runId: run.id,
    job: run.job.name,
    cancelReason: run.cancelReason,
    entry: { status: run.entryStatus, code: run.entryCode, value: run.entryValue },
  };
}

export function summariseRun(run: Run): RunSummary {
  return {
    ...outcomeOf(run),
    status: run.status,
    createdAt: run.createdAt,
    endedAt: run.endedAt,
    seq: run.seq,
    counts: { ...run.counts },
    live: run.liveCount,
    stepLimit: run.limits.stepLimit,
    callbackFailureCount: run.callbackFailureCount,
  };
}
