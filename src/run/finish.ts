// What happens when nothing of a run is live: joins that cannot complete, run callbacks, the end.
//
// FINISH-1. A join is given up only here: as long as anything is live, its sources may still arrive.
// FINISH-2. Success or error callbacks come first, then end callbacks, then the end; the outcome is fixed before them.

import type { Edge, Join } from '../graph/graph.ts';
import type { RunMoment } from '../graph/moments.ts';
import { carryOn, endRun, fixOutcome, isAtRest } from './advance.ts';
import { enterSkipped, openWatcher, stepBehind } from './step-lifecycle.ts';
import { fire } from './follow.ts';
import { Stage, StepCode } from './status.ts';
import { place } from './overlay.ts';
import type { Sink } from './sink.ts';
import type { JoinState } from './join-state.ts';
import type { Run } from './state.ts';

/** Instances that are given up in one go; what is left comes with the next. */
const AT_ONCE = 64;

/** Takes the next step of a run at rest. False if it is not at rest. */
export function finish(run: Run, sink: Sink): boolean {
  if (!isAtRest(run)) return false;
  if (run.stage === Stage.ON) {
    // After its limit nothing more is made: what a join has waited for in vain is told by the limit.
    // What is open and cannot be closed belongs to joins that a deployment has taken away: nothing waits for it.
    if (!run.limitReached && closeJoins(run, sink) === 0) run.openJoins = 0;
    if (run.liveCount > 0 || (run.openJoins > 0 && !run.limitReached)) return carryOn(run, sink);
    fixOutcome(run);
    if (run.outcome !== 'cancelled') watch(run, run.outcome === 'completed' ? 'runSuccess' : 'runError', sink);
    if (run.liveCount > 0) return carryOn(run, sink);
  }
  if (run.stage === Stage.OUTCOME_FIXED) {
    run.stage = Stage.ENDING;
    watch(run, 'runEnd', sink);
    if (run.liveCount > 0) return carryOn(run, sink);
  }
  endRun(run, sink);
  return true;
}

function watch(run: Run, moment: RunMoment, sink: Sink): void {
  for (const edge of run.graph.run[moment]) {
    if (isOf(run, edge)) openWatcher(run, edge, OF_RUN, sink);
  }
  const own = moment === 'runSuccess' ? run.plan?.onSuccess : moment === 'runError' ? run.plan?.onFailure : undefined;
  if (own === undefined || moment === 'runEnd') return;
  const path = moment === 'runSuccess' ? 'onSuccess' : 'onFailure';
  const { edge } = place(run.graph, { path, signed: own, moment });
  if (edge !== null) openWatcher(run, edge, OF_RUN, sink);
}

const OF_RUN = { cause: 0, targetMessage: undefined, targetValue: undefined };

/** Callbacks of runs may be for those that began with a certain job. */
function isOf({ name, plan }: Run, { from }: Edge): boolean {
  return from === null || (plan === null ? from.name === name : plan.jobs.has(from.name));
}

/** In declared order, until one of them creates a live step. @returns how many instances it has closed. */
function closeJoins(run: Run, sink: Sink): number {
  let closed = 0;
  for (const join of run.graph.joins) {
    const state = run.joins?.[join.index];
    if (state === undefined || join.mode === 'any') continue;
    while (state.fired < state.opened && !run.limitReached) {
      giveUp(run, join, state, sink);
      if (++closed === AT_ONCE || run.liveCount > 0) return closed;
    }
  }
  return closed;
}

/** The next instance of a join has had an arrival and will have no others. */
function giveUp(run: Run, join: Join, state: JoinState, sink: Sink): void {
  const instance = state.fire();
  state.forget(instance);
  run.openJoins--;
  if (join.onMissing === 'run' && !run.cancelling)
    return fire(run, join, { instance, cause: 0, progress: null, within: null }, sink);
  const missing = join.sources.filter((_, source) => (state.counts[source] ?? 0) < instance);
  const step = stepBehind(run, join.edge, { ...OF_RUN, progress: null, within: null });
  step.ensureExtras().missing = missing.map(({ name }) => name);
  enterSkipped(step, StepCode.JOIN_UNREACHABLE, sink);
}
