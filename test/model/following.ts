// What the end of a step leads to: verdicts, success edges, items, joins.

import { choose } from './choice.ts';
import { GRACE_MS, type ErrorEdge, type SuccessEdge } from './graph-plan.ts';
import { edgeOf, end, make, stopWith, type Making } from './making.ts';
import { callbacksOf } from './lane.ts';
import { withBound } from './start-plan.ts';
import { givenText } from './error-text.ts';
import {
  isStoppedWithin,
  isWatching,
  withinOf,
  type Arrival,
  type Gathering,
  type Group,
  type Race,
  type Step,
  type World,
} from './world.ts';

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
  follow(world, step, world.steps.length);
}

/** @param upTo so many steps there were before it led to any: R57. */
function follow(world: World, step: Step, upTo: number): void {
  for (const [at, edge] of world.plan.edges.entries()) {
    if (edge.on === 'join') {
      // R27: the items of a group arrive together.
      if (step.group === null)
        arrive(world, at, step.node, { cause: step, value: valueOf(step), within: withinOf(step), upTo });
    } else if (edge.on === 'success' && edge.from === step.node && step.routes.includes(at))
      goAlong(world, step, at, edge);
  }
  // M4: those that were added at run time come after those of the node, whatever it returned.
  const value = valueOf(step);
  for (const signed of callbacksOf(step, 'success')) {
    const { node, bound } = signed.plan;
    const message = withBound(value, bound);
    lead(world, withinOf(step), { node, message, signed, cause: step, given: givenText(value, undefined) });
  }
}

function goAlong(world: World, step: Step, at: number, edge: SuccessEdge): void {
  const value = valueOf(step);
  const within = withinOf(step);
  // R36: an `each` after an exit makes one skipped step.
  if (edge.each === null || world.exit !== null) {
    const message = edge.bind ? Object.assign({}, value, { via: at }) : value;
    const given = givenText(value, undefined);
    lead(world, within, { node: edge.to, message, edge: at, cause: step, delay: edge.after, given });
  } else if (Array.isArray(value)) {
    const fresh = { steps: [], over: false, withdrawn: false };
    const group: Group = { edge, edgeAt: at, cause: step, within, items: value, ...fresh };
    world.groups.push(group);
    makeItems(world, group); // R6
  } else {
    // R27: one step that says so.
    lead(world, within, { node: edge.to, message: undefined, edge: at, cause: step, refused: 103 });
  }
}

/** R54: what is led to by a child belongs to the child's parent like the child. R56: nothing more of the flow begins. */
function lead(world: World, within: Step | null, making: Omit<Making, 'role' | 'owner'>): void {
  if (world.limitReached) return;
  make(world, { ...making, role: within === null ? 'flow' : 'child', owner: within });
}

/** It lost a race, or what it belongs to is cancelled. */
function isStopped({ cancelling }: World, { withdrawn, within }: Group): boolean {
  return cancelling || withdrawn || (within !== null && isStoppedWithin(within));
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
  const mayGoOn = (): boolean =>
    !isStopped(world, group) && world.exit === null && !world.limitReached && failures() < enough;
  const before = steps.length;
  while (steps.length < items.length && openItems(group) < most && mayGoOn()) {
    const item = steps.length;
    const made = { node: edge.to, message: items[item], edge: group.edgeAt, cause: group.cause } as const;
    const given = givenText(items[item], undefined);
    lead(world, group.within, { ...made, group, item, delay: edge.after, given });
  }
  return steps.length > before;
}

/** R27: a group completes when all are over; joins get the array only if no item failed. */
export function lookAfter(world: World, group: Group): boolean {
  if (group.over) return false;
  const made = makeItems(world, group);
  if (openItems(group) > 0) return made;
  const { steps, items, edge, cause, within } = group;
  group.over = true;
  const isWhole = steps.length === items.length && steps.every(({ status }) => status === 'completed');
  if (isWhole && !isStopped(world, group)) {
    const upTo = world.steps.length;
    const value = steps.map(valueOf);
    for (const at of world.plan.edges.keys()) arrive(world, at, edge.to, { cause, value, within, upTo });
  }
  return true;
}

/** R28: the k-th completion of each source belongs to instance k. */
function arrive(world: World, edgeAt: number, node: number, of: Last): void {
  const gathering = world.gatherings.find((gathering) => gathering.edgeAt === edgeAt);
  if (gathering === undefined) return;
  const { edge, arrived } = gathering;
  for (const [source, from] of edge.sources.entries()) {
    if (from !== node || world.limitReached) continue;
    passOver(gathering, source);
    // Which steps are next for a source is looked at when all that happens at this time has happened.
    if (edge.cancelRest && gathering.firedAt === world.now) world.ties.push('an arrival beside a race');
    arrived[source]?.push(of);
    const counts = arrived.map(({ length }) => length);
    // R29: once every source is there. R30: on the first; the others of the same instance are swallowed.
    const complete = edge.mode === 'all' ? Math.min(...counts) : Math.max(...counts);
    if (complete > gathering.closed) fire(world, gathering, of);
  }
}

