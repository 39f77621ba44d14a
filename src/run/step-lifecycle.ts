// How a step begins and ends: it is created, refused, skipped or dispatched; later it is closed, and left.
//
// STEP-LIFECYCLE-1. A step that is refused or skipped is over at once: no callback of it runs, for nothing began.
// STEP-LIFECYCLE-2. A step of a suspended run is created, and dispatched when the run is resumed.
// STEP-LIFECYCLE-3. What a step causes is created between `close` and `leave`: a run is never idle in between.
// STEP-LIFECYCLE-4. What waits for a step is put on the run's agenda, never called: nesting does not grow the stack.

import type { Edge, GraphNode } from '../graph/graph.ts';
import type { EntryProgress } from './plan-state.ts';
import { mailboxOf, type Group, type Run } from './state.ts';
import { Step } from './step.ts';
import { Phase, Role, StepCode, Stage, type FinalStatus } from './status.ts';
import { isOverlay } from './overlay.ts';
import type { Ref, StepId } from './step-data.ts';
import { CoreFailure, type CoreFailureReason } from './failure.ts';
import { isBeyond, leaveOut, limitOf, nextRound, reachLimit, refusalOf } from './limits.ts';
import type { Sink } from './sink.ts';
import { itemKey } from './step-key.ts';
import { isCallbackFailure } from './view.ts';

/** What the message of a step behind an edge is made of. */
export interface Origin {
  readonly cause: StepId;
  readonly targetMessage: Ref;
  readonly targetValue: Ref;
  /** The entry that it belongs to; null for what only the run waits for. */
  readonly progress: EntryProgress | null;
  /** The step that waits for it and fails with it; null for the run. */
  readonly within: Step | null;
}

const ROLES = { flow: Role.FLOW, bracket: Role.BRACKET, watcher: Role.WATCHER } as const;

/** A step at the end of an edge; it has not entered the run yet. */
export function stepBehind(run: Run, edge: Edge, origin: Origin): Step {
  const { cause, targetMessage, targetValue, progress, within } = origin;
  const step = stepAt(run, edge.to, edge);
  step.cause = cause;
  step.targetMessage = targetMessage;
  step.targetValue = targetValue;
  if (edge.role !== 'flow') step.ensureExtras().role = ROLES[edge.role];
  if (progress !== null) step.ensureExtras().progress = progress;
  if (within !== null) belongAsChild(step, within, Role.CHILD);
  return step;
}

/** Where the flow behind a step belongs: what a child leads to belongs to its parent like the child. Null for the run. */
export function withinOf({ role, owner }: Step): Step | null {
  return role === Role.CHILD || role === Role.CALLED ? owner : null;
}

/** A step of a node that an edge may lead to. */
export function stepAt(run: Run, node: GraphNode, via: Edge | null): Step {
  const step = stepOf(run, node);
  step.via = via;
  if (via !== null && isOverlay(via)) step.ensureExtras().overlay = via.overlay;
  return step;
}

/** A step of a node. */
export function stepOf(run: Run, node: GraphNode): Step {
  const step = new Step(run, node, ++run.steps);
  if (node.repeats || run.plan !== null) step.round = nextRound(run, node);
  return step;
}

/** Creates a callback that its target waits for. */
export function openBracket(owner: Step, edge: Edge, targetValue: Ref, sink: Sink): void {
  const bracket = stepBehind(owner.run, edge, {
    cause: owner.id,
    targetMessage: owner.message,
    targetValue,
    progress: progressOf(owner),
    within: null,
  });
  belong(bracket, owner);
  owner.ensureExtras().brackets++;
  enter(bracket, sink);
}

/** The entry that a step belongs to. */
export function progressOf({ extras }: Step): EntryProgress | null {
  return extras === null ? null : extras.progress;
}

/** Creates a callback that only the run waits for. */
export function openWatcher(run: Run, edge: Edge, origin: Omit<Origin, 'progress' | 'within'>, sink: Sink): void {
  enter(stepBehind(run, edge, { ...origin, progress: null, within: null }), sink);
}

/** Creates the next item of a group. */
export function openItem(group: Group, sink: Sink): void {
  const { run, edge } = group;
  const step = stepBehind(run, edge, group);
  const extras = step.ensureExtras();
  extras.group = group;
  extras.item = group.made++;
  extras.key = itemKey(run.id, step.node.name, step.round, extras.item);
  group.open++;
  enter(step, sink);
}

/** The owner waits for the step, and fails with a child. */
export function belongAsChild(step: Step, owner: Step, role: typeof Role.CHILD | typeof Role.CALLED): void {
  belong(step, owner);
  step.ensureExtras().role = role;
  owner.ensureExtras().children++;
}

