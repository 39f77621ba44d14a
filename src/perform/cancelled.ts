// The errors of what was stopped: what a body's signal says, and what those who wanted a run's value get.

import { OnwardError } from '../errors/onward-error.ts';

export function cancelledError(runId: string, reason: string | undefined): OnwardError {
  return cancelled(`run ${runId}`, { runId }, reason);
}

/** @param what was cancelled: a step or a run. */
export function cancelled(
  what: string,
  facts: Readonly<Record<string, string>>,
  reason: string | undefined,
): OnwardError {
  const text = `${what} was cancelled${reason === undefined ? '' : `: ${reason}`}`;
  return new OnwardError('ONW3020', text, { details: { ...facts, ...(reason !== undefined && { reason }) } });
}

export function deadlineError(runId: string, job: string): OnwardError {
  const text = `the deadline of run ${runId} passed before ${job} was over; start it with a later \`deadline\``;
  return new OnwardError('ONW3047', text, { details: { runId, job } });
}

/** What of a run says why a body is to stop. */
interface StoppedRun {
  readonly id: string;
  readonly cancelling: boolean;
  readonly timedOut: boolean;
  readonly cancelReason: string | undefined;
}

/**
 * Why a body is told to stop: the run's deadline, a cancel of the run, or one of the step or of what is around it.
 *
 * @param reason given with the cancel of the step.
 */
export function stopError(run: StoppedRun, node: string, reason: string | null | undefined): OnwardError {
  if (run.timedOut) return deadlineError(run.id, node);
  if (run.cancelling) return cancelledError(run.id, run.cancelReason);
  return cancelled(`${node} of run ${run.id}`, { runId: run.id, node }, reason ?? undefined);
}
