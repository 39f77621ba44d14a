// How a step comes to life: it is made, may be refused or skipped, and is dispatched.
//
// E1. A step that is refused or skipped is over at once: no callback of it runs, for nothing began.
// E2. A step of a suspended run is made, and dispatched when the run goes on.
//
// How a step ends: what is counted and told, and who has waited for it.
//
// L1. What a step causes is made between `close` and `leave`: a run is never idle in between.
// L2. Who waits for a step is put on the run's agenda, never called: however steps are nested, the stack is not.

import type { Edge, GraphNode } from '../graph/graph.ts';
import { fitsGlob } from '../graph/glob.ts';
import { mailboxOf, type Root, type Group, Step, type Run } from './state.ts';
import { Phase, Role, StepCode, Stage, type FinalStatus } from './status.ts';
import { isPlaced } from './overlay.ts';
import type { Ref, StepId } from './step-data.ts';
import { Refusal, type RefusalFacts } from './failure.ts';
import type { Sink } from './sink.ts';
import { itemKey } from './step-key.ts';
import { isCallbackFailure } from './view.ts';

/** How deep callbacks of callbacks, and children of children, may be nested. */
const MAX_DEPTH = 64;

/** What the message of a step behind an edge is made of. */
export interface Origin {
  readonly cause: StepId;
  readonly a: Ref;
  readonly b: Ref;
  /** The entry that it belongs to; null for what nobody but the run waits for. */
  readonly root: Root | null;
}

const ROLES = { flow: Role.FLOW, bracket: Role.BRACKET, watcher: Role.WATCHER } as const;

/** A step at the end of an edge; it has not entered the run yet. */
export function stepBehind(run: Run, edge: Edge, { cause, a, b, root }: Origin): Step {
  const step = stepAt(run, edge.to, edge);
  step.cause = cause;
  step.a = a;
  step.b = b;
  if (edge.role !== 'flow') step.rarely.role = ROLES[edge.role];
  if (root !== null) step.rarely.root = root;
  return step;
}

/** A step of a node that an edge may lead to. */
export function stepAt(run: Run, node: GraphNode, via: Edge | null): Step {
  const step = stepOf(run, node);
  step.via = via;
  if (via !== null && isPlaced(via)) step.rarely.placement = via.placement;
  return step;
}

/** A step of a node. */
export function stepOf(run: Run, node: GraphNode): Step {
  const step = new Step(run, node, ++run.steps);
  if (node.repeats || run.plan !== null) step.round = nextRound(run, node);
  return step;
}

/** Makes a callback that its target waits for. */
export function openBracket(owner: Step, edge: Edge, b: Ref, sink: Sink): void {
  const bracket = stepBehind(owner.run, edge, { cause: owner.id, a: owner.message, b, root: rootOf(owner) });
  belong(bracket, owner);
  owner.rarely.brackets++;
  enter(bracket, sink);
}

/** The entry that a step belongs to. */
export function rootOf({ rare }: Step): Root | null {
  return rare === null ? null : rare.root;
}

/** Makes a callback that only the run waits for. */
export function openWatcher(run: Run, edge: Edge, origin: Omit<Origin, 'root'>, sink: Sink): void {
  enter(stepBehind(run, edge, { ...origin, root: null }), sink);
}

/** Makes the next item of a group. */
export function openItem(group: Group, sink: Sink): void {
  const { run, edge } = group;
  const step = stepBehind(run, edge, group);
  const rare = step.rarely;
  rare.group = group;
  rare.item = group.made++;
  rare.key = itemKey(run.id, step.node.name, step.round, rare.item);
  group.open++;
  enter(step, sink);
}

export function belong(step: Step, owner: Step): void {
  const rare = step.rarely;
  rare.owner = owner;
  rare.depth = owner.rarely.depth + 1;
}

/**
 * Takes a step into the run: it is skipped, refused, or sooner or later dispatched.
 *
 * @param notBefore milliseconds since the epoch; 0 for at once, or as its edge says.
 */
export function enter(step: Step, sink: Sink, notBefore = 0): void {
  const { run, via } = step;
  appear(step, sink);
  if (run.exit !== null && isNewWork(step)) return endUnbegun(step, 'skipped', StepCode.SKIPPED, sink);
  const refusal = refusalOf(step);
  if (refusal !== null) return refuse(step, refusal, sink);
  const at = via !== null && via.afterMs > 0 ? sink.now + via.afterMs : notBefore;
  if (at > sink.now) hold(step, at, sink);
  else dispatch(step, sink);
}

/** From here on the step is live. */
function appear(step: Step, sink: Sink): void {
  const { run } = step;
  step.startedAt = sink.now;
  step.slot = run.live.push(step) - 1;
  run.liveCount++;
  const root = rootOf(step);
  if (root !== null) root.live++;
}

