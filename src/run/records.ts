// A run as records in a store, and back. Every record is small and bounded by the graph, never by the run's length.
//
// R1. Records hold node names and edge ids, never positions: after a deployment the run goes on by name.
// R2. What changed is found by comparing a record with what was loaded. Nothing has to be marked by hand.

import type { CompiledGraph, GraphNode } from '../graph/compiled.ts';
import { NO_RETRY } from '../graph/retry-policy.ts';
import type { History } from './history.ts';
import type { Json } from './json.ts';
import { type Phase, Run, Step, type AttemptRecord, type EdgeFault, type Ref } from './state.ts';
import type { FinalStatus, StepCode } from './status.ts';

export const RUN_KEY = 'r';
export const stepRecordKey = (id: number): string => `s/${id}`;
export const roundRecordKey = (node: string): string => `n/${node}`;
export const historyRecordKey = (slot: number): string => `h/${slot}`;

/** The run itself. */
export interface RunRecord {
  readonly job: string;
  readonly tags: readonly string[];
  readonly stepLimit: number;
  readonly cancelGraceMs: number;
  readonly history: History;
  readonly createdAt: number;
  readonly endedAt: number;
  readonly status: FinalStatus | null;
  readonly cancelling: boolean;
  readonly cancelReason: string | null;
  readonly failed: boolean;
  readonly steps: number;
  readonly seq: number;
  readonly live: number;
  readonly counts: Readonly<Record<FinalStatus, number>>;
  readonly callbackFailureCount: number;
  readonly entry: { readonly status: FinalStatus | null; readonly code: StepCode; readonly value: Ref };
}

/** A live step. */
export interface StepRecord {
  readonly node: string;
  readonly via: string | null;
  /** The steps around it, nearest first. */
  readonly around: readonly number[];
  readonly cause: number;
  readonly round: number;
  readonly a: Ref;
  readonly b: Ref;
  readonly message: Ref;
  readonly value: Ref;
  readonly attempt: number;
  readonly phase: Phase;
  readonly code: StepCode;
  readonly open: number;
  readonly wakeAt: number;
  readonly startedAt: number;
  readonly startSeq: number;
  readonly attempts: readonly AttemptRecord[] | null;
  readonly faults: readonly EdgeFault[] | null;
}

/** A run made of the records that were loaded, with the history setting it carries. */
export interface Loaded {
  readonly run: Run;
  readonly history: History;
  readonly steps: ReadonlyMap<number, Step>;
}

/** Puts the loaded records together. Undefined if there is no such run. */
export function hydrate(graph: CompiledGraph, runId: string, records: ReadonlyMap<string, Json>): Loaded | undefined {
  const record = readRecord<RunRecord>(records.get(RUN_KEY));
  if (record === undefined) return undefined;
  const run = hydrateRun(runId, nodeNamed(graph, record.job), record);
  const steps = new Map<number, Step>();
  const around = new Map<Step, readonly number[]>();
  for (const [key, json] of records) {
    if (key.startsWith('s/'))
      hydrateStep(graph, run, Number(key.slice(2)), readRecord<StepRecord>(json), steps, around);
    else if (key.startsWith('n/')) hydrateRound(graph, run, key.slice(2), json);
  }
  for (const [step, ids] of around) {
    step.owner = steps.get(ids[0] ?? 0) ?? null;
    step.depth = ids.length;
  }
  return { run, history: record.history, steps };
}

/** The records of everything that is loaded or new; null for a step that is no longer live. */
export function dehydrate(loaded: Loaded): Map<string, Json> {
  const { run } = loaded;
  const records = new Map<string, Json>([[RUN_KEY, toJson(dehydrateRun(run, loaded.history))]]);
  for (const id of loaded.steps.keys()) records.set(stepRecordKey(id), null);
  for (const step of run.live) records.set(stepRecordKey(step.id), toJson(dehydrateStep(step)));
  return records;
}

/** The node of that name, or one without edges if the graph no longer has it. */
export function nodeNamed(graph: CompiledGraph, name: string): GraphNode {
  return (
    graph.nodeOf.get(name) ?? { name, index: -1, retry: NO_RETRY, repeats: false, success: [], error: [], plain: true }
  );
}