function belong(step: Step, owner: Step): void {
  const extras = step.ensureExtras();
  extras.owner = owner;
  extras.depth = owner.ensureExtras().depth + 1;
}

/**
 * Takes a step into the run: it is skipped, refused, or sooner or later dispatched.
 *
 * @param notBefore milliseconds since the epoch; 0 for at once, or as its edge says.
 */
export function enter(step: Step, sink: Sink, notBefore = 0): void {
  const { run, via } = step;
  appear(step, sink);
  if (run.exit !== null && isNewWork(step)) {
    leaveOut(step);
    return endUnbegun(step, 'skipped', StepCode.SKIPPED, sink);
  }
  const coreFailure = refusalOf(step);
  if (coreFailure !== null) {
    if (isBeyond(step)) reachLimit(run, sink);
    return refuse(step, coreFailure, sink);
  }
  const at = via !== null && via.afterMs > 0 ? sink.now + via.afterMs : notBefore;
  if (at > sink.now) hold(step, at, sink);
  else dispatch(step, sink);
}

/** From here on the step is live. */
function appear(step: Step, sink: Sink): void {
  const { run } = step;
  step.startedAt = sink.now;
  run.add(step);
  run.liveCount++;
  const progress = progressOf(step);
  if (progress !== null) progress.live++;
}

/** Creates the step behind a simple edge of a completed step. */
export function enterBehind(before: Step, edge: Edge, sink: Sink): void {
  enterAtOnce(simplyBehind(before, edge), sink);
}

/** Takes a step of the flow into the run that waits for no time. The usual case is without detours. */
export function enterAtOnce(step: Step, sink: Sink): void {
  const { run, node } = step;
  if (node.guarded || node.prepares || run.isHindered || step.id > run.limits.stepLimit) return enter(step, sink);
  appear(step, sink);
  step.phase = Phase.RUNNING;
  step.startSeq = ++run.seq;
  sink.ready(step);
}

/** The same where the step takes the place of the one before it, without detours and without being dispatched. */
export function succeed(before: Step, edge: Edge): Step {
  const step = simplyBehind(before, edge);
  step.slot = before.slot;
  before.slot = -1;
  step.run.live[step.slot] = step;
  step.startMs = before.endMs;
  step.phase = Phase.RUNNING;
  step.startSeq = ++step.run.seq;
  return step;
}

function simplyBehind(before: Step, edge: Edge): Step {
  const { run } = before;
  const { to } = edge;
  const step = new Step(run, to, ++run.steps);
  if (to.repeats || run.plan !== null) step.round = nextRound(run, to);
  step.via = edge;
  if (isOverlay(edge)) step.ensureExtras().overlay = edge.overlay;
  const progress = progressOf(before);
  if (progress !== null) step.ensureExtras().progress = progress;
  const within = before.extras === null ? null : withinOf(before);
  if (within !== null) belongAsChild(step, within, Role.CHILD);
  step.cause = before.id;
  step.targetMessage = before.message;
  step.targetValue = before.value;
  return step;
}

/** The step waits for a time. */
export function hold(step: Step, at: number, sink: Sink): void {
  step.phase = Phase.SCHEDULED;
  step.ensureExtras().wakeAt = at;
  sink.wake(step, at);
}

/** Has the step performed, or keeps it while the run is suspended or a message is to come. */
export function dispatch(step: Step, sink: Sink): void {
  const { run } = step;
  if (step.node.waits && step.sent === null) return awaitMessage(step, sink);
  if (run.suspended) {
    step.phase = Phase.SCHEDULED;
    step.ensureExtras().waits = true;
    step.ensureExtras().wakeAt = 0;
    return;
  }
  if (step.extras !== null) {
    step.extras.waits = false;
    step.extras.wakeAt = 0;
  }
  step.phase = step.prepares && !step.isPrepared ? Phase.PREPARING : Phase.RUNNING;
  // The first attempt starts with the step, ahead of start callbacks: what is reported of it then stays true.
  if (step.startSeq === 0 || step.attempt > 1) step.startedAt = sink.now;
  if (step.startSeq === 0 && (step.phase === Phase.RUNNING || !step.isConditional)) step.startSeq = ++run.seq;
  sink.ready(step);
}

/** The step waits for a message from outside: nothing of it is performed, and it takes no slot. */
function awaitMessage(step: Step, sink: Sink): void {
  const { run, node } = step;
  // Nothing can be sent to it any more.
  if (beginsNothing(run) && !isWatching(step)) return endUnbegun(step, 'skipped', StepCode.SKIPPED, sink);
  const extras = step.ensureExtras();
  step.phase = Phase.AWAITING_MESSAGE;
  extras.waits = false;
  extras.wakeAt = 0;
  const dueAt = node.waitMs > 0 ? sink.now + node.waitMs : 0;
  extras.messageWait = { seq: ++run.seq, at: sink.now, dueAt };
  sink.awaitingMessage(step);
  if (dueAt > 0) {
    extras.wakeAt = dueAt;
    sink.wake(step, dueAt);
  }
  if (!mailboxOf(run, node).isEmpty) sink.post(run);
}

