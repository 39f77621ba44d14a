// How steps are made, and how they end: the rules of entry and of blame.

import { nodeName, type EdgePlan } from './graph-plan.ts';
import type { Entry, Previous } from './lane.ts';
import { depthOf, isWatching, type Signed, type Status, type Step, type Trouble, type World } from './world.ts';

const MAX_DEPTH = 64;

export interface Making {
  readonly node: number;
  readonly role: Step['role'];
  readonly message: unknown;
  readonly edge?: number;
  readonly cause?: Step | null;
  readonly owner?: Step | null;
  readonly group?: Step['group'];
  readonly item?: number;
  readonly delay?: number;
  readonly given?: string;
  readonly signed?: Signed;
  /** R33: nobody waits for what is detached but the run. */
  readonly detached?: boolean;
  readonly entry?: Entry;
  readonly previous?: Previous | null;
  /** How an entry ends that must not run, by its code. */
  readonly kept?: 100 | 203 | null;
  /** It is refused with this code, whatever else. */
  readonly refused?: number;
  /** R31: a join that was waited for in vain. */
  readonly unreachable?: boolean;
}

/** Makes a step: it is skipped or refused at once, or it is held until its time has come. */
export function make(world: World, making: Making): Step {
  const step = stepOf(world, making);
  world.steps.push(step);
  making.group?.steps.push(step);
  if (making.entry !== undefined) making.entry.step = step;
  if (isOverAtOnce(world, step, making)) return step;
  if (making.delay) {
    // R50: made at once, dispatched when its time has come.
    world.later(
      making.delay,
      'due',
      () => world.isReady(step),
      () => step.status !== null,
    );
  } else world.isReady(step);
  return step;
}

function isOverAtOnce(world: World, step: Step, { unreachable, kept, refused }: Making): boolean {
  const { role } = step;
  // R36: success edges, joins and new children after an exit.
  const isNewWork = role === 'flow' || ((role === 'child' || role === 'called') && !isWatching(step));
  const isLeft = unreachable === true || kept === 203 || kept === 100 || (world.exit !== null && isNewWork);
  // P4: what is left out, or may still be, is no execution of its node.
  if (!isLeft && (step.entry?.plan.condition ?? null) === null) step.round = nextRound(world, step.node);
  const refusal = isBeyond(world, step) ? 108 : (refused ?? refusalOf(world, step));
  if (unreachable === true) end(world, step, 'skipped', 206);
  else if (kept === 203) end(world, step, 'cancelled', 203);
  else if (isLeft) end(world, step, 'skipped', 100);
  else if (refusal !== 0) {
    if (isBeyond(world, step)) reachLimit(world);
    refuse(world, step, refusal);
  }
  return step.status !== null;
}

function stepOf(world: World, { node, role, message, ...rest }: Making): Step {
  const { edge = null, cause = null, owner = null, group = null, item = -1, given = '' } = rest;
  const { signed = null, entry = null, previous = null } = rest;
  return {
    ...FRESH,
    id: world.steps.length + 1,
    node,
    edge,
    cause,
    role,
    owner,
    group,
    item,
    signed,
    root: entry ?? progressOf(role, rest),
    entry,
    previous,
    madeAt: world.now,
    message: world.plan.nodes[node]?.waits === true ? undefined : message,
    given,
    attempts: [],
    calls: new Map(),
    failedChildren: [],
    faults: [],
  };
}

/** Nothing has happened to it yet. */
const FRESH = {
  round: 0,
  withdrawn: false,
  dueBy: 0,
  listenedAt: -1,
  isAsked: false,
  wasSent: false,
  phase: 'held',
  status: null,
  code: -1,
  attempt: 1,
  frame: null,
  due: 0,
  started: 0,
  returned: null,
  trouble: null,
  recovered: null,
  routes: [],
  told: false,
  handled: false,
  missing: null,
} as const;

/** R33: what a step leads to belongs to the entry that it belongs to; what is detached, and watchers, to none. */
function progressOf(
  role: Step['role'],
  { owner, cause, detached }: Pick<Making, 'owner' | 'cause' | 'detached'>,
): Entry | null {
  if (owner) return owner.root;
  return role === 'watcher' || detached === true ? null : (cause?.root ?? null);
}

/** R13: 108, 105, 109, in this order; 0 if it may run. */
function refusalOf(world: World, step: Step): number {
  const { plan } = world;
  const node = plan.nodes[step.node];
  if (node === undefined) throw new Error(`there is no ${nodeName(step.node)}`);
  if (depthOf(step) > MAX_DEPTH) return 108; // R21
  if (node.tag !== null && !plan.run.tags.includes(node.tag)) return 105; // P5
  return isOneTooMany(world, step) ? 109 : 0;
}

/** R26 */
export function isOneTooMany({ plan }: World, { node, round }: Step): boolean {
  const { maxRounds = null, maxPerRun = null } = plan.nodes[node] ?? {};
  const said = plan.run.maxPerRun.find(([of]) => of === node);
  const perRun = (said === undefined ? maxPerRun : said[1]) ?? Infinity;
  return round > Math.min(maxRounds ?? Infinity, perRun);
}

/** Executions of a node so far, and one more. */
export function nextRound(world: World, node: number): number {
  return 1 + world.steps.filter((step) => step.node === node && step.round > 0).length;
}

/** P6, R56: callbacks of what ran still run; callbacks of callbacks beyond the limit would grow without end. */
function isBeyond({ plan }: World, { id, role, owner }: Step): boolean {
  const { stepLimit } = plan.run;
  if (id <= stepLimit || role === 'watcher') return false;
  return role !== 'bracket' || (owner !== null && owner.role === 'bracket' && owner.id > stepLimit);
}

