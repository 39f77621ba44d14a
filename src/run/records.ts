// A run as records in a store, and back. Every record is small and bounded by the graph, never by the run's length.
//
// R1. Records hold node names and edge ids, never positions: after a deployment the run goes on by name.
// R2. What changed is found by comparing a record with what was loaded. Nothing has to be marked by hand.
// R3. What never changes is written once, apart from what changes with every event.

import type { CompiledGraph, GraphNode } from '../graph/compiled.ts';
import { lostNode } from '../graph/compile.ts';
import type { RunSettings } from './event.ts';
import type { History } from './history.ts';
import type { Json } from './json.ts';
import type { Stage } from './phase.ts';
import type { Ref } from './ref.ts';
import { dehydrateStep, hydrateStep, type StepRecord } from './step-record.ts';
import type { SharedState, StateValue } from './shared-state.ts';
import type { CallRecord } from './call-record.ts';
import { JoinState } from './join-state.ts';
import { Group, Run, type Step } from './state.ts';
import type { FinalStatus, StepCode } from './status.ts';

export const RUN_KEY = 'r';
/** What the run was started with. */
export const SETTINGS_KEY = 'o';
export const STATE_KEY = 'x';
export const stepRecordKey = (id: number): string => `s/${id}`;
export const roundRecordKey = (node: string): string => `n/${node}`;
export const joinRecordKey = (join: string): string => `j/${join}`;
export const groupRecordKey = (group: string): string => `g/${group}`;
export const callRecordKey = (step: number, call: string): string => `c/${step}/${call}`;
/** Never loaded to decide: the failed attempts of a step. */
export const attemptRecordKey = (step: number, attempt: number): string => `a/${step}/${attempt}`;
/** Never loaded to decide: a value that arrived at a join. */
export const arrivalRecordKey = (join: string, source: number, number: number): string =>
  `v/${join}/${source}/${number}`;
/** Never loaded to decide: the value of an item that is kept under another name than its own. */
export const itemRecordKey = (key: string): string => `v/${key}`;
export const historyRecordKey = (slot: number): string => `h/${slot}`;

/** What of a run never changes. */
export interface SettingsRecord extends Omit<RunSettings, 'notBefore'> {
  readonly job: string;
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
}

interface JoinRecord {
  readonly counts: readonly number[];
  readonly fired: number;
}

export interface GroupRecord {
  readonly edge: string;
  readonly cause: number;
  readonly a: Ref;
  readonly b: Ref;
  readonly size: number;
  readonly made: number;
  readonly open: number;
  readonly failed: number;
}

/** A run made of the records that were loaded. */
export interface Loaded {
  readonly run: Run;
  readonly history: History;
  readonly steps: ReadonlyMap<number, Step>;
  readonly groups: ReadonlyMap<string, Group>;
}

/** Puts the loaded records together. Undefined if there is no such run. */
export function hydrate(graph: CompiledGraph, runId: string, records: ReadonlyMap<string, Json>): Loaded | undefined {
  const settings = readRecord<SettingsRecord>(records.get(SETTINGS_KEY));
  const record = readRecord<RunRecord>(records.get(RUN_KEY));
  if (settings === undefined || record === undefined) return undefined;
  const run = hydrateRun(runId, graph, settings, record);
  if (records.has(STATE_KEY)) run.state = stateOf(records.get(STATE_KEY));
  const steps = new Map<number, Step>();
  const groups = new Map<string, Group>();
  const found: [Step, StepRecord][] = [];
  for (const [key, json] of records) {
    const name = key.slice(2);
    if (key.startsWith('n/')) hydrateRound(run, name, json);
    else if (key.startsWith('j/')) hydrateJoin(run, name, json);
    else if (key.startsWith('g/')) hydrateGroup(run, name, readRecord<GroupRecord>(json), groups);
    else if (key.startsWith('s/')) {
      const stepRecord = readRecord<StepRecord>(json);
      if (stepRecord === undefined) continue;
      const step = hydrateStep(run, Number(name), stepRecord);
      steps.set(step.id, step);
      found.push([step, stepRecord]);
    }
  }
  for (const [step, stepRecord] of found) tie(step, stepRecord, steps, groups);
  for (const [key, json] of records) if (key.startsWith('c/')) hydrateCall(key, readRecord<CallRecord>(json), steps);
  return { run, history: settings.history, steps, groups };
}

/** Owners and groups are steps and groups of their own. */
function tie(
  step: Step,
  record: StepRecord,
  steps: ReadonlyMap<number, Step>,
  groups: ReadonlyMap<string, Group>,
): void {
  if (record.around.length > 0) {
    step.rarely.owner = steps.get(record.around[0] ?? 0) ?? null;
    step.rarely.depth = record.around.length;
  }
  if (record.group !== undefined) step.rarely.group = groups.get(record.group) ?? null;
}

