// A live step as a record, and back. What a step does not have is left out of its record.

import { nodeNamed } from '../graph/compile.ts';
import type { ChildAsked, EdgeFault, Routing, CallKey, Ref } from '../run/step-data.ts';
import type { Effects } from '../run/event.ts';
import { Phase, StepCode, type Role } from '../run/status.ts';
import { stepKey } from '../run/step-key.ts';
import type { StepView } from '../run/view.ts';
import type { Json } from '../values/json.ts';
import { readRecord } from './keys.ts';
import { place, type Overlay } from '../run/overlay.ts';
import type { Run } from '../run/state.ts';
import { enclosing, Step, type EntryMark, type MessageWait, type StepExtras } from '../run/step.ts';

/** A live step. */
export interface StepRecord extends ExtrasRecord {
  readonly node: string;
  readonly via: string | null;
  /** The steps around it, nearest first. */
  readonly around: readonly number[];
  readonly cause: number;
  readonly round: number;
  readonly targetMessage: Ref;
  readonly targetValue: Ref;
  readonly message: Ref;
  readonly value: Ref;
  readonly attempt: number;
  readonly phase: Phase;
  readonly code: StepCode;
  readonly startedAt: number;
  readonly startSeq: number;
}

/** Absent members are as in fresh `StepExtras`. */
interface ExtrasRecord {
  readonly role?: Role;
  readonly call?: CallKey;
  readonly asked?: ChildAsked;
  readonly effects?: Effects;
  readonly isRestored?: boolean;
  readonly key?: string;
  readonly group?: string;
  readonly item?: number;
  readonly brackets?: number;
  readonly children?: number;
  readonly started?: number;
  readonly wakeAt?: number;
  readonly waits?: boolean;
  readonly prepared?: boolean;
  readonly lostBefore?: boolean;
  readonly deaths?: number;
  readonly faults?: readonly EdgeFault[];
  readonly routing?: Routing;
  readonly succeeded?: boolean;
  readonly hasCalled?: boolean;
  readonly recovered?: { readonly value: Ref; readonly by: number; readonly from: Ref };
  readonly failedChild?: { readonly id: number; readonly error: Ref };
  readonly conflicts?: readonly string[];
  readonly exitIgnored?: boolean;
  readonly cancelStarted?: boolean;
  readonly cancelReason?: string;
  readonly isWithdrawn?: boolean;
  readonly progress?: number;
  readonly entry?: EntryMark;
  readonly overlay?: Overlay;
  readonly messageWait?: MessageWait;
}

/** Members of `StepExtras` that a record holds as they are. */
const PLAIN = [
  'role',
  'call',
  'asked',
  'effects',
  'isRestored',
  'key',
  'item',
  'brackets',
  'children',
  'started',
  'wakeAt',
  'waits',
  'prepared',
  'lostBefore',
  'deaths',
  'faults',
  'routing',
  'succeeded',
  'hasCalled',
  'recovered',
  'failedChild',
  'conflicts',
  'exitIgnored',
  'cancelStarted',
  'cancelReason',
  'isWithdrawn',
  'entry',
  'overlay',
  'messageWait',
] as const satisfies readonly (keyof StepExtras & keyof ExtrasRecord)[];

const EXTRAS: ReadonlySet<string> = new Set(PLAIN);

const USUAL = {
  via: null,
  around: [],
  cause: 0,
  round: 1,
  targetMessage: null,
  targetValue: null,
  message: null,
  value: null,
  attempt: 1,
  phase: Phase.RUNNING,
  code: StepCode.NONE,
} as const satisfies Partial<StepRecord>;

export type KeptStep = Kept<StepRecord, typeof USUAL>;

export const readStepRecord = (json: Json | undefined): KeptStep | undefined => readRecord<KeptStep>(json);

/** The steps around a live one, nearest first. */
export function aroundOf({ around = USUAL.around }: KeptStep): readonly number[] {
  return around;
}

/** How often in a row its process died with its body. */
export function deathsIn(json: Json | undefined): number {
  return readStepRecord(json)?.deaths ?? 0;
}

