// What a run does next: one function for each thing that can happen to it.
//
// It changes the run it is given and calls the sink, and nothing else: no clock, no I/O, no randomness, no user code.
// TRANSITION-1. An event for a step that is not live, or for another attempt, changes nothing and returns false.
// TRANSITION-2. What a step causes exists before the step is left: a run is never idle in between.
// TRANSITION-3. A run whose steps all come back, or are cancelled, ends.

import type { Edge } from '../graph/graph.ts';
import { nodeNamed } from '../graph/compile.ts';
import { backoffMs } from '../graph/retry-policy.ts';
import {
  advance,
  attemptRecord,
  bodyCompleted,
  bodyFailed,
  carryOn,
  nextStart,
  noteAttempt,
  takeVerdict,
} from './advance.ts';
import {
  closePlain,
  dispatch,
  endUnbegun,
  enter,
  hold,
  beginsNothing,
  isWatching,
  refuse,
  stepOf,
  succeed,
} from './step-lifecycle.ts';
import type { Effects, Failure, TimerKind } from './event.ts';
import { NO_ROUTES, type Routing, type Ref } from './step-data.ts';
import { Phase, Stage, StepCode } from './status.ts';
import { plainEntryOf, startMessageOf, type RunPlan } from './plan.ts';
import { CoreFailure } from './failure.ts';
import { merge } from './shared-state.ts';
import { nextRound, takeIn } from './limits.ts';
import type { InlineSink, Sink } from './sink.ts';
import type { Run } from './state.ts';
import type { Step } from './step.ts';
import { hashFraction } from './step-key.ts';
import { openPlan, takeTurn } from './entries.ts';

/** Begins a fresh run. */
export function start(run: Run, plan: RunPlan, suspended: boolean, sink: Sink): void {
  run.createdAt = sink.now;
  run.seq = 1;
  run.suspended = suspended;
  if (suspended) sink.suspended(run);
  if (run.limits.deadline > 0) sink.wakeRun(run, run.limits.deadline);
  const plain = plainEntryOf(plan);
  run.message = plain === undefined ? startMessageOf(plan) : plain.message;
  if (plain === undefined) openPlan(run, plan, sink);
  else {
    const step = stepOf(run, nodeNamed(run.graph, plain.node));
    step.targetMessage = plain.message;
    step.message = plain.message;
    enter(step, sink, run.limits.notBefore);
  }
  carryOn(run, sink);
}

/** Its condition does not hold. An answer that comes late is not reported: no body has run. */
export function unmet(step: Step, attempt: number, sink: Sink): boolean {
  if (!isUnderWay(step, attempt) && !isPreparing(step, attempt)) return false;
  if (step.phase === Phase.STOPPING) return bodyStopped(step, sink);
  endUnbegun(step, 'skipped', StepCode.IF_CONDITION_FAILED, sink);
  return carryOn(step.run, sink);
}

/** An entry of the plan has its turn. */
export function turn(run: Run, entry: number, after: number | null, sink: Sink): boolean {
  return takeTurn(run, entry, after, sink) && carryOn(run, sink);
}

/** The message of a step with start callbacks was built. */
export function prepared(step: Step, attempt: number, message: Ref, sink: Sink): boolean {
  if (step.phase !== Phase.PREPARING || step.attempt !== attempt) return false;
  step.message = message;
  step.ensureExtras().prepared = true;
  if (!step.isConditional || takesPart(step, sink)) nextStart(step, sink);
  return carryOn(step.run, sink);
}

/** Its condition holds: from here on it is an execution of its node. False if it may not run all the same. */
function takesPart(step: Step, sink: Sink): boolean {
  const { run } = step;
  if (run.limitReached) {
    endUnbegun(step, 'skipped', StepCode.SKIPPED, sink);
    return false;
  }
  const coreFailure = takeIn(step);
  if (coreFailure !== null) {
    refuse(step, coreFailure, sink);
    return false;
  }
  step.startSeq = ++run.seq;
  sink.begun(step);
  return true;
}

