// What a completed step causes: its success edges, the joins it feeds, and one step for each item of an array.
//
// FOLLOW-1. It happens in declared order, and before the step is left.
// FOLLOW-2. The k-th arrivals of a join's sources belong together.

import type { Arrival, Edge, Join } from '../graph/graph.ts';
import {
  enter,
  enterAtOnce,
  enterBehind,
  enterRefused,
  isJoined,
  isStoppedWithin,
  openItem,
  progressOf,
  remind,
  stepBehind,
  withinOf,
  type Origin,
} from './step-lifecycle.ts';
import type { Ref, Routing, StepId } from './step-data.ts';
import { JoinState, type Race } from './join-state.ts';
import { Group, type Run } from './state.ts';
import { enclosing, Step } from './step.ts';
import type { Sink } from './sink.ts';
import { Phase, StepCode } from './status.ts';

/** Takes the success edges that the routing names. Without lists and objects: wide graphs complete many steps in a turn. */
export function follow(step: Step, routing: Routing, sink: Sink): void {
  const { run, node } = step;
  const { success } = node;
  // What was created later takes no part in a race that this step wins.
  const upTo = run.steps;
  const { routes, sizes } = routing;
  const count = routes === 'all' ? success.length : routes.length;
  for (let at = 0; at < count; at++) {
    const position = routes === 'all' ? at : (routes[at] ?? -1);
    const edge = success[position];
    // Between two of them the run may have reached its limit.
    if (edge === undefined || run.limitReached) continue;
    if (edge.isSimple) enterBehind(step, edge, sink);
    else if (edge.arrival === null) takeDetour(step, edge, { position, size: sizes?.[position] ?? -1 }, sink);
    // The items of a group arrive together, when the last of them is over.
    else if (step.item < 0) arrive(edge.arrival, step, upTo, sink);
  }
}

interface Detour {
  /** Of the edge among the success edges of its step. */
  readonly position: number;
  /** How many items it leads to; -1 if that is not known. */
  readonly size: number;
}

function takeDetour(step: Step, edge: Edge, { position, size }: Detour, sink: Sink): void {
  const { run } = step;
  const origin: Origin = {
    cause: step.id,
    progress: progressOf(step),
    within: withinOf(step),
    targetMessage: step.message,
    targetValue: step.value,
  };
  if (edge.each === null || run.exit !== null) return enter(stepBehind(run, edge, origin), sink);
  if (size < 0) return refuseEach(run, edge, origin, sink);
  // Values of items are named after their group: no life of a run takes the names of another.
  const key = run.life === 1 ? `${step.id}.${position}` : `${run.life}~${step.id}.${position}`;
  startGroup(new Group(key, edge, { run, size, ...origin }), sink);
}

/** What was returned is not an array: one step reports that. */
function refuseEach(run: Run, edge: Edge, origin: Origin, sink: Sink): void {
  const step = stepBehind(run, edge, origin);
  enterRefused(step, { coreFailure: StepCode.INVALID_ARGUMENT, node: step.node.name, reason: 'each' }, sink);
}

function startGroup(group: Group, sink: Sink): void {
  fill(group, sink);
  if (group.open === 0) remind(group.run, group);
}

/** Goes on with a group that was just created, or one of whose items is over. */
export function advanceGroup(group: Group, sink: Sink): void {
  fill(group, sink);
  if (group.open > 0 || group.isOver) return;
  group.isOver = true;
  completeGroup(group, sink);
}

function fill(group: Group, sink: Sink): void {
  const most = group.edge.each?.concurrency ?? 1;
  while (group.made < group.size && group.open < most && mayGoOn(group)) openItem(group, sink);
}

function mayGoOn(group: Group): boolean {
  const { run, edge, failed } = group;
  if (run.exit !== null || run.limitReached || isStopped(group)) return false;
  return failed < (edge.each?.stopAfterFailures ?? Number.POSITIVE_INFINITY);
}

/** What it belongs to is being cancelled, or it has lost a race. */
function isStopped({ run, within, isWithdrawn }: Group): boolean {
  return run.cancelling || isWithdrawn || (within !== null && isStoppedWithin(within));
}

/** Joins get the values only if every item has one. */
function completeGroup(group: Group, sink: Sink): void {
  const { run, edge, cause, progress, within } = group;
  const upTo = run.steps;
  if (!isJoined(group)) return;
  // They are not kept any longer, also where no join gets them.
  const value = sink.collected(group);
  if (group.failed + group.skipped > 0 || group.made < group.size || isStopped(group)) return;
  for (const { arrival } of edge.to.success) {
    if (arrival !== null) arrive(arrival, { run, cause, progress, within, value }, upTo, sink);
  }
}