/** How far an attempt of a live step is, without a look at the rest of its record; over if the step is at another one. */
export function phaseOf(json: Json | undefined, attempt: number): Phase {
  const record = readStepRecord(json);
  if (record === undefined || (record.attempt ?? USUAL.attempt) !== attempt) return Phase.OVER;
  return record.phase ?? USUAL.phase;
}

/** A step that is over, as the history keeps it. Its attempts are records of their own. */
const USUAL_END = {
  round: 1,
  status: 'completed',
  code: StepCode.DONE,
  via: null,
  cause: 0,
  owner: null,
  item: -1,
  attempt: 1,
  attempts: [],
  faults: [],
  message: undefined,
  value: undefined,
  watchedError: undefined,
  isCallbackFailure: false,
  failedChild: null,
  recoveredBy: null,
  missing: null,
  unmatched: false,
  conflicts: [],
  exitIgnored: false,
  entry: -1,
  entryName: undefined,
  listens: false,
  messageWait: null,
} as const satisfies Partial<StepView>;

/** Its key is left out as well. */
type KeptEnd = Partial<StepView> & Kept<Omit<StepView, 'key' | 'recoveredFrom'>, typeof USUAL_END>;

/** Its key is left out where it follows from the run, the node and the round. */
export function compactEnd(runId: string, view: StepView): Partial<StepView> {
  const { key, node, round } = view;
  const kept: Writable<Partial<StepView>> = { id: view.id, node };
  if (key !== stepKey(runId, node, round)) kept.key = key;
  if (round !== USUAL_END.round) kept.round = round;
  if (view.status !== USUAL_END.status) kept.status = view.status;
  if (view.code !== USUAL_END.code) kept.code = view.code;
  if (view.via !== null) kept.via = view.via;
  if (view.cause !== USUAL_END.cause) kept.cause = view.cause;
  if (view.owner !== null) kept.owner = view.owner;
  if (view.item !== USUAL_END.item) kept.item = view.item;
  if (view.attempt !== USUAL_END.attempt) kept.attempt = view.attempt;
  if (view.attempts.length > 0) kept.attempts = view.attempts;
  if (view.faults.length > 0) kept.faults = view.faults;
  if (view.message !== undefined) kept.message = view.message;
  if (view.value !== undefined) kept.value = view.value;
  kept.startedAt = view.startedAt;
  kept.endedAt = view.endedAt;
  kept.startSeq = view.startSeq;
  kept.endSeq = view.endSeq;
  addRare(kept, view);
  return kept;
}

/** What only some steps have. */
function addRare(kept: Writable<Partial<StepView>>, view: StepView): void {
  if (view.watchedError !== undefined) kept.watchedError = view.watchedError;
  if (view.isCallbackFailure) kept.isCallbackFailure = true;
  if (view.failedChild !== null) kept.failedChild = view.failedChild;
  if (view.recoveredBy !== null) kept.recoveredBy = view.recoveredBy;
  if (view.recoveredFrom !== undefined) kept.recoveredFrom = view.recoveredFrom;
  if (view.missing !== null) kept.missing = view.missing;
  if (view.unmatched) kept.unmatched = true;
  if (view.conflicts.length > 0) kept.conflicts = view.conflicts;
  if (view.exitIgnored) kept.exitIgnored = true;
  if (view.entry !== USUAL_END.entry) kept.entry = view.entry;
  if (view.entryName !== undefined) kept.entryName = view.entryName;
  if (view.listens) kept.listens = true;
  if (view.messageWait !== null) kept.messageWait = view.messageWait;
}

