// A step between its body and its end: children, error callbacks, end callbacks, routing that is still missing, a stop.
//
// ADVANCE-1. Each phase waits for what belongs to it. A step that is left puts its owner on the run's agenda, and the
//     owner goes on here.
// ADVANCE-2. A step completes if its body did and no child failed, or if a callback recovered it; else it has failed.
// ADVANCE-3. A step that a signal concerns finds that out here, by a sweep: it stops, is skipped or refused, or goes
//     on.

import type { Edge } from '../graph/graph.ts';
import {
  close,
  closePlain,
  beginsNothing,
  dispatch,
  endUnbegun,
  isNewWork,
  isStoppedWithin,
  isStopping,
  isWatching,
  leave,
  openBracket,
  openWatcher,
  refuse,
} from './step-lifecycle.ts';
import { ALL_ROUTES, type AttemptRecord, type Ref, type Routing } from './step-data.ts';
import { advanceGroup, follow } from './follow.ts';
import { Phase, Stage, StepCode, type FinalStatus } from './status.ts';
import type { Sink } from './sink.ts';
import { Group, type Run } from './state.ts';
import { Step } from './step.ts';
import { isPending, progressLeft } from './entries.ts';

/** Goes on with everything that was waiting for what has just ended, and ends the run if it is at rest. */
export function carryOn(run: Run, sink: Sink): true {
  if (run.agenda !== null) {
    // It grows while it is processed.
    for (let at = 0; at < run.agenda.length; at++) {
      const waiting = run.agenda[at];
      if (waiting instanceof Step) advance(waiting, sink);
      else if (waiting instanceof Group) advanceGroup(waiting, sink);
      else if (waiting !== undefined) progressLeft(waiting, sink);
    }
    run.agenda = null;
  }
  if (isAtRest(run)) comeToRest(run, sink);
  return true;
}

/** Nothing of it is live, and nothing is to come. */
export function isAtRest(run: Run): boolean {
  return run.liveCount === 0 && run.status === undefined && !run.suspended && !isPending(run);
}

function comeToRest(run: Run, sink: Sink): void {
  const { graph, stage, openJoins } = run;
  const isWatched = graph.runEdges.length > 0 || run.plan !== null;
  if (stage !== Stage.ON || openJoins > 0 || isWatched) sink.idle(run);
  else {
    fixOutcome(run);
    endRun(run, sink);
  }
}

/** From here on the run's outcome is what it is: only a critical run callback can still turn it. */
export function fixOutcome(run: Run): void {
  run.stage = Stage.OUTCOME_FIXED;
  run.outcome = outcomeOf(run);
  if (run.outcome === 'completed') run.code = StepCode.DONE;
  else if (run.timedOut) run.code = StepCode.TIMEOUT;
  else if (run.outcome === 'cancelled') run.code = StepCode.CANCELLED;
}

function outcomeOf(run: Run): FinalStatus {
  if (run.exit !== null) return 'completed';
  if (run.timedOut) return 'failed';
  if (run.cancelling) return 'cancelled';
  return run.failed ? 'failed' : 'completed';
}

export function endRun(run: Run, sink: Sink): void {
  run.stage = Stage.OVER;
  run.status = run.outcome;
  run.endedAt = sink.now;
  run.seq++;
  if (run.limits.deadline > 0) sink.wakeRun(run, null);
  sink.ended(run);
}

/** The body returned. */
export function bodyCompleted(step: Step, routing: Routing, sink: Sink): void {
  if (step.extras === null && step.node.end.length === 0) return complete(step, StepCode.DONE, routing, sink);
  const extras = step.ensureExtras();
  extras.routing = routing;
  extras.succeeded = true;
  addFaults(step, routing);
  step.phase = Phase.WAITING;
  advance(step, sink);
}

/** The body failed for good. `routing` null: its error edges have not been asked. */
export function bodyFailed(step: Step, error: Ref, routing: Routing | null, sink: Sink): void {
  step.value = error;
  step.ensureExtras().succeeded = false;
  if (routing !== null) addFaults(step, routing);
  handle(step, routing, sink);
}

/** Takes a step as far as it can go. */
export function advance(step: Step, sink: Sink): void {
  if (shouldStop(step) && !isStopping(step)) return stop(step, sink);
  const { phase } = step;
  const { brackets, children } = step.ensureExtras();
  if (phase === Phase.STARTING) {
    if (brackets === 0) nextStart(step, sink);
  } else if (brackets === 0 && children === 0) {
    if (phase === Phase.WAITING) childrenOver(step, sink);
    else if (phase === Phase.HANDLING) handled(step, sink);
    else if (phase === Phase.ENDING) finish(step, sink);
    else if (phase === Phase.CANCELLING) finishCancelled(step, sink);
  }
}

