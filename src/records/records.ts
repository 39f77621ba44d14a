// A run as records in a store, and back. Every record is small and bounded by the graph, never by the run's length.
//
// RECORDS-1. Records hold node names and edge ids, never positions: after a deployment the run goes on by name.
// RECORDS-2. What changed is found by comparing a record with the loaded one. Nothing has to be marked by hand.
// RECORDS-3. What never changes is written once (`settings`), apart from what changes with every event (`run`).

import type { CompiledGraph } from '../graph/graph.ts';
import { hashOf } from '../graph/graph-hash.ts';
import type { CallRecord, Ref } from '../run/step-data.ts';
import type { History } from '../run/view.ts';
import { JoinState, type JoinDetails } from '../run/join-state.ts';
import { Rounds } from '../run/rounds.ts';
import { Group, Run } from '../run/state.ts';
import type { Step } from '../run/step.ts';
import type { Json } from '../values/json.ts';
import { hydrateIncoming, hydratePart, partsOf, dehydratePlan, hydratePlan, type PlanRecord } from './plan-record.ts';
import { kindOf, readRecord, RECORDS, RUN_KEY, SETTINGS_KEY, STATE_KEY, type RecordWrite } from './keys.ts';
import type { SharedState, StateValue } from '../run/shared-state.ts';
import {
  aroundOf,
  type Kept,
  type Writable,
  dehydrateStep,
  hydrateStep,
  readStepRecord,
  type KeptStep,
} from './step-record.ts';
import type { RunSettings } from '../run/event.ts';
import { Stage, StepCode, type FinalStatus } from '../run/status.ts';
import type { Entry, PlanFlow } from '../run/plan.ts';

interface JoinRecord extends JoinDetails {
  readonly counts: readonly number[];
  readonly fired: number;
}

export interface GroupRecord {
  readonly edge: string;
  readonly cause: number;
  readonly progress: number | null;
  /** The step that waits for its items. */
  readonly within?: number;
  readonly targetMessage: Ref;
  readonly targetValue: Ref;
  readonly size: number;
  readonly made: number;
  readonly open: number;
  readonly failed: number;
  readonly skipped: number;
  readonly isWithdrawn?: true;
}

/** A run made of the records that were loaded. */
export interface Loaded {
  readonly run: Run;
  readonly history: History;
  readonly steps: ReadonlyMap<number, Step>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Of a run that is new: what it begins with, if that is one job and nothing else. */
  readonly single?: Entry | undefined;
}

/** Puts the loaded records together. Undefined if there is no such run. */
export function hydrate(graph: CompiledGraph, runId: string, records: ReadonlyMap<string, Json>): Loaded | undefined {
  const settings = readRecord<SettingsRecord>(records.get(SETTINGS_KEY));
  const record = readRunRecord(records.get(RUN_KEY));
  if (settings === undefined || record === undefined) return undefined;
  const run = hydrateRun(runId, graph, settings, record);
  if (records.has(STATE_KEY)) run.state = stateOf(records.get(STATE_KEY));
  const steps = new Map<number, Step>();
  const groups = new Map<string, Group>();
  const found: [Step, KeptStep][] = [];
  // What belongs to others comes after them.
  let others: [key: string, json: Json][] | undefined;
  for (const [key, json] of records) {
    switch (kindOf(key)) {
      case RECORDS.group:
      case RECORDS.call:
      case RECORDS.incoming:
        (others ??= []).push([key, json]);
        break;
      case RECORDS.round:
        hydrateRound(run, RECORDS.round.parse(key)[0], json);
        break;
      case RECORDS.join:
        hydrateJoin(run, RECORDS.join.parse(key)[0], readRecord(json));
        break;
      case RECORDS.step: {
        const stepRecord = readStepRecord(json);
        if (stepRecord === undefined) break;
        const step = hydrateStep(run, RECORDS.step.parse(key)[0], stepRecord);
        steps.set(step.id, step);
        found.push([step, stepRecord]);
        break;
      }
      default:
        hydratePart(run, key, json);
    }
  }
  for (const [key, json] of others ?? []) {
    switch (kindOf(key)) {
      case RECORDS.group:
        hydrateGroup(run, RECORDS.group.parse(key)[0], readRecord(json), { steps, groups });
        break;
      case RECORDS.call:
        hydrateCall(RECORDS.call.parse(key), readRecord(json), steps);
        break;
      default:
        hydrateIncoming(run, key, json);
    }
  }
  for (const [step, stepRecord] of found) link(step, stepRecord, steps, groups);
  return { run, history: settings.history, steps, groups };
}

