// What a run does next: one function for each thing that can happen to it.
//
// Pure but for the run they are given: no clock, no I/O, no randomness, no user code.
// T1. An event for a step that is not live, or for another attempt, changes nothing and answers false.
// T2. What a step causes exists before the step is left: a run is never idle in between.
// T3. A run whose steps all come back, or are cancelled, ends.

import type { Edge, GraphNode } from '../graph/compiled.ts';
import { backoffMs } from '../graph/retry-policy.ts';
import { ALL, type Facts, type Failure, type TimerKind } from './event.ts';
import type { Sink } from './sink.ts';
import { Phase, Step, type AttemptRecord, type Ref, type Run } from './state.ts';
import { StepCode, type FinalStatus } from './status.ts';
import { hashFraction } from './step-key.ts';

/** How deep callbacks of callbacks may be nested. */
export const MAX_DEPTH = 64;

/** Makes the entry step of a fresh run. */
export function start(run: Run, message: Ref, sink: Sink): void {
  run.createdAt = sink.now;
  run.seq = 1;
  const step = new Step(run, run.job, ++run.steps);
  if (run.job.repeats) step.round = nextRound(run, run.job);
  step.a = message;
  enter(step, sink);
}

/** The body returned. `message` is what its message was built from. */
export function completed(step: Step, attempt: number, message: Ref, value: Ref, facts: Facts, sink: Sink): boolean {
  if (!isUnderWay(step, attempt)) return late(step, attempt, sink);
  step.message = message;
  if (isStopping(step)) return finish(step, 'cancelled', StepCode.CANCELLED, sink);
  step.value = value;
  if (facts.faults !== undefined) step.faults = facts.faults;
  return finish(step, 'completed', StepCode.DONE, sink, facts);
}

/** The body threw, its message could not be built, or its time ran out. */
export function failed(
  step: Step,
  attempt: number,
  message: Ref,
  error: Ref,
  failure: Failure,
  facts: Facts,
  sink: Sink,
): boolean {
  if (!isUnderWay(step, attempt)) return late(step, attempt, sink);
  step.message = message;
  if (isStopping(step)) return finish(step, 'cancelled', StepCode.CANCELLED, sink);
  if (failure.retry && attempt < step.node.retry.attempts)
    return retry(step, error, failure.code, failure.retryAfterMs, sink);
  return fail(step, error, failure.code, failure.refused ? null : facts, sink);
}

/** The engine gave up on a delivery: tried again once, whatever the policy says, then final. A poisonous step cannot loop. */
export function lost(step: Step, attempt: number, error: Ref, sink: Sink): boolean {
  if (!isUnderWay(step, attempt)) return false;
  if (isStopping(step)) return finish(step, 'cancelled', StepCode.CANCELLED, sink);
  const before = step.attempts?.some((record) => record.code === StepCode.LOST) ?? false;
  if (!before) return retry(step, error, StepCode.LOST, undefined, sink);
  const unconditional = step.node.error.flatMap((edge, position) => (edge.conditional ? [] : [position]));
  return fail(step, error, StepCode.LOST, { routes: unconditional }, sink);
}

/** The step's timer came due: the end of a back-off, or of a cancelled body's grace period. */
export function due(step: Step, attempt: number, timer: TimerKind, sink: Sink): boolean {
  if (step.attempt !== attempt || timer !== timerOf(step)) return false;
  if (step.phase === Phase.CANCELLING && step.open === 0) return finish(step, 'cancelled', StepCode.CANCELLED, sink);
  if (step.phase !== Phase.HELD) return false;
  if (step.run.cancelling) return finish(step, 'cancelled', StepCode.CANCELLED, sink);
  step.phase = Phase.RUNNING;
  step.wakeAt = 0;
  step.startedAt = sink.now;
  sink.ready(step);
  return true;
}

/** Which timer a step has: a back-off that is delivered again does not end the grace period. */
export function timerOf(step: Step): TimerKind {
  return step.phase === Phase.HELD ? 'retry' : 'grace';
}

/** Accepts a cancel. Every live step still has to be swept. */
export function cancel(run: Run, reason: string | undefined): boolean {
  if (run.status !== undefined || run.cancelling) return false;
  run.cancelling = true;
  run.cancelReason = reason;
  return true;
}

/** Cancels one live step of a cancelled run: at once if no body is under way, else after its body or the grace period. */
export function sweep(step: Step, sink: Sink): boolean {
  if (step.phase === Phase.HELD) {
    sink.unwake(step);
    return finish(step, 'cancelled', StepCode.CANCELLED, sink);
  }
  if (step.phase === Phase.CLOSING) {
    step.phase = Phase.CANCELLING;
    return true;
  }
  if (step.phase !== Phase.RUNNING) return false;
  step.phase = Phase.CANCELLING;
  sink.abort(step);
  wakeAt(step, sink.now + step.run.limits.cancelGraceMs, sink);
  return true;
}

/** Whether an attempt is the one the step waits for. */
function isUnderWay(step: Step, attempt: number): boolean {
  return (
    step.attempt === attempt && (step.phase === Phase.RUNNING || (step.phase === Phase.CANCELLING && step.open === 0))
  );
}

function isStopping(step: Step): boolean {
  return step.phase === Phase.CANCELLING || step.run.cancelling;
}

function late(step: Step, attempt: number, sink: Sink): false {
  sink.late(step, attempt);
  return false;
}

