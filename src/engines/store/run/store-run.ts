// One run of a store engine: what is read comes from the store, and only those who wait for it are held here.
//
// STORE-RUN-1. What is asked without waiting (how it stands, how far it is) is what was committed last.

import { AsyncResource } from 'node:async_hooks';
import { EventBuffer, Watchers, type EventReader } from '../../event-buffer.ts';
import type { EngineRun, RunWaiter } from '../../engine.ts';
import type { OnwardError } from '../../../errors/onward-error.ts';
import { stopError } from '../../../execute/errors.ts';
import { reportOf } from '../../../execute/report.ts';
import { frozenCopy } from '../../../observe/frozen-copy.ts';
import { Gate } from '../../../observe/gate.ts';
import { kindOf, Wants } from '../../../observe/interest.ts';
import { detached, shown } from '../../../observe/live-event.ts';
import type { AttemptStarted } from '../../../observe/observer.ts';
import type { Observers } from '../../../observe/observers.ts';
import { attemptStarted, emitted, replay, runRestored, type Emitted, type RunEvent } from '../../../run/run-event.ts';
import type { Signal, Signalled } from '../../../run/event.ts';
import type { RunStanding } from '../../../records/decide.ts';
import { readRecord, RECORDS, RUN_KEY, SETTINGS_KEY, STATE_KEY, type RecordWrite } from '../../../records/keys.ts';
import { hydrate, readRunRecord, stateOf, type RunRecord, type SettingsRecord } from '../../../records/records.ts';
import type { SharedState } from '../../../run/shared-state.ts';
import type { Phase, RunStatus } from '../../../run/status.ts';
import type { CallRecord } from '../../../run/step-data.ts';
import { phaseOf, readStepRecord } from '../../../records/step-record.ts';
import { detailOf, type QueriedDetail } from '../../../execute/run-query.ts';
import type { RunReport } from '../../../wiring/run-report.ts';
import { summariseRun, type EntryView, type History, type RunSnapshot, type RunSummary } from '../../../run/view.ts';
import { damageOf } from './damage.ts';
import { CalledEnds, Waiters } from '../ends.ts';
import { removed } from '../refusals.ts';
import { Following } from './following.ts';
import { isNumbered, LateReader } from './late-reader.ts';
import { all, caught, chain, later } from '../now-or-later.ts';
import { Payloads, type Keeping } from './payloads.ts';
import { Records, type RecordText } from './record-text.ts';
import { RunRecords, summaryIn, type KnownRecords, type Versioned } from './run-records.ts';
import { RunSteps, type StepsPlace } from './run-steps.ts';
import type { RecentPayloads } from './recent-payloads.ts';
import type { SharedRuns } from '../shared/sharing.ts';
import type { MaybePromise, StoredRun, StoredSummary } from '../store.ts';

/** Where a run lives: its graph and its store, how values are kept, who applies signals to it, and who hears of it. */
export interface StorePlace extends StepsPlace {
  /** A runtime that opens the engine again may know other classes. */
  readonly keeping: () => Keeping;
  readonly recent: RecentPayloads;
  readonly signal: (run: StoreRun, event: Signal) => Promise<Signalled>;
  readonly find: (runId: string) => MaybePromise<StoreRun | undefined>;
  /** Somebody waits for the run. */
  readonly hold: (run: StoreRun) => void;
  /** Where other processes write to the store as well. */
  readonly shared?: Pick<SharedRuns, 'awaitsCall' | 'listening'> | undefined;
  readonly observers: Observers;
  /** Why nothing of a run goes on in this process; undefined if it does. */
  readonly whyLeft: (runId: string) => OnwardError | undefined;
}

type Notice = Pick<AttemptStarted, 'attempt' | 'at' | 'message'>;

const NO_PAYLOADS: ReadonlyMap<string, string | null> = new Map();
/** A sweep reads the whole run: not for a few steps. */
const LEAST_SWEPT = 100;