/** Owners, groups and entries under way are records of their own. */
function link(
  step: Step,
  record: KeptStep,
  steps: ReadonlyMap<number, Step>,
  groups: ReadonlyMap<string, Group>,
): void {
  const around = aroundOf(record);
  if (around.length > 0) {
    step.ensureExtras().owner = steps.get(around[0] ?? 0) ?? null;
    step.ensureExtras().depth = around.length;
  }
  if (record.group !== undefined) step.ensureExtras().group = groups.get(record.group) ?? null;
  if (record.progress !== undefined)
    step.ensureExtras().progress = step.run.plan?.inProgress.get(record.progress) ?? null;
}

/** The records of everything that is loaded or new, and not over. Made with every event: what is not there costs nothing. */
function dehydrate({ run, history, steps, groups, single }: Loaded, isNew: boolean): Map<string, Json> {
  const records = new Map<string, Json>([[RUN_KEY, toJson(runRecordOf(run))]]);
  if (isNew) records.set(SETTINGS_KEY, toJson(settingsRecordOf(run, history, single)));
  const open = new Set<Group>();
  for (const group of groups.values()) if (!group.isOver) open.add(group);
  for (const step of run.live) {
    records.set(RECORDS.step.key(step.id), toJson(dehydrateStep(step)));
    const group = step.extras?.group;
    if (group !== null && group !== undefined) open.add(group);
  }
  for (const group of open) records.set(RECORDS.group.key(group.key), toJson(dehydrateGroup(group)));
  for (const step of steps.values()) addCalls(records, step);
  for (const step of run.live) addCalls(records, step);
  for (const [key, record] of partsOf(run)) records.set(key, typeof record === 'object' ? toJson(record) : record);
  addCounts(records, run);
  if (run.state.size === 0) return records;
  const fields = [...run.state].map(([field, { value, change }]) => [field, value, change]);
  records.set(STATE_KEY, toJson(fields));
  return records;
}

function addCalls(records: Map<string, Json>, { id, extras }: Step): void {
  const calls = extras?.calls;
  if (calls === null || calls === undefined) return;
  for (const [call, record] of calls) records.set(RECORDS.call.key(id, call), toJson(record));
}

/** What has arrived at joins, and how often nodes were executed. */
function addCounts(records: Map<string, Json>, { graph, joins, rounds }: Run): void {
  for (const join of joins === null ? [] : graph.joins) {
    const state = joins?.[join.index];
    if (state !== undefined) records.set(RECORDS.join.key(join.id), toJson(joinRecordOf(state)));
  }
  for (const [index, round] of rounds ?? []) {
    const node = graph.nodes[index];
    if (node !== undefined) records.set(RECORDS.round.key(node.name), round);
  }
}

/** The records that an event is decided on, and how they were written, where that is known. */
export interface RecordsRead extends ReadonlyMap<string, Json> {
  textOf?(key: string): string | undefined;
}

/** What differs from the records that were loaded; null for what is over. */
export function changesOf(loaded: Loaded, before: RecordsRead): RecordWrite[] {
  const after = dehydrate(loaded, !before.has(SETTINGS_KEY));
  const changed: RecordWrite[] = [];
  for (const [key, json] of after) {
    const text = JSON.stringify(json);
    if (text !== (before.textOf?.(key) ?? JSON.stringify(before.get(key)))) changed.push([key, json, text]);
  }
  for (const key of before.keys())
    if (kindOf(key)?.isTemporary === true && !after.has(key)) changed.push([key, null, null]);
  return changed;
}

/** The state as it was written. */
export function stateOf(json: Json | undefined): SharedState {
  const fields = readRecord<readonly (readonly [string, StateValue, number])[]>(json) ?? [];
  return new Map(fields.map(([field, value, change]) => [field, { value, change }]));
}

function hydrateRound(run: Run, node: string, json: Json): void {
  const index = run.graph.nodeOf.get(node)?.index;
  if (index === undefined || typeof json !== 'number') return;
  (run.rounds ??= new Rounds()).set(index, json);
}

function joinRecordOf({ counts, fired, details }: JoinState): JoinRecord {
  return { counts: [...counts], fired, ...details };
}

function hydrateJoin(run: Run, id: string, state: JoinRecord | undefined): void {
  const join = run.graph.joins.find((known) => known.id === id);
  if (join === undefined || state === undefined) return;
  const joins = (run.joins ??= run.graph.joins.map(() => undefined));
  joins[join.index] = new JoinState([...state.counts], state.fired, state);
}

