// An engine that keeps its runs in a store: every event is decided on records, written, and only then acted on.
//
// STORE-ENGINE-1. What was accepted is in the store: a start, a signal and the outcome of a body are answered after that.
// STORE-ENGINE-2. The live steps are the outbox: after a crash, what was decided and not begun is found from them. A body
//     that was under way is called again, with the same key.
// STORE-ENGINE-3. Nothing of an earlier process begins before the first start, or before `work`.

import type { SavedTexts } from '../saved-texts.ts';
import { IdleWaiters } from '../idle.ts';
import { tellAtEnd } from '../process-end.ts';
import { drain, type CloseLimits, type Core, type Engine, type EngineRun, type WorkLimits } from '../engine.ts';
import type { HeldStep, Retried, Submission, Submitted } from '../engine.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { admit, type Decision } from '../../records/decide.ts';
import { keysOf } from '../../records/keys.ts';
import type { RunPage, RunQuery } from '../../execute/run-query.ts';
import type { Event, Signal, Signalled, Task } from '../../run/event.ts';
import { closeDurably, logAwaited } from './closing.ts';
import { Deliveries, inTurn } from './deliveries.ts';
import { failedText, leftOpen, taken } from './refusals.ts';
import { DueTimers } from './due.ts';
import { readJson } from './run/damage.ts';
import { Happenings } from './happenings.ts';
import { InboxWatch } from './inbox-watch.ts';
import { keptClasses } from '../../execute/kept-classes.ts';
import { KnownRuns } from './run/known-runs.ts';
import { answerIfAny, caught, chain } from './now-or-later.ts';
import { keeperOf, tried, type Keeping, savedWithin } from './run/payloads.ts';
import { Records } from './run/record-text.ts';
import type { KnownRecords } from './run/run-records.ts';
import { RecentPayloads } from './run/recent-payloads.ts';
import { Recovery } from './recovery.ts';
import { pageOfRuns } from './run/run-pages.ts';
import { Retention } from './retention.ts';
import { noStatistics, type StoreStatistics } from './statistics.ts';
import type { StoreEngineOptions } from './store-engine-options.ts';
import { SharedRuns, type SharedPlace, type Sharing } from './shared/sharing.ts';
import { Starts } from './starts.ts';
import { StoreRun, type StorePlace } from './run/store-run.ts';
import type { MaybePromise, Store, StoredRun, StoredTimer } from './store.ts';
import { Suspects } from './suspects.ts';
import { Turns, type Seat } from './turns.ts';

const MOST = 256;

/** What there is once it was opened. */
interface Opened extends Core {
  readonly turns: Turns;
  readonly due: DueTimers;
  readonly keeping: Keeping;
}

