// The steps of a run, put together from its events: what a report would list.
//
// RUN-STEPS-1. So many steps of a run are kept, in the order of their events; those beyond are counted by the run's end.

import type { RunEvent } from '../../run/run-event.ts';
import type { RunInspection, StepReport } from '../../wiring/run-report.ts';
import { StepCode, type FinalStatus, type RunStatus } from '../../run/status.ts';

type StepEvent = Extract<RunEvent, { readonly step: number }>;
type StepEnded = Extract<StepEvent, { readonly startedAt: number }>;

/** How a run of events is kept. */
export interface KeptSteps {
  /** Steps of the run. */
  readonly most: number;
  /** With messages and values. */
  readonly payloads: boolean;
}

const NO_COUNTS = { completed: 0, failed: 0, skipped: 0, cancelled: 0 };

export class RunSteps {
  readonly #keep: KeptSteps;
  readonly #steps = new Map<number, StepReport>();
  readonly #counts: Record<FinalStatus, number> = { ...NO_COUNTS };
  #run: Pick<RunInspection, 'runId' | 'job' | 'status' | 'code' | 'startedAt' | 'endedAt'> &
    Partial<Pick<RunInspection, 'cancelReason' | 'value' | 'error'>>;
  readonly #live = new Set<number>();
  tags: readonly string[];

  /** @param first the first event that is known of the run. */
  constructor({ runId, tags, at }: RunEvent, keep: KeptSteps) {
    this.#keep = keep;
    this.tags = tags;
    this.#run = { runId, job: '', status: 'running', code: StepCode.RUNNING, startedAt: at, endedAt: 0 };
  }

  get live(): number {
    return this.#live.size;
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'run.started':
        this.#run = { ...this.#run, job: event.job, startedAt: event.at };
        return;
      case 'run.suspended':
        return this.#stand('suspended', StepCode.SUSPENDED);
      case 'run.resumed':
        return this.#stand('running', StepCode.RUNNING);
      case 'run.ended':
        return this.#end(event);
      case 'step.started':
        this.#live.add(event.step);
        return this.#keepStep(begun(event, this.#keep.payloads));
      case 'step.waiting':
        this.#live.add(event.step);
        return this.#keepStep({ ...begun(event, false), status: 'pending', code: StepCode.NONE, waitsFor: event.node });
      case 'step.attempt':
        return this.#fill(event);
      case 'step.retrying':
        return this.#retry(event);
      case 'step.completed':
      case 'step.failed':
      case 'step.skipped':
      case 'step.cancelled':
        return this.#endStep(event);
      default:
    }
  }

  #stand(status: RunStatus, code: StepCode): void {
    this.#run = { ...this.#run, status, code };
  }

  #end({
    job,
    status,
    code,
    startedAt,
    at,
    counts,
    value,
    error,
    cancelReason,
  }: Extract<RunEvent, { type: 'run.ended' }>): void {
    const { runId } = this.#run;
    Object.assign(this.#counts, counts);
    this.#live.clear();
    this.#run = {
      runId,
      job,
      status,
      code,
      startedAt,
      endedAt: at,
      ...(this.#keep.payloads && value !== undefined && { value }),
      ...(error !== undefined && { error }),
      ...(cancelReason !== undefined && { cancelReason }),
    };
  }

  #keepStep(step: StepReport): void {
    if (this.#steps.size < this.#keep.most || this.#steps.has(step.id)) this.#steps.set(step.id, step);
  }

  /** The message of a callback is not there before it is built. */
  #fill({ step, message }: Extract<RunEvent, { type: 'step.attempt' }>): void {
    const known = this.#steps.get(step);
    if (known !== undefined && this.#keep.payloads) this.#steps.set(step, { ...known, message });
  }

  #retry({ step, attempt: number, code, error, at }: Extract<RunEvent, { type: 'step.retrying' }>): void {
    const known = this.#steps.get(step);
    if (known === undefined) return;
    const startedAt = known.attempts.at(-1)?.endedAt ?? known.startedAt;
    const attempts = [...known.attempts, { number, code, error, startedAt, endedAt: at }];
    this.#steps.set(step, { ...known, attempts });
  }

  #endStep(event: StepEnded): void {
    const known = this.#steps.get(event.step);
    this.#counts[statusOf(event)]++;
    this.#live.delete(event.step);
    this.#keepStep(ended(event, known ?? begun(event, false), this.#keep.payloads));
  }

  /** As it stands. */
  report(): RunInspection {
    const steps = [...this.#steps.values()].toSorted((one, other) => one.id - other.id);
    const { completed, failed, skipped, cancelled } = this.#counts;
    return {
      ...this.#run,
      counts: { completed, failed, skipped, cancelled },
      steps,
      failures: steps.filter(({ status }) => status === 'failed'),
      callbackFailures: [],
      truncated: steps.length < completed + failed + skipped + cancelled + this.#live.size,
      state: {},
    };
  }
}

function begun(event: StepEvent, payloads: boolean): StepReport {
  const { step: id, node, key, round, via, cause, parent, item, at } = event;
  return {
    id,
    node,
    key,
    round,
    status: 'running',
    code: StepCode.RUNNING,
    cause: via === null ? null : { edge: via, step: cause },
    parent,
    ...(item !== undefined && { item }),
    attempts: [],
    message: payloads && event.type === 'step.started' ? event.message : undefined,
    startedAt: at,
    endedAt: 0,
  };
}

function ended(event: StepEnded, { waitsFor: _waited, ...step }: StepReport, payloads: boolean): StepReport {
  const { code, at, attempt: number, startedAt } = event;
  const status = statusOf(event);
  const isAttempt = status === 'completed' || (status === 'failed' && step.attempts.length > 0);
  const error = event.type === 'step.failed' ? { error: event.error } : {};
  const last = { number, code, ...error, startedAt, endedAt: at };
  return {
    ...step,
    status,
    code,
    endedAt: at,
    attempts: isAttempt ? [...step.attempts, last] : step.attempts,
    ...error,
    ...(payloads && event.type === 'step.completed' && { returnValue: event.value }),
    ...(event.type === 'step.skipped' && event.missing !== undefined && { missing: event.missing }),
  };
}

function statusOf({ type }: StepEnded): FinalStatus {
  switch (type) {
    case 'step.completed':
      return 'completed';
    case 'step.failed':
      return 'failed';
    case 'step.skipped':
      return 'skipped';
    case 'step.cancelled':
      return 'cancelled';
  }
}
