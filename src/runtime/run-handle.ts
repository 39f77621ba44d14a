// What `start` gives back: one run, to wait for, to watch, to cancel.

import type { EngineRun } from '../engines/engine.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { Refusal } from '../run/refusal.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { FinalStatus } from '../run/status.ts';
import type { RunOutcome, RunSummary } from '../run/view.ts';
import { cancelledError, deadlineError } from '../perform/cancelled.ts';
import { thrownOf } from '../perform/refused.ts';
import { inspectionOf, reportOf } from '../perform/report.ts';
import type { RunInspection, RunReport } from '../wiring/run-report.ts';

/** One run. `Value` is what the started job returns. */
export interface RunHandle<Value = unknown> {
  readonly id: string;
  /**
   * The value the run exited with, or else the started job's return value, once the whole run is over.
   *
   * @throws the job's own error if it failed; {OnwardError} ONW3021 if it was skipped; ONW3020 if the run, or the job alone, was cancelled,
   *   ONW3047 if its deadline passed, before it was over.
   */
  value(): Promise<Value>;
  /**
   * The started job's return value as soon as the job itself is over, whatever it caused may still go on.
   *
   * @throws as {@link RunHandle.value}.
   */
  entry(): Promise<Value>;
  /** Everything about the run, once it is over. Does not throw when the run failed or was cancelled. */
  report(): Promise<RunReport<Value>>;
  /** Everything about the run as it stands. Does not wait for it. */
  inspect(): Promise<RunInspection<Value>>;
  /** What happened since the start and what happens from now on, until the run is over. Breaking out of the loop stops it. */
  events(): AsyncIterable<RunEvent>;
  /**
   * Cancels the run: bodies see `context.signal` aborted and have the grace period to return. Cancelling twice is once.
   *
   * @throws {OnwardError} ONW3030 if the run is over.
   */
  cancel(reason?: string): Promise<void>;
  /**
   * Cancels one step with what belongs to it, by its number or its key. Cancelling it twice is once.
   *
   * @throws {OnwardError} ONW3049 if the run has no such step; ONW3030 if the step or the run is over.
   */
  cancelStep(step: number | string, reason?: string): Promise<void>;
  /**
   * Holds the run: bodies that are under way or wait for a slot of their node's `concurrency` finish, and nothing
   * further begins until `resume`. Its deadline goes on.
   * Suspending twice is once.
   *
   * @throws {OnwardError} ONW3037 if the run is over, is being cancelled or ends early.
   */
  suspend(): Promise<void>;
  /**
   * Lets a suspended run go on. Does nothing if it is not suspended.
   *
   * @throws {OnwardError} ONW3030 if the run is over.
   */
  resume(): Promise<void>;
}

export function handleOf(run: EngineRun): RunHandle {
  return new Handle(run);
}

class Handle implements RunHandle {
  readonly #run: EngineRun;

  constructor(run: EngineRun) {
    this.#run = run;
  }

  get id(): string {
    return this.#run.id;
  }

  value(): Promise<unknown> {
    return this.#run.over().then(valueOf);
  }

  entry(): Promise<unknown> {
    return this.#run.entryOver().then(entryValueOf);
  }

  async report(): Promise<RunReport> {
    await this.#run.over();
    const snapshot = await this.#run.read();
    return reportOf(snapshot, finalStatus(snapshot));
  }

  async inspect(): Promise<RunInspection> {
    return inspectionOf(await this.#run.read());
  }

  events(): AsyncIterable<RunEvent> {
    const run = this.#run;
    return {
      [Symbol.asyncIterator](): AsyncIterator<RunEvent, void, undefined> {
        const stop = new AbortController();
        const events = run.watch(stop.signal)[Symbol.asyncIterator]();
        return {
          next: () => events.next(),
          // Who stops is not kept waiting for the next event.
          return: async () => {
            stop.abort();
            await events.return?.();
            return { done: true, value: undefined };
          },
        };
      },
    };
  }

  async cancel(reason?: string): Promise<void> {
    const outcome = await this.#run.cancel(reason);
    if (outcome === 'over') throw overError(this.id, 'cancelled');
  }

  async cancelStep(step: number | string, reason?: string): Promise<void> {
    const outcome = await this.#run.cancelStep(step, reason);
    const details = { runId: this.id, step };
    if (outcome === 'unknown') {
      const text = `run ${this.id} has no step ${JSON.stringify(step)}; inspect() lists its steps by number and key`;
      throw new OnwardError('ONW3049', text, { details });
    }
    if (outcome !== 'over') return;
    const text = `step ${JSON.stringify(step)} of run ${this.id} is already over and cannot be cancelled`;
    throw new OnwardError('ONW3030', text, { details });
  }

  async suspend(): Promise<void> {
    const outcome = await this.#run.suspend();
    if (outcome === 'applied' || outcome === 'duplicate') return;
    const why = outcome === 'over' ? 'it is over' : 'it is being cancelled or ends early';
    throw new OnwardError('ONW3037', `run ${this.id} cannot be suspended any more: ${why}`, {
      details: { runId: this.id },
    });
  }

  async resume(): Promise<void> {
    if ((await this.#run.resume()) === 'over') throw overError(this.id, 'resumed');
  }
}

function valueOf(run: RunOutcome): unknown {
  return run.exit === null ? entryValueOf(run) : run.exit.value;
}

function entryValueOf(run: RunOutcome): unknown {
  const { status, value } = run.entry;
  if (status === 'completed') return value;
  if (status === 'failed' || (status === 'cancelled' && Refusal.is(value))) throw thrownOf(value);
  const details = { runId: run.runId, job: run.job };
  if (status !== 'skipped' && run.timedOut) throw deadlineError(run.runId, run.job);
  if (status !== 'skipped') throw cancelledError(run.runId, run.cancelReason);
  throw new OnwardError('ONW3021', `${run.job} was skipped (code ${run.entry.code})`, { details });
}

function overError(runId: string, done: string): OnwardError {
  return new OnwardError('ONW3030', `run ${runId} is already over and cannot be ${done}`, { details: { runId } });
}

function finalStatus(run: RunSummary): FinalStatus {
  if (run.status === undefined) throw new OnwardError('ONW6070', `run ${run.runId} is reported before it is over`);
  return run.status;
}
