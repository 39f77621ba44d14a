// The run that a start gives back: each question goes to the engine, and the answer becomes a value or an error. Also what
// a run has come to: its value, or the error in its place.
//
// RUN-1. Leaving a loop over events or outcomes does not wait for the next one.
// RUN-2. Two messages with one id are the same message if they are, as they are given: what a class fills in differs from one
//     to the next. Nobody sends an id again that is made up.

import { inspect } from 'node:util';
import type { EngineRun, RunWaiter } from '../engines/engine.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { inspectionOf, reportOf } from '../execute/report.ts';
import { ADD_TAKES, notAdded } from '../plans/plan.ts';
import type { JobIds, NodeTypes } from '../api/nodes.ts';
import type { AddedMessage, EntryResult, FoundRun, OfSwarm } from '../api/plan-run.ts';
import type { Entry } from '../run/plan.ts';
import type { ObserveRunOptions, Observer } from '../observe/observer.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { FinalStatus } from '../run/status.ts';
import type { RunSummary, EntryView, RunOutcome } from '../run/view.ts';
import type { RunInspection, RunReport } from '../wiring/run-report.ts';
import type { EventsOptions, SendArguments, WaitingIds } from '../api/run.ts';
import type { JobSignature } from '../api/signature.ts';
import { describeThrown, describeValue, printable, quoted } from '../values/describe.ts';
import {
  assertNoMore,
  assertNone,
  problemsOf,
  EVENTS_OPTIONS,
  SEND_OPTIONS,
  stringIn,
} from '../values/option-rules.ts';
import { cancelledError, deadlineError, thrownOf } from '../execute/errors.ts';
import { CoreFailure } from '../run/failure.ts';
import { fingerprintOf } from '../values/fingerprint.ts';
import { isRecord } from '../values/json.ts';
import { problemsOfReason } from '../values/left-out.ts';
import { whilePending } from '../values/promises.ts';
import { notSuspended, overError, takenOtherwise, takesNoMessages } from './refusals.ts';

/** What some job of the graph returns. */
type AnyValue<Nodes extends NodeTypes<Nodes>> = Nodes[JobIds<Nodes>]['returnValue'];

/** The events of a run, once for each loop over them. */
class RunEvents implements AsyncIterable<RunEvent> {
  readonly #run: EngineRun;
  readonly #holds: boolean;

  constructor(run: EngineRun, holds: boolean) {
    this.#run = run;
    this.#holds = holds;
  }

  [Symbol.asyncIterator](): AsyncIterator<RunEvent, void, undefined> {
    return this.#run.watch(this.#holds);
  }
}

/** What a run needs of its runtime: it builds and checks messages. */
export interface MessageBuilder {
  /** @throws {OnwardError} ONW3055 if the node waits for no message, ONW2001 to ONW2010 if it does not fit. */
  buildIncoming(node: unknown, message: unknown): unknown;
  /** @throws {OnwardError} ONW3005 if there is no such job, ONW2001 to ONW2010 if the message does not fit. */
  added(job: unknown, message: unknown): Promise<Entry>;
  /** Calls an observer with the events of one run. @returns what removes it. */
  observeRun(run: EngineRun, observer: unknown, options: unknown, past: readonly RunEvent[]): () => void;
}

/**
 * What a start gives back. Its class knows the graph; the type of its value is known to the caller of `start`, by the job
 * or plan. Where two signatures stand, the second is what JavaScript may call the method with.
 */
export class Handle<Nodes extends NodeTypes<Nodes>> implements FoundRun<Nodes> {
  readonly #run: EngineRun;
  readonly #builder: MessageBuilder;

  constructor(run: EngineRun, builder: MessageBuilder) {
    this.#run = run;
    this.#builder = builder;
  }

  get id(): string {
    return this.#run.id;
  }

  /** As a console shows it. */
  [inspect.custom](): string {
    const { job, status } = this.#run.describe();
    return `Run { ${printable(this.id)}, ${printable(job)}, ${status} }`;
  }

  toJSON(): { readonly id: string; readonly job: string; readonly status: string } {
    return { id: this.id, ...this.#run.describe() };
  }

  /** The run, for somebody who gets to know how it ends: its failure is not logged. */
  #hear(): EngineRun {
    this.#run.isHeard = true;
    return this.#run;
  }

  value(): Promise<unknown> {
    const run = this.#hear();
    return new Promise((resolve, reject) => run.whenOver(new ValueWaiter(run, resolve, reject)));
  }

  results(): Promise<EntryResult<AnyValue<Nodes>>[]>;
  async results(): Promise<EntryResult[]> {
    const run = this.#hear();
    return (await import('./outcomes.ts')).resultsOf(await run.over(), run);
  }