/** R56: the run ends failed 108, whatever else fails. */
function reachLimit(world: World): void {
  if (!world.limitReached && world.stage === 'on') world.failedWith = 108;
  world.limitReached = true;
}

/** R13, R27: nothing began, so no callback of it runs. */
export function refuse(world: World, step: Step, code: number): void {
  step.trouble = { code };
  if (code === 108 || code === 109) world.luck.push(`${nodeName(step.node)} is one too many`);
  end(world, step, 'failed', code);
}

/** The step is over. What a failure means to others is said here; what a completion leads to, in `follow`. */
export function end(world: World, step: Step, status: Status, code: number): void {
  step.phase = 'over';
  step.status = status;
  step.code = code;
  if (step.frame !== null) step.frame.dropped = true;
  if (status === 'cancelled' && !world.cancelling && step === world.steps[0]) world.entryStopped = true;
  // R57: who was withdrawn fails nothing.
  const isLoser = step.withdrawn || step.group?.withdrawn === true;
  if (status === 'failed' || (status === 'cancelled' && !world.cancelling && !isLoser)) blame(world, step);
}

function blame(world: World, step: Step): void {
  const { role, owner } = step;
  if (role === 'called') return; // R9: thrown into the body, its problem
  if (!isCritical(world, step)) return;
  if (role === 'child') {
    owner?.failedChildren.push(step); // R9, R38, R54
    return;
  }
  // R7; R8: a critical bracket or watcher; R38: a cancelled flow step.
  if (role !== 'flow' && step.status !== 'failed') return;
  failRun(world, step.code);
  if (step.root !== null) step.root.failsRun = true; // R55
  // R34: an entry fails with the flow that it has caused.
  if (role === 'flow' && step.root !== null) step.root.hasFailed = true;
}

function failRun(world: World, code: number): void {
  if (world.stage === 'on') {
    world.failedWith ??= code;
    return;
  }
  // R44
  if (world.outcome === 'completed') {
    world.outcome = 'failed';
    world.outcomeCode = code;
  }
}

function isCritical(world: World, step: Step): boolean {
  const { signed } = step;
  // Signed callbacks: what follows a success carries the run on, whoever else is told of something changes nothing.
  if (signed !== null && signed.moment !== null) return signed.moment === 'success';
  return edgeOf(world, step)?.critical ?? true;
}

/** It is told of an error. */
export function isOfError(world: World, step: Step): boolean {
  return step.signed?.moment === 'error' || edgeOf(world, step)?.on === 'error';
}

export function edgeOf(world: World, step: Step): EdgePlan | undefined {
  return step.edge === null ? undefined : world.plan.edges[step.edge];
}

/** R8, R10: listed, and nothing else; flow behind `critical: false` likewise. */
export function isCallbackFailure(world: World, step: Step): boolean {
  if (step.status !== 'failed' || step.role === 'called') return false;
  return (step.role !== 'flow' && step.role !== 'child') || !isCritical(world, step);
}

/** What a failed or cancelled step tells its parent or its caller. */
export function troubleOf(step: Step): Trouble {
  return step.status === 'failed' && step.trouble !== null
    ? step.trouble
    : { code: step.status === 'skipped' ? 100 : 203 };
}

/** R38: the step, its brackets and its children, in the order in which they were made. */
export function stopWith(world: World, step: Step, graceMs: number): void {
  const belongs = (other: Step): boolean => other === step || (other.owner !== null && belongs(other.owner));
  for (const other of world.live()) if (belongs(other)) stop(world, other, graceMs);
}

/** R37: watchers, and what belongs to them, are never told to stop. */
export function stop(world: World, step: Step, graceMs: number): void {
  const { phase, status } = step;
  if (status !== null || phase === 'stopping' || phase === 'clearing' || isWatching(step)) return;
  // The body has returned, and nobody has failed the step since.
  if (phase !== 'body' && step.returned !== null && step.recovered === null)
    step.attempts.push({ number: step.attempt, code: 0, error: null });
  if (phase === 'body') {
    step.phase = 'stopping';
    world.later(
      graceMs,
      'grace',
      () => clear(step),
      () => step.phase !== 'stopping',
    );
    startCancelCallbacks(world, step);
    // A body that listens to its signal returns as soon as it waits.
    if (world.plan.nodes[step.node]?.obeys === true && step.frame?.called === null) {
      world.unordered = true;
      clear(step);
    }
  } else if (phase === 'held' || phase === 'listening') {
    step.told = true; // pending, held, back-off, waiting for a message: no moment
    const isAlone = world.live().every(({ owner }) => owner !== step);
    if (isAlone) return end(world, step, 'cancelled', 203);
    step.phase = 'clearing';
  } else step.phase = 'clearing';
}

/** The body of a cancelled step is over, or nobody waits for it any more. */
export function clear(step: Step): void {
  step.attempts.push({ number: step.attempt, code: 203, error: null });
  step.phase = 'clearing';
  if (step.frame !== null) step.frame.dropped = true;
}

/** What its callbacks get as its own message: the report that a run callback was given is not handed on. */
export function ownMessage({ message }: Step): unknown {
  return typeof message === 'object' && message !== null && 'runId' in message ? undefined : message;
}

/** R37: once, and the step does not wait for them. */
export function startCancelCallbacks(world: World, step: Step): void {
  if (step.told) return;
  step.told = true;
  for (const [edge, { to }] of world.edges('cancel', step.node)) {
    make(world, { node: to, role: 'watcher', message: step.message, edge, cause: step });
  }
}