function hydrateRun(runId: string, job: GraphNode, record: RunRecord): Run {
  const run = new Run(runId, job, record.tags, record);
  run.createdAt = record.createdAt;
  run.endedAt = record.endedAt;
  run.status = record.status ?? undefined;
  run.cancelling = record.cancelling;
  run.cancelReason = record.cancelReason ?? undefined;
  run.failed = record.failed;
  run.steps = record.steps;
  run.seq = record.seq;
  run.liveCount = record.live;
  Object.assign(run.counts, record.counts);
  run.callbackFailureCount = record.callbackFailureCount;
  run.entryStatus = record.entry.status ?? undefined;
  run.entryCode = record.entry.code;
  run.entryValue = record.entry.value ?? undefined;
  return run;
}

function dehydrateRun(run: Run, history: History): RunRecord {
  return {
    job: run.job.name,
    tags: run.tags,
    stepLimit: run.limits.stepLimit,
    cancelGraceMs: run.limits.cancelGraceMs,
    history,
    createdAt: run.createdAt,
    endedAt: run.endedAt,
    status: run.status ?? null,
    cancelling: run.cancelling,
    cancelReason: run.cancelReason ?? null,
    failed: run.failed,
    steps: run.steps,
    seq: run.seq,
    live: run.liveCount,
    counts: { ...run.counts },
    callbackFailureCount: run.callbackFailureCount,
    entry: { status: run.entryStatus ?? null, code: run.entryCode, value: run.entryValue ?? null },
  };
}

function hydrateStep(
  graph: CompiledGraph,
  run: Run,
  id: number,
  record: StepRecord | undefined,
  steps: Map<number, Step>,
  around: Map<Step, readonly number[]>,
): void {
  if (record === undefined) return;
  const step = new Step(run, nodeNamed(graph, record.node), id);
  step.via = record.via === null ? null : (graph.edgeOf.get(record.via) ?? null);
  step.cause = record.cause;
  step.round = record.round;
  step.a = record.a ?? undefined;
  step.b = record.b ?? undefined;
  step.message = record.message ?? undefined;
  step.value = record.value ?? undefined;
  step.attempt = record.attempt;
  step.phase = record.phase;
  step.code = record.code;
  step.open = record.open;
  step.wakeAt = record.wakeAt;
  step.startedAt = record.startedAt;
  step.startSeq = record.startSeq;
  step.attempts = record.attempts;
  step.faults = record.faults;
  step.slot = run.live.push(step) - 1;
  steps.set(id, step);
  around.set(step, record.around);
}

function dehydrateStep(step: Step): StepRecord {
  return {
    node: step.node.name,
    via: step.via?.id ?? null,
    around: enclosing(step).map(({ id }) => id),
    cause: step.cause,
    round: step.round,
    a: step.a ?? null,
    b: step.b ?? null,
    message: step.message ?? null,
    value: step.value ?? null,
    attempt: step.attempt,
    phase: step.phase,
    code: step.code,
    open: step.open,
    wakeAt: step.wakeAt,
    startedAt: step.startedAt,
    startSeq: step.startSeq,
    attempts: step.attempts,
    faults: step.faults,
  };
}

/** The steps that wait for this one, nearest first. */
export function enclosing(step: Step): Step[] {
  const found: Step[] = [];
  for (let owner = step.owner; owner !== null; owner = owner.owner) found.push(owner);
  return found;
}

function hydrateRound(graph: CompiledGraph, run: Run, node: string, json: Json): void {
  const index = graph.nodeOf.get(node)?.index;
  if (index === undefined || typeof json !== 'number') return;
  run.rounds ??= new Map();
  run.rounds.set(index, json);
}

/** The border to the store: a record that we wrote is of the type that we wrote. */
function readRecord<T>(json: Json | undefined): T | undefined {
  return json === undefined || json === null ? undefined : (json as T);
}

/** The border to the store, outwards: interfaces of plain data are plain data. */
function toJson(record: RunRecord | StepRecord): Json {
  return record as unknown as Json;
}
