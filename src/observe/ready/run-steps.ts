// The steps of a run, put together from its events: what a report would list.
//
// RUN-STEPS-1. So many steps of a run are kept, in the order of their events; those beyond are counted by the run's end. So
//     many failures of callbacks are kept, too.
// RUN-STEPS-2. How many bytes they take is estimated: each payload is looked at once, when it comes.

import type { RunEvent } from '../../run/run-event.ts';
import type { CallbackFailure, RunInspection, StepReport } from '../../wiring/run-report.ts';
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

/** What a run and a step take without their payloads: objects, keys, names. */
const BYTES_OF_RUN = 1_000;
const BYTES_OF_STEP = 600;
const BYTES_OF_OBJECT = 48;
/** Objects of one payload that are looked into. */
const MOST_LOOKED_INTO = 10_000;

/** A body may emit these behind the end of its run. */
const BEHIND: ReadonlySet<RunEvent['type']> = new Set<RunEvent['type']>(['step.late', 'custom', 'progress', 'gap']);

/** Who keeps something of each open run takes such an event for no sign that the run is open. */
export function mayComeBehind({ type }: RunEvent): boolean {
  return BEHIND.has(type);
}

const NO_COUNTS = { completed: 0, failed: 0, skipped: 0, cancelled: 0 };

export class RunSteps {
  readonly #keep: KeptSteps;
  readonly #steps = new Map<number, StepReport>();
  readonly #counts: Record<FinalStatus, number> = { ...NO_COUNTS };
  #run: Pick<RunInspection, 'runId' | 'job' | 'status' | 'code' | 'startedAt' | 'endedAt'> &
    Partial<Pick<RunInspection, 'cancelReason' | 'value' | 'error'>>;
  readonly #live = new Set<number>();
  readonly #faults: CallbackFailure[] = [];
  bytes = BYTES_OF_RUN;
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
      case 'callback.failed':
        return this.#fault(event);
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
    const isKnown = this.#steps.has(step.id);
    if (!isKnown && this.#steps.size >= this.#keep.most) return;
    this.#steps.set(step.id, step);
    if (!isKnown) this.bytes += BYTES_OF_STEP + bytesOf(step.message);
    if (step.status === 'completed') this.bytes += bytesOf(step.returnValue);
  }

  /** The message of a callback is not there before it is built. */
  #fill({ step, message }: Extract<RunEvent, { type: 'step.attempt' }>): void {
    const known = this.#steps.get(step);
    if (known === undefined || !this.#keep.payloads) return;
    // That of an entry was there when it began.
    if (known.message === undefined) this.bytes += bytesOf(message);
    this.#steps.set(step, { ...known, message });
  }

  #retry({ step, attempt: number, code, error, at }: Extract<RunEvent, { type: 'step.retrying' }>): void {
    const known = this.#steps.get(step);
    if (known === undefined) return;
    const startedAt = known.attempts.at(-1)?.endedAt ?? known.startedAt;
    this.bytes += BYTES_OF_STEP;
    const attempts = [...known.attempts, { number, code, error, startedAt, endedAt: at }];
    this.#steps.set(step, { ...known, attempts });
  }

  #endStep(event: StepEnded): void {
    const known = this.#steps.get(event.step);
    this.#counts[statusOf(event)]++;
    this.#live.delete(event.step);
    this.#keepStep(ended(event, known ?? begun(event, false), this.#keep.payloads));
  }

  #fault({ step, node, edge, error }: Extract<RunEvent, { type: 'callback.failed' }>): void {
    if (this.#faults.length >= this.#keep.most) return;
    this.#faults.push({ step, node, edge, error });
    this.bytes += BYTES_OF_STEP;
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
      callbackFailures: [...this.#faults],
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
  // A recovered step has completed, its last attempt has not.
  const failed =
    event.type === 'step.completed' && event.recoveredBy !== undefined ? { error: event.recoveredFrom } : error;
  const last = { number, code, ...failed, startedAt, endedAt: at };
  return {
    ...step,
    status,
    code,
    endedAt: at,
    attempts: isAttempt ? [...step.attempts, last] : step.attempts,
    ...error,
    ...(payloads && event.type === 'step.completed' && { returnValue: event.value }),
    ...(event.type === 'step.completed' && event.recoveredBy !== undefined && { recoveredBy: event.recoveredBy }),
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

/** About how many bytes a payload takes. */
function bytesOf(payload: unknown): number {
  const open = new Set<unknown>([payload]);
  let bytes = 0;
  for (const value of open) {
    if (typeof value === 'string') bytes += 2 * value.length;
    else if (typeof value !== 'object' || value === null) bytes += 8;
    else if (ArrayBuffer.isView(value)) bytes += value.byteLength;
    else {
      bytes += BYTES_OF_OBJECT + (Array.isArray(value) ? 8 * value.length : 0);
      const parts: Iterable<unknown> =
        value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
      for (const part of parts) if (open.size < MOST_LOOKED_INTO) open.add(part);
    }
  }
  return payload === undefined ? 0 : bytes;
}
