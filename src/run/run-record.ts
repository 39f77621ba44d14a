// A run without its steps as two records: what never changes, and what changes with every event.

import type { CompiledGraph } from '../graph/compiled.ts';
import type { RunSettings } from './event.ts';
import type { History } from './history.ts';
import type { Stage } from './phase.ts';
import type { PlanFlow } from './plan.ts';
import { dehydratePlan, hydratePlan, type PlanRecord } from './plan-record.ts';
import type { Ref } from './ref.ts';
import { Run } from './state.ts';
import type { FinalStatus, StepCode } from './status.ts';

/** What of a run never changes. */
export interface SettingsRecord extends Omit<RunSettings, 'suspended'> {
  readonly name: string;
  /** Absent: it began with one job and nothing else. */
  readonly flow?: PlanFlow;
  readonly createdAt: number;
}

/** What of a run changes. */
export interface RunRecord {
  readonly endedAt: number;
  readonly status: FinalStatus | null;
  readonly code: StepCode;
  readonly stage: Stage;
  readonly outcome: FinalStatus;
  readonly cancelling: boolean;
  readonly cancelReason: string | null;
  readonly timedOut: boolean;
  readonly suspended: boolean;
  readonly failed: boolean;
  readonly exit: { readonly value: Ref } | null;
  readonly steps: number;
  readonly seq: number;
  readonly live: number;
  readonly openJoins: number;
  readonly counts: Readonly<Record<FinalStatus, number>>;
  readonly entry: { readonly status: FinalStatus | null; readonly code: StepCode; readonly value: Ref };
  readonly plan?: PlanRecord;
}

/** The run without its steps, joins and entries. */
export function hydrateRun(runId: string, graph: CompiledGraph, settings: SettingsRecord, record: RunRecord): Run {
  const run = new Run(runId, graph, settings.name, settings);
  if (settings.flow !== undefined) run.plan = hydratePlan(settings.flow, record.plan);
  run.createdAt = settings.createdAt;
  run.endedAt = record.endedAt;
  run.status = record.status ?? undefined;
  run.code = record.code;
  run.stage = record.stage;
  run.outcome = record.outcome;
  run.cancelling = record.cancelling;
  run.cancelReason = record.cancelReason ?? undefined;
  run.timedOut = record.timedOut;
  run.suspended = record.suspended;
  run.failed = record.failed;
  run.exit = record.exit;
  run.steps = record.steps;
  run.seq = record.seq;
  run.liveCount = record.live;
  run.openJoins = record.openJoins;
  Object.assign(run.counts, record.counts);
  run.entryStatus = record.entry.status ?? undefined;
  run.entryCode = record.entry.code;
  run.entryValue = record.entry.value ?? undefined;
  return run;
}

export function settingsOf(run: Run, history: History): SettingsRecord {
  const { tags, stepLimit, maxPerRun, cancelGraceMs, deadline, notBefore } = run.limits;
  return {
    name: run.name,
    createdAt: run.createdAt,
    history,
    tags,
    stepLimit,
    maxPerRun,
    cancelGraceMs,
    deadline,
    notBefore,
    ...(run.plan !== null && { flow: run.plan.flow }),
  };
}

export function dehydrateRun(run: Run): RunRecord {
  return {
    endedAt: run.endedAt,
    status: run.status ?? null,
    code: run.code,
    stage: run.stage,
    outcome: run.outcome,
    cancelling: run.cancelling,
    cancelReason: run.cancelReason ?? null,
    timedOut: run.timedOut,
    suspended: run.suspended,
    failed: run.failed,
    exit: run.exit,
    steps: run.steps,
    seq: run.seq,
    live: run.liveCount,
    openJoins: run.openJoins,
    counts: { ...run.counts },
    entry: { status: run.entryStatus ?? null, code: run.entryCode, value: run.entryValue ?? null },
    ...(run.plan !== null && { plan: dehydratePlan(run.plan) }),
  };
}
