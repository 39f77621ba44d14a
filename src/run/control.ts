// What is done to a run from outside: cancel, cancel of one step, suspend, resume, deadline.
//
// P1. A signal changes the run alone; every live step is then swept, and looks for itself what that means to it.
// P2. Watchers, and what belongs to them, are never cancelled.

import { carryOn, isStopping, shouldStop, stop } from './advance.ts';
import { dispatch, endUnbegun, isWatching, refuse } from './step-lifecycle.ts';
import { Phase, Stage, StepCode } from './status.ts';
import type { Sink } from './sink.ts';
import type { Run, Step } from './state.ts';

/** Accepts a cancel of the run. */
export function cancel(run: Run, reason: string | undefined, sink: Sink): boolean {
  if (run.cancelling || isDecided(run)) return false;
  run.cancelReason = reason;
  return stopRun(run, sink);
}

/** Whether the run's deadline would change it. */
export function hasDeadline(run: Run): boolean {
  return run.limits.deadline > 0 && !run.cancelling && !isDecided(run);
}

/** The run's time is over. */
export function deadline(run: Run, sink: Sink): boolean {
  if (!hasDeadline(run)) return false;
  run.timedOut = true;
  return stopRun(run, sink);
}

function stopRun(run: Run, sink: Sink): true {
  run.cancelling = true;
  run.suspended = false;
  sink.sweep(run);
  return carryOn(run, sink);
}

/** Cancels one step with its callbacks and children. */
export function stopStep(step: Step, reason: string | undefined, sink: Sink): boolean {
  if (isStopping(step) || isWatching(step)) return false;
  step.ensureExtras().cancelReason = reason ?? null;
  stop(step, sink);
  sink.sweep(step.run);
  return carryOn(step.run, sink);
}

/** Its outcome is fixed: no signal changes it any more. */
export function isDecided(run: Run): boolean {
  return run.stage !== Stage.ON;
}

/** Nothing further is dispatched until the run is resumed. */
export function suspend(run: Run, sink: Sink): boolean {
  if (run.suspended || !canBeSuspended(run)) return false;
  run.suspended = true;
  sink.suspended(run);
  return true;
}

/** Whether the run is on its way on, not to its end. */
export function canBeSuspended(run: Run): boolean {
  return !isDecided(run) && !run.cancelling && run.exit === null;
}

export function resume(run: Run, sink: Sink): boolean {
  if (!run.suspended) return false;
  run.suspended = false;
  sink.resumed(run);
  sink.sweep(run);
  return carryOn(run, sink);
}

/** A live step looks around: is it to be stopped, or may it go on? */
export function sweep(step: Step, sink: Sink): boolean {
  if (shouldStop(step)) {
    if (isStopping(step)) return false;
    stop(step, sink);
    return carryOn(step.run, sink);
  }
  if (isInVain(step)) {
    sink.unwake(step);
    endUnbegun(step, 'skipped', StepCode.SKIPPED, sink);
    return carryOn(step.run, sink);
  }
  if (isVanished(step)) {
    sink.unwake(step);
    refuse(step, { coreFailure: StepCode.BLOCK_NOT_FOUND, node: step.node.name }, sink);
    return carryOn(step.run, sink);
  }
  if (step.extras?.waits !== true || step.run.suspended) return false;
  dispatch(step, sink);
  return carryOn(step.run, sink);
}

/** The run was ended from within: what has only waited for a message has not begun. */
function isInVain(step: Step): boolean {
  return step.phase === Phase.AWAITING_MESSAGE && step.run.exit !== null && !isWatching(step);
}

/** It waits for a message, and its node is no longer in the graph: nobody can send it one. */
function isVanished({ phase, node }: Step): boolean {
  return phase === Phase.AWAITING_MESSAGE && node.index < 0;
}

/** Every live step that is loaded looks around, in the order in which they were made. */
export function sweepAll(run: Run, sink: Sink): void {
  const live = [...run.live].sort((a, b) => a.id - b.id);
  for (const step of live) if (needsSweep(step)) sweep(step, sink);
}

/** Whether a sweep would change the step. */
export function needsSweep(step: Step): boolean {
  if (shouldStop(step)) return !isStopping(step);
  return isInVain(step) || isVanished(step) || (step.extras?.waits === true && !step.run.suspended);
}
