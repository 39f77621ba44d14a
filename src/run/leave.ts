// How a step ends: what is counted and told, and who has waited for it.
//
// L1. What a step causes is made between `close` and `leave`: a run is never idle in between.
// L2. Who waits for a step is put on the run's agenda, never called: however steps are nested, the stack is not.

import { Phase, Role, Stage } from './phase.ts';
import type { Root } from './plan-state.ts';
import { Refusal } from './refusal.ts';
import type { Sink } from './sink.ts';
import type { Group } from './group.ts';
import type { Run, Step } from './state.ts';
import type { FinalStatus, StepCode } from './status.ts';
import { isCallbackFailure } from './view.ts';

/** Writes down how a step ended. */
export function close(step: Step, status: FinalStatus, code: StepCode, sink: Sink): void {
  const { run } = step;
  step.phase = Phase.OVER;
  step.status = status;
  step.code = code;
  step.endedAt = sink.now;
  step.endSeq = ++run.seq;
  run.counts[status]++;
  if (status === 'failed' || (status === 'cancelled' && !run.cancelling)) blame(step);
  if (step.id === 1) settleEntry(step);
  if (step.rare !== null) settleWith(step, sink);
  run.seq += eventsBeside(step);
  sink.over(step);
}

/** The same for a step that completed and to which nothing happened but its body. */
export function closePlain(step: Step, code: StepCode, sink: Sink): void {
  const { run } = step;
  step.phase = Phase.OVER;
  step.status = 'completed';
  step.code = code;
  step.endedAt = sink.now;
  step.endSeq = ++run.seq;
  run.counts.completed++;
  if (step.id === 1) settleEntry(step);
  sink.over(step);
}

/** Takes the step out of the run, and remembers who waited for it. */
export function leave(step: Step): void {
  const { run, rare } = step;
  const last = run.live.pop();
  if (last !== undefined && last !== step) {
    run.live[step.slot] = last;
    last.slot = step.slot;
  }
  step.slot = -1;
  run.liveCount--;
  if (rare === null) return;
  const { owner, group, root } = rare;
  if (owner !== null) {
    if (rare.role === Role.BRACKET) owner.rarely.brackets--;
    else owner.rarely.children--;
    remind(run, owner);
  }
  if (group !== null) {
    group.open--;
    remind(run, group);
  }
  if (root !== null) {
    root.live--;
    if (root.live === 0) remind(run, root);
  }
}

/** What is to be looked at before the transition ends. */
export function remind(run: Run, waiting: Step | Group | Root): void {
  if (run.agenda === null) run.agenda = [waiting];
  else run.agenda.push(waiting);
}

/** A run fails once; what it fails with is the first failure's. */
function failRun(run: Run, code: StepCode): void {
  if (run.stage !== Stage.ON) {
    if (run.outcome !== 'completed') return;
    run.outcome = 'failed';
    run.code = code;
    return;
  }
  if (!run.failed) run.code = code;
  run.failed = true;
}

/** Events that a step's end brings beside its own. */
function eventsBeside(step: Step): number {
  const { rare } = step;
  const own = isCallbackFailure(step) ? 1 : 0;
  if (rare === null) return own;
  const { faults, conflicts, unmatched, exitIgnored, entry } = rare;
  return (
    own +
    (entry === null ? 0 : 1) +
    (faults?.length ?? 0) +
    (conflicts?.length ?? 0) +
    (unmatched ? 1 : 0) +
    (exitIgnored ? 1 : 0)
  );
}

/** Whom a failure concerns: the parent of a child, the run of a step that carries it on. */
function blame(step: Step): void {
  const { run, role, via, code } = step;
  if (role === Role.CALLED) return;
  if (role === Role.CHILD) {
    const owner = step.owner?.rarely;
    if (owner !== undefined) owner.failedChild ??= { id: step.id, error: errorOf(step) };
    return;
  }
  // What run callbacks detach comes too late to change how the run ended.
  const isOfRun = via === null ? run.stage === Stage.ON : via.isCritical;
  if (isOfRun && (role === Role.FLOW || step.status === 'failed')) failRun(run, code);
  if (isOfRun && role === Role.FLOW) blameRoot(step);
}

/** An entry fails with whatever it has caused. */
function blameRoot({ run, rare }: Step): void {
  const root = rare === null ? null : rare.root;
  if (root === null || root.hasFailed || run.plan === null) return;
  root.hasFailed = true;
  run.plan.failures++;
}

/** A step that was cancelled or skipped has no error of its own. */
function errorOf(step: Step): unknown {
  if (step.status === 'failed') return step.value;
  const refusal = { refusal: step.code, node: step.node.name };
  const reason = step.rare?.cancelReason ?? step.run.cancelReason;
  return new Refusal(reason === undefined || reason === null ? refusal : { ...refusal, reason });
}

function settleEntry(step: Step): void {
  // A plan may have no entry: then the first step is a callback of the run.
  if (step.run.plan !== null && (step.rare === null || step.rare.entry === null)) return;
  step.run.entryStatus = step.status;
  step.run.entryCode = step.code;
  // One that was cancelled by itself says so, and why; else the run says it.
  if (step.status !== 'cancelled') step.run.entryValue = step.value;
  else if (!step.run.cancelling) step.run.entryValue = errorOf(step);
}

/** What an end means to the group, the owner and the caller of the step. */
function settleWith(step: Step, sink: Sink): void {
  const { status, via } = step;
  const { group, owner, call, item, role, entry, root } = step.rarely;
  if (entry !== null && root !== null) {
    root.end = { ok: status === 'completed', step: step.id, message: step.message, value: step.value };
    sink.entryOver(step);
  }
  if (group !== null) {
    if (status === 'completed') {
      if (isJoined(group)) sink.collect(group, item, step.value);
    } else if (status === 'skipped') group.skipped++;
    else group.failed++;
  }
  if (owner === null) return;
  if (status === 'completed' && via?.recover === true && owner.phase === Phase.HANDLING) {
    owner.rarely.recovered ??= { value: step.value };
  }
  if (role === Role.CALLED && call !== null) settleCall(owner, call, step);
}

function settleCall(owner: Step, call: string, step: Step): void {
  const { calls } = owner.rarely;
  const known = calls?.get(call);
  if (calls === null || known?.step !== step.id) return;
  calls.set(call, { ...known, end: { status: step.status ?? 'failed', value: errorOrValue(step) } });
}

function errorOrValue(step: Step): unknown {
  return step.status === 'completed' ? step.value : errorOf(step);
}

/** Whether a join waits for what the items give. */
export function isJoined(group: Group): boolean {
  return group.edge.to.success.some(({ arrival }) => arrival !== null);
}