export class StoreRun implements EngineRun {
  readonly id: string;
  isHeard = false;
  readonly records: RunRecords;
  readonly payloads: Payloads;
  // What only some runs need is made when it is asked for: a process may take up thousands at a time.
  #called: CalledEnds | undefined;
  #steps: RunSteps | undefined;
  #following: Following | undefined;
  /** The async context in which it was started, or found: its tasks are performed there. */
  readonly context: { runInAsyncScope(call: () => void): void } = new AsyncResource('OnwardRun');
  /** How it stands, as far as that is committed. */
  summary: StoredSummary;
  readonly #place: StorePlace;
  readonly #gate = new Gate<() => void>((parked) => {
    for (const go of parked) go();
  });
  readonly #watchers = new Watchers();
  readonly #entryWaiters = new Waiters();
  readonly #waiters = new Waiters();
  #history: History | undefined;
  /** How many steps it had made. */
  #sweptAt = 0;
  /** What could not be read for those who listen. */
  #untold: readonly RunEvent[] = [];
  /** What changes of the run, as it was committed last. */
  #head: RecordText | undefined;

  /** @param version 0: it is new, and nothing of it is written yet. */
  constructor(id: string, version: number, summary: StoredSummary, place: StorePlace) {
    this.id = id;
    this.summary = summary;
    this.#place = place;
    const onMoved = (stored: StoredRun): void => void (this.summary = stored);
    this.records = new RunRecords(place.store, id, version, { summary, onMoved });
    this.payloads = new Payloads(id, place);
  }

  get steps(): RunSteps {
    const { id, records, payloads } = this;
    this.#steps ??= new RunSteps({ ...this.#place, id, records, payloads });
    return this.#steps;
  }

  #follower(): Following {
    this.#following ??= new Following(this.#watchers, (seq) => this.since(seq));
    return this.#following;
  }

  /** The steps that a body of it waits for. */
  get called(): CalledEnds {
    this.#called ??= new CalledEnds(
      (key) => chain(this.records.load([key]), (texts) => readRecord<CallRecord>(texts.get(key)?.json)?.end),
      ({ status, value }) => chain(this.payloads.load(value), (loaded) => ({ status, value: loaded })),
      () => this.#place.shared?.awaitsCall(this),
    );
    return this.#called;
  }

  /** What was written of them. */
  settleCalls(writes: readonly RecordWrite[]): void {
    this.#called?.settle(writes);
  }

  /** A run that is in the store. */
  static found(stored: StoredRun, place: StorePlace, known?: KnownRecords): MaybePromise<StoreRun> {
    const { runId, version, live } = stored;
    const run = new StoreRun(runId, version, summaryIn(stored), place);
    if (live !== undefined) run.records.foundLive(live);
    if (known !== undefined) run.records.met(known.keys, known.loaded);
    // What came with it is of its very version.
    if (live !== undefined && known === undefined) {
      run.committed(run.summary);
      return run;
    }
    return chain(run.records.load([SETTINGS_KEY, RUN_KEY]), () => {
      // Another process may have changed it between the two questions.
      run.committed(run.summary);
      return run;
    });
  }

  get isOpen(): boolean {
    return this.summary.isOpen;
  }

  /** Nothing of it is to be begun. */
  get isWaiting(): boolean {
    return this.summary.isOpen && this.summary.waitsIn !== undefined;
  }

  /** Somebody in this process waits for what comes of it. */
  get isAwaited(): boolean {
    return !this.#waiters.isEmpty || !this.#entryWaiters.isEmpty || !this.#watchers.isEmpty;
  }

  /** It is not to be let go. */
  get isHeld(): boolean {
    return this.isHeard || this.isAwaited || this.#gate.isPending || this.#gate.isClosed;
  }

  get tags(): readonly string[] {
    return this.summary.tags;
  }

  get createdAt(): number {
    return this.summary.createdAt;
  }

  get seq(): number {
    return this.#record()?.seq ?? 0;
  }

  describe(): { readonly job: string; readonly status: RunStatus } {
    const { job, status } = this.summary;
    return { job, status };
  }

  /** Drops what is known of it beside the store. */
  forget(): void {
    this.records.forget();
    this.#place.recent.forget(this.id);
  }

  /** Asks the store how it stands, and for other records. @returns what was read */
  refresh(keys: readonly string[] = []): MaybePromise<Versioned> {
    return chain(this.records.refresh([SETTINGS_KEY, RUN_KEY, ...keys]), (read) => {
      // It was removed: it was over.
      this.committed(read.version === 0 ? { ...this.summary, isOpen: false } : this.summary);
      return read;
    });
  }

  #fresh(): MaybePromise<void> {
    if (this.#place.shared !== undefined) return chain(this.refresh(), () => undefined);
    if (!this.isOpen) this.records.forget();
  }

  /** Its last change is in the store. */
  committed(summary: StoredSummary, payloads: ReadonlyMap<string, string | null> = NO_PAYLOADS): void {
    this.summary = summary;
    if (payloads.size > 0) this.#place.recent.written(this.id, payloads);
    this.#head = this.records.peek(RUN_KEY) ?? this.#head;
  }

  #record(): RunRecord | undefined {
    return readRunRecord(this.#head?.json);
  }

  #isEntryOver(): boolean {
    // Asked for with every event: the rest of the record is not needed.
    return (readRecord<Partial<RunRecord>>(this.#head?.json)?.entryStatus ?? null) !== null;
  }

  /** The error that the signal of a step's body is aborted with. */
  stopErrorOf({ step, node }: { readonly step: number; readonly node: string }): OnwardError {
    const { cancelling = false, timedOut = false, cancelReason = null } = this.#record() ?? {};
    const record = readStepRecord(this.records.peek(RECORDS.step.key(step))?.json);
    const run = { id: this.id, cancelling, timedOut, cancelReason: cancelReason ?? undefined };
    return stopError(run, node, record?.cancelReason);
  }

  /** How far an attempt is, as far as that is known without waiting: after a conflict all that was known is dropped. */
  phaseOf(step: number, attempt: number): Phase | undefined {
    const key = RECORDS.step.key(step);
    return this.records.knows(key) ? phaseOf(this.records.peek(key)?.json, attempt) : undefined;
  }

  /** Ends of its steps are kept that are to be served: a step is looked up before it is performed. */
  get hasEarlier(): boolean {
    return readRecord<Partial<RunRecord>>(this.#head?.json)?.hasEarlier === true;
  }

  /** Whether so many steps were made since the last time that the history has dropped half of them. */
  isToBeSwept({ steps }: RunStanding): boolean {
    this.#history ??= readRecord<SettingsRecord>(this.records.peek(SETTINGS_KEY)?.json)?.history;
    const history = this.#history ?? 'all';
    if (history === 'all') return false;
    const every = Math.max(LEAST_SWEPT, 2 * (history === 'failures' ? 0 : history));
    if (steps - this.#sweptAt < every) return false;
    this.#sweptAt = steps;
    return true;
  }

  // ── what is reported ──

  /** Those who listen get values, not references; if these cannot be read, with the next look. It never fails. */
  publish(events: readonly RunEvent[]): MaybePromise<void> {
    const isHeard = (event: RunEvent): boolean => !this.#watchers.isEmpty || (this.observed & kindOf(event)) !== 0;
    const heard = [...this.#untold, ...events].filter(isHeard);
    this.#untold = [];
    if (heard.length === 0) return this.#published();
    const missed = (fault: unknown): RunEvent[] => {
      // What is damaged is no better with the next look.
      if (damageOf(fault) === undefined) this.#untold = [...heard, ...this.#untold];
      return [];
    };
    const filling = caught(() => all(heard.map((event) => this.steps.filled(event))), missed);
    return chain(filling, (filled) => {
      for (const event of filled) this.#publishOne(event);
      this.#published();
      return this.follow();
    });
  }

  /** In a shared store, those who watch get what every process has done, in order. */
  follow(): MaybePromise<void> {
    if (this.#place.shared !== undefined) return this.#follower().look();
  }

  /** What the store has of events behind the one of a number. */
  since(seq: number): MaybePromise<readonly RunEvent[]> {
    return chain(this.refresh(), () => chain(this.steps.eventsSince(seq), (events) => events.map(detached)));
  }

  /** Those who listen have not got all that was to be read for them. */
  get isBehind(): boolean {
    return this.#untold.length > 0 || this.#following?.isBehind === true;
  }

  get isWatched(): boolean {
    return !this.#watchers.isEmpty;
  }

  #published(): void {
    if (!this.#entryWaiters.isEmpty && (this.#isEntryOver() || !this.isOpen))
      this.#entryWaiters.settle(() => this.#summary());
    if (this.isOpen) return;
    this.#gate.whenFree(() => {
      (this.#place.shared?.listening ?? this.#place.observers).forget(this);
      this.#waiters.settle(() => this.#summary());
    });
  }

  /** This process goes on with it. */
  restored(): MaybePromise<void> {
    if ((this.observed & (Wants.RUN | Wants.OTHER)) === 0) return;
    return chain(this.#summary(), (summary) =>
      chain(all(runRestored(this, summary).map((event) => this.steps.filled(event))), (events) => {
        for (const event of this.isOpen ? events : []) this.#notify(detached(event));
      }),
    );
  }

  /** Emitted by a body: nothing of it is kept. */
  emit(step: number, notice: Emitted): void {
    const isHeard = !this.#watchers.isEmpty || (this.observed & Wants.OTHER) !== 0;
    if (!isHeard && this.#place.shared?.listening.isHeardElsewhere(this) !== true) return;
    void chain(this.steps.live(step), (view) => {
      if (view === undefined) return;
      const event = emitted(this, view, notice);
      this.#publishOne(event);
      this.#place.shared?.listening.emitted(this, event);
    });
  }

  /** Emitted in another process: those who watch get it behind what happened before. */
  passing(event: RunEvent): Promise<void> {
    return this.#follower().passing(event);
  }

  /** Calls a body within the observers that run around it. */
  around(step: number, { attempt, at, message }: Notice, body: () => unknown): unknown {
    return chain(this.steps.live(step), (view) => {
      if (view === undefined) return body();
      const event = shown({ ...attemptStarted(this, view, attempt), at, message: frozenCopy(message) });
      this.#notify(event);
      return this.#place.observers.around(this, event, body);
    });
  }

  /** What observers want of it: a sum of `Wants`. */
  get observed(): number {
    return this.#place.observers.of(this).wants;
  }

  hold(isAwaited: boolean): void {
    this.#gate.hold(isAwaited);
  }

  release(isAwaited: boolean): void {
    this.#gate.release(isAwaited);
  }

  /** An awaited hook is pending: no body of it begins. */
  get isGated(): boolean {
    return this.#gate.isClosed;
  }

  /** Calls back once no awaited hook is pending: at once, if none is. */
  whenUngated(callback: () => void): void {
    if (this.#gate.isClosed) this.#gate.park(callback);
    else callback();
  }

  #publishOne(event: RunEvent): void {
    const shared = detached(event);
    if (this.#place.shared === undefined || !isNumbered(event)) this.#watchers.push(shared);
    if ((this.observed & kindOf(event)) !== 0) this.#notify(shared);
  }

  #notify(event: RunEvent): void {
    const { shared, observers } = this.#place;
    (shared?.listening ?? observers).notify(this, event);
  }

  /** Nobody here hears how it ends. */
  left(fault: OnwardError): void {
    for (const waiters of [this.#entryWaiters, this.#waiters]) waiters.refuse(fault);
    this.#watchers.fail(fault);
  }

  // ── what is asked ──

  entryOver(): Promise<RunSummary> {
    if (this.#isEntryOver() || !this.isOpen) return later(() => this.#summary());
    return this.#waiting(this.#entryWaiters);
  }

  over(): Promise<RunSummary> {
    if (this.isOpen) return this.#waiting(this.#waiters);
    if (this.#gate.isPending) return new Promise((goOn) => this.#gate.whenFree(() => goOn(this.over())));
    // What is known of it may be of an earlier life.
    this.records.forget();
    return later(() =>
      chain(this.#summary(), (summary) => (summary.status === undefined ? this.#overAgain() : summary)),
    );
  }

  #waiting(waiters: Waiters): Promise<RunSummary> {
    const fault = this.#place.whyLeft(this.id);
    if (fault !== undefined) return Promise.reject(fault);
    this.#place.hold(this);
    return waiters.wait();
  }

  /** It has begun again since it was over here. */
  async #overAgain(): Promise<RunSummary> {
    const run = await this.#place.find(this.id);
    if (run === undefined) throw removed(this.id);
    return run.over();
  }

  whenOver(waiter: RunWaiter): void {
    this.over().then((outcome) => waiter.over(outcome), waiter.refused);
  }

  /** Rejects if the store cannot be read: it never throws. */
  async read(): Promise<RunSnapshot> {
    await this.#fresh();
    return this.steps.withHeld(await this.snapshot(), this.#record()?.life);
  }

  snapshot(): MaybePromise<RunSnapshot> {
    return chain(this.#summary(), (summary) => chain(this.steps.all(), (steps) => ({ ...summary, steps })));
  }

  /** What a list says of it. @param withNodes whether it is asked which nodes it has run: all of its steps are read. */
  detail(withNodes: boolean): MaybePromise<QueriedDetail> {
    return chain(this.#outline(), (outline) => {
      const steps = this.steps.detailed(withNodes, outline.counts.failed > 0);
      return chain(steps, (known) => detailOf({ ...outline, steps: known }));
    });
  }

  /** For the callbacks of the run, when its outcome is fixed. */
  report(): MaybePromise<RunReport> {
    return chain(this.snapshot(), (snapshot) => reportOf(snapshot, this.#record()?.outcome ?? 'completed'));
  }

  state(): MaybePromise<SharedState> {
    return chain(this.records.load([STATE_KEY]), (texts) => stateOf(new Records(texts).get(STATE_KEY)));
  }

  past(): MaybePromise<readonly RunEvent[]> {
    if (this.#place.shared !== undefined) return this.since(0);
    return chain(this.snapshot(), (snapshot) =>
      chain(this.payloads.load(snapshot.message), (message) =>
        replay({ ...snapshot, message }, snapshot.steps).map(detached),
      ),
    );
  }

  watch(holds = false): EventReader {
    if (this.isOpen) {
      this.#place.hold(this);
      this.#place.shared?.listening.watches(this.id);
    }
    const isFirst = this.#watchers.isEmpty;
    const past = chain(this.past(), (events) => {
      // What it has missed is past.
      if (isFirst) this.#follower().beginBehind(events.at(-1)?.seq ?? 0);
      return events;
    });
    const held = holds ? this : undefined;
    const known = past instanceof Promise ? [] : past;
    const live = this.isOpen ? this.#watchers.add(known, held) : new EventBuffer(known, true);
    const fault = this.#place.whyLeft(this.id);
    if (fault !== undefined) this.#watchers.fail(fault);
    return past instanceof Promise ? new LateReader(past, live) : live;
  }

  async signal(event: Signal): Promise<Signalled> {
    const outcome = await this.#place.signal(this, event);
    if (outcome !== 'unknown' || event.type !== 'stepCancelled') return outcome;
    const steps = await this.steps.all();
    return steps.some(({ key }) => key === event.step) ? 'over' : outcome;
  }

  entries(): Promise<readonly EntryView[]> {
    return later(() => this.steps.entries());
  }

  outcomeOf(at: number): MaybePromise<EntryView | undefined> {
    return this.steps.outcomeOf(at);
  }

  #summary(): MaybePromise<RunSummary> {
    return chain(this.#outline(), (summary) =>
      chain(this.payloads.loadAll([summary.exit?.value, summary.entry.value]), ([exit, value]) => ({
        ...summary,
        exit: summary.exit === null ? null : { value: exit },
        entry: { ...summary.entry, value },
      })),
    );
  }

  /** The run with references in the place of values. */
  #outline(): MaybePromise<RunSummary> {
    return chain(this.records.load([SETTINGS_KEY, RUN_KEY, STATE_KEY]), (texts) => {
      const found = hydrate(this.#place.graph, this.id, new Records(texts));
      if (found === undefined) throw removed(this.id);
      return summariseRun(found.run);
    });
  }
}