  outcomes(): AsyncIterable<EntryResult<AnyValue<Nodes>>>;
  outcomes(): AsyncIterable<EntryResult> {
    const run = this.#hear();
    return {
      [Symbol.asyncIterator](): AsyncIterator<EntryResult, void, undefined> {
        // Events are watched before entries are read: what ends in between comes in one of the two.
        const events = run.watch();
        const entries = import('./outcomes.ts').then(({ endedEntries }) => endedEntries(run, events));
        return {
          next: async () => (await entries).next(),
          // RUN-1.
          return: async () => {
            await events.return();
            await (await entries).return();
            return { done: true, value: undefined };
          },
        };
      },
    };
  }

  send<Id extends WaitingIds<Nodes>>(node: Id, ...message: SendArguments<Nodes, Id>): Promise<void>;
  async send(node: unknown, ...[message, options = {}, ...more]: readonly unknown[]): Promise<void> {
    assertNoMore(3 + more.length, 3, 'send takes a node, a message and options');
    assertNone(problemsOf(options, SEND_OPTIONS), 'the options of send are not valid');
    const given = isRecord(options) ? stringIn(options, 'id') : undefined;
    const id = given ?? crypto.randomUUID();
    const to = String(node);
    const building = this.#builder.buildIncoming(node, message);
    // RUN-2.
    const fingerprint = given === undefined ? undefined : whilePending(building, () => fingerprintOf(to, message).text);
    const built = await building;
    const sent = await this.#run.signal({ type: 'message', node: to, id, fingerprint, message: built });
    if (sent === 'changed') throw takenOtherwise(this.id, node, id);
    if (sent === 'over') throw takesNoMessages(this.id, node);
  }

  add<const A extends JobIds<Nodes> | JobSignature>(
    job: A & OfSwarm<Nodes, JobIds<Nodes>, A>,
    ...message: AddedMessage<Nodes, A>
  ): Promise<void>;
  async add(job: unknown, ...[message, ...more]: readonly unknown[]): Promise<void> {
    assertNoMore(2 + more.length, 2, ADD_TAKES);
    const entry = await this.#builder.added(job, message);
    const added = await this.#run.signal({ type: 'added', entries: [entry] });
    if (added === 'full') throw notAdded('it has as many entries as its `maxSteps` allows');
    if (added === 'applied') return;
    if (added === 'shut') {
      const text = `run ${printable(this.id)} is not a swarm, or was closed before it began: nothing can be added to it; start the job by itself`;
      throw new OnwardError('ONW3053', text, { details: { runId: this.id } });
    }
    throw notAdded('it was closed, has stopped or is over');
  }

  async close(): Promise<void> {
    await this.#run.signal({ type: 'closed' });
  }