function retry(step: Step, error: Ref, code: StepCode, retryAfterMs: number | undefined, sink: Sink): boolean {
  const record = recordAttempt(step, error, code, sink.now, ++step.run.seq);
  const waitMs = retryAfterMs ?? backoffMs(step.node.retry, step.attempt, hashFraction(step.key, step.attempt));
  step.attempt++;
  step.phase = Phase.HELD;
  sink.retrying(step, record);
  wakeAt(step, sink.now + waitMs, sink);
  return true;
}

function wakeAt(step: Step, at: number, sink: Sink): void {
  step.wakeAt = at;
  sink.wake(step, at);
}

/** The step failed for good: its error callbacks run first, and it waits for them. */
function fail(step: Step, error: Ref, code: StepCode, facts: Facts | null, sink: Sink): boolean {
  recordAttempt(step, error, code, sink.now, 0);
  step.value = error;
  step.code = code;
  if (facts === null) return finish(step, 'failed', code, sink);
  if (facts.faults !== undefined) step.faults = facts.faults;
  step.phase = Phase.CLOSING;
  step.open = 1; // held open until every bracket is made
  follow(step, step.node.error, facts, sink);
  return bracketOver(step, sink);
}

function recordAttempt(step: Step, error: Ref, code: StepCode, endedAt: number, seq: number): AttemptRecord {
  const record = { number: step.attempt, code, error, startedAt: step.startedAt, endedAt, seq };
  step.attempts = [...(step.attempts ?? []), record];
  return record;
}

function bracketOver(owner: Step, sink: Sink): boolean {
  if (--owner.open > 0) return true;
  if (isStopping(owner)) return finish(owner, 'cancelled', StepCode.CANCELLED, sink);
  return finish(owner, 'failed', owner.code, sink);
}

/** Ends a step, makes what it causes, and tells those who waited for it. */
function finish(step: Step, status: FinalStatus, code: StepCode, sink: Sink, facts: Facts = ALL): true {
  const { run } = step;
  if (step.phase === Phase.CANCELLING) sink.unwake(step);
  step.phase = Phase.OVER;
  step.status = status;
  step.code = code;
  step.endedAt = sink.now;
  step.endSeq = ++run.seq;
  run.counts[status]++;
  if (status === 'failed') countFailure(step);
  if (step.id === 1) settleEntry(step);
  if (status === 'completed' && isUnmatched(step, facts)) step.unmatched = true;
  if (!step.isPlain) {
    run.seq += eventsBeside(step);
    run.callbackFailureCount += step.faults?.length ?? 0;
  }
  sink.over(step);
  if (status === 'completed' && step.node.success.length > 0) follow(step, step.node.success, facts, sink);
  leave(step, sink);
  return true;
}

/** Events that a step's end brings beside its own: a failed bracket, a `when` that threw, no edge taken. */
function eventsBeside(step: Step): number {
  return (isFailedBracket(step) ? 1 : 0) + (step.faults?.length ?? 0) + (step.unmatched ? 1 : 0);
}

/** A bracket's failure is told and listed, and changes nothing. */
function isFailedBracket(step: Step): boolean {
  return step.status === 'failed' && step.owner !== null;
}

function countFailure(step: Step): void {
  if (step.owner === null) step.run.failed = true;
  else step.run.callbackFailureCount++;
}

function settleEntry(step: Step): void {
  step.run.entryStatus = step.status;
  step.run.entryCode = step.code;
  step.run.entryValue = step.value;
}

function isUnmatched(step: Step, facts: Facts): boolean {
  if (step.node.plain || facts.routes === 'all' || step.node.success.length === 0) return false;
  for (const position of facts.routes) if (step.node.success[position]?.conditional) return false;
  return true;
}

function follow(step: Step, edges: readonly Edge[], facts: Facts, sink: Sink): void {
  if (facts.routes === 'all') {
    for (const edge of edges) createBehind(step, edge, sink);
    return;
  }
  for (const position of facts.routes) {
    const edge = edges[position];
    if (edge !== undefined) createBehind(step, edge, sink);
  }
}

function createBehind(step: Step, edge: Edge, sink: Sink): void {
  const { run } = step;
  const made = new Step(run, edge.to, ++run.steps);
  made.via = edge;
  made.cause = step.id;
  made.a = step.message;
  made.b = step.value;
  if (edge.to.repeats) made.round = nextRound(run, edge.to);
  if (edge.bracket) {
    made.owner = step;
    made.depth = step.depth + 1;
    step.open++;
  }
  enter(made, sink);
}

function enter(step: Step, sink: Sink): void {
  const { run } = step;
  step.startedAt = sink.now;
  step.slot = run.live.push(step) - 1;
  run.liveCount++;
  if (step.id > run.limits.stepLimit || step.depth > MAX_DEPTH) {
    finish(step, 'failed', StepCode.STEP_LIMIT_EXCEED, sink);
    return;
  }
  step.startSeq = ++run.seq;
  sink.ready(step);
}

function nextRound(run: Run, node: GraphNode): number {
  run.rounds ??= new Map();
  const round = (run.rounds.get(node.index) ?? 0) + 1;
  run.rounds.set(node.index, round);
  return round;
}

function leave(step: Step, sink: Sink): void {
  const { run } = step;
  const last = run.live.pop();
  if (last !== undefined && last !== step) {
    run.live[step.slot] = last;
    last.slot = step.slot;
  }
  step.slot = -1;
  run.liveCount--;
  if (step.owner !== null) bracketOver(step.owner, sink);
  if (run.liveCount === 0 && run.status === undefined) end(run, sink);
}

function end(run: Run, sink: Sink): void {
  run.status = run.cancelling ? 'cancelled' : run.failed ? 'failed' : 'completed';
  run.endedAt = sink.now;
  run.seq++;
  sink.ended(run);
}
