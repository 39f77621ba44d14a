// A join that goes by its first source and gives the others up: who has lost, and how they are withdrawn.
//
// RACE-1. Only what was there when the join was taken, and would have filled that very instance: the steps of a source
//         fill its instances in the order of their ages. What is still ahead of a source is not touched.
// RACE-2. Who has lost is looked for apart from what took the join, among all live steps, and for all open races at
//         once: one loser may belong to another, or to several joins. All of them are then withdrawn in one go.

import type { Join } from '../graph/graph.ts';
import { carryOn, isSweptAway, stop } from './advance.ts';
import type { JoinState, Race } from './join-state.ts';
import { isStopping, isWatching } from './step-lifecycle.ts';
import type { Sink } from './sink.ts';
import type { Run } from './state.ts';
import type { Step } from './step.ts';

/** A race that was won and is not settled. */
export interface OpenRace {
  readonly join: Join;
  readonly instance: number;
  /** Those that bring the join nothing any more, one for a source at most; of items, one of them. */
  readonly losers: readonly Step[];
}

const NONE_OPEN: Pick<JoinState, 'races'> = { races: [] };

/** The races of a run that are not settled, where all live steps are at hand. */
export function racesOf(run: Run): OpenRace[] {
  if (run.joins === null) return [];
  const { joins } = run;
  return run.graph.joins.flatMap((join) => {
    const { races } = joins[join.index] ?? NONE_OPEN;
    return races.map((race) => ({ join, instance: race.instance, losers: losersOf(run, join, race) }));
  });
}

function losersOf(run: Run, join: Join, { instance, upTo }: Race): Step[] {
  const state = run.joins?.[join.index];
  return join.sources.flatMap(({ from }, source) => {
    if (state === undefined || !state.lacks(source, instance)) return [];
    return runners(run, from.index, upTo)[state.ahead(source, instance)] ?? [];
  });
}

/** The live steps of a source by age; the items of one array are one. */
function runners(run: Run, node: number, upTo: number): Step[] {
  const live = run.live.filter((step) => step.node.index === node && step.id <= upTo);
  const running = live.filter(canLose).sort((a, b) => a.id - b.id);
  const groups = new Set<string>();
  return running.filter(({ extras }) => {
    const key = extras?.group?.key;
    if (key === undefined) return true;
    if (groups.has(key)) return false;
    groups.add(key);
    return true;
  });
}

/** Nothing else ends it before its time. */
function canLose(step: Step): boolean {
  return !isStopping(step) && !isWatching(step) && !isSweptAway(step);
}

/** Cancels the steps that would have brought their joins what these no longer take. False if that was done before. */
export function settleRaces(run: Run, races: readonly OpenRace[], sink: Sink): boolean {
  const open = races.filter((race) => isOpen(run, race));
  if (open.length === 0) return false;
  // Nothing goes on before all of them were told: who is around one loser may be another.
  for (const { join, instance, losers } of open) {
    for (const step of losers) withdraw(step, join, { instance, sink });
  }
  for (const race of open) settle(run, race);
  if (open.some(({ losers }) => losers.length > 0)) sink.sweep(run);
  return carryOn(run, sink);
}

function isOpen(run: Run, { join, instance }: OpenRace): boolean {
  return run.joins?.[join.index]?.races.some((race) => race.instance === instance) === true;
}

function settle(run: Run, { join, instance }: OpenRace): void {
  const state = run.joins?.[join.index];
  if (state !== undefined) state.races = state.races.filter((race) => race.instance !== instance);
}

function withdraw(
  step: Step,
  join: Join,
  { instance, sink }: { readonly instance: number; readonly sink: Sink },
): void {
  const state = step.run.joins?.[join.index];
  if (state === undefined) return;
  const lacking = [...join.sources.keys()].filter(
    (source) => join.sources[source]?.from.index === step.node.index && state.lacks(source, instance),
  );
  for (const source of lacking) state.withdraw(source, instance);
  if (lacking.length === 0 || !canLose(step)) return;
  const extras = step.ensureExtras();
  extras.isWithdrawn = true;
  extras.cancelReason = `${join.edge.to.name} was reached without it`;
  if (extras.group !== null) extras.group.isWithdrawn = true;
  stop(step, sink);
}
