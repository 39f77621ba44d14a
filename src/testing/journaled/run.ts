// One run of the journaled engine: its records and payloads as strings, and its listeners.

import { AsyncResource } from 'node:async_hooks';
import { EventBuffer, Watchers, type EventReader } from '../../engines/event-buffer.ts';
import type { EngineRun } from '../../engines/engine.ts';
import type { OnwardError } from '../../errors/onward-error.ts';
import { stopError } from '../../execute/errors.ts';
import type { CompiledGraph } from '../../graph/graph.ts';
import { frozenCopy } from '../../observe/frozen-copy.ts';
import { Gate } from '../../observe/gate.ts';
import { kindOf, Wants } from '../../observe/interest.ts';
import { detached, shown } from '../../observe/live-event.ts';
import type { Observers } from '../../observe/observers.ts';
import { attemptStarted, emitted, failedStepsOf, replay, type Emitted, type RunEvent } from '../../run/run-event.ts';
import type { Json } from '../../values/json.ts';
import type { Signal, Signalled } from '../../run/event.ts';
import { RECORDS, RUN_KEY, SETTINGS_KEY, STATE_KEY } from '../../records/keys.ts';
import { hydrate, type RunRecord } from '../../records/records.ts';
import { Phase, Stage, StepCode, type FinalStatus, type RunStatus } from '../../run/status.ts';
import type { Ref, AttemptRecord, CallEnd, CallRecord } from '../../run/step-data.ts';
import type { StepRecord } from '../../records/step-record.ts';
import {
  summariseRun,
  viewStep,
  type EntryView,
  type RunSnapshot,
  type RunSummary,
  type StepView,
} from '../../run/view.ts';
import { JournaledRecords } from './records.ts';
import { CalledEnds, Waiters } from './ends.ts';
import { Payloads } from './payloads.ts';

/** What the engine does with a signal. */
type SignalRun = (run: JournaledRun, event: Signal) => Signalled;

/** Where a run lives: its graph, who applies signals to it, and who hears of it. */
export interface JournaledPlace {
  readonly graph: CompiledGraph;
  readonly signal: SignalRun;
  readonly observers: Observers;
  readonly tags: readonly string[];
}

interface AttemptNotice {
  readonly attempt: number;
  readonly at: number;
  readonly message: unknown;
}

