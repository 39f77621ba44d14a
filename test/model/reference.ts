// The reference interpreter: what a plan's run ends as, by the rules alone.
//
// I1. Written from the rules, not from the core; it shares no code with it. Each rule's number stands where it is applied.
// I2. As simple as possible: nothing is counted ahead, "is everything over?" looks at every step each time.
// I3. One thing happens at a time; then every step is looked at, again and again, until none of them can go on.

import { goOnAfterCall, startBody } from './bodies.ts';
import { complete, fire, lookAfter, settleRaces, take, valueOf } from './following.ts';
import type { GraphPlan } from './graph-plan.ts';
import { end, make, ownMessage, startCancelCallbacks, troubleOf } from './making.ts';
import { givenText } from './error-text.ts';
import { answer, apply, deadline } from './controls.ts';
import { giveUp, handOut, awaitMessage } from './letters.ts';
import { callbacksOf } from './lane.ts';
import { withBound } from './start-plan.ts';
import { begin, entriesOf, holds, isPending, takeTurns } from './turns.ts';
import { World, type Group, type Happening, type Step } from './world.ts';

const MOST_HAPPENINGS = 20_000;

/** Plays a plan to its end. */
export function play(plan: GraphPlan): World {
  const world = new World(plan);
  for (const control of plan.controls)
    world.later(
      control.at,
      'control',
      () => apply(world, control),
      () => isEnded(world),
    );
  if (plan.run.deadline > 0)
    world.later(
      plan.run.deadline,
      'control',
      () => deadline(world),
      () => isEnded(world),
    );
  begin(world);
  settle(world);
  for (let count = 0; world.stage !== 'over'; count++) {
    const next = takeNext(world);
    if (next === undefined || count > MOST_HAPPENINGS) throw new Error(`the run does not end, at ${world.now}`);
    world.now = next.at;
    next.happen();
    settle(world);
  }
  // R41: what is over is not suspended, and takes neither entries nor messages.
  for (const control of plan.controls) {
    if (control.at <= world.now) continue;
    if (control.do === 'send') apply(world, control);
    else if (control.do === 'suspend' || control.do === 'add') answer(world, control.at, 'refused');
  }
  return world;
}

function isEnded(world: World): boolean {
  return world.stage === 'over';
}

function takeNext(world: World): Happening | undefined {
  const open = world.happenings.filter(({ stale }) => !stale());
  open.sort((a, b) => a.at - b.at || a.order - b.order);
  const [first, second] = open;
  world.happenings = open.slice(1);
  if (first?.at === second?.at) world.unordered = true;
  if (first !== undefined && second !== undefined && isTie(first, second))
    world.ties.push(`${first.kind} and ${second.kind} at ${first.at}`);
  return first;
}

/** Whether it matters which of the two comes first. */
function isTie(a: Happening, b: Happening): boolean {
  if (a.at !== b.at) return false;
  if (a.kind === 'control' || b.kind === 'control') return true;
  return a.kind === 'end' ? b.kind !== 'due' : b.kind === 'end' && a.kind === 'grace';
}

/** Lets everything go on that can: first what follows by itself, then what is to begin, then bodies that were waiting. */
function settle(world: World): void {
  const anyStep = (move: (world: World, step: Step) => boolean): boolean =>
    world.steps.some((step) => step.status === null && move(world, step));
  // R4: what a step has led to by itself comes before what waited for it.
  const anyGroup = (isTurn: (group: Group) => boolean): boolean =>
    world.groups.some((group) => isTurn(group) && lookAfter(world, group));
  const moves = [
    () => anyGroup(({ items }) => items.length === 0),
    () => anyGroup(() => true),
    () => anyStep(goOn),
    () => anyStep(giveUp),
    () => settleRaces(world),
    () => anyStep(awaitMessage),
    () => handOut(world),
    () => takeTurns(world),
    () => beginNext(world),
    () => anyStep(goOnAfterCall),
    () => comeToRest(world),
  ];
  while (moves.some((move) => move()));
}

/** One step, as far as one look takes it. */
function goOn(world: World, step: Step): boolean {
  const isClear = [...world.brackets(step), ...world.children(step)].every(({ status }) => status !== null);
  switch (step.phase) {
    case 'starting':
      return isClear && nextStart(world, step);
    case 'waiting':
      return isClear && childrenOver(world, step);
    case 'handling':
      return handle(world, step, isClear);
    case 'ending':
      return isClear && finish(world, step);
    case 'clearing':
      if (!isClear) return false;
      // Which of several is cleared first hangs on what belongs to them.
      if (world.edges('cancel', step.node).length > 0) {
        if (world.clearedAt === world.now) world.unordered = true;
        world.clearedAt = world.now;
      }
      startCancelCallbacks(world, step);
      end(world, step, 'cancelled', 203);
      return true;
    default:
      return false;
  }
}

/** R6: in the order in which they became ready. R40: not while the run is suspended. */
function beginNext(world: World): boolean {
  if (world.suspended) return false;
  const ready = world.live().filter(({ phase, due }) => phase === 'held' && due > 0);
  const [step] = ready.sort((a, b) => a.due - b.due);
  if (step === undefined) return false;
  if (!holds(world, step)) return true;
  if (world.edges('start', step.node)[step.started] === undefined) startBody(world, step);
  else nextStart(world, step);
  return true;
}

