// A step and a run as they are read: plain data with names, times and payload references, and how long it is kept.
//
// VIEW-1. A bounded history is not searched: the slot of a step follows from its number.
// VIEW-2. Failed steps have slots of their own, so that a long run cannot push the first failure out.

import type { EdgeFault, Ref, StepId, AttemptRecord } from './step-data.ts';
import { Phase, Role, Stage, StepCode, type FinalStatus, type RunStatus, type StepStatus } from './status.ts';
import type { PlanShape } from './plan.ts';
import type { SharedState } from './shared-state.ts';
import type { Run, RunLimits } from './state.ts';
import { StepExtras, type EntryMark, type Step } from './step.ts';

/** One step as the core knows it. Payloads are references. */
export interface StepView {
  readonly id: StepId;
  readonly node: string;
  readonly key: string;
  readonly round: number;
  readonly status: StepStatus;
  readonly code: StepCode;
  /** The edge that led here; null for an entry and for children. */
  readonly via: string | null;
  /** The step whose end, or whose body, made this one; 0 for an entry and for what watches the run. */
  readonly cause: StepId;
  /** The step this one is a callback or a child of and which waits for it. */
  readonly owner: StepId | null;
  /** Which item of an `each`; -1 for none. */
  readonly item: number;
  readonly attempt: number;
  /** The attempts that failed. */
  readonly attempts: readonly AttemptRecord[];
  readonly faults: readonly EdgeFault[];
  readonly message: Ref;
  readonly value: Ref;
  /** Of an error callback: the error that it handles. */
  readonly watchedError: Ref;
  /** It failed, and the run does not fail with it. */
  readonly isCallbackFailure: boolean;
  readonly failedChild: StepId | null;
  /** The callback whose value it has in the place of its own. */
  readonly recoveredBy: StepId | null;
  /** What it had failed with then. */
  readonly recoveredFrom: Ref;
  /** The sources that a skipped join waited for in vain. */
  readonly missing: readonly string[] | null;
  readonly startedAt: number;
  /** 0 while it is live. */
  readonly endedAt: number;
  /** 0 if it was refused before it started. */
  readonly startSeq: number;
  /** 0 while it is live. */
  readonly endSeq: number;
  readonly unmatched: boolean;
  /** Fields of the state that it set without having seen their last change. */
  readonly conflicts: readonly string[];
  readonly exitIgnored: boolean;
  /** Of an entry of a plan: its place there; -1 for none. */
  readonly entry: number;
  readonly entryName: string | undefined;
  /** It waits for a message from outside. */
  readonly listens: boolean;
  /** Since when it waits for a message, or has waited: its place among the events, and the time. */
  readonly messageWait: { readonly seq: number; readonly at: number } | null;
}

/** How an entry of a plan ended. */
export interface EntryView {
  /** Its place in the plan as it was written. */
  readonly at: number;
  /** Its value goes under this name. */
  readonly name: string | undefined;
  readonly node: string;
  readonly step: StepId;
  readonly status: FinalStatus;
  readonly code: StepCode;
  /** Return value or error. */
  readonly value: Ref;
  /** Its place among the events of the run. */
  readonly seq: number;
}

/** How a run's entry went, and how the run did. */
export interface RunOutcome {
  readonly runId: string;
  readonly job: string;
  readonly code: StepCode;
  readonly cancelReason: string | undefined;
  /** It was cancelled, or its deadline has passed. */
  readonly isStopped: boolean;
  /** Stopped by its deadline. */
  readonly timedOut: boolean;
  /** The value the run was ended with from within. */
  readonly exit: { readonly value: Ref } | null;
  readonly entry: { readonly status: FinalStatus | undefined; readonly code: StepCode; readonly value: Ref };
  /** What its value is made of. */
  readonly shape: PlanShape;
  /** What the entries of its plan returned, where all have and nobody has asked for more yet: made when it is asked for. */
  readonly list?: readonly Ref[] | undefined;
  /** No entry of its plan could have come any more. */
  readonly isWhole: boolean;
}

/** One run as the core knows it, without its steps. */
export interface RunSummary extends RunOutcome {
  readonly tags: readonly string[];
  /** What its start was given: a reference, also where other payloads are values. */
  readonly message: Ref;
  readonly limits: RunLimits;
  /** Undefined while the run is on. */
  readonly status: FinalStatus | undefined;
  /** How it stands; once its outcome is fixed, that. */
  readonly standing: RunStatus;
  /** It is suspended because a process has another graph than it began with. */
  readonly isHeldByGraph: boolean;
  readonly createdAt: number;
  /** 0 while the run is on. */
  readonly endedAt: number;
  /** Sequence number of the last event. */
  readonly seq: number;
  /** How many steps ended how, exact also for steps that the history drops. */
  readonly counts: Readonly<Record<FinalStatus, number>>;
  readonly live: number;
  readonly state: SharedState;
}

/** A run with the steps that are kept. Payloads are values. */
export interface RunSnapshot extends RunSummary {
  /** Live ones and finished ones, in order of their ids. */
  readonly steps: readonly StepView[];
  /** Why the bodies of some live steps do not begin, as far as that is known here. */
  readonly held?: ReadonlyMap<StepId, HeldBy>;
}

/** `pause`: the node is paused. `rateLimit`: its `rateLimit` lets nothing begin at this time. */
export type HeldBy = 'pause' | 'rateLimit';

