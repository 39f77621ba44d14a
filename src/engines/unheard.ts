// What nobody would hear otherwise: a failed run that nobody asks for, and failures that change nothing in their run.
//
// UNHEARD-1. A failed run is logged unless somebody has asked for it by the time it ends, or asks in that turn of the
//     event loop, or an observer shows what fails.
// UNHEARD-2. Each entry of `callbackFailures` is logged once, where it comes up, also if somebody waits for the run, unless an
//     observer shows what fails: no value and no error of the run shows it.

import { deadlineError, thrownOf } from '../execute/errors.ts';
import type { Log } from '../execute/application.ts';
import type { RunEvent } from '../run/run-event.ts';
import { StepCode } from '../run/status.ts';
import type { Ref } from '../run/step-data.ts';
import type { RunSnapshot, StepView } from '../run/view.ts';
import { describeThrown, printable } from '../values/describe.ts';
import type { Core, EngineRun } from './engine.ts';

/** Logs a run that has just failed, if nobody asks for it. */
export function reportFailedRun(run: EngineRun, { app, clock, observers }: Core): void {
  if (run.isHeard || observers.of(run).showFailure('run.ended')) return;
  clock.nextTurn(() => {
    if (run.isHeard) return;
    // A store that cannot be read reports that itself.
    run.read().then(
      (snapshot) => logFailedRun(app.log, snapshot),
      () => undefined,
    );
  });
}

function logFailedRun(log: Log, run: RunSnapshot): void {
  const { runId, job, code } = run;
  const step = failedStepOf(run);
  const error = describeThrown(step === undefined && run.timedOut ? deadlineError(runId, job) : thrownOf(step?.value));
  const at = step === undefined ? '' : ` at ${printable(step.node)} (step ${step.id}, code ${step.code})`;
  const text = `run ${printable(runId)} of ${printable(job)} failed${at || ` (code ${code})`}: ${error}; await its value() or report(), or choose with the option \`log\` where this goes`;
  log('error', text, { runId, job, ...(step && { node: step.node, step: step.id }), code: step?.code ?? code, error });
}

/** The first failure that the run fails with; of a parent that fails with its child, the child. */
function failedStepOf({ steps, code }: RunSnapshot): StepView | undefined {
  const failed = steps.filter(({ status }) => status === 'failed').toSorted((a, b) => a.endSeq - b.endSeq);
  const own = failed.filter(({ owner, isCallbackFailure }) => owner === null && !isCallbackFailure);
  let step = own.find((candidate) => candidate.code === code) ?? own[0] ?? failed.find((one) => one.code === code);
  for (let child = step; child !== undefined; child = steps.find(({ id }) => id === step?.failedChild)) step = child;
  return step;
}

/**
 * Logs the failures among the events of a step that change nothing in its run.
 *
 * @param load what an error's reference stands for. @default itself
 */
export function reportCallbackFailures(
  events: readonly RunEvent[],
  run: Pick<EngineRun, 'id' | 'tags' | 'describe'>,
  { app: { log }, observers }: Core,
  load: (ref: Ref) => unknown = (ref) => ref,
): void {
  const listeners = observers.of(run);
  let end: Extract<RunEvent, { readonly code: StepCode; readonly step: number }> | undefined;
  for (const event of events) {
    if ('code' in event && 'step' in event) end = event;
    if (event.type !== 'callback.failed') continue;
    const { step, node, edge } = event;
    // Otherwise the `when` of an edge behind it has failed, and the step has an end of its own.
    const isOwn = end?.type === 'step.failed' && end.step === step && end.error === event.error;
    if (listeners.showFailure(isOwn ? 'step.failed' : 'callback.failed')) continue;
    const { job } = run.describe();
    const runId = run.id;
    const code = isOwn ? end?.code : StepCode.UNHANDLED_EXCEPTION;
    const error = describeThrown(thrownOf(load(event.error)));
    const what = isOwn ? `callback ${printable(node)}` : `the edge ${printable(edge ?? '')} behind ${printable(node)}`;
    const text = `${what} of run ${printable(runId)} of ${printable(job)} failed (step ${step}, code ${code}): ${error}; \`callbackFailures\` of the run's report lists it`;
    log('error', text, { runId, job, node, step, edge, code, error });
  }
}