export function readEnd(runId: string, json: Json): StepView | undefined {
  const kept = readRecord<KeptEnd>(json);
  if (kept === undefined) return undefined;
  const { node, round = USUAL_END.round } = kept;
  return {
    id: kept.id,
    node,
    key: kept.key ?? stepKey(runId, node, round),
    round,
    status: kept.status ?? USUAL_END.status,
    code: kept.code ?? USUAL_END.code,
    via: kept.via ?? null,
    cause: kept.cause ?? USUAL_END.cause,
    owner: kept.owner ?? null,
    item: kept.item ?? USUAL_END.item,
    attempt: kept.attempt ?? USUAL_END.attempt,
    attempts: kept.attempts ?? USUAL_END.attempts,
    faults: kept.faults ?? USUAL_END.faults,
    message: kept.message,
    value: kept.value,
    watchedError: kept.watchedError,
    isCallbackFailure: kept.isCallbackFailure === true,
    failedChild: kept.failedChild ?? null,
    recoveredBy: kept.recoveredBy ?? null,
    recoveredFrom: kept.recoveredFrom,
    missing: kept.missing ?? null,
    startedAt: kept.startedAt,
    endedAt: kept.endedAt,
    startSeq: kept.startSeq,
    endSeq: kept.endSeq,
    unmatched: kept.unmatched === true,
    conflicts: kept.conflicts ?? USUAL_END.conflicts,
    exitIgnored: kept.exitIgnored === true,
    entry: kept.entry ?? USUAL_END.entry,
    entryName: kept.entryName,
    listens: kept.listens === true,
    messageWait: kept.messageWait ?? null,
  };
}

/** Its owner, group and entry are linked by `hydrate`, which has them. */
export function hydrateStep(run: Run, id: number, record: KeptStep): Step {
  const { graph } = run;
  const overlaid = record.overlay === undefined ? undefined : place(graph, record.overlay);
  const step = new Step(run, overlaid?.node ?? nodeNamed(graph, record.node), id);
  const via = record.via ?? null;
  step.via = via === null ? null : (graph.edgeOf.get(via) ?? overlaid?.edge ?? null);
  step.cause = record.cause ?? USUAL.cause;
  step.round = record.round ?? USUAL.round;
  step.targetMessage = record.targetMessage;
  step.targetValue = record.targetValue;
  step.message = record.message;
  step.value = record.value;
  step.attempt = record.attempt ?? USUAL.attempt;
  step.phase = record.phase ?? USUAL.phase;
  step.code = record.code ?? USUAL.code;
  step.startedAt = record.startedAt;
  step.startSeq = record.startSeq;
  run.add(step);
  // Most have none of them, and a record has fewer names than there are.
  for (const name of Object.keys(record)) {
    const value: unknown = EXTRAS.has(name) ? Reflect.get(record, name) : undefined;
    if (value !== undefined) Object.assign(step.ensureExtras(), { [name]: value });
  }
  return step;
}

export function dehydrateStep(step: Step): Partial<StepRecord> {
  const { via, extras, targetMessage, targetValue, message, value } = step;
  const kept: Writable<Partial<StepRecord>> = { node: step.node.name };
  if (via !== null) kept.via = via.id;
  if (extras !== null && extras.owner !== null) kept.around = enclosing(step).map(({ id }) => id);
  if (step.cause !== USUAL.cause) kept.cause = step.cause;
  if (step.round !== USUAL.round) kept.round = step.round;
  if (targetMessage !== undefined && targetMessage !== null) kept.targetMessage = targetMessage;
  if (targetValue !== undefined && targetValue !== null) kept.targetValue = targetValue;
  if (message !== undefined && message !== null) kept.message = message;
  if (value !== undefined && value !== null) kept.value = value;
  if (step.attempt !== USUAL.attempt) kept.attempt = step.attempt;
  if (step.phase !== USUAL.phase) kept.phase = step.phase;
  if (step.code !== USUAL.code) kept.code = step.code;
  kept.startedAt = step.startedAt;
  kept.startSeq = step.startSeq;
  return extras === null ? kept : Object.assign(kept, dehydrateExtras(extras));
}

function dehydrateExtras(extras: StepExtras): ExtrasRecord {
  const kept: Record<string, unknown> = {};
  for (const name of PLAIN) if (extras[name] && extras[name] !== -1) kept[name] = extras[name];
  if (extras.item >= 0) kept['item'] = extras.item;
  if (extras.group !== null) kept['group'] = extras.group.key;
  if (extras.progress !== null) kept['progress'] = extras.progress.entry;
  return kept;
}

// ── records without what is usual: most members of most steps, and of most runs ──
// Only what `usual` names is left out. Members are written, and put in again where they are missing, by name: a loop over
// the names makes an object that costs thirty times as much, and records are written and read with every event.

/** A record as it was written: of what is usual, anything may be missing. */
export type Kept<T, Usual> = Omit<T, keyof Usual> & Partial<Pick<T, keyof Usual & keyof T>>;

/** A record while it is put together. */
export type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
