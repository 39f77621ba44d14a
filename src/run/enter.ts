// How a step comes to life: it is made, may be refused or skipped, and is dispatched.
//
// E1. A step that is refused or skipped is over at once: no callback of it runs, for nothing began.
// E2. A step of a suspended run is made, and dispatched when the run goes on.

import type { Edge, GraphNode } from '../graph/compiled.ts';
import { fitsGlob } from '../graph/glob.ts';
import { close, leave } from './leave.ts';
import { mailboxOf } from './mailbox.ts';
import { Phase, Role } from './phase.ts';
import { isPlaced } from './placed.ts';
import type { Root } from './plan-state.ts';
import type { Ref, StepId } from './ref.ts';
import { Refusal, type RefusalFacts } from './refusal.ts';
import type { Sink } from './sink.ts';
import type { Group } from './group.ts';
import { Step, type Run } from './state.ts';
import { StepCode } from './status.ts';
import { itemKey } from './step-key.ts';

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
