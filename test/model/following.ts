// What the end of a step leads to: verdicts, success edges, items, joins.

import { choose } from './choice.ts';
import type { ErrorEdge, SuccessEdge } from './graph-plan.ts';
import { edgeOf, end, make } from './making.ts';
import { callbacksOf } from './lane.ts';
import { withBound } from './start-plan.ts';
import { givenText } from './error-text.ts';
import type { Gathering, Group, Step, World } from './world.ts';

/** R24: which edges are taken; a `when` that threw is written down. */
export function take(step: Step, edges: readonly [number, SuccessEdge | ErrorEdge][], of: unknown): readonly number[] {
  const { routes, faults } = choose(edges, of);
  for (const at of faults) step.faults.push({ edge: at, path: `when ${at}` });
  return routes;
}

/** The value that a step completed with. */
export function valueOf(step: Step): unknown {
  return step.recovered === null ? step.returned?.value : step.recovered.value;
}

/** R1: completed, then its success edges and joins, in declared order. R4: whoever waits for it looks later. */
export function complete(world: World, step: Step): void {
  end(world, step, 'completed', step.recovered === null ? 0 : 207);
  const edge = edgeOf(world, step);
  // R10: the first one to complete wins.
  if (edge?.on === 'error' && edge.recover && step.owner?.phase === 'handling') {
    step.owner.recovered ??= { value: valueOf(step) };
  }
  follow(world, step);
}

function follow(world: World, step: Step): void {
  for (const [at, edge] of world.plan.edges.entries()) {
    if (edge.on === 'join') {
      // R27: the items of a group arrive together.
      if (step.group === null) arrive(world, at, step.node, { cause: step, value: valueOf(step) });
    } else if (edge.on === 'success' && edge.from === step.node && step.routes.includes(at))
      goAlong(world, step, at, edge);
  }
  // M4: those that were added at run time come after those of the node, whatever it returned.
  const value = valueOf(step);
  for (const signed of callbacksOf(step, 'success')) {
    const { node, bound } = signed.plan;
    const message = withBound(value, bound);
    make(world, { node, role: 'flow', message, signed, cause: step, given: givenText(value, undefined) });
  }
}

function goAlong(world: World, step: Step, at: number, edge: SuccessEdge): void {
  const value = valueOf(step);
  // R36: an `each` after an exit makes one skipped step.
  if (edge.each === null || world.exit !== null) {
    const message = edge.bind ? Object.assign({}, value, { via: at }) : value;
    const given = givenText(value, undefined);
    make(world, { node: edge.to, role: 'flow', message, edge: at, cause: step, delay: edge.after, given });
  } else if (Array.isArray(value)) {
    const group: Group = { edge, edgeAt: at, cause: step, items: value, steps: [], over: false };
    world.groups.push(group);
    makeItems(world, group); // R6
  } else {
    // R27: one step that says so.
    make(world, { node: edge.to, role: 'flow', message: undefined, edge: at, cause: step, refused: 103 });
  }
}

function openItems({ steps }: Group): number {
  return steps.filter(({ status }) => status === null).length;
}

/** R27: at most so many at a time; none after so many failures, after an exit or a cancel. */
function makeItems(world: World, group: Group): boolean {
  const { edge, items, steps } = group;
  const most = edge.each?.concurrency ?? 1;
  const enough = edge.each?.stopAfterFailures ?? Infinity;
  const failures = (): number => steps.filter(({ status }) => status === 'failed' || status === 'cancelled').length;
  const mayGoOn = (): boolean => !world.cancelling && world.exit === null && failures() < enough;
  const before = steps.length;
  while (steps.length < items.length && openItems(group) < most && mayGoOn()) {
    const item = steps.length;
    const made = { node: edge.to, role: 'flow', message: items[item], edge: group.edgeAt, cause: group.cause } as const;
    make(world, { ...made, group, item, delay: edge.after, given: givenText(items[item], undefined) });
  }
  return steps.length > before;
}

/** R27: a group completes when all are over; joins get the array only if no item failed. */
export function lookAfter(world: World, group: Group): boolean {
  if (group.over) return false;
  const made = makeItems(world, group);
  if (openItems(group) > 0) return made;
  const { steps, items, edge, cause } = group;
  group.over = true;
  const isWhole = steps.length === items.length && steps.every(({ status }) => status === 'completed');
  if (isWhole && !world.cancelling) {
    const value = steps.map(valueOf);
    for (const at of world.plan.edges.keys()) arrive(world, at, edge.to, { cause, value });
  }
  return true;
}

/** R28: the k-th completion of each source belongs to instance k. */
function arrive(
  world: World,
  edgeAt: number,
  node: number,
  of: { readonly cause: Step; readonly value: unknown },
): void {
  const gathering = world.gatherings.find((gathering) => gathering.edgeAt === edgeAt);
  if (gathering === undefined) return;
  const { edge, arrived } = gathering;
  for (const [source, from] of edge.sources.entries()) {
    if (from !== node) continue;
    arrived[source]?.push(of.value);
    const counts = arrived.map(({ length }) => length);
    // R29: once every source is there. R30: on the first; the others of the same instance are swallowed.
    const complete = edge.mode === 'all' ? Math.min(...counts) : Math.max(...counts);
    if (complete > gathering.closed) fire(world, gathering, of.cause);
  }
}

export function fire(world: World, gathering: Gathering, cause: Step | null): void {
  const { edge, edgeAt, arrived } = gathering;
  const instance = gathering.closed++;
  const message: Record<string, unknown> = edge.bind ? { via: edgeAt } : {};
  for (const [source, values] of arrived.entries()) message[`s${source}`] = values[instance];
  make(world, { node: edge.to, role: 'flow', message, edge: edgeAt, cause });
}