/** A step that fails as soon as it is there. */
export function enterRefused(step: Step, coreFailure: CoreFailureReason, sink: Sink): void {
  appear(step, sink);
  const beyond = isBeyond(step) ? limitOf(step.run, step.node.name) : null;
  if (beyond !== null) reachLimit(step.run, sink);
  refuse(step, beyond ?? coreFailure, sink);
}

/** A step that is skipped as soon as it is there. */
export function enterSkipped(step: Step, code: StepCode, sink: Sink): void {
  leaveOut(step);
  appear(step, sink);
  endUnbegun(step, 'skipped', code, sink);
}

/** A step whose turn came when its run was being cancelled. */
export function enterCancelled(step: Step, sink: Sink): void {
  leaveOut(step);
  appear(step, sink);
  endUnbegun(step, 'cancelled', StepCode.CANCELLED, sink);
}

/** Fails a step that has not begun. */
export function refuse(step: Step, coreFailure: CoreFailureReason, sink: Sink): void {
  step.value = new CoreFailure(coreFailure);
  endUnbegun(step, 'failed', coreFailure.coreFailure, sink);
}

export function endUnbegun(step: Step, status: 'failed' | 'skipped' | 'cancelled', code: StepCode, sink: Sink): void {
  close(step, status, code, sink);
  leave(step);
}

/** A cancel or run callback, or what belongs to one: no cancel and no exit reaches it, and no flow starts there. */
export function isWatching(step: Step): boolean {
  let outermost = step;
  for (let owner = step.owner; owner !== null; owner = owner.owner) outermost = owner;
  return outermost.role === Role.WATCHER;
}

/** It was told to stop, or is over. */
export function isStopping({ phase }: Step): boolean {
  return phase === Phase.STOPPING || phase === Phase.CANCELLING || phase === Phase.OVER;
}

/** A step, or what is around it, was told to stop. */
export function isStoppedWithin(step: Step): boolean {
  for (let at: Step | null = step; at !== null; at = at.owner) if (isStopping(at)) return true;
  return false;
}

/** It was ended from within, or has reached its limit: nothing new of its flow begins, and nobody is sent anything. */
export function beginsNothing({ exit, limitReached }: Run): boolean {
  return exit !== null || limitReached;
}

/** After an exit nothing starts but the callbacks of what is live. */
export function isNewWork(step: Step): boolean {
  const { role } = step;
  return role === Role.FLOW || ((role === Role.CHILD || role === Role.CALLED) && !isWatching(step));
}

/** Writes down how a step ended. */
export function close(step: Step, status: FinalStatus, code: StepCode, sink: Sink): void {
  const { run } = step;
  step.phase = Phase.OVER;
  step.status = status;
  step.code = code;
  step.endedAt = sink.now;
  step.endSeq = ++run.seq;
  run.counts[status]++;
  if (status === 'failed' || (status === 'cancelled' && !run.cancelling && !isWithdrawn(step))) blame(step);
  if (step.id === 1) settleEntry(step);
  if (step.extras !== null) settleWith(step, sink);
  run.seq += eventsBeside(step);
  sink.over(step);
}

/** The same for a step that completed and to which nothing happened but its body. */
export function closePlain(step: Step, code: StepCode, sink: Sink): void {
  const { run } = step;
  step.phase = Phase.OVER;
  step.status = 'completed';
  step.code = code;
  step.endedAt = sink.now;
  step.endSeq = ++run.seq;
  run.counts.completed++;
  if (step.id === 1) settleEntry(step);
  sink.over(step);
}

/** Takes the step out of the run, and remembers who waited for it. */
export function leave(step: Step): void {
  const { run, extras } = step;
  const last = run.live.pop();
  if (last !== undefined && last !== step) {
    run.live[step.slot] = last;
    last.slot = step.slot;
  }
  step.slot = -1;
  run.liveCount--;
  if (extras === null) return;
  const { owner, group, progress } = extras;
  if (owner !== null) {
    if (extras.role === Role.BRACKET) owner.ensureExtras().brackets--;
    else owner.ensureExtras().children--;
  }
  // Ahead of the step around it: the next items belong to that too.
  if (group !== null) {
    group.open--;
    remind(run, group);
  }
  if (owner !== null) remind(run, owner);
  if (progress !== null) {
    progress.live--;
    if (progress.live === 0) remind(run, progress);
  }
}