/** A value on its way into a join: that of a step that has completed, or of a group. */
type Arriving = Step | (Pick<Origin, 'cause' | 'progress' | 'within'> & { readonly run: Run; readonly value: Ref });

/**
 * One more value of a source: it may complete an instance of the join.
 *
 * @param upTo the steps of the run before the completion that the value comes from led to any.
 */
function arrive(arrival: Arrival, from: Arriving, upTo: StepId, sink: Sink): void {
  const { run } = from;
  if (run.limitReached) return;
  const { join } = arrival;
  const state = joinStateOf(run, join);
  const openBefore = state.opened;
  const number = state.arrive(arrival.source);
  if (join.mode === 'any') {
    if (number <= state.fired) return;
    sink.arrived(run, arrival, number, from.value);
    const instance = state.fire();
    if (join.cancelRest) race(run, state, { instance, upTo }, sink);
    fireBehind(from, join, { instance, within: aroundOf(from) }, sink);
    return;
  }
  sink.arrived(run, arrival, number, from.value);
  run.openJoins += state.opened - openBefore;
  const within = aroundAll(state, number, number > openBefore, aroundOf(from));
  if (!state.isComplete) return;
  run.openJoins--;
  const instance = state.fire();
  state.forget(instance);
  fireBehind(from, join, { instance, within }, sink);
}

function aroundOf(from: Arriving): Step | null {
  if (!(from instanceof Step)) return from.within;
  return from.extras === null ? null : withinOf(from);
}

/** With the last value that an instance of a join has waited for. */
function fireBehind(from: Arriving, join: Join, at: Pick<Firing, 'instance' | 'within'>, sink: Sink): void {
  const isStep = from instanceof Step;
  const cause = isStep ? from.id : from.cause;
  const progress = isStep ? progressOf(from) : from.progress;
  fire(from.run, join, { instance: at.instance, cause, progress, within: at.within }, sink);
}

/** The nearest step around all that has arrived for an instance so far; null for the run. */
function aroundAll(state: JoinState, instance: number, isFirst: boolean, within: Step | null): Step | null {
  // The usual case: nothing is around any of them.
  const { around } = state;
  if (within === null && !state.isSurrounded) return null;
  const known = around.get(instance);
  let nearest = within;
  if (!isFirst) while (nearest !== null && known?.includes(nearest.id) !== true) nearest = nearest.owner;
  if (nearest === null) around.delete(instance);
  else {
    const ids = [nearest, ...enclosing(nearest)].map(({ id }) => id);
    state.surround(instance, ids);
  }
  return nearest;
}

/** The first source has come: the others are looked for. What its own completion leads to has no part in the race. */
function race(run: Run, state: JoinState, won: Race, sink: Sink): void {
  if (!state.counts.some((_, source) => state.lacks(source, won.instance))) return;
  state.races = [...state.races, won];
  sink.sweep(run);
}

interface Firing extends Pick<Origin, 'cause' | 'progress' | 'within'> {
  readonly instance: number;
}

/** Creates the step of an instance of a join. */
export function fire(run: Run, join: Join, { instance, cause, progress, within }: Firing, sink: Sink): void {
  const origin: Origin = {
    cause,
    progress,
    targetMessage: undefined,
    targetValue: sink.joined(run, join, instance),
    within: openTo(within),
  };
  const step = stepBehind(run, join.edge, origin);
  if (join.edge.afterMs > 0) enter(step, sink);
  else enterAtOnce(step, sink);
}

/** A step whose end is being told has its outcome: what comes now belongs to what is around it. */
function openTo(within: Step | null): Step | null {
  let at = within;
  while (at !== null && at.phase === Phase.ENDING) at = at.owner;
  return at;
}

function noneFrom({ size }: Join): number[] {
  const counts = Array<number>(size);
  // A short list is faster made so than by `fill`.
  for (let source = 0; source < size; source++) counts[source] = 0;
  return counts;
}

function joinStateOf(run: Run, join: Join): JoinState {
  const joins = (run.joins ??= Array<JoinState | undefined>(run.graph.joins.length).fill(undefined));
  return (joins[join.index] ??= new JoinState(noneFrom(join), 0));
}