export class JournaledRun implements EngineRun {
  readonly id: string;
  readonly fingerprint: string | undefined;
  isHeard = false;
  readonly payloads: Payloads;
  readonly called: CalledEnds;
  /** The async context in which it was started: its tasks are performed there. */
  readonly context = new AsyncResource('OnwardRun');
  readonly tags: readonly string[];
  readonly #observers: Observers;
  readonly #gate = new Gate<() => void>((parked) => {
    for (const go of parked) go();
  });
  readonly #graph: CompiledGraph;
  readonly #signal: SignalRun;
  readonly #records = new JournaledRecords();
  readonly #watchers = new Watchers();
  readonly #entryWaiters = new Waiters();
  readonly #waiters = new Waiters();

  constructor(id: string, fingerprint: string | undefined, { graph, signal, observers, tags }: JournaledPlace) {
    this.id = id;
    this.fingerprint = fingerprint;
    this.#graph = graph;
    this.#signal = signal;
    this.#observers = observers;
    this.tags = tags;
    this.payloads = new Payloads((key) => this.#records.get(key));
    this.called = new CalledEnds((recordKey) => this.#callEnd(recordKey));
  }

  get isOpen(): boolean {
    return this.#run().status === null;
  }

  /** How the run ends, once that is fixed. */
  get outcome(): FinalStatus {
    return this.#run().outcome;
  }

  /** The error that the signal of a step's body is aborted with. */
  stopErrorOf(step: number): OnwardError {
    const { cancelling, timedOut, cancelReason } = this.#run();
    const record = this.#records.get<StepRecord>(RECORDS.step.key(step));
    const run = { id: this.id, cancelling, timedOut, cancelReason: cancelReason ?? undefined };
    return stopError(run, record?.node ?? '', record?.cancelReason);
  }

  // ── the store ──

  recordsOf(keys: Iterable<string>): ReadonlyMap<string, Json> {
    return this.#records.those(keys);
  }

  /** @returns how many characters were written of the records that events read. */
  write(writes: readonly (readonly [string, Json | null])[]): number {
    return this.#records.write(writes);
  }

  /** The run's own records and those of everything live. */
  liveRecords(): ReadonlyMap<string, Json> {
    return this.#records.live();
  }

  state(): Json | undefined {
    return this.#records.get(STATE_KEY);
  }

  phaseOf(step: number, attempt: number): Phase {
    const record = this.#records.get<StepRecord>(RECORDS.step.key(step));
    return record?.attempt === attempt ? record.phase : Phase.OVER;
  }

  // ── what is reported ──

  publish(events: readonly RunEvent[]): void {
    this.called.settle(events);
    for (const event of events) this.#publishOne(event);
    if (this.#run().entry.status !== null || !this.isOpen) this.#entryWaiters.settle(() => this.#summary());
    if (this.isOpen) return;
    this.#gate.whenFree(() => {
      this.#observers.forget(this.id);
      this.#waiters.settle(() => this.#summary());
    });
  }

  /** Emitted by a body: nothing of it is kept. */
  emit(step: number, notice: Emitted): void {
    if (this.#watchers.isEmpty && (this.observed & Wants.OTHER) === 0) return;
    const view = this.#viewOf(step);
    if (view !== undefined) this.#publishOne(emitted(this, view, notice));
  }

  /** Calls a body within the observers that run around it. */
  around(step: number, { attempt, at, message }: AttemptNotice, body: () => unknown): unknown {
    const view = this.#viewOf(step);
    if (view === undefined) return body();
    const event = shown({ ...attemptStarted(this, view, attempt), at, message: frozenCopy(message) });
    this.#observers.notify(this, event);
    return this.#observers.around(this, event, body);
  }

  /** What observers want of it: a sum of `Wants`. */
  get observed(): number {
    return this.#observers.wants(this);
  }

  hold(isAwaited: boolean): void {
    this.#gate.hold(isAwaited);
  }

  release(isAwaited: boolean): void {
    this.#gate.release(isAwaited);
  }

  /** Calls back once no awaited hook is pending: at once, if none is. */
  whenUngated(callback: () => void): void {
    if (this.#gate.isClosed) this.#gate.park(callback);
    else callback();
  }

  #publishOne(event: RunEvent): void {
    const isObserved = (this.observed & kindOf(event)) !== 0;
    if (this.#watchers.isEmpty && !isObserved) return;
    const filled = detached(this.#filled(event));
    this.#watchers.push(filled);
    if (isObserved) this.#observers.notify(this, filled);
  }

  #viewOf(step: number): StepView | undefined {
    return this.#steps().find(({ id }) => id === step);
  }

  get seq(): number {
    return this.#run().seq;
  }

  /** The store itself has failed: all that waits rejects. */
  fail(fault: unknown): void {
    for (const waiters of [this.#entryWaiters, this.#waiters]) waiters.fail(fault);
  }

  describe(): { readonly job: string; readonly status: RunStatus } {
    const { job, standing } = this.#summary();
    return { job, status: standing };
  }

  get createdAt(): number {
    return this.#summary().createdAt;
  }

  entryOver(): Promise<RunSummary> {
    if (this.#run().entry.status !== null || !this.isOpen) return Promise.resolve(this.#summary());
    return this.#entryWaiters.wait();
  }

  over(): Promise<RunSummary> {
    if (!this.isOpen && !this.#gate.isPending) return Promise.resolve(this.#summary());
    return this.#waiters.wait();
  }

  snapshot(): RunSnapshot {
    return { ...this.#summary(), steps: this.#steps() };
  }

  read(): Promise<RunSnapshot> {
    return Promise.resolve(this.snapshot());
  }

  past(): readonly RunEvent[] {
    return replay(this.#summary(), this.#steps()).map(detached);
  }

  watch(holds = false): EventReader {
    const past = this.past();
    return this.isOpen ? this.#watchers.add(past, holds ? this : undefined) : new EventBuffer(past, true);
  }

  signal(event: Signal): Promise<Signalled> {
    const outcome = this.#signal(this, event);
    const isOver = outcome === 'unknown' && event.type === 'stepCancelled' && this.#hasEnded(event.step);
    return Promise.resolve(isOver ? 'over' : outcome);
  }

  entries(): Promise<readonly EntryView[]> {
    const found = this.#records
      .ofKind<EntryView, [number]>(RECORDS.outcome)
      .map((outcome) => this.#filledOutcome(outcome));
    return Promise.resolve(found.sort((a, b) => a.at - b.at));
  }

  outcomeOf(at: number): EntryView | undefined {
    const outcome = this.#records.get<EntryView>(RECORDS.outcome.key(at));
    return outcome === undefined ? undefined : this.#filledOutcome(outcome);
  }

  #filledOutcome(outcome: EntryView): EntryView {
    return { ...outcome, value: this.payloads.load(outcome.value) };
  }

  // ── reading ──

  /** Whether a step of this key has been in the run, as far as it is kept. */
  #hasEnded(which: number | string): boolean {
    return this.#steps().some(({ key }) => key === which);
  }

  /** How a called step ended, with its value; undefined while it is live. */
  #callEnd(recordKey: string): CallEnd | undefined {
    const record = this.#records.get<CallRecord>(recordKey);
    return record?.end && { status: record.end.status, value: this.payloads.load(record.end.value) };
  }

  #run(): typeof NOT_YET {
    return this.#records.get<RunRecord>(RUN_KEY) ?? NOT_YET;
  }

  #summary(): RunSummary {
    const found = hydrate(this.#graph, this.id, this.recordsOf([SETTINGS_KEY, RUN_KEY, STATE_KEY]));
    if (found === undefined) throw new RangeError(`the run ${this.id} has no records`);
    const summary = summariseRun(found.run);
    const exit = summary.exit === null ? null : { value: this.payloads.load(summary.exit.value) };
    return { ...summary, exit, entry: { ...summary.entry, value: this.payloads.load(summary.entry.value) } };
  }

  #steps(): StepView[] {
    const finished = this.#records.ofKind<StepView, [number]>(RECORDS.history);
    const live = hydrate(this.#graph, this.id, this.liveRecords())?.steps.values() ?? [];
    const steps = [...finished, ...[...live].map(viewStep)];
    return steps.sort((a, b) => a.id - b.id).map((step) => this.#filledStep(step));
  }

  /** Its attempts are records of their own. */
  #attemptsOf(id: number): AttemptRecord[] {
    const attempts = this.#records.ofKind<AttemptRecord, [number, number]>(RECORDS.attempt, ([step]) => step === id);
    return attempts.sort((a, b) => a.number - b.number);
  }

  #filledStep(step: StepView): StepView {
    const load = (ref: Ref): unknown => this.payloads.load(ref);
    return {
      ...step,
      message: load(step.message),
      value: load(step.value),
      watchedError: load(step.watchedError),
      attempts: this.#attemptsOf(step.id).map((attempt) => ({ ...attempt, error: load(attempt.error) })),
      faults: step.faults.map(({ edge, error }) => ({ edge, error: load(error) })),
    };
  }

  /** The same event with values in the place of references. */
  #filled(event: RunEvent): RunEvent {
    let filled: RunEvent = event;
    if ('message' in filled) filled = { ...filled, message: this.payloads.load(filled.message) };
    if ('value' in filled) filled = { ...filled, value: this.payloads.load(filled.value) };
    if (filled.type === 'run.ended') filled = { ...filled, failures: failedStepsOf(this.#steps()) };
    return 'error' in filled ? { ...filled, error: this.payloads.load(filled.error) } : filled;
  }
}

/** Before the first record is written. */
const NOT_YET: Omit<RunRecord, 'endedAt' | 'code' | 'suspended' | 'failed' | 'live' | 'openJoins' | 'counts'> = {
  status: null,
  stage: Stage.ON,
  outcome: 'completed',
  cancelling: false,
  timedOut: false,
  cancelReason: null,
  exit: null,
  seq: 0,
  steps: 0,
  entry: { status: null, code: StepCode.NONE, value: null },
};