/** The body returned. `message` is what its message was built from. */
export function completed(
  step: Step,
  attempt: number,
  message: Ref,
  value: Ref,
  routing: Routing,
  effects: Effects | null,
  sink: Sink,
): boolean {
  if (!isUnderWay(step, attempt)) return late(step, attempt, sink);
  step.message = message;
  if (step.phase === Phase.STOPPING) return bodyStopped(step, sink);
  step.value = value;
  if (effects !== null && !takeEffects(step, effects, sink)) {
    const coreFailure = { coreFailure: StepCode.UNHANDLED_EXCEPTION, node: step.node.name, reason: 'state' };
    return fail(step, new CoreFailure(coreFailure), { code: coreFailure.coreFailure, refused: false }, null, sink);
  }
  if (effects !== null) step.ensureExtras().effects = effects;
  bodyCompleted(step, routing, sink);
  return carryOn(step.run, sink);
}

/**
 * The body returned, nothing else happened to the step, and it has one success edge, which is simple and is taken:
 * `completed` without its checks. Null if one of them is needed; nothing has changed then.
 */
export function passedOn(step: Step, edge: Edge, value: Ref, sink: InlineSink): Step | null {
  const { run } = step;
  if (step.extras !== null || step.phase !== Phase.RUNNING) return null;
  if (run.isHindered || run.stage !== Stage.ON || run.steps >= run.limits.stepLimit) return null;
  // Nothing else has happened in the run since it began, and nobody holds it.
  if (run.seq === step.startSeq && run.steps === step.id && sink.mayBecome(step)) {
    become(step, edge, value, sink);
    return step;
  }
  step.value = value;
  closePlain(step, StepCode.DONE, sink);
  return succeed(step, edge);
}

/** The step is closed, and takes the place of the one behind it: what is known of it is kept by the sink. */
function become(step: Step, edge: Edge, value: Ref, sink: InlineSink): void {
  const { run } = step;
  const { to } = edge;
  run.seq++;
  run.counts.completed++;
  if (step.id === 1) {
    run.entryStatus = 'completed';
    run.entryCode = StepCode.DONE;
    run.entryValue = value;
  }
  step.endMs = run.msTo(sink.now);
  sink.passing(step, value);
  step.cause = step.id;
  step.targetMessage = step.message;
  step.targetValue = value;
  step.message = undefined;
  step.node = to;
  step.via = edge;
  step.id = ++run.steps;
  step.round = to.repeats ? nextRound(run, to) : 1;
  step.startMs = step.endMs;
  step.startSeq = ++run.seq;
}

/** The body threw, its message could not be built, or its time ran out. */
export function failed(
  step: Step,
  attempt: number,
  message: Ref,
  error: Ref,
  failure: Failure,
  routing: Routing | null,
  sink: Sink,
): boolean {
  if (!isUnderWay(step, attempt) && !isPreparing(step, attempt)) return late(step, attempt, sink);
  step.message = message;
  if (step.phase === Phase.STOPPING) return bodyStopped(step, sink);
  if (failure.retry && attempt < step.node.retry.attempts && mayRetry(step)) {
    return retry(step, error, failure, sink);
  }
  return fail(step, error, failure, failure.refused ? NO_ROUTES : routing, sink);
}

/** The edges of a step answered about a value or an error that its body did not produce. */
export function routed(step: Step, attempt: number, routing: Routing, sink: Sink): boolean {
  if (step.phase !== Phase.ROUTING || step.attempt !== attempt) return false;
  takeVerdict(step, routing, sink);
  return carryOn(step.run, sink);
}

/** The engine gave up on a delivery: tried again once, for every policy, then final. A step that crashes its process cannot loop. */
export function lost(step: Step, attempt: number, error: Ref, sink: Sink): boolean {
  if (step.phase === Phase.ROUTING && step.attempt === attempt) return routed(step, attempt, NO_ROUTES, sink);
  if (!isUnderWay(step, attempt) && !isPreparing(step, attempt)) return false;
  if (step.phase === Phase.STOPPING) return bodyStopped(step, sink);
  if (!step.ensureExtras().lostBefore) {
    step.ensureExtras().lostBefore = true;
    return retry(step, error, LOST, sink);
  }
  return fail(step, error, { code: StepCode.LOST, refused: false }, null, sink);
}

/** The step's timer came due: the end of a wait, or of a cancelled body's grace period. */
export function due(step: Step, attempt: number, timer: TimerKind, sink: Sink): boolean {
  if (step.attempt !== attempt || timer !== timerOf(step)) return false;
  if (step.phase === Phase.STOPPING) return bodyStopped(step, sink);
  if (step.phase === Phase.AWAITING_MESSAGE) return waitedInVain(step, sink);
  if (step.phase !== Phase.SCHEDULED || step.ensureExtras().waits) return false;
  dispatch(step, sink);
  // It may be over already: after an exit nothing waits for a message.
  return carryOn(step.run, sink);
}