/** R57: what a withdrawn step would have brought never comes; the next one is for the instance after it. */
function passOver({ arrived, lost }: Gathering, source: number): void {
  const list = arrived[source] ?? [];
  while (lost[source]?.has(list.length) === true) list.push(null);
}

/** What a join fires with. */
interface Last extends Arrival {
  readonly cause: Step;
  readonly upTo: number;
}

/** @param last null at the end of the run. */
export function fire(world: World, gathering: Gathering, last: Last | null): void {
  const { edge, edgeAt, arrived } = gathering;
  const instance = gathering.closed++;
  gathering.firedAt = world.now;
  const message: Record<string, unknown> = edge.bind ? { via: edgeAt } : {};
  for (const [source, values] of arrived.entries()) message[`s${source}`] = values[instance]?.value;
  if (edge.cancelRest) world.races = [...world.races, { gathering, instance, upTo: last?.upTo ?? 0 }];
  const around = [...enclosing(last?.cause.owner ?? null), ...enclosing(last?.within ?? null)];
  // It goes on with the very end that the join fires with, and may complete first.
  if (edge.cancelRest && around.some(({ node }) => edge.sources.includes(node)))
    world.ties.push('a loser around the winner');
  const within = last === null ? null : edge.mode === 'any' ? last.within : aroundAll(gathering, instance);
  lead(world, openTo(within), { node: edge.to, message, edge: edgeAt, cause: last?.cause ?? null });
}

/**
 * R57: once all that the winner's end leads to has happened, who has lost is looked for, in all races that it won
 * together; then all of them are withdrawn.
 */
export function settleRaces(world: World): boolean {
  const { races } = world;
  world.races = [];
  const lost = races.map((race) => ({ race, losers: losersOf(world, race) }));
  for (const { race, losers } of lost) for (const loser of losers) withdraw(world, race, loser);
  return races.length > 0;
}

/** R54: the nearest step that encloses all arrivals of an instance. */
function aroundAll({ arrived }: Gathering, instance: number): Step | null {
  const chains = arrived.map((list) => enclosing(list[instance]?.within ?? null));
  const [first = [], ...others] = chains;
  return first.find((step) => others.every((chain) => chain.includes(step))) ?? null;
}

/** While its end is told, the outcome of a step stands: what comes now belongs to what is around it. */
function openTo(within: Step | null): Step | null {
  return within?.phase === 'ending' ? openTo(within.owner) : within;
}

function enclosing(step: Step | null): Step[] {
  return step === null ? [] : [step, ...enclosing(step.owner)];
}

interface Loser {
  readonly step: Step;
  readonly sources: readonly number[];
}

/** R57: of each other source the live step that would have filled this instance; the items of one array are one. */
function losersOf(world: World, { gathering, instance, upTo }: Race): Loser[] {
  const { edge, arrived, lost } = gathering;
  const losers = new Map<Step, number[]>();
  for (const [source, from] of edge.sources.entries()) {
    const count = arrived[source]?.length ?? 0;
    if (count > instance || lost[source]?.has(instance) === true) continue;
    const ahead = Array.from({ length: instance - count }, (_, at) => count + at);
    const before = ahead.filter((number) => lost[source]?.has(number) !== true).length;
    const running = world.steps
      .slice(0, upTo)
      .filter((step) => step.node === from && !isStoppedWithin({ ...step, owner: null }));
    const firsts = running.filter(
      (step) => step.group === null || running.find(({ group }) => group === step.group) === step,
    );
    const step = firsts.filter((step) => !isWatching(step))[before];
    if (step !== undefined) losers.set(step, [...(losers.get(step) ?? []), source]);
  }
  return [...losers].map(([step, sources]) => ({ step, sources }));
}

function withdraw(world: World, { gathering, instance }: Race, { step, sources }: Loser): void {
  for (const source of sources) {
    gathering.lost[source]?.add(instance);
    passOver(gathering, source);
  }
  // It goes with another one that it belongs to, or it has lost another race, too.
  if (isStoppedWithin({ ...step, owner: null })) return;
  step.withdrawn = true;
  if (step.group !== null) step.group.withdrawn = true;
  const items = step.group === null ? [step] : step.group.steps;
  // Its cancel callbacks, and those of what belongs to it, come ahead of or behind what else the winner leads to.
  const stopped = world.live().filter((live) => items.some((item) => enclosing(live).includes(item)));
  if (stopped.some(({ node }) => world.edges('cancel', node).length > 0)) world.unordered = true;
  for (const item of items) {
    // Made by the same completion: whether its body begins before it is told is nobody's promise.
    const isReached = item.phase === 'held' && item.due > 0;
    if (isReached && !world.suspended) world.ties.push('a loser that has not begun');
    if (isReached && world.letters.some(({ node }) => node === item.node))
      world.ties.push('a loser whose message came early');
    stopWith(world, item, GRACE_MS);
  }
}
