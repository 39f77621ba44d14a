// One run behind its face: what is asked of it becomes a question to the engine, and what comes back values and errors.

import { randomUUID } from 'node:crypto';
import type { EngineRun } from '../engines/engine.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { inspectionOf, reportOf } from '../perform/report.ts';
import { assertNone, problemsOf, SEND_RULES } from '../plans/plan-options.ts';
import { notAdded } from '../plans/swarm.ts';
import type { EntryResult } from '../face/plan-run.ts';
import type { Entry } from '../run/plan.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { FinalStatus } from '../run/status.ts';
import type { RunSummary } from '../run/view.ts';
import type { RunInspection, RunReport } from '../wiring/run-report.ts';
import { entryValueOf, resultOf, resultsOf, valueOf } from './run-value.ts';
import { outcomesOf } from './outcomes.ts';
import type { SendOptions } from '../face/started-run.ts';

/** What a run needs of its runtime: messages built and checked. */
export interface MessageBuilder {
  /** @throws {OnwardError} ONW3055 if the node waits for no message, ONW2001 to ONW2010 if it does not fit. */
  letterTo(node: unknown, message: unknown): unknown;
  /** @throws {OnwardError} ONW3005 if there is no such job, ONW2001 to ONW2010 if the message does not fit. */
  added(job: unknown, message: unknown): Promise<Entry>;
}

export class Handle {
  readonly #run: EngineRun;
  readonly #builder: MessageBuilder;

  constructor(run: EngineRun, builder: MessageBuilder) {
    this.#run = run;
    this.#builder = builder;
  }

  get id(): string {
    return this.#run.id;
  }

  async value(): Promise<unknown> {
    const outcome = await this.#run.over();
    if (outcome.exit !== null) return outcome.exit.value;
    return outcome.shape === 'one' ? entryValueOf(outcome) : valueOf(outcome, await this.#run.entries());
  }

  async results(): Promise<EntryResult[]> {
    const outcome = await this.#run.over();
    return outcome.shape === 'one' ? [resultOf(outcome)] : resultsOf(await this.#run.entries());
  }

  outcomes(): AsyncIterable<EntryResult> {
    return outcomesOf(this.#run);
  }

  async send(node: unknown, message?: unknown, options: SendOptions = {}): Promise<void> {
    assertNone([...problemsOf(options, SEND_RULES, 'the options of send')], 'the message');
    const { id = randomUUID() } = options;
    const built = await this.#builder.letterTo(node, message);
    if ((await this.#run.send(String(node), { id, message: built })) !== 'over') return;
    const text = `run ${this.id} takes no messages any more: it is over, is being cancelled or ends early`;
    throw new OnwardError('ONW3055', text, { details: { runId: this.id, node } });
  }

  async add(job: unknown, message?: unknown): Promise<void> {
    const entry = await this.#builder.added(job, message);
    const added = await this.#run.add([entry]);
    if (added === 'full') throw notAdded('it has as many entries as its `maxSteps` allows');
    if (added === 'applied') return;
    if (added === 'shut') {
      const text = `run ${this.id} is no swarm, or one that was closed before it began: nothing can be added to it; start the job by itself`;
      throw new OnwardError('ONW3053', text, { details: { runId: this.id } });
    }
    throw notAdded('it was closed, has stopped or is over');
  }

  async close(): Promise<void> {
    await this.#run.closePlan();
  }

  async entry(): Promise<unknown> {
    return entryValueOf(await this.#run.entryOver());
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

function overError(runId: string, done: string): OnwardError {
  return new OnwardError('ONW3030', `run ${runId} is already over and cannot be ${done}`, { details: { runId } });
}

function finalStatus(run: RunSummary): FinalStatus {
  if (run.status === undefined) throw new OnwardError('ONW6070', `run ${run.runId} is reported before it is over`);
  return run.status;
}