function hydrateGroup(
  run: Run,
  key: string,
  record: GroupRecord | undefined,
  { steps, groups }: { readonly steps: ReadonlyMap<number, Step>; readonly groups: Map<string, Group> },
): void {
  const edge = record === undefined ? undefined : run.graph.edgeOf.get(record.edge);
  if (record === undefined || edge === undefined) return;
  const { cause, targetMessage, targetValue, size, made, open, failed, skipped } = record;
  const progress = record.progress === null ? null : (run.plan?.inProgress.get(record.progress) ?? null);
  const group = new Group(key, edge, {
    run,
    cause,
    progress,
    within: steps.get(record.within ?? 0) ?? null,
    targetMessage: targetMessage ?? undefined,
    targetValue: targetValue ?? undefined,
    size,
  });
  groups.set(key, Object.assign(group, { made, open, failed, skipped, isWithdrawn: record.isWithdrawn === true }));
}

function dehydrateGroup({
  edge,
  cause,
  progress,
  within,
  targetMessage,
  targetValue,
  size,
  made,
  open,
  failed,
  skipped,
  isWithdrawn,
}: Group): GroupRecord {
  return {
    edge: edge.id,
    cause,
    progress: progress === null ? null : progress.entry,
    ...(within !== null && { within: within.id }),
    targetMessage: targetMessage ?? null,
    targetValue: targetValue ?? null,
    size,
    made,
    open,
    failed,
    skipped,
    ...(isWithdrawn && { isWithdrawn }),
  };
}

function hydrateCall(
  [step, call]: readonly [number, string],
  record: CallRecord | undefined,
  steps: ReadonlyMap<number, Step>,
): void {
  const owner = steps.get(step);
  if (owner === undefined || record === undefined) return;
  const extras = owner.ensureExtras();
  extras.calls ??= new Map();
  extras.calls.set(call, record);
}

/** The border to the store, outwards: interfaces of plain data are plain data. */
function toJson(record: object): Json {
  return record as unknown as Json;
}

/** What of a run never changes. */
export interface SettingsRecord extends Omit<RunSettings, 'suspended'> {
  readonly name: string;
  /** Absent: it began with one job and nothing else. */
  readonly flow?: PlanFlow;
  readonly createdAt: number;
  /** Hash of the graph that it began with. */
  readonly graph: string;
  /** What it began with, if that was one job and nothing else. */
  readonly single?: Entry;
  /** What its start was given, if that is in no `single`. */
  readonly message?: Ref;
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
  readonly limitReached?: true | undefined;
  readonly exit: { readonly value: Ref } | null;
  readonly steps: number;
  readonly seq: number;
  readonly live: number;
  readonly openJoins: number;
  readonly completedSteps: number;
  readonly failedSteps: number;
  readonly skippedSteps: number;
  readonly cancelledSteps: number;
  readonly entryStatus: FinalStatus | null;
  readonly entryCode: StepCode;
  readonly entryValue: Ref;
  readonly plan?: PlanRecord | undefined;
  /** Absent: the first one. */
  readonly life?: number | undefined;
  readonly hasEarlier?: true | undefined;
  readonly graphMet?: { readonly hash: string; readonly isHeld: boolean } | undefined;
}

const USUAL_RUN = {
  endedAt: 0,
  status: null,
  code: StepCode.DONE,
  stage: Stage.ON,
  outcome: 'completed',
  cancelling: false,
  cancelReason: null,
  timedOut: false,
  suspended: false,
  failed: false,
  exit: null,
  openJoins: 0,
  live: 0,
  completedSteps: 0,
  failedSteps: 0,
  skippedSteps: 0,
  cancelledSteps: 0,
  entryStatus: null,
  entryCode: StepCode.NONE,
  entryValue: null,
} as const satisfies Partial<RunRecord>;

/** What of a run changes, as it was written. */
export function readRunRecord(json: Json | undefined): RunRecord | undefined {
  const kept = readRecord<Kept<RunRecord, typeof USUAL_RUN>>(json);
  if (kept === undefined) return undefined;
  return {
    endedAt: kept.endedAt ?? USUAL_RUN.endedAt,
    status: kept.status ?? USUAL_RUN.status,
    code: kept.code ?? USUAL_RUN.code,
    stage: kept.stage ?? USUAL_RUN.stage,
    outcome: kept.outcome ?? USUAL_RUN.outcome,
    cancelling: kept.cancelling === true,
    cancelReason: kept.cancelReason ?? null,
    timedOut: kept.timedOut === true,
    suspended: kept.suspended === true,
    failed: kept.failed === true,
    limitReached: kept.limitReached,
    exit: kept.exit ?? null,
    steps: kept.steps,
    seq: kept.seq,
    live: kept.live ?? USUAL_RUN.live,
    openJoins: kept.openJoins ?? USUAL_RUN.openJoins,
    completedSteps: kept.completedSteps ?? 0,
    failedSteps: kept.failedSteps ?? 0,
    skippedSteps: kept.skippedSteps ?? 0,
    cancelledSteps: kept.cancelledSteps ?? 0,
    entryStatus: kept.entryStatus ?? null,
    entryCode: kept.entryCode ?? USUAL_RUN.entryCode,
    entryValue: kept.entryValue ?? null,
    plan: kept.plan,
    life: kept.life,
    hasEarlier: kept.hasEarlier,
    graphMet: kept.graphMet,
  };
}