/** Makes the step behind a simple edge of a completed step. The usual case is without detours. */
export function enterBehind(before: Step, edge: Edge, sink: Sink): void {
  const { run } = before;
  const { to } = edge;
  const step = simplyBehind(before, edge);
  if (to.guarded || to.prepares || run.isHindered || step.id > run.limits.stepLimit) return enter(step, sink);
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
  step.startWithEndOf(before);
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
  if (isPlaced(edge)) step.rarely.placement = edge.placement;
  const root = rootOf(before);
  if (root !== null) step.rarely.root = root;
  step.cause = before.id;
  step.a = before.message;
  step.b = before.value;
  return step;
}

/** The step waits for a time. */
export function hold(step: Step, at: number, sink: Sink): void {
  step.phase = Phase.HELD;
  step.rarely.wakeAt = at;
  sink.wake(step, at);
}

/** Has the step performed, or keeps it while the run is suspended or a message is to come. */
export function dispatch(step: Step, sink: Sink): void {
  const { run } = step;
  if (step.node.waits && step.sent === null) return listen(step, sink);
  if (run.suspended) {
    step.phase = Phase.HELD;
    step.rarely.waits = true;
    step.rarely.wakeAt = 0;
    return;
  }
  if (step.rare !== null) {
    step.rare.waits = false;
    step.rare.wakeAt = 0;
  }
  step.phase = step.node.prepares && !step.isPrepared ? Phase.PREPARING : Phase.RUNNING;
  // The first attempt starts with the step, ahead of start callbacks: what is told of it then stays true.
  if (step.startSeq === 0 || step.attempt > 1) step.startedAt = sink.now;
  if (step.startSeq === 0) step.startSeq = ++run.seq;
  sink.ready(step);
}

/** The step waits for a message from outside: nothing of it is performed, and it takes no slot. */
function listen(step: Step, sink: Sink): void {
  const { run, node } = step;
  // Nothing can be sent to it any more.
  if (run.exit !== null && !isWatching(step)) return endUnbegun(step, 'skipped', StepCode.SKIPPED, sink);
  const rare = step.rarely;
  step.phase = Phase.LISTENING;
  rare.waits = false;
  rare.wakeAt = 0;
  const dueAt = node.waitMs > 0 ? sink.now + node.waitMs : 0;
  rare.listening = { seq: ++run.seq, at: sink.now, dueAt };
  sink.listening(step);
  if (dueAt > 0) {
    rare.wakeAt = dueAt;
    sink.wake(step, dueAt);
  }
  if (!mailboxOf(run, node).isEmpty) sink.post(run);
}

/** A step that fails as soon as it is there. */
export function enterRefused(step: Step, refusal: RefusalFacts, sink: Sink): void {
  appear(step, sink);
  refuse(step, refusal, sink);
}

/** A step that is skipped as soon as it is there. */
export function enterSkipped(step: Step, code: StepCode, sink: Sink): void {
  appear(step, sink);
  endUnbegun(step, 'skipped', code, sink);
}

/** A step whose turn came when its run was being cancelled. */
export function enterCancelled(step: Step, sink: Sink): void {
  appear(step, sink);
  endUnbegun(step, 'cancelled', StepCode.CANCELLED, sink);
}