/** Start callbacks run one after another, then the body. */
export function nextStart(step: Step, sink: Sink): void {
  const extras = step.ensureExtras();
  step.phase = Phase.STARTING;
  while (extras.brackets === 0) {
    const edge = step.node.start[extras.started++];
    if (edge === undefined) return dispatch(step, sink);
    openBracket(step, edge, undefined, sink);
  }
}

/** Writes down the last attempt of a step that does not end as it did. */
export function noteAttempt(step: Step, code: StepCode, sink: Sink, error?: Ref): void {
  sink.attempted(step, attemptRecord(step, code, sink.now, { error, seq: 0, nextAt: 0 }));
}

/** The attempt that is over, kept with the step. */
export function attemptRecord(
  step: Step,
  code: StepCode,
  endedAt: number,
  { error, seq, nextAt }: Pick<AttemptRecord, 'error' | 'seq' | 'nextAt'>,
): AttemptRecord {
  const record = { number: step.attempt, code, error, startedAt: step.startedAt, endedAt, seq, nextAt };
  const extras = step.ensureExtras();
  extras.attempts = [...(extras.attempts ?? []), record];
  return record;
}

function childrenOver(step: Step, sink: Sink): void {
  const extras = step.ensureExtras();
  if (extras.failedChild === null) return end(step, sink);
  noteAttempt(step, StepCode.DONE, sink);
  extras.succeeded = false;
  extras.routing = null;
  step.code = StepCode.UNHANDLED_EXCEPTION;
  step.value = extras.failedChild.error;
  handle(step, null, sink);
}

/** The step has failed: its error callbacks are chosen and created. */
function handle(step: Step, routing: Routing | null, sink: Sink): void {
  const { error } = step.node;
  if (routing === null && isConditional(error)) return route(step, sink);
  step.phase = Phase.HANDLING;
  for (const edge of taken(error, routing ?? ALL_ROUTES)) openBracket(step, edge, step.value, sink);
  advance(step, sink);
}

function handled(step: Step, sink: Sink): void {
  const extras = step.ensureExtras();
  if (extras.recovered === null) return end(step, sink);
  extras.succeeded = true;
  step.value = extras.recovered.value;
  step.code = StepCode.RECOVERED;
  if (!step.node.plain) return route(step, sink);
  extras.routing = ALL_ROUTES;
  end(step, sink);
}

/** Has the edges asked about a value or an error that the body did not produce itself. */
function route(step: Step, sink: Sink): void {
  step.phase = Phase.ROUTING;
  sink.ready(step);
}

/** The edges have answered. */
export function takeVerdict(step: Step, routing: Routing, sink: Sink): void {
  addFaults(step, routing);
  if (!step.ensureExtras().succeeded) return handle(step, routing, sink);
  step.ensureExtras().routing = routing;
  end(step, sink);
}

function end(step: Step, sink: Sink): void {
  const { succeeded } = step.ensureExtras();
  step.phase = Phase.ENDING;
  const result = step.node.end.length === 0 ? null : succeeded ? { value: step.value } : { error: step.value };
  for (const edge of step.node.end) openBracket(step, edge, result, sink);
  advance(step, sink);
}

function finish(step: Step, sink: Sink): void {
  const { succeeded, routing, recovered, isRestored } = step.ensureExtras();
  if (succeeded) {
    const code = isRestored ? StepCode.RESTORED : StepCode.DONE;
    return complete(step, recovered === null ? code : StepCode.RECOVERED, routing ?? ALL_ROUTES, sink);
  }
  close(step, 'failed', step.code, sink);
  leave(step);
}

function complete(step: Step, code: StepCode, routing: Routing, sink: Sink): void {
  const { node } = step;
  if (!node.plain) {
    if (step.extras === null && routing.faults !== undefined) addFaults(step, routing);
    if (isUnmatched(step, routing)) step.ensureExtras().unmatched = true;
    sink.answered?.(step, routing);
  }
  if (step.extras === null) closePlain(step, code, sink);
  else close(step, 'completed', code, sink);
  if (node.success.length > 0 && (step.extras === null || !isWatching(step))) follow(step, routing, sink);
  leave(step);
}

/** Cancelled, with nothing left that belongs to it. */
function finishCancelled(step: Step, sink: Sink): void {
  startCancelCallbacks(step, sink);
  close(step, 'cancelled', StepCode.CANCELLED, sink);
  leave(step);
}

