// What `start` gives back: one run, to wait for, to watch, to cancel.

import type { EngineRun } from '../engines/engine.ts';
import { OnwardError } from '../errors/onward-error.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { FinalStatus } from '../run/status.ts';
import type { RunOutcome, RunSummary } from '../run/view.ts';
import { cancelledError } from '../perform/cancelled.ts';
import { entryError, reportOf, type RunReport } from './report.ts';

/** One run. `Value` is what the started job returns. */
export interface RunHandle<Value = unknown> {
  readonly id: string;
  /**
   * The started job's return value, once the whole run is over.
   *
   * @throws the job's own error if it failed; {OnwardError} ONW3020 if the run was cancelled before it was over.
   */
  value(): Promise<Value>;
  /** The same as soon as the started job itself is over, whatever it caused may still go on. */
  entry(): Promise<Value>;
  /** Everything about the run, once it is over. Does not throw when the run failed or was cancelled. */
  report(): Promise<RunReport<Value>>;
  /** What happened since the start and what happens from now on, until the run is over. Breaking out of the loop stops it. */
  events(): AsyncIterable<RunEvent>;
  /**
   * Cancels the run: bodies see `context.signal` aborted and have the grace period to return. Cancelling twice is once.
   *
   * @throws {OnwardError} ONW3030 if the run is over.
   */
  cancel(reason?: string): Promise<void>;
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
    return this.#run.entryOver().then(valueOf);
  }

  async report(): Promise<RunReport> {
    await this.#run.over();
    const snapshot = await this.#run.read();
    return reportOf(snapshot, finalStatus(snapshot));
  }

  events(): AsyncIterable<RunEvent> {
    const run = this.#run;
    return {
      async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, undefined> {
        const stop = new AbortController();
        try {
          yield* run.watch(stop.signal);
        } finally {
          stop.abort();
        }
      },
    };
  }

  async cancel(reason?: string): Promise<void> {
    const outcome = await this.#run.cancel(reason);
    if (outcome !== 'over') return;
    throw new OnwardError('ONW3030', `run ${this.id} is already over and cannot be cancelled`, {
      details: { runId: this.id },
    });
  }
}

function valueOf(run: RunOutcome): unknown {
  const { status, value } = run.entry;
  if (status === 'completed') return value;
  if (status === 'failed') throw entryError(run);
  if (status !== 'skipped') throw cancelledError(run.runId, run.cancelReason);
  const details = { runId: run.runId, job: run.job };
  throw new OnwardError('ONW3021', `${run.job} was skipped (code ${run.entry.code})`, { details });
}

function finalStatus(run: RunSummary): FinalStatus {
  if (run.status === undefined) throw new OnwardError('ONW6070', `run ${run.runId} is reported before it is over`);
  return run.status;
}