/** Fails a step that has not begun. */
export function refuse(step: Step, refusal: RefusalFacts, sink: Sink): void {
  step.value = new Refusal(refusal);
  endUnbegun(step, 'failed', refusal.refusal, sink);
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

/** After an exit nothing starts but the callbacks of what is live. */
function isNewWork(step: Step): boolean {
  const { role } = step;
  return role === Role.FLOW || ((role === Role.CHILD || role === Role.CALLED) && !isWatching(step));
}

function refusalOf(step: Step): RefusalFacts | null {
  const { run, node, id } = step;
  if (id > run.limits.stepLimit)
    return { refusal: StepCode.STEP_LIMIT_EXCEED, node: node.name, limit: run.limits.stepLimit };
  if (step.rare !== null && step.rare.depth > MAX_DEPTH) {
    return { refusal: StepCode.STEP_LIMIT_EXCEED, node: node.name, limit: MAX_DEPTH, reason: 'depth' };
  }
  return node.guarded || run.limits.maxPerRun.length > 0 ? guard(step) : null;
}

function guard({ run, node, round }: Step): RefusalFacts | null {
  const { name } = node;
  if (node.index < 0) return { refusal: StepCode.BLOCK_NOT_FOUND, node: name };
  const tags = node.tags.filter((tag) => !run.tags.includes(tag));
  if (tags.length > 0) return { refusal: StepCode.FORBIDDEN_BLOCK, node: name, tags };
  const limit = Math.min(node.maxRounds, maxPerRunOf(run, node));
  if (round <= limit) return null;
  const reason = limit === node.maxRounds ? 'maxRounds' : 'maxPerRun';
  return { refusal: StepCode.BLOCK_LIMIT_EXCEED, node: name, limit, reason };
}

/** What a start said about the node, else what the code says. */
function maxPerRunOf({ limits }: Run, node: GraphNode): number {
  const said = limits.maxPerRun.findLast(([pattern]) => fitsGlob(node.name, pattern));
  if (said === undefined) return node.maxPerRun;
  return said[1] ?? Number.POSITIVE_INFINITY;
}

function nextRound(run: Run, node: GraphNode): number {
  run.rounds ??= new Map();
  const round = (run.rounds.get(node.index) ?? 0) + 1;
  run.rounds.set(node.index, round);
  return round;
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
  if (status === 'failed' || (status === 'cancelled' && !run.cancelling)) blame(step);
  if (step.id === 1) settleEntry(step);
  if (step.rare !== null) settleWith(step, sink);
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
  const { run, rare } = step;
  const last = run.live.pop();
  if (last !== undefined && last !== step) {
    run.live[step.slot] = last;
    last.slot = step.slot;
  }
  step.slot = -1;
  run.liveCount--;
  if (rare === null) return;
  const { owner, group, root } = rare;
  if (owner !== null) {
    if (rare.role === Role.BRACKET) owner.rarely.brackets--;
    else owner.rarely.children--;
    remind(run, owner);
  }
  if (group !== null) {
    group.open--;
    remind(run, group);
  }
  if (root !== null) {
    root.live--;
    if (root.live === 0) remind(run, root);
  }
}

/** What is to be looked at before the transition ends. */
export function remind(run: Run, waiting: Step | Group | Root): void {
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

/** Events that a step's end brings beside its own. */
function eventsBeside(step: Step): number {
  const { rare } = step;
  const own = isCallbackFailure(step) ? 1 : 0;
  if (rare === null) return own;
  const { faults, conflicts, unmatched, exitIgnored, entry } = rare;
  return (
    own +
    (entry === null ? 0 : 1) +
    (faults?.length ?? 0) +
    (conflicts?.length ?? 0) +
    (unmatched ? 1 : 0) +
    (exitIgnored ? 1 : 0)
  );
}

/** Whom a failure concerns: the parent of a child, the run of a step that carries it on. */
function blame(step: Step): void {
  const { run, role, via, code } = step;
  if (role === Role.CALLED) return;
  if (role === Role.CHILD) {
    const owner = step.owner?.rarely;
    if (owner !== undefined) owner.failedChild ??= { id: step.id, error: errorOf(step) };
    return;
  }
  // What run callbacks detach comes too late to change how the run ended.
  const isOfRun = via === null ? run.stage === Stage.ON : via.isCritical;
  if (isOfRun && (role === Role.FLOW || step.status === 'failed')) failRun(run, code);
  if (isOfRun && role === Role.FLOW) blameRoot(step);
}

/** An entry fails with whatever it has caused. */
function blameRoot({ run, rare }: Step): void {
  const root = rare === null ? null : rare.root;
  if (root === null || root.hasFailed || run.plan === null) return;
  root.hasFailed = true;
  run.plan.failures++;
}

/** A step that was cancelled or skipped has no error of its own. */
function errorOf(step: Step): unknown {
  if (step.status === 'failed') return step.value;
  const refusal = { refusal: step.code, node: step.node.name };
  const reason = step.rare?.cancelReason ?? step.run.cancelReason;
  return new Refusal(reason === undefined || reason === null ? refusal : { ...refusal, reason });
}

function settleEntry(step: Step): void {
  // A plan may have no entry: then the first step is a callback of the run.
  if (step.run.plan !== null && (step.rare === null || step.rare.entry === null)) return;
  step.run.entryStatus = step.status;
  step.run.entryCode = step.code;
  // One that was cancelled by itself says so, and why; else the run says it.
  if (step.status !== 'cancelled') step.run.entryValue = step.value;
  else if (!step.run.cancelling) step.run.entryValue = errorOf(step);
}

/** What an end means to the group, the owner and the caller of the step. */
function settleWith(step: Step, sink: Sink): void {
  const { status, via } = step;
  const { group, owner, call, item, role, entry, root } = step.rarely;
  if (entry !== null && root !== null) {
    root.end = { ok: status === 'completed', step: step.id, message: step.message, value: step.value };
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
    owner.rarely.recovered ??= { value: step.value };
  }
  if (role === Role.CALLED && call !== null) settleCall(owner, call, step);
}

function settleCall(owner: Step, call: string, step: Step): void {
  const { calls } = owner.rarely;
  const known = calls?.get(call);
  if (calls === null || known?.step !== step.id) return;
  calls.set(call, { ...known, end: { status: step.status ?? 'failed', value: errorOrValue(step) } });
}

function errorOrValue(step: Step): unknown {
  return step.status === 'completed' ? step.value : errorOf(step);
}

/** Whether a join waits for what the items give. */
export function isJoined(group: Group): boolean {
  return group.edge.to.success.some(({ arrival }) => arrival !== null);
}
