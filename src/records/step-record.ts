// A live step as a record, and back. What a step does not have is left out of its record.

import { nodeNamed } from '../graph/compile.ts';
import type { ChildAsked, EdgeFault, Routing, CallKey, Ref } from '../run/step-data.ts';
import type { Effects } from '../run/event.ts';
import { Phase, StepCode, type Role } from '../run/status.ts';
import { stepKey } from '../run/step-key.ts';
import type { StepView } from '../run/view.ts';
import type { Json } from '../values/json.ts';
import { compact, expand } from './compact.ts';
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

const USUAL: Partial<StepRecord> = {
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
};

export function compactStep(record: StepRecord): Partial<StepRecord> {
  return compact(record, USUAL);
}

/** A live step as it was written. */
export function readStepRecord(json: Json | undefined): StepRecord | undefined {
  return expand<StepRecord>(json, USUAL);
}

/** How far an attempt of a live step is, without a look at the rest of its record; over if the step is at another one. */
export function phaseOf(json: Json | undefined, attempt: number): Phase {
  const record = readRecord<Partial<StepRecord>>(json);
  if (record === undefined || (record.attempt ?? USUAL.attempt) !== attempt) return Phase.OVER;
  return record.phase ?? Phase.RUNNING;
}

/** A step that is over, as the history keeps it. Its attempts are records of their own. */
const USUAL_END: Partial<StepView> = {
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
};

/** Its key is left out where it follows from the run, the node and the round. */
export function compactEnd(runId: string, view: StepView): Partial<StepView> {
  return compact(view, { ...USUAL_END, key: stepKey(runId, view.node, view.round) });
}

export function readEnd(runId: string, json: Json): StepView | undefined {
  const view = expand<StepView>(json, USUAL_END);
  return view?.key === undefined && view !== undefined ? { ...view, key: stepKey(runId, view.node, view.round) } : view;
}

/** Its owner, group and entry are linked by `hydrate`, which has them. */
export function hydrateStep(run: Run, id: number, record: StepRecord): Step {
  const { graph } = run;
  const overlaid = record.overlay === undefined ? undefined : place(graph, record.overlay);
  const step = new Step(run, overlaid?.node ?? nodeNamed(graph, record.node), id);
  step.via = record.via === null ? null : (graph.edgeOf.get(record.via) ?? overlaid?.edge ?? null);
  step.cause = record.cause;
  step.round = record.round;
  step.targetMessage = record.targetMessage ?? undefined;
  step.targetValue = record.targetValue ?? undefined;
  step.message = record.message ?? undefined;
  step.value = record.value ?? undefined;
  step.attempt = record.attempt;
  step.phase = record.phase;
  step.code = record.code;
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

export function dehydrateStep(step: Step): StepRecord {
  const { extras } = step;
  return {
    node: step.node.name,
    via: step.via?.id ?? null,
    around: enclosing(step).map(({ id }) => id),
    cause: step.cause,
    round: step.round,
    targetMessage: step.targetMessage ?? null,
    targetValue: step.targetValue ?? null,
    message: step.message ?? null,
    value: step.value ?? null,
    attempt: step.attempt,
    phase: step.phase,
    code: step.code,
    startedAt: step.startedAt,
    startSeq: step.startSeq,
    ...(extras !== null && dehydrateExtras(extras)),
  };
}

function dehydrateExtras(extras: StepExtras): ExtrasRecord {
  const kept: Record<string, unknown> = {};
  for (const name of PLAIN) if (extras[name] && extras[name] !== -1) kept[name] = extras[name];
  if (extras.item >= 0) kept['item'] = extras.item;
  if (extras.group !== null) kept['group'] = extras.group.key;
  if (extras.progress !== null) kept['progress'] = extras.progress.entry;
  return kept;
}