/** Which timer a step has: a back-off that is delivered again does not end the grace period. */
export function timerOf(step: Step): TimerKind {
  if (step.phase === Phase.AWAITING_MESSAGE) return 'wait';
  if (step.phase !== Phase.SCHEDULED) return 'grace';
  return step.startSeq === 0 ? 'after' : 'retry';
}

/** No message came in time. No retry follows: it would wait as long. */
function waitedInVain(step: Step, sink: Sink): boolean {
  const coreFailure = { coreFailure: StepCode.TIMEOUT, node: step.node.name, limit: step.node.waitMs, reason: 'wait' };
  return fail(step, new CoreFailure(coreFailure), { code: StepCode.TIMEOUT, refused: false }, null, sink);
}

/** A cancelled body is over, or its time is: what belongs to the step may not be. */
export function bodyStopped(step: Step, sink: Sink): true {
  sink.unwake(step);
  noteAttempt(step, StepCode.CANCELLED, sink);
  step.phase = Phase.CANCELLING;
  advance(step, sink);
  return carryOn(step.run, sink);
}

/** Whether an attempt is the one the step waits for. */
function isUnderWay(step: Step, attempt: number): boolean {
  return step.attempt === attempt && (step.phase === Phase.RUNNING || step.phase === Phase.STOPPING);
}

function isPreparing(step: Step, attempt: number): boolean {
  return step.attempt === attempt && step.phase === Phase.PREPARING;
}

/** After a cancel or an exit only watchers, and what belongs to them, are retried. */
function mayRetry(step: Step): boolean {
  const { run } = step;
  return (run.exit === null && !run.cancelling) || isWatching(step);
}

function late(step: Step, attempt: number, sink: Sink): false {
  sink.late(step, attempt);
  return false;
}

/** No retry follows. A body that was refused has not begun, unless an attempt before it had. */
function fail(
  step: Step,
  error: Ref,
  { code, refused }: Pick<Failure, 'code' | 'refused'>,
  routing: Routing | null,
  sink: Sink,
): boolean {
  noteAttempt(step, code, sink, error);
  step.code = code;
  if (refused && step.attempt === 1 && step.ensureExtras().children === 0) {
    step.value = error;
    endUnbegun(step, 'failed', code, sink);
  } else bodyFailed(step, error, routing, sink);
  return carryOn(step.run, sink);
}

type Retried = Pick<Failure, 'code' | 'retryAfterMs' | 'unanswered'>;

/** A delivery may have been lost before its message was built. */
const LOST: Retried = { code: StepCode.LOST, unanswered: true };

function retry(step: Step, error: Ref, { code, retryAfterMs, unanswered }: Retried, sink: Sink): boolean {
  const waitMs = retryAfterMs ?? backoffMs(step.node.retry, step.attempt, hashFraction(step.key, step.attempt));
  const nextAt = sink.now + waitMs;
  const record = attemptRecord(step, code, sink.now, { error, seq: ++step.run.seq, nextAt });
  // Its message was built, unless its time ran out before.
  if (unanswered !== true && step.phase !== Phase.PREPARING) step.ensureExtras().prepared = true;
  // It came back: only what kills its process does not.
  if (code !== StepCode.LOST && step.extras !== null) step.extras.deaths = 0;
  step.attempt++;
  sink.attempted(step, record);
  hold(step, nextAt, sink);
  return true;
}

/** Applies what an attempt did apart from returning. False if the state cannot hold it. */
function takeEffects(step: Step, { state, exit }: Effects, sink: Sink): boolean {
  const { run } = step;
  if (state.length > 0) {
    const merged = merge(run.state, state, run.seq + 1);
    if (merged === undefined) return false;
    run.state = merged.state;
    if (merged.conflicts.length > 0) step.ensureExtras().conflicts = merged.conflicts;
  }
  if (exit !== undefined) takeExit(run, step, exit, sink);
  return true;
}

/** The first exit counts, and none after a cancel or the limit of steps. */
function takeExit(run: Run, step: Step, exit: { readonly value: Ref }, sink: Sink): void {
  if (!beginsNothing(run) && !run.cancelling && !isWatching(step)) {
    run.exit = exit;
    // What waits for a message waits no longer.
    if (run.graph.waits) sink.sweep(run);
  } else step.ensureExtras().exitIgnored = true;
}