/** Starts the cancel callbacks, once. The step does not wait for them. */
function startCancelCallbacks(step: Step, sink: Sink): void {
  if (step.node.cancel.length === 0 || step.ensureExtras().cancelStarted) return;
  step.ensureExtras().cancelStarted = true;
  const origin = { cause: step.id, targetMessage: step.message, targetValue: undefined };
  for (const edge of step.node.cancel) openWatcher(step.run, edge, origin, sink);
}

function addFaults(step: Step, { faults }: Routing): void {
  if (faults !== undefined) step.ensureExtras().faults = [...(step.ensureExtras().faults ?? []), ...faults];
}

function isUnmatched({ node }: Step, { routes }: Routing): boolean {
  if (!node.asks || routes === 'all') return false;
  for (const position of routes) if (node.success[position]?.conditional === true) return false;
  return true;
}

function isConditional(edges: readonly Edge[]): boolean {
  return edges.some(({ conditional }) => conditional);
}

function taken(edges: readonly Edge[], { routes }: Routing): readonly Edge[] {
  if (routes === 'all') return edges;
  return routes.flatMap((position) => edges[position] ?? []);
}

/** A cancel has reached it, or what it belongs to. */
function shouldStop(step: Step): boolean {
  if (step.phase === Phase.OVER || isWatching(step)) return false;
  if (step.run.cancelling || step.extras?.group?.isWithdrawn === true) return true;
  const { owner } = step;
  return owner !== null && isStoppedWithin(owner);
}

/** At once if nothing of it is under way; else after its body or the grace period, and after what belongs to it. */
export function stop(step: Step, sink: Sink): void {
  const { phase } = step;
  if (phase === Phase.RUNNING) {
    step.phase = Phase.STOPPING;
    sink.abort(step);
    const at = sink.now + step.run.limits.cancelGraceMs;
    step.ensureExtras().wakeAt = at;
    sink.wake(step, at);
    startCancelCallbacks(step, sink);
    return;
  }
  const { succeeded, recovered } = step.ensureExtras();
  if (succeeded && recovered === null) noteAttempt(step, StepCode.DONE, sink);
  if (phase === Phase.SCHEDULED || phase === Phase.AWAITING_MESSAGE) sink.unwake(step);
  // Nothing of it is under way, but children of an earlier attempt: no cancel callback runs.
  if (phase === Phase.SCHEDULED || phase === Phase.AWAITING_MESSAGE || phase === Phase.PREPARING)
    step.ensureExtras().cancelStarted = true;
  step.phase = Phase.CANCELLING;
  advance(step, sink);
}

/** Applies to a live step what has changed around it: it stops, or goes on. False if nothing concerns it. */
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
  if (isHeld(step)) {
    // As one that was made while the run was suspended: its body is under way nowhere.
    step.phase = Phase.SCHEDULED;
    step.ensureExtras().waits = true;
    return true;
  }
  if (step.extras?.waits !== true || step.run.suspended) return false;
  dispatch(step, sink);
  return carryOn(step.run, sink);
}

/** Its process is gone, and it is not to be performed with the graph of this one. */
export function isHeld({ run, phase }: Step): boolean {
  return run.graphMet?.isHeld === true && (phase === Phase.RUNNING || phase === Phase.PREPARING);
}

/**
 * The run was ended from within, or has reached its limit: what has only waited for a message has not begun. After the
 * limit neither has what has only waited for its time.
 */
function isInVain(step: Step): boolean {
  const { phase, run } = step;
  if (phase === Phase.AWAITING_MESSAGE) return beginsNothing(run) && !isWatching(step);
  return run.limitReached && phase === Phase.SCHEDULED && step.startSeq === 0 && isNewWork(step);
}

/** It waits for a message, and its node is no longer in the graph: no message can be sent to it. */
function isVanished({ phase, node }: Step): boolean {
  return phase === Phase.AWAITING_MESSAGE && node.index < 0;
}

/** Sweeps every live step that is loaded, in the order in which they were created. */
export function sweepAll(run: Run, sink: Sink): void {
  const live = [...run.live].sort((a, b) => a.id - b.id);
  for (const step of live) sweep(step, sink);
}

/** Whether a sweep would change the step. */
export function needsSweep(step: Step): boolean {
  if (isSweptAway(step)) return !isStopping(step);
  if (isHeld(step)) return true;
  return step.extras?.waits === true && !step.run.suspended;
}

/** A sweep ends the step, or has told it to stop. */
export function isSweptAway(step: Step): boolean {
  return shouldStop(step) || isInVain(step) || isVanished(step);
}