/** A failure that is listed and does not make the run fail by itself. */
export function isCallbackFailure(step: Step): boolean {
  if (step.status !== 'failed') return false;
  const { role, via } = step;
  if (role === Role.CALLED) return false;
  return (role !== Role.FLOW && role !== Role.CHILD) || (via !== null && !via.isCritical);
}

// One literal with every member: a spread makes an object of so many members slow, and there is one for every event.
export function viewStep(step: Step): StepView {
  const { via, extras } = step;
  const { owner, item, attempts, faults, failedChild, missing, unmatched, conflicts, exitIgnored } =
    extras ?? NOTHING_RARE;
  const { entry, messageWait, recovered } = extras ?? NOTHING_RARE;
  return {
    id: step.id,
    node: step.node.name,
    key: step.key,
    round: step.round,
    status: step.status ?? (isIdle(step) ? 'pending' : 'running'),
    code: readStepCode(step),
    via: via === null ? null : via.id,
    cause: step.cause,
    owner: owner === null ? null : owner.id,
    item,
    attempt: step.attempt,
    attempts: attempts ?? [],
    faults: faults ?? [],
    message: step.message,
    value: step.value,
    watchedError: via !== null && via.moment === 'error' ? step.targetValue : undefined,
    isCallbackFailure: isCallbackFailure(step),
    failedChild: failedChild === null ? null : failedChild.id,
    recoveredBy: recovered === null ? null : recovered.by,
    recoveredFrom: recovered === null ? undefined : recovered.from,
    missing,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    startSeq: step.startSeq,
    endSeq: step.endSeq,
    unmatched,
    conflicts: conflicts ?? [],
    exitIgnored,
    entry: entry === null ? -1 : entry.at,
    entryName: entry === null ? undefined : entry.name,
    listens: step.phase === Phase.AWAITING_MESSAGE,
    messageWait,
  };
}

/** How the entry of a step that is over has ended. */
export function entryViewOf(step: Step, { at, name }: EntryMark): EntryView {
  const { id, node, status = 'skipped', code, value, endSeq } = step;
  return { at, name, node: node.name, step: id, status, code, value, seq: endSeq };
}

const NOTHING_RARE = new StepExtras();

/** Nothing of it is under way: it waits for a time, for a message, or for the run to go on. */
function isIdle({ phase }: Step): boolean {
  return phase === Phase.SCHEDULED || phase === Phase.AWAITING_MESSAGE;
}

/** A live step has no code of its own before its body has ended: then how it stands is why. */
function readStepCode(step: Step): StepCode {
  if (step.status !== undefined || step.code !== StepCode.NONE) return step.code;
  if (!isIdle(step)) return StepCode.RUNNING;
  if (step.run.suspended) return StepCode.SUSPENDED;
  return step.attempt > 1 ? StepCode.RETRYING : StepCode.NONE;
}

export function summariseRun(run: Run): RunSummary {
  // Written out: members that follow a spread are added one by one, and watched runs ask for this often.
  return {
    runId: run.id,
    job: run.name,
    shape: shapeOf(run),
    isWhole: run.plan === null || run.plan.isClosed,
    code: run.code,
    cancelReason: run.cancelReason,
    isStopped: run.cancelling,
    timedOut: run.timedOut,
    exit: run.exit,
    entry: { status: run.entryStatus, code: run.entryCode, value: run.entryValue },
    tags: run.tags,
    message: run.message,
    limits: run.limits,
    status: run.status,
    standing: standingOf(run),
    isHeldByGraph: run.suspended && run.graphMet?.isHeld === true,
    createdAt: run.createdAt,
    endedAt: run.endedAt,
    seq: run.seq,
    counts: { ...run.counts },
    live: run.liveCount,
    state: run.state,
  };
}

/** What the value of a run is made of. */
export function shapeOf({ plan }: Run): PlanShape {
  return plan === null ? 'one' : plan.flow.shape;
}

/** How it stands; once its outcome is fixed, that. */
export function standingOf(run: Run): RunStatus {
  if (run.stage !== Stage.ON) return run.outcome;
  return run.suspended ? 'suspended' : 'running';
}

/** `'all'`, `'failures'`, or how many of the last finished steps to keep. @default 1000 */
export type History = 'all' | 'failures' | number;

/** At most so many failed steps are kept, the first ones. */
const FAILURES_KEPT = 1_000;

/** The slot of a step that has just ended, or undefined if it is not kept. Failed ones have negative slots. */
export function historySlot(step: Step, history: History): number | undefined {
  const { counts } = step.run;
  if (step.status === 'failed') return counts.failed <= FAILURES_KEPT ? -counts.failed : undefined;
  if (history === 'failures') return undefined;
  const ended = counts.completed + counts.skipped + counts.cancelled - 1;
  if (history === 'all') return ended;
  if (ended < history) return ended;
  return history === 0 ? undefined : ended % history;
}

/** The slots of the steps that have ended last: at least so many, as far as they are kept. */
export function lastSlots(
  { completed, skipped, cancelled, failed }: RunSummary['counts'],
  history: History,
  most: number,
): number[] {
  const ended = completed + skipped + cancelled;
  const kept = history === 'failures' ? 0 : Math.min(most, ended, history === 'all' ? ended : history);
  const failures = Math.min(most, failed);
  const slotOf = (at: number): number => (typeof history === 'number' ? at % history : at);
  return [
    ...Array.from({ length: kept }, (_, at) => slotOf(ended - 1 - at)),
    ...Array.from({ length: failures }, (_, at) => at - failed),
  ];
}
