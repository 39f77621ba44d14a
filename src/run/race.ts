// A join that goes by its first source and gives the others up: who has lost, and how they are withdrawn.
//
// RACE-1. Only what was there when the join was taken, and would have filled that very instance: the steps of a source
//         fill its instances in the order of their ages. What is still ahead of a source is not touched.
// RACE-2. Who has lost is looked for apart from what took the join, among all live steps; each is then withdrawn by
//         itself. To look twice does no harm.

import type { Join } from '../graph/graph.ts';
import { carryOn, stop } from './advance.ts';
import type { Race } from './join-state.ts';
import { isStopping, isWatching } from './step-lifecycle.ts';
import type { Sink } from './sink.ts';
import type { Run, Step } from './state.ts';

/** A step that brings its join nothing any more; of items, one of them. */
export interface Loser {
  readonly step: Step;
  readonly join: Join;
  readonly instance: number;
}

/** The races of a run that were won, with those who are still to be withdrawn. */
export function racesOf(run: Run): { readonly join: Join; readonly race: Race; readonly losers: readonly Loser[] }[] {
  if (run.joins === null) return [];
  return [...run.joins].flatMap(([index, { races }]) => {
    const join = run.graph.joins[index];
    if (join === undefined) return [];
    return races.map((race) => ({ join, race, losers: losersOf(run, join, race) }));
  });
}

function losersOf(run: Run, join: Join, { instance, upTo }: Race): Loser[] {
  const state = run.joins?.get(join.index);
  return join.sources.flatMap(({ from }, source) => {
    if (state === undefined || !state.lacks(source, instance)) return [];
    const step = runners(run, from.index, upTo)[state.ahead(source, instance)];
    return step === undefined ? [] : [{ step, join, instance }];
  });
}

/** The live steps of a source by age; the items of one array are one. */
function runners(run: Run, node: number, upTo: number): Step[] {
  const live = run.live.filter((step) => step.node.index === node && step.id <= upTo);
  const running = live.filter((step) => !isStopping(step) && !isWatching(step)).sort((a, b) => a.id - b.id);
  const groups = new Set<string>();
  return running.filter(({ extras }) => {
    const key = extras?.group?.key;
    if (key === undefined) return true;
    if (groups.has(key)) return false;
    groups.add(key);
    return true;
  });
}

/** Cancels a step that would have brought its join what it no longer takes. False if it has no part in the race. */
export function withdraw({ step, join, instance }: Loser, sink: Sink): boolean {
  const { run } = step;
  const state = run.joins?.get(join.index);
  const source = join.sources.findIndex(({ from }) => from.index === step.node.index);
  const race = state?.races.find((known) => known.instance === instance);
  if (state === undefined || race === undefined || !state.lacks(source, instance)) return false;
  if (step.id > race.upTo || isStopping(step) || isWatching(step)) return false;
  for (const [at, { from }] of join.sources.entries()) {
    if (from.index === step.node.index && state.lacks(at, instance)) state.withdraw(at, instance);
  }
  const extras = step.ensureExtras();
  extras.isWithdrawn = true;
  extras.cancelReason = `${join.edge.to.name} was reached without it`;
  if (extras.group !== null) extras.group.isWithdrawn = true;
  stop(step, sink);
  sink.sweep(run);
  return carryOn(run, sink);
}

/** Nobody is left to be withdrawn. */
export function settleRace(run: Run, join: Join, instance: number): boolean {
  const state = run.joins?.get(join.index);
  if (state === undefined || !state.races.some((race) => race.instance === instance)) return false;
  state.races = state.races.filter((race) => race.instance !== instance);
  return true;
}

/** Withdraws whoever has lost, where all live steps are at hand. */
export function withdrawLosers(run: Run, sink: Sink): void {
  for (let races = racesOf(run); races.length > 0; races = racesOf(run)) {
    for (const { join, race, losers } of races) {
      if (losers.length === 0) settleRace(run, join, race.instance);
      for (const loser of losers) withdraw(loser, sink);
    }
  }
}
