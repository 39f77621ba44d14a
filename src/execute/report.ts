// A run as people and programs read it: every step that was kept, with why and when.

import { inspect } from 'node:util';
import { fromStateValue } from './state-draft.ts';
import { StepCode, type FinalStatus } from '../run/status.ts';
import type { HeldBy, RunOutcome, RunSnapshot, RunSummary, StepView } from '../run/view.ts';
import type { AttemptReport, CallbackFailure, RunInspection, RunReport, StepReport } from '../wiring/run-report.ts';
import { thrownOf } from './errors.ts';
import { formatReport } from './format-report.ts';
import { readable } from './readable.ts';

/** A run that is over, or whose outcome is fixed. */
export function reportOf(run: RunSnapshot, status: FinalStatus): RunReport {
  return shown({ ...inspected(run), status });
}

/** A run as it stands. */
export function inspectionOf(run: RunSnapshot): RunInspection {
  return shown(inspected(run));
}

/**
 * The same report, which a console shows as a tree, and JSON with its errors whole: an error's own fields are not listed,
 * so it would be `{}`.
 */
export function shown<R extends RunInspection>(report: R): R {
  return Object.defineProperties(report, {
    toJSON: { value: () => readable({ ...report }), enumerable: false },
    [inspect.custom]: { value: () => formatReport(report), enumerable: false },
  });
}

function inspected(run: RunSnapshot): RunInspection {
  const steps = run.steps.map((step) => reportStep(step, run.held?.get(step.id)));
  const { completed, failed, skipped, cancelled } = run.counts;
  const state = [...run.state].map(([field, { value }]) => [field, fromStateValue(value)] as const);
  return {
    runId: run.runId,
    job: run.job,
    status: run.standing,
    code: readRunCode(run),
    ...(run.isHeldByGraph && { graphChanged: true as const }),
    ...(run.isStopped &&
      run.endedAt === 0 && { stoppedBy: run.timedOut ? ('deadline' as const) : ('cancel' as const) }),
    ...readRunValue(run),
    ...(run.entry.status === 'failed' && { error: entryError(run) }),
    ...(run.cancelReason !== undefined && { cancelReason: run.cancelReason }),
    startedAt: run.createdAt,
    endedAt: run.endedAt,
    counts: run.counts,
    steps,
    failures: steps.filter((step) => step.status === 'failed'),
    callbackFailures: run.steps.flatMap(callbackFailuresOf),
    truncated: run.steps.length < completed + failed + skipped + cancelled + run.live,
    state: Object.fromEntries(state),
  };
}

/** A run that is on has done nothing wrong yet, unless a step of it has failed. */
export function readRunCode({ standing, code }: RunSummary): StepCode {
  if (standing === 'suspended') return StepCode.SUSPENDED;
  return standing === 'running' && code === StepCode.DONE ? StepCode.RUNNING : code;
}

/** The started job's error. */
function entryError(run: RunOutcome): unknown {
  return thrownOf(run.entry.value);
}

function readRunValue({ exit, entry }: RunOutcome): { readonly value?: unknown } {
  if (exit !== null) return { value: exit.value };
  return entry.status === 'completed' ? { value: entry.value } : {};
}

function reportStep(step: StepView, heldBy: HeldBy | undefined): StepReport {
  const { id, node, key, round, status, code, message, startedAt, endedAt } = step;
  return {
    id,
    node,
    key,
    round,
    status,
    code,
    cause: step.via === null ? null : { edge: step.via, step: step.cause },
    parent: step.owner,
    ...(step.item >= 0 && { item: step.item }),
    attempts: attemptsOf(step),
    message,
    ...(status === 'completed' && { returnValue: step.value }),
    ...(status === 'failed' && { error: thrownOf(step.value) }),
    ...(step.failedChild !== null && { failedChild: step.failedChild }),
    ...(step.code === StepCode.RECOVERED && step.recoveredBy !== null && { recoveredBy: step.recoveredBy }),
    ...(step.listens && { waitsFor: node }),
    ...(heldBy !== undefined && { heldBy }),
    ...(step.missing !== null && { missing: step.missing }),
    startedAt: step.attempts[0]?.startedAt ?? startedAt,
    endedAt,
  };
}

function attemptsOf(step: StepView): AttemptReport[] {
  const attempts: AttemptReport[] = step.attempts.map(({ number, code, error, startedAt, endedAt }) => ({
    number,
    code,
    ...(hasFailed(code) && { error: thrownOf(error) }),
    startedAt,
    endedAt,
  }));
  // A recovered step's own last attempt failed: it is among those already.
  if (step.status !== 'completed' || attempts.some(({ number }) => number === step.attempt)) return attempts;
  return [...attempts, { number: step.attempt, code: step.code, startedAt: step.startedAt, endedAt: step.endedAt }];
}

/** Others returned, or were told to stop. */
function hasFailed(code: StepCode): boolean {
  return code !== StepCode.DONE && code !== StepCode.CANCELLED;
}

function callbackFailuresOf(step: StepView): CallbackFailure[] {
  const faults = step.faults.map(({ edge, error }) => ({ step: step.id, node: step.node, edge, error }));
  if (!step.isCallbackFailure) return faults;
  const failure = { step: step.id, node: step.node, edge: step.via, error: thrownOf(step.value) };
  if (step.watchedError === undefined) return [failure, ...faults];
  return [{ ...failure, cause: thrownOf(step.watchedError) }, ...faults];
}