/** What is to be looked at before the transition ends. */
export function remind(run: Run, waiting: Step | Group | EntryProgress): void {
  if (run.agenda === null) run.agenda = [waiting];
  else run.agenda.push(waiting);
}

/** A run fails once; what it fails with is the first failure's. */
function failRun(run: Run, code: StepCode): void {
  if (run.stage !== Stage.ON) {
    if (run.outcome !== 'completed') return;
    run.outcome = 'failed';
    run.code = code;
    return;
  }
  if (!run.failed) run.code = code;
  run.failed = true;
}

/** How many events a step's end brings apart from its own. */
function eventsBeside(step: Step): number {
  const { extras } = step;
  const own = isCallbackFailure(step) ? 1 : 0;
  if (extras === null) return own;
  const { faults, conflicts, unmatched, exitIgnored, entry } = extras;
  return (
    own +
    (entry === null ? 0 : 1) +
    (faults?.length ?? 0) +
    (conflicts?.length ?? 0) +
    (unmatched ? 1 : 0) +
    (exitIgnored ? 1 : 0)
  );
}

/** Another source of its join came first. */
function isWithdrawn({ extras }: Step): boolean {
  return extras !== null && (extras.isWithdrawn || extras.group?.isWithdrawn === true);
}

/** Whom a failure concerns: the parent of a child and of what it led to, the run of a step that carries it on. */
function blame(step: Step): void {
  const { run, role, via, code } = step;
  if (role === Role.CALLED) return;
  if (role === Role.CHILD) {
    if (via !== null && !via.isCritical) return;
    const owner = step.owner?.ensureExtras();
    if (owner !== undefined) owner.failedChild ??= { id: step.id, error: failureOf(step) };
    return;
  }
  // What run callbacks detach comes too late to change how the run ended.
  const isOfRun = via === null ? run.stage === Stage.ON : via.isCritical;
  if (!isOfRun || (role !== Role.FLOW && step.status !== 'failed')) return;
  failRun(run, code);
  const progress = progressOf(step);
  if (progress === null) return;
  progress.isLaneFailed = true;
  if (role === Role.FLOW) blameEntry(run, progress);
}

/** An entry fails with everything that it has caused. */
function blameEntry(run: Run, progress: EntryProgress): void {
  if (progress.hasFailed || run.plan === null) return;
  progress.hasFailed = true;
  run.plan.failures++;
}

/** A step that was cancelled or skipped has no error of its own. */
function failureOf(step: Step): unknown {
  if (step.status === 'failed') return step.value;
  const coreFailure = { coreFailure: step.code, node: step.node.name };
  const reason = step.extras?.cancelReason ?? step.run.cancelReason;
  return new CoreFailure(reason === undefined || reason === null ? coreFailure : { ...coreFailure, reason });
}

function settleEntry(step: Step): void {
  // A plan may have no entry: then the first step is a callback of the run.
  if (step.run.plan !== null && (step.extras === null || step.extras.entry === null)) return;
  step.run.entryStatus = step.status;
  step.run.entryCode = step.code;
  // One that was cancelled by itself says so, and why; else the run says it.
  if (step.status !== 'cancelled') step.run.entryValue = step.value;
  else if (!step.run.cancelling) step.run.entryValue = failureOf(step);
}

/** What an end means to the group, the owner and the caller of the step. */
function settleWith(step: Step, sink: Sink): void {
  const { status, via } = step;
  const { group, owner, call, item, role, entry, progress } = step.ensureExtras();
  if (entry !== null && progress !== null) {
    progress.end = { ok: status === 'completed', step: step.id, message: step.message, value: step.value };
    sink.entryOver(step);
  }
  if (group !== null) {
    if (status === 'completed') {
      if (isJoined(group)) sink.collect(group, item, step.value);
    } else if (status === 'skipped') group.skipped++;
    else group.failed++;
  }
  if (owner === null) return;
  if (status === 'completed' && via?.recover === true && owner.phase === Phase.HANDLING) {
    owner.ensureExtras().recovered ??= { value: step.value, by: step.id, from: owner.value };
  }
  if (role === Role.CALLED && call !== null) settleCall(owner, call, step);
}

function settleCall(owner: Step, call: string, step: Step): void {
  const { calls } = owner.ensureExtras();
  const known = calls?.get(call);
  if (calls === null || known?.step !== step.id) return;
  calls.set(call, { ...known, end: { status: step.status ?? 'failed', value: errorOrValue(step) } });
}

function errorOrValue(step: Step): unknown {
  return step.status === 'completed' ? step.value : failureOf(step);
}

/** Whether a join waits for what the items give. */
export function isJoined(group: Group): boolean {
  return group.edge.to.success.some(({ arrival }) => arrival !== null);
}
