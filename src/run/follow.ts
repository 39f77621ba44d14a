// What a completed step causes: its success edges, the joins it feeds, and one step for each item of an array.
//
// FOLLOW-1. It happens in declared order, and before the step is left.
// FOLLOW-2. The k-th arrivals of a join's sources belong together.

import type { Edge, Join } from '../graph/graph.ts';
import {
  enter,
  enterBehind,
  enterRefused,
  openItem,
  progressOf,
  stepBehind,
  type Origin,
  isJoined,
  remind,
} from './step-lifecycle.ts';
import type { Routing, Ref } from './step-data.ts';
import { JoinState, type EntryProgress, Group, type Run, type Step } from './state.ts';
import type { Sink } from './sink.ts';
import { StepCode } from './status.ts';

/** Takes the success edges that the routing names. */
export function follow(step: Step, routing: Routing, sink: Sink): void {
  const { success } = step.node;
  if (routing.routes === 'all') {
    for (let position = 0; position < success.length; position++) take(step, position, routing, sink);
    return;
  }
  for (const position of routing.routes) take(step, position, routing, sink);
}

function take(step: Step, position: number, routing: Routing, sink: Sink): void {
  const edge = step.node.success[position];
  if (edge === undefined) return;
  if (edge.isSimple) enterBehind(step, edge, sink);
  else takeDetour(step, position, edge, { routing, sink });
}

function takeDetour(
  step: Step,
  position: number,
  edge: Edge,
  { routing, sink }: { readonly routing: Routing; readonly sink: Sink },
): void {
  const { run } = step;
  if (edge.arrival !== null) {
    // The items of a group arrive together, when the last of them is over.
    if (step.item < 0)
      arrive(run, edge.arrival, { cause: step.id, progress: progressOf(step), value: step.value }, sink);
    return;
  }
  const origin: Origin = {
    cause: step.id,
    targetMessage: step.message,
    targetValue: step.value,
    progress: progressOf(step),
  };
  if (edge.each === null || run.exit !== null) return enter(stepBehind(run, edge, origin), sink);
  const size = routing.sizes?.[position] ?? -1;
  if (size < 0) return refuseEach(run, edge, origin, sink);
  startGroup(new Group(`${step.id}.${position}`, edge, { run, size, ...origin }), sink);
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

function mayGoOn({ run, edge, failed }: Group): boolean {
  return !run.cancelling && run.exit === null && failed < (edge.each?.stopAfterFailures ?? Number.POSITIVE_INFINITY);
}

/** Joins get the values only if every item has one. */
function completeGroup(group: Group, sink: Sink): void {
  const { run, edge, cause, progress } = group;
  if (!isJoined(group)) return;
  // They are not kept any longer, also where no join gets them.
  const value = sink.collected(group);
  if (group.failed + group.skipped > 0 || group.made < group.size || run.cancelling) return;
  for (const { arrival } of edge.to.success) {
    if (arrival !== null) arrive(run, arrival, { cause, progress, value }, sink);
  }
}

/** One more value of a source: it may complete an instance of the join. */
function arrive(
  run: Run,
  { join, source }: NonNullable<Edge['arrival']>,
  { cause, progress, value }: { readonly cause: number; readonly progress: EntryProgress | null; readonly value: Ref },
  sink: Sink,
): void {
  const state = joinStateOf(run, join);
  const openBefore = state.opened;
  const number = state.arrive(source);
  if (join.mode === 'any') {
    if (number <= state.fired) return;
    sink.arrived(run, join, { source, number, value });
    fire(run, join, { instance: state.fire(), cause, progress }, sink);
    return;
  }
  sink.arrived(run, join, { source, number, value });
  run.openJoins += state.opened - openBefore;
  if (!state.isComplete) return;
  run.openJoins--;
  fire(run, join, { instance: state.fire(), cause, progress }, sink);
}

/** Creates the step of an instance of a join. */
export function fire(
  run: Run,
  join: Join,
  {
    instance,
    cause,
    progress,
  }: { readonly instance: number; readonly cause: number; readonly progress: EntryProgress | null },
  sink: Sink,
): void {
  enter(
    stepBehind(run, join.edge, {
      cause,
      targetMessage: undefined,
      targetValue: sink.joined(run, join, instance),
      progress,
    }),
    sink,
  );
}

function joinStateOf(run: Run, join: Join): JoinState {
  run.joins ??= new Map();
  const known = run.joins.get(join.index);
  if (known !== undefined) return known;
  const made = new JoinState(
    join.sources.map(() => 0),
    0,
  );
  run.joins.set(join.index, made);
  return made;
}