/** The run without its steps, joins and entries. */
function hydrateRun(runId: string, graph: CompiledGraph, settings: SettingsRecord, record: RunRecord): Run {
  const run = new Run(runId, graph, settings.name, settings);
  if (settings.flow !== undefined) run.plan = hydratePlan(settings.flow, record.plan);
  run.message = settings.single?.message ?? settings.message;
  run.createdAt = settings.createdAt;
  run.life = record.life ?? 1;
  run.graphMet = record.graphMet ?? null;
  run.hasEarlier = record.hasEarlier === true;
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
  run.limitReached = record.limitReached === true;
  run.exit = record.exit;
  run.steps = record.steps;
  run.seq = record.seq;
  run.liveCount = record.live;
  run.openJoins = record.openJoins;
  run.counts.completed = record.completedSteps;
  run.counts.failed = record.failedSteps;
  run.counts.skipped = record.skippedSteps;
  run.counts.cancelled = record.cancelledSteps;
  run.entryStatus = record.entryStatus ?? undefined;
  run.entryCode = record.entryCode;
  run.entryValue = record.entryValue ?? undefined;
  return run;
}

function settingsRecordOf(run: Run, history: History, single: Entry | undefined): SettingsRecord {
  const { tags, stepLimit, maxPerRun, cancelGraceMs, deadline, notBefore, ...others } = run.limits;
  const { carried, onGraphChange, source, plan, salt } = others;
  return {
    name: run.name,
    createdAt: run.createdAt,
    graph: hashOf(run.graph),
    history,
    tags,
    stepLimit,
    maxPerRun,
    cancelGraceMs,
    deadline,
    notBefore,
    ...(carried !== undefined && { carried }),
    ...(onGraphChange !== undefined && { onGraphChange }),
    ...(source !== undefined && { source }),
    ...(plan !== undefined && { plan }),
    ...(salt !== undefined && { salt }),
    ...(single !== undefined ? { single } : run.message !== undefined && { message: run.message }),
    ...(run.plan !== null && { flow: run.plan.flow }),
  };
}

/** What differs from the usual. */
function runRecordOf(run: Run): Partial<RunRecord> {
  const kept: Writable<Partial<RunRecord>> = {};
  if (run.endedAt !== USUAL_RUN.endedAt) kept.endedAt = run.endedAt;
  if (run.status !== undefined) kept.status = run.status;
  if (run.code !== USUAL_RUN.code) kept.code = run.code;
  if (run.stage !== USUAL_RUN.stage) kept.stage = run.stage;
  if (run.outcome !== USUAL_RUN.outcome) kept.outcome = run.outcome;
  if (run.cancelling) kept.cancelling = true;
  if (run.cancelReason !== undefined) kept.cancelReason = run.cancelReason;
  if (run.timedOut) kept.timedOut = true;
  if (run.suspended) kept.suspended = true;
  if (run.failed) kept.failed = true;
  if (run.limitReached) kept.limitReached = true;
  if (run.exit !== null) kept.exit = run.exit;
  addProgress(kept, run);
  if (run.plan !== null) kept.plan = dehydratePlan(run.plan);
  if (run.life > 1) kept.life = run.life;
  if (run.graphMet !== null) kept.graphMet = run.graphMet;
  if (run.hasEarlier) kept.hasEarlier = true;
  return kept;
}

/** How far it has come. */
function addProgress(kept: Writable<Partial<RunRecord>>, run: Run): void {
  const { counts } = run;
  kept.steps = run.steps;
  kept.seq = run.seq;
  if (run.liveCount !== USUAL_RUN.live) kept.live = run.liveCount;
  if (run.openJoins !== USUAL_RUN.openJoins) kept.openJoins = run.openJoins;
  if (counts.completed > 0) kept.completedSteps = counts.completed;
  if (counts.failed > 0) kept.failedSteps = counts.failed;
  if (counts.skipped > 0) kept.skippedSteps = counts.skipped;
  if (counts.cancelled > 0) kept.cancelledSteps = counts.cancelled;
  if (run.entryStatus !== undefined) kept.entryStatus = run.entryStatus;
  if (run.entryCode !== USUAL_RUN.entryCode) kept.entryCode = run.entryCode;
  if (run.entryValue !== undefined && run.entryValue !== null) kept.entryValue = run.entryValue;
}