export class StoreEngine implements Engine {
  readonly statistics: StoreStatistics = noStatistics();
  readonly #store: Store;
  readonly #options: StoreEngineOptions;
  readonly #runs: KnownRuns;
  readonly #recent = new RecentPayloads();
  readonly #finding = new Map<string, Promise<StoreRun | undefined>>();
  readonly #deliveries = new Deliveries({
    core: () => this.#opened(),
    damaged: (run, damage) => this.#opened().turns.leave(run.id, damage),
    put: (run, event, texts, onApplied) =>
      this.#happenings.report(() => this.#happenings.put(run, { event, texts, onApplied })),
    shared: () => this.#shared,
    performsAgain: () => this.#options.delivering?.performsAgain === true,
  });
  /** Made once: they are asked for several times with every event. */
  #parts: Opened | undefined;
  #places: StorePlace | undefined;
  #suspects: Suspects | undefined;
  #retention: Retention | undefined;
  #inbox: InboxWatch | undefined;
  /** Where other processes work with the store as well. */
  readonly #shared: SharedRuns | undefined;
  readonly #starts: Starts = new Starts({
    core: () => this.#opened(),
    keeping: () => this.#opened().keeping,
    saltOf: (runId) => this.#options.sealing?.saltOf(runId),
    known: (runId) => this.#known(runId),
    make: (runId, summary) => new StoreRun(runId, 0, summary, this.#place()),
    isSame: ({ id, summary: { fingerprint: kept } }, given) =>
      kept === given ||
      (kept !== undefined && given !== undefined && this.#store.isSameFingerprint?.(id, kept, given) === true),
    opened: (run) => {
      this.#open++;
      this.#runs.hold(run);
    },
    dispatched: () => this.#options.sharing?.dispatched(),
    happen: (seat, run, happening) => this.#happenings.happen(seat, run, happening),
    apply: (seat, run, decision, loaded) => this.#happenings.apply(seat, run, decision, loaded),
  });
  readonly #happenings: Happenings = new Happenings({
    core: () => this.#opened(),
    statistics: this.statistics,
    delivering: () => this.#options.delivering,
    meetGraph: (seat, run) => this.#starts.meetGraph(seat, run),
    happened: (run) => this.#runs.happened(run),
    abort: (run, step) => this.#deliveries.abort(run, step),
    attemptOver: (run, step) => this.#over(run, step),
    begin: (run, tasks, isServed) => this.#beginAll(run, tasks, isServed),
    shared: () => this.#shared,
    ended: (run) => {
      this.#ended(run);
      run.records.forget();
    },
  });
  readonly #recovery: Recovery = new Recovery({
    core: () => this.#opened(),
    store: () => this.#store,
    deliveries: this.#deliveries,
    happenings: this.#happenings,
    starts: this.#starts,
    suspects: () => this.#counting(),
    found: (stored) => this.#runOf(stored),
    serveEarlier: (run, tasks) => this.#serveEarlier(run, tasks),
  });
  #open = 0;
  #hasRecovered = false;
  readonly #idle = new IdleWaiters();
  #isClosed = false;
  #endsQuietly = (): void => undefined;

  constructor(store: Store, options: StoreEngineOptions = {}) {
    this.#store = store;
    this.#options = options;
    // What is not durable is ended by its engine, run by run.
    this.#runs = new KnownRuns(store.isDurable ? options.mostWaiting : Number.POSITIVE_INFINITY);
    const { sharing } = options;
    if (sharing !== undefined) this.#shared = new SharedRuns(this.#sharedPlace(sharing));
  }

  #sharedPlace(sharing: Sharing): SharedPlace {
    return {
      ...{ sharing, store: this.#store, runs: this.#runs, recent: this.#recent },
      ...{ deliveries: this.#deliveries, happenings: this.#happenings, starts: this.#starts },
      core: () => this.#opened(),
      met: (stored, known) => this.#met(stored, known),
      callAgain: (run, task) => this.#recovery.begin(run, task, true),
      ended: (run) => this.#ended(run),
      ...{ sealing: this.#options.sealing, keeping: () => this.#opened().keeping },
      read: (runId) =>
        this.#runs.get(runId) ??
        chain(this.#store.find(runId), (stored) => stored && StoreRun.found(stored, this.#place())),
    };
  }

  open(core: Core): MaybePromise<void> {
    if (this.#parts !== undefined && this.#store.isDurable) throw taken();
    const opening = (): MaybePromise<void> => this.#openFor(core);
    return caught(opening, (fault) => this.#notOpened(fault));
  }

  /** It can be opened again, by whomever. */
  #notOpened(fault: unknown): never {
    this.#endsQuietly();
    this.#parts = undefined;
    void answerIfAny(() => this.#store.close());
    throw fault;
  }

  #openFor(core: Core): MaybePromise<void> {
    const { clock, app } = core;
    const shared = this.#shared;
    const { most = MOST, keepForMs = Number.POSITIVE_INFINITY, maxPayloadBytes } = this.#options;
    this.#retention = new Retention(this.#store, clock, keepForMs);
    this.#inbox = new InboxWatch(this.#store.inbox, core.perform, app.log);
    const turns = new Turns({
      store: this.#store,
      clock,
      most,
      onFault: ({ message, code }) => app.log('error', message, { code }),
      onFailed: (runId, fault) => app.log('error', failedText(runId, fault), { runId }),
      onDamage: (runId, damage) => this.#leave(runId, damage),
    });
    const due = new DueTimers(
      this.#store,
      clock,
      (timer) => this.#happenings.report(() => this.#putFired(timer)),
      shared !== undefined,
    );
    const keeping = { classes: keptClasses(app), maxBytes: maxPayloadBytes ?? Number.POSITIVE_INFINITY };
    this.#parts = { ...core, turns, due, keeping };
    this.#places = undefined;
    this.#isClosed = false;
    this.#idle.open();
    if (this.#store.isDurable) this.#endsQuietly = tellAtEnd(this);
    this.#suspects = new Suspects({
      clock,
      limit: this.#options.deaths ?? Number.POSITIVE_INFINITY,
      put: (run, happening) => this.#happenings.put(run, happening),
      settled: (task) => shared?.settled(task),
    });
    return chain(this.#store.open(), () =>
      chain(this.#store.countOpen(), (open) => {
        this.#open = open;
        if (shared === undefined) return;
        return chain(this.#options.sharing?.open(shared, core), () => shared.start());
      }),
    );
  }

  /** Counts deaths; undefined if they are not counted. */
  #counting(): Suspects | undefined {
    return (this.#options.deaths ?? Number.POSITIVE_INFINITY) === Number.POSITIVE_INFINITY ? undefined : this.#suspects;
  }

  #opened(): Opened {
    if (this.#parts === undefined) throw new OnwardError('ONW6070', 'the engine is used before it was opened');
    return this.#parts;
  }

  #place(): StorePlace {
    this.#places ??= this.#newPlace();
    return this.#places;
  }

  #newPlace(): StorePlace {
    const { app, observers } = this.#opened();
    return {
      graph: app.graph,
      store: this.#store,
      recent: this.#recent,
      keeping: () => this.#opened().keeping,
      observers,
      signal: (run, event) => this.#signal(this.#runs.get(run.id) ?? run, event),
      find: (runId) => this.#known(runId),
      hold: (run) => this.#runs.hold(run),
      held: (run, life) =>
        chain(this.#options.sharing?.held(run, life), (elsewhere = []) => {
          return new Map([...elsewhere, ...this.#deliveries.heldOf(run.runId)]);
        }),
      shared: this.#shared,
      whyLeft: (runId) => (this.#isClosed ? leftOpen(runId) : this.#opened().turns.whyLeft(runId)),
    };
  }

  // ── what is asked of it ──

  submit(submission: Submission): Promise<Submitted> {
    this.#recover();
    return this.#starts.submit(submission, this.#inbox?.left);
  }

  retry(runId: string, from: number | string | undefined): Promise<Retried> {
    this.#recover();
    return this.#starts.retry(runId, { outcomes: 'kept', ...(from !== undefined && { from }) });
  }

  find(runId: string): MaybePromise<EngineRun | undefined> {
    return this.#known(runId);
  }

  get saved(): SavedTexts {
    return savedWithin(this.#store.saved, this.#options.maxPayloadBytes);
  }

  runs(query: RunQuery): MaybePromise<RunPage> {
    // A list of runs takes none of them up.
    const look = (stored: StoredRun): MaybePromise<StoreRun> => {
      const known = this.#shared === undefined ? this.#runs.get(stored.runId) : undefined;
      return known ?? StoreRun.found(stored, this.#place());
    };
    return pageOfRuns(this.#store, query, this.#opened().clock.now(), look);
  }

  get paused(): readonly string[] {
    return this.#deliveries.pause.patterns;
  }

  pause(nodes: readonly string[]): MaybePromise<void> {
    return chain(this.#options.sharing?.pause(nodes), () => this.#deliveries.pause.add(nodes));
  }

  unpause(nodes: readonly string[] | undefined): MaybePromise<void> {
    return chain(this.#options.sharing?.unpause(nodes), () => this.#deliveries.unpause(nodes));
  }

  work(limits: WorkLimits): MaybePromise<void> {
    const { sharing } = this.#options;
    // Which nodes come to this process is for those to say who bring the tasks.
    this.#deliveries.limit(sharing === undefined ? limits : { ...limits, nodes: undefined });
    this.#recover();
    if (sharing === undefined) return;
    this.#opened().due.arm();
    return sharing.work(limits);
  }

  held(): readonly HeldStep[] {
    return this.#deliveries.held();
  }

  idle(): Promise<void> {
    if (this.#shared !== undefined) return this.#shared.idle();
    if (this.openRuns === 0) return Promise.resolve();
    return this.#idle.wait();
  }

  get openRuns(): number {
    // Of those of other processes nobody tells this one when they begin.
    if (this.#shared !== undefined) return [...this.#runs.held()].filter(({ isOpen }) => isOpen).length;
    return this.#open + this.#starts.pending;
  }

  async close(limits: CloseLimits): Promise<void> {
    const { clock, turns } = this.#opened();
    const [idle, cancelAll] = [() => this.idle(), () => this.#cancelAll()];
    if (!this.#store.isDurable) {
      if (this.openRuns > 0) await drain({ clock, limits, idle, cancelAll });
      return this.#leaveOpen();
    }
    await closeDurably({
      ...{ clock, turns, deliveries: this.#deliveries, store: this.#store, limits },
      ...{ inbox: this.#inbox, suspects: this.#suspects, sharing: this.#options.sharing },
      forget: (reason) => this.#forgetUnderway(reason),
      leave: () => this.#leaveOpen(),
    });
  }

  processEnds(): void {
    logAwaited(this.#runs.held(), this.#opened().app.log);
  }

  /** From here on nobody is told how an open run ends. */
  #leaveOpen(): void {
    this.#isClosed = true;
    this.#endsQuietly();
    for (const run of this.#runs.held()) if (run.isOpen) run.left(leftOpen(run.id));
    this.#idle.close('they go on when it is opened again');
  }

  /** Drops all that is not in the store, as a crash does, and goes on from there. */
  restart(): void {
    this.#opened().turns.forget();
    this.#forgetUnderway();
    for (const run of this.#runs.held()) run.forget();
    this.#recent.clear();
    this.#hasRecovered = false;
    this.#recover();
  }

  /** @param reason what the signals of bodies are aborted with; none after a crash. */
  #forgetUnderway(reason?: OnwardError): void {
    this.#starts.forget();
    this.#recovery.stop();
    this.#opened().due.forget();
    this.#suspects?.forget();
    this.#deliveries.forget(reason);
    this.#shared?.stop();
  }

  /** What is not durable ends with its runtime. */
  #cancelAll(): void {
    for (const run of this.#runs.held()) void this.#signal(run, { type: 'cancel', reason: 'the runtime was closed' });
  }

  // ── runs ──

  #known(runId: string): MaybePromise<StoreRun | undefined> {
    if (this.#shared !== undefined)
      return chain(this.#store.find(runId), (stored) => (stored === undefined ? undefined : this.#met(stored)));
    return (
      this.#runs.get(runId) ??
      this.#finding.get(runId) ??
      chain(this.#store.find(runId), (stored) => (stored === undefined ? undefined : this.#runOf(stored)))
    );
  }

  /** The run as this process knows it: one object for each that is open. */
  #runOf(stored: StoredRun, read?: KnownRecords): MaybePromise<StoreRun> {
    const { runId } = stored;
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const found = chain(StoreRun.found(stored, this.#place(), read), (run) => {
      const other = this.#runs.get(runId);
      if (other !== undefined) return other;
      if (run.isOpen) this.#runs.happened(run);
      return run;
    });
    if (found instanceof Promise) {
      const finding = found.finally(() => this.#finding.delete(runId));
      this.#finding.set(runId, finding);
      return finding;
    }
    return found;
  }

  /** A run of a shared store, as it stands now. */
  #met(stored: StoredRun, read?: KnownRecords): MaybePromise<StoreRun> {
    const known = this.#runs.get(stored.runId);
    if (known === undefined) return this.#runOf(stored, read);
    if (read !== undefined) known.records.met(read.keys, read.loaded);
    return known.records.version === stored.version ? known : chain(known.refresh(), () => known);
  }

  // ── recovery ──

  /** Takes up what an earlier process has left, once. */
  #recover(): void {
    if (this.#hasRecovered) return;
    this.#hasRecovered = true;
    this.#retention?.look();
    // What others have left is found by those who work.
    if (this.#shared !== undefined) return;
    this.#opened().due.arm();
    this.#inbox?.start();
    if (this.#open > 0) this.#recovery.start();
  }

  /** Calls back once nothing is left to be decided or written. */
  whenIdle(callback: () => void): void {
    this.#opened().turns.whenIdle(callback);
  }

  /** Looks for what got lost in all runs that are open. */
  reconcile(onFound: (count: number) => void): void {
    for (const run of this.#runs.held()) if (run.isOpen) this.#recovery.look(run, onFound);
    this.#opened().due.arm();
  }

  // ── what happens to a run ──

  #signal(run: StoreRun, signal: Signal): Promise<Signalled> {
    const { app, turns } = this.#opened();
    return new Promise((resolve, reject) => {
      const decideSignal = (seat: Seat): MaybePromise<void> => {
        const draft = seat.draftOf(run);
        const loading = signal.type === 'stepCancelled' ? draft.live() : draft.load(keysOf(app.graph, signal));
        return chain(loading, (loaded) => {
          const texts = new Map<string, string>();
          const keep = keeperOf(texts, this.#opened().keeping);
          const event = tried(() => admit(app.graph, run.id, new Records(loaded), signal, keep));
          if (event instanceof Error) return seat.afterCommit(() => reject(event));
          if (typeof event === 'string') return seat.afterCommit(() => resolve(event));
          const onApplied = ({ outcome }: Decision): void => resolve(outcome === 'applied' ? 'applied' : 'duplicate');
          return this.#happenings.happen(seat, run, { event, texts, onApplied });
        });
      };
      const decide = (seat: Seat): MaybePromise<void> =>
        chain(this.#starts.meetGraph(seat, run), () => decideSignal(seat));
      const ready = this.#shared === undefined ? {} : { ready: () => run.refresh() };
      turns.put({ runId: run.id, ...ready, decide, refuse: reject });
    });
  }

  #putFired(timer: StoredTimer): void {
    const { runId, key } = timer;
    const decideFired = (seat: Seat): MaybePromise<void> =>
      chain(seat.run ?? this.#known(runId), (run) => {
        seat.afterCommit(() => this.#opened().due.settled(key));
        if (run?.isOpen !== true) return;
        const event = readJson<Event>(timer.event, runId, key);
        return this.#happenings.happen(seat, run, { event, fired: key });
      });
    this.#opened().turns.put({ runId, decide: decideFired });
  }

  #beginAll(run: StoreRun, tasks: readonly Task[], isServed: boolean): void {
    if (run.hasEarlier && !isServed && tasks.length > 0) this.#serveEarlier(run, tasks);
    else if (this.#shared !== undefined) this.#shared.begin(run, tasks);
    else
      for (const task of inTurn(this.#opened().app.graph, tasks))
        this.#happenings.dispatch(() => this.#deliveries.begin(run, task));
  }

  #serveEarlier(run: StoreRun, tasks: readonly Task[]): void {
    this.#happenings.dispatch(() => this.#starts.serveEarlier(run, tasks));
  }

  #over(run: StoreRun, step: number): void {
    this.#deliveries.land(run, step);
    this.#suspects?.ended(run, step);
  }

  #ended(run: StoreRun): void {
    this.#opened().due.removed((armed) => armed.startsWith(`${run.id}~`));
    this.#runs.delete(run.id);
    this.#retention?.look();
    this.#left();
  }

  /** A run cannot be read, be it open or over: nothing of it goes on here, and those who wait for it hear why. */
  #leave(runId: string, damage: OnwardError): void {
    const { app, due } = this.#opened();
    app.log('error', damage.message, { code: damage.code, runId });
    due.leave(runId);
    this.#deliveries.leave(runId, damage);
    this.#shared?.left(runId);
    this.#runs.get(runId)?.left(damage);
    const stored = answerIfAny(() => this.#store.find(runId));
    void chain(stored, (run) => (run?.isOpen === false ? undefined : this.#left()));
  }

  /** One less is open: it has ended, or cannot be read, and nobody waits for that one. */
  #left(): void {
    this.#open--;
    if (this.openRuns === 0) this.#idle.idle();
  }
}
