// What reaches a run from outside: signals, and its deadline.
//
// CONTROL-1. `whyRefused` alone says why a signal changes nothing. What it lets through changes the run.
// CONTROL-2. A signal changes the run, or one step. Every live step is then swept (`advance.ts`): it looks for itself
//     what that means to it.
// CONTROL-3. Watchers, and what belongs to them, are never cancelled.

import { nodeNamed } from '../graph/compile.ts';
import { carryOn, stop } from './advance.ts';
import { addEntries, whyNotAdded } from './entries.ts';
import type { Refused, Signal, Signalled } from './event.ts';
import { keepMessage } from './inbox.ts';
import { beginsNothing, isStopping, isWatching } from './step-lifecycle.ts';
import { Phase, Stage } from './status.ts';
import type { Sink } from './sink.ts';
import type { Run } from './state.ts';
import type { Step } from './step.ts';

/** Applies a signal, unless it is refused. */
export function signal(run: Run, event: Signal, sink: Sink): Signalled {
  const refused = whyRefused(run, event);
  if (refused !== undefined) return refused;
  change(run, event, sink);
  return 'applied';
}

/** Why a signal changes nothing; undefined if it changes something. A key of a step that is not live is `unknown`. */
export function whyRefused(run: Run, event: Signal): Refused | undefined {
  switch (event.type) {
    case 'cancel':
      if (isDecided(run)) return 'over';
      return run.cancelling ? 'duplicate' : undefined;
    case 'stepCancelled':
      return whyNotStopped(run, event.step);
    case 'suspend':
      return whyNotSuspended(run);
    case 'resume':
      if (run.status !== undefined) return 'over';
      return run.suspended ? undefined : 'duplicate';
    case 'added':
      return whyNotAdded(run, event.entries.length);
    case 'closed':
      if (isDecided(run)) return 'over';
      return run.plan === null || run.plan.isClosed ? 'duplicate' : undefined;
    case 'message':
      return whyNotTaken(run, event);
  }
}

function whyNotSuspended(run: Run): Refused | undefined {
  if (isDecided(run)) return 'over';
  if (isEnding(run)) return 'ending';
  return run.suspended ? 'duplicate' : undefined;
}

/** A message whose id was taken is taken, however the run stands. */
function whyNotTaken(run: Run, { id, fingerprint }: Extract<Signal, { type: 'message' }>): Refused | undefined {
  if (run.signals?.has(id) === true) return isSame(run.signals.get(id), fingerprint) ? 'duplicate' : 'changed';
  return isDecided(run) || isEnding(run) ? 'over' : undefined;
}

/** Without a fingerprint nothing says that it is another message. */
function isSame(taken: string | undefined, fingerprint: string | undefined): boolean {
  return taken === undefined || fingerprint === undefined || taken === fingerprint;
}

function whyNotStopped(run: Run, which: number | string): Refused | undefined {
  const step = liveStep(run, which);
  if (step === undefined) return typeof which === 'number' && which > 0 && which <= run.steps ? 'over' : 'unknown';
  if (isDecided(run)) return 'over';
  return isStopping(step) || isWatching(step) ? 'duplicate' : undefined;
}

/** A live step by its number or its key. */
export function liveStep(run: Run, which: number | string): Step | undefined {
  return run.live.find(({ id, key }) => id === which || key === which);
}

/** Its outcome is fixed: no signal changes it any more. */
function isDecided(run: Run): boolean {
  return run.stage !== Stage.ON;
}

/** It is on its way to its end. */
function isEnding(run: Run): boolean {
  return run.cancelling || beginsNothing(run);
}

/**
 * Nothing of it is under way, and what it waits for does not come before that time: messages, delays, back-offs, and
 * what the engine holds back.
 */
export function waitsBeyond(run: Run, time: number, isHeldBack: (step: Step) => boolean): boolean {
  if (run.status !== undefined || run.cancelling || run.live.length === 0) return false;
  return run.live.every((step) => {
    const { phase, extras } = step;
    const wakeAt = extras?.wakeAt ?? 0;
    if (phase === Phase.AWAITING_MESSAGE) return wakeAt === 0 || wakeAt > time;
    if (phase === Phase.SCHEDULED) return run.suspended || wakeAt > time;
    if (phase === Phase.RUNNING) return isHeldBack(step);
    // It waits itself for what belongs to it.
    return phase === Phase.WAITING || phase === Phase.HANDLING || phase === Phase.ENDING;
  });
}

function change(run: Run, event: Signal, sink: Sink): void {
  switch (event.type) {
    case 'cancel':
      run.cancelReason = event.reason;
      return stopRun(run, sink);
    case 'stepCancelled':
      return stopStep(liveStep(run, event.step), event.reason, sink);
    case 'suspend':
      // Nothing further is dispatched until the run is resumed.
      run.suspended = true;
      return sink.suspended(run);
    case 'resume':
      run.suspended = false;
      letGo(run);
      sink.resumed(run);
      sink.sweep(run);
      carryOn(run, sink);
      return;
    case 'added':
      return addEntries(run, event.entries, sink);
    case 'closed':
      if (run.plan !== null) run.plan.isClosed = true;
      carryOn(run, sink);
      return;
    case 'message':
      keepMessage(run, nodeNamed(run.graph, event.node), event, sink);
  }
}

function stopRun(run: Run, sink: Sink): void {
  run.cancelling = true;
  run.suspended = false;
  letGo(run);
  sink.sweep(run);
  carryOn(run, sink);
}

/** Cancels one step with its callbacks and children. */
function stopStep(step: Step | undefined, reason: string | undefined, sink: Sink): void {
  if (step === undefined) return;
  step.ensureExtras().cancelReason = reason ?? null;
  stop(step, sink);
  sink.sweep(step.run);
  carryOn(step.run, sink);
}

/** The run has met another graph: nothing of it is performed until it is resumed. Once for a graph. */
export function meetGraph(run: Run, hash: string, sink: Sink): boolean {
  if (isDecided(run) || isEnding(run) || run.graphMet?.hash === hash) return false;
  run.graphMet = { hash, isHeld: true };
  if (!run.suspended) sink.suspended(run);
  run.suspended = true;
  sink.sweep(run);
  return true;
}

function letGo(run: Run): void {
  if (run.graphMet !== null) run.graphMet = { ...run.graphMet, isHeld: false };
}

/** Whether the run's deadline would change it. */
export function hasDeadline(run: Run): boolean {
  return run.limits.deadline > 0 && !run.cancelling && !isDecided(run);
}

/** The run's time is over. False if that changes nothing. */
export function deadline(run: Run, sink: Sink): boolean {
  if (!hasDeadline(run)) return false;
  run.timedOut = true;
  stopRun(run, sink);
  return true;
}