/** The records of everything that is loaded or new, and not over. */
function dehydrate({ run, history, steps, groups }: Loaded, isNew: boolean): Map<string, Json> {
  const records = new Map<string, Json>([[RUN_KEY, toJson(dehydrateRun(run))]]);
  if (isNew) records.set(SETTINGS_KEY, toJson(settingsOf(run, history)));
  const open = new Set([...groups.values()].filter((group) => !group.isOver));
  for (const step of run.live) {
    records.set(stepRecordKey(step.id), toJson(dehydrateStep(step)));
    const group = step.rare?.group;
    if (group !== null && group !== undefined) open.add(group);
  }
  for (const group of open) records.set(groupRecordKey(group.key), toJson(dehydrateGroup(group)));
  for (const step of new Set([...steps.values(), ...run.live])) {
    for (const [call, record] of step.rare?.calls ?? []) records.set(callRecordKey(step.id, call), toJson(record));
  }
  for (const [index, state] of run.joins ?? []) {
    const join = run.graph.joins[index];
    if (join !== undefined) records.set(joinRecordKey(join.id), toJson(joinRecordOf(state)));
  }
  for (const [index, round] of run.rounds ?? []) {
    const node = run.graph.nodes[index];
    if (node !== undefined) records.set(roundRecordKey(node.name), round);
  }
  const fields = [...run.state].map(([field, { value, change }]) => [field, value, change]);
  if (fields.length > 0) records.set(STATE_KEY, toJson(fields));
  return records;
}

/** What differs from the records that were loaded; null for what is over. */
export function changesOf(loaded: Loaded, before: ReadonlyMap<string, Json>): [string, Json | null][] {
  const after = dehydrate(loaded, !before.has(SETTINGS_KEY));
  const changed: [string, Json | null][] = [];
  for (const [key, json] of after)
    if (JSON.stringify(json) !== JSON.stringify(before.get(key))) changed.push([key, json]);
  for (const key of before.keys()) if (/^[sg]\//.test(key) && !after.has(key)) changed.push([key, null]);
  return changed;
}

/** The node of that name, or one without edges if the graph no longer has it. */
export function nodeNamed(graph: CompiledGraph, name: string): GraphNode {
  return graph.nodeOf.get(name) ?? lostNode(name);
}

/** The state as it was written. */
export function stateOf(json: Json | undefined): SharedState {
  const fields = readRecord<readonly (readonly [string, StateValue, number])[]>(json) ?? [];
  return new Map(fields.map(([field, value, change]) => [field, { value, change }]));
}

function hydrateRun(runId: string, graph: CompiledGraph, settings: SettingsRecord, record: RunRecord): Run {
  const run = new Run(runId, graph, nodeNamed(graph, settings.job), settings);
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

function settingsOf(run: Run, history: History): SettingsRecord {
  const { tags, stepLimit, maxPerRun, cancelGraceMs, deadline } = run.limits;
  return {
    job: run.job.name,
    createdAt: run.createdAt,
    history,
    tags,
    stepLimit,
    maxPerRun,
    cancelGraceMs,
    deadline,
  };
}

function dehydrateRun(run: Run): RunRecord {
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
  };
}

function hydrateRound(run: Run, node: string, json: Json): void {
  const index = run.graph.nodeOf.get(node)?.index;
  if (index === undefined || typeof json !== 'number') return;
  run.rounds ??= new Map();
  run.rounds.set(index, json);
}

function joinRecordOf({ counts, fired }: JoinState): JoinRecord {
  return { counts: [...counts], fired };
}

function hydrateJoin(run: Run, id: string, json: Json): void {
  const join = run.graph.joins.find((known) => known.id === id);
  const state = readRecord<JoinRecord>(json);
  if (join === undefined || state === undefined) return;
  run.joins ??= new Map();
  run.joins.set(join.index, new JoinState(state.counts, state.fired));
}

function hydrateGroup(run: Run, key: string, record: GroupRecord | undefined, groups: Map<string, Group>): void {
  const edge = record === undefined ? undefined : run.graph.edgeOf.get(record.edge);
  if (record === undefined || edge === undefined) return;
  const { cause, a, b, size, made, open, failed } = record;
  const group = new Group(key, edge, { run, cause, a: a ?? undefined, b: b ?? undefined, size });
  groups.set(key, Object.assign(group, { made, open, failed }));
}

function dehydrateGroup({ edge, cause, a, b, size, made, open, failed }: Group): GroupRecord {
  return { edge: edge.id, cause, a: a ?? null, b: b ?? null, size, made, open, failed };
}

function hydrateCall(key: string, record: CallRecord | undefined, steps: ReadonlyMap<number, Step>): void {
  const end = key.indexOf('/', 2);
  const owner = steps.get(Number(key.slice(2, end)));
  if (owner === undefined || record === undefined) return;
  owner.rarely.calls ??= new Map();
  owner.rarely.calls.set(key.slice(end + 1), record);
}

/** The border to the store: a record that we wrote is of the type that we wrote. */
function readRecord<T>(json: Json | undefined): T | undefined {
  return json === undefined || json === null ? undefined : (json as T);
}

/** The border to the store, outwards: interfaces of plain data are plain data. */
function toJson(record: object): Json {
  return record as unknown as Json;
}