/** R1, R20: start callbacks one by one, before the first attempt; then the body. */
function nextStart(world: World, step: Step): boolean {
  const next = world.edges('start', step.node)[step.started];
  if (next === undefined) {
    step.phase = 'held';
    world.isReady(step);
    return true;
  }
  const [edge, { to }] = next;
  step.phase = 'starting';
  step.started++;
  make(world, { node: to, role: 'bracket', message: ownMessage(step), edge, cause: step, owner: step });
  return true;
}

/** R3: with a failed child the step has failed with the first one's error; its body is not retried. */
function childrenOver(world: World, step: Step): boolean {
  const [failed] = step.failedChildren;
  if (failed === undefined) return startEnding(world, step);
  world.unordered = true;
  step.attempts.push({ number: step.attempt, code: 0, error: null });
  step.returned = null;
  step.trouble = troubleOf(failed);
  step.code = 101;
  step.phase = 'handling';
  return true;
}

/** R2: error callbacks at once, beside children that still run; when all of them are over it is decided. */
function handle(world: World, step: Step, isClear: boolean): boolean {
  if (!step.handled) {
    step.handled = true;
    const edges = world.edges('error', step.node);
    const taken = take(step, edges, step.trouble);
    const given = givenText(undefined, step.trouble);
    for (const [at, { to, after }] of edges) {
      const message = ownMessage(step);
      if (taken.includes(at))
        make(world, { node: to, role: 'bracket', message, edge: at, cause: step, owner: step, delay: after, given });
    }
    // M4: those that were added at run time, whatever the error is.
    for (const signed of callbacksOf(step, 'error')) {
      const { node, bound } = signed.plan;
      const message = withBound(ownMessage(step), bound);
      make(world, { node, role: 'bracket', message, signed, cause: step, owner: step, given });
    }
    return true;
  }
  if (!isClear) return false;
  // R25: the edges see the recovered value.
  if (step.recovered !== null) {
    world.unordered = true;
    step.routes = take(step, world.edges('success', step.node), step.recovered.value);
  }
  return startEnding(world, step);
}

/** R1, R5: end callbacks in parallel. */
function startEnding(world: World, step: Step): boolean {
  step.phase = 'ending';
  const isCompleted = step.returned !== null || step.recovered !== null;
  const given = isCompleted ? givenText(valueOf(step), undefined) : givenText(undefined, step.trouble);
  for (const [edge, { to }] of world.edges('end', step.node)) {
    make(world, { node: to, role: 'bracket', message: ownMessage(step), edge, cause: step, owner: step, given });
  }
  return true;
}

function finish(world: World, step: Step): boolean {
  if (step.returned !== null || step.recovered !== null) complete(world, step);
  else end(world, step, 'failed', step.code);
  return true;
}

/** R43: nothing is live. */
function comeToRest(world: World): boolean {
  if (world.stage === 'over' || world.suspended || world.live().length > 0 || isPending(world)) return false;
  if (world.stage === 'on') {
    if (giveUpJoins(world)) return true;
    fixOutcome(world);
    world.stage = 'told';
    // R39: neither after a cancel. R44: what a critical one turns is not told again.
    if (world.outcome === 'completed') watch(world, 'runSuccess');
    else if (world.outcome === 'failed') watch(world, 'runError');
  } else if (world.stage === 'told') {
    world.stage = 'ending';
    watch(world, 'runEnd');
  } else world.stage = 'over';
  return true;
}

/** R31, R32: in declared order, until something is live again. */
function giveUpJoins(world: World): boolean {
  if (world.limitReached) return false; // R56
  for (const gathering of world.gatherings) {
    const { edge, edgeAt, arrived } = gathering;
    if (edge.mode === 'any') continue;
    while (!world.limitReached && gathering.closed < Math.max(...arrived.map(({ length }) => length))) {
      if (edge.onMissing === 'run' && !world.cancelling) fire(world, gathering, null);
      else {
        const instance = gathering.closed++;
        const missing = edge.sources.flatMap((_, source) =>
          (arrived[source]?.length ?? 0) > instance ? [] : [source],
        );
        const step = make(world, { node: edge.to, role: 'flow', message: undefined, edge: edgeAt, unreachable: true });
        step.missing = missing;
      }
      if (world.live().length > 0) return true;
    }
  }
  return false;
}

/** R14, R36, R42 */
function fixOutcome(world: World): void {
  const { failedWith } = world;
  if (world.exit !== null) return;
  if (world.timedOut) [world.outcome, world.outcomeCode] = ['failed', 204];
  else if (world.cancelling) [world.outcome, world.outcomeCode] = ['cancelled', 203];
  else if (failedWith !== null) [world.outcome, world.outcomeCode] = ['failed', failedWith];
}

function watch(world: World, moment: 'runSuccess' | 'runError' | 'runEnd'): void {
  const message = { runId: 'r' };
  for (const [at, edge] of world.plan.edges.entries()) {
    // One that names a job is for the runs that have an entry of it.
    if (edge.on !== moment) continue;
    if (edge.from === null || entriesOf(world).some(({ plan }) => plan.node === edge.from))
      make(world, { node: edge.to, role: 'watcher', message, edge: at });
  }
  // D4: exactly one of them, after those of the graph.
  const { onSuccess, onFailure } = world.plan.start;
  const plan = moment === 'runSuccess' ? onSuccess : moment === 'runError' ? onFailure : null;
  if (plan === null || moment === 'runEnd') return;
  const signed = { path: moment === 'runSuccess' ? 'onSuccess' : 'onFailure', plan, moment, from: null };
  make(world, { node: plan.node, role: 'watcher', message: withBound(message, plan.bound), signed });
}