  async entry(): Promise<unknown> {
    return entryValueOf(await this.#hear().entryOver());
  }

  async report(): Promise<RunReport> {
    await this.#hear().over();
    const snapshot = await this.#run.read();
    return reportOf(snapshot, finalStatus(snapshot));
  }

  async inspect(): Promise<RunInspection> {
    return inspectionOf(await this.#run.read());
  }

  events(options?: EventsOptions): AsyncIterable<RunEvent> {
    if (options !== undefined) assertNone(problemsOf(options, EVENTS_OPTIONS), 'the options of events are not valid');
    return new RunEvents(this.#hear(), options?.hold === true);
  }

  observe(observer: Observer, options?: ObserveRunOptions): Promise<() => void>;
  async observe(observer: Observer, options: ObserveRunOptions = {}): Promise<() => void> {
    // Not awaited where it is there at once: an event of that turn would be missed.
    const past = isRecord(options) && options['replay'] === true ? this.#run.past() : [];
    return this.#builder.observeRun(this.#hear(), observer, options, past instanceof Promise ? await past : past);
  }

  cancel(reason?: string): Promise<void>;
  async cancel(reason?: string, ...more: readonly unknown[]): Promise<void> {
    assertNoMore(1 + more.length, 1, 'cancel takes a reason');
    assertNone(problemsOfReason(reason), 'nothing was cancelled');
    const outcome = await this.#run.signal({ type: 'cancel', reason });
    if (outcome === 'over') throw overError(this.id, 'cancelled');
  }

  cancelStep(step: number | string, reason?: string): Promise<void>;
  async cancelStep(step: number | string, reason?: string, ...more: readonly unknown[]): Promise<void> {
    assertNoMore(2 + more.length, 2, 'cancelStep takes a step and a reason');
    assertNone(problemsOfReason(reason), 'nothing was cancelled');
    const outcome = await this.#run.signal({ type: 'stepCancelled', step, reason });
    const details = { runId: this.id, step };
    if (outcome === 'unknown') {
      const text = `run ${printable(this.id)} has no step ${describeStep(step)}; inspect() lists its steps by number and key`;
      throw new OnwardError('ONW3049', text, { details });
    }
    if (outcome !== 'over') return;
    const text = `step ${describeStep(step)} of run ${printable(this.id)} is already over and cannot be cancelled`;
    throw new OnwardError('ONW3030', text, { details });
  }

  async suspend(): Promise<void> {
    const outcome = await this.#run.signal({ type: 'suspend' });
    if (outcome === 'applied' || outcome === 'duplicate') return;
    throw notSuspended(this.id, outcome === 'over' ? 'over' : 'ending');
  }

  async resume(): Promise<void> {
    if ((await this.#run.signal({ type: 'resume' })) === 'over') throw overError(this.id, 'resumed');
  }
}

/** A step by its number, or by its key as it was given. */
function describeStep(step: unknown): string {
  return typeof step === 'string' ? quoted(step) : describeValue(step);
}

function finalStatus(run: RunSummary): FinalStatus {
  if (run.status === undefined)
    throw new OnwardError('ONW6070', `run ${printable(run.runId)} is reported before it is over`);
  return run.status;
}

/** Entries that are named in an error's text. */
const NAMED = 10;

/** Settles a promise with the value of a run, or with what it failed with: an error that is there is not thrown again. */
class ValueWaiter implements RunWaiter {
  readonly refused: (error: unknown) => void;
  readonly #run: EngineRun;
  readonly #resolve: (value: unknown) => void;

  constructor(run: EngineRun, resolve: (value: unknown) => void, refused: (error: unknown) => void) {
    this.#run = run;
    this.#resolve = resolve;
    this.refused = refused;
  }

  over(outcome: RunOutcome): void {
    if (outcome.exit !== null) return this.#resolve(outcome.exit.value);
    const { list } = outcome;
    if (list !== undefined) return this.#resolve(list);
    if (outcome.shape !== 'one') {
      this.#run
        .entries()
        .then((entries) => this.#resolve(readRunValue(outcome, entries)))
        .catch(this.refused);
      return;
    }
    const { status, value } = outcome.entry;
    if (status === 'completed') return this.#resolve(value);
    if (status === 'failed') return this.refused(thrownOf(value));
    try {
      this.#resolve(entryValueOf(outcome));
    } catch (error) {
      this.refused(error);
    }
  }
}

/** The started job's value. @throws what it failed with, or why it did not complete. */
function entryValueOf(run: RunOutcome): unknown {
  const { status, value } = run.entry;
  if (status === 'completed') return value;
  if (status === 'failed' || (status === 'cancelled' && CoreFailure.is(value))) throw thrownOf(value);
  if (status === undefined && run.isWhole) {
    throw new OnwardError(
      'ONW3050',
      `${printable(run.job)} had no entry, so there is no value; \`results()\` is empty then, and throws nothing`,
      {
        details: { runId: run.runId, entries: [] },
      },
    );
  }
  if (status !== 'skipped') throw stoppedError(run);
  throw new OnwardError('ONW3021', `${printable(run.job)} was skipped (code ${run.entry.code})`, {
    details: { runId: run.runId, job: run.job },
  });
}

/** The values of a plan's entries in the shape of the plan. @throws as `value()` does. */
function readRunValue(run: RunOutcome, entries: readonly EntryView[]): unknown {
  const failed = entries.filter(({ status }) => status !== 'completed');
  // More would have been added.
  if (failed.length === 0 && !run.isWhole) throw stoppedError(run);
  if (failed.length > 0 || (entries.length === 0 && run.shape === 'last')) throw readRunError(run, entries, failed);
  if (run.shape === 'last') return entries.at(-1)?.value;
  return run.shape === 'list' ? entries.map(({ value }) => value) : recordOf(entries);
}

function recordOf(entries: readonly EntryView[]): object {
  return Object.fromEntries(entries.map(({ name, node, value }) => [name ?? node, value]));
}

/** A chain fails with the error of the link that failed; other plans name every entry without a value. */
function readRunError(run: RunOutcome, entries: readonly EntryView[], failed: readonly EntryView[]): unknown {
  const first = failed.find(({ status }) => status === 'failed');
  const isCutShort = run.isStopped && failed.some(({ status }) => status === 'cancelled');
  if (first === undefined && isCutShort) return stoppedError(run);
  if (run.shape === 'last' && first !== undefined) return thrownOf(first.value);
  const lines = failed.slice(0, NAMED).map(entryLine);
  const more = failed.length > NAMED ? [`and ${failed.length - NAMED} more`] : [];
  const text = `${failed.length} of ${entries.length} entries of ${printable(run.job)} have no value; \`results()\` says how each ended:\n  ${[...lines, ...more].join('\n  ')}`;
  const details = {
    runId: run.runId,
    entries: failed.map(({ at, node, status, code }) => ({ index: at, job: node, status, code })),
  };
  return new OnwardError('ONW3050', text, { details, ...(first !== undefined && { cause: thrownOf(first.value) }) });
}

/** Steps of a definition go by their ids. */
function entryLine({ at, name, node, status, code, value }: EntryView): string {
  const job = name === undefined ? printable(node) : `${quoted(name)}, ${printable(node)}`;
  const how = status === 'failed' ? `failed: ${describeThrown(thrownOf(value))}` : `was ${status} (code ${code})`;
  return `entries[${at}] (${job}) ${how}`;
}

function stoppedError(run: RunOutcome): OnwardError {
  return run.timedOut ? deadlineError(run.runId, run.job) : cancelledError(run.runId, run.cancelReason);
}
