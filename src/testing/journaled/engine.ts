// A memory engine that keeps nothing but serialised records: what a durable engine does, without a disk.
//
// JOURNALED-1. Every event is decided on freshly parsed records; every payload passes the codec.
// JOURNALED-2. On demand it delivers tasks and events twice, in any order, or loses a dispatch after the write. Runs
//     end the same all the same: what is lost is found again from the live steps.
// JOURNALED-3. The same seed gives the same schedule, as far as bodies end in the same turns.

import {
  drain,
  type CloseLimits,
  type Core,
  type Engine,
  type EngineRun,
  type Submission,
  type Submitted,
} from '../../engines/engine.ts';
import { Timers } from '../../engines/timers.ts';
import { reportCallbackFailures, reportFailedRun } from '../../engines/unheard.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { admit, decide, redispatch, type Decision } from '../../records/decide.ts';
import type { Event, Signal, Signalled, Task } from '../../run/event.ts';
import { keysOf } from '../../records/keys.ts';
import type { Timer } from '../../records/outbox.ts';
import { nodeNamed } from '../../graph/compile.ts';
import { keptPlan } from '../../records/payloads.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { Phase } from '../../run/status.ts';
import { perform } from '../../records/task.ts';
import { Deliveries, type Delivery } from './deliveries.ts';
import { keeperOf, type Texts } from './payloads.ts';
import { detailOf, pageOf, type RunPage, type RunQuery } from '../../execute/run-query.ts';
import { JournaledRun } from './run.ts';
import { ioFor } from './io.ts';
import { seededRandom } from '../random.ts';

/** What goes wrong, and how often: shares from 0 to 1. */
export interface JournaledEngineOptions {
  /** @default 1 */
  readonly seed?: number;
  /** Share of tasks and events that are delivered twice. @default 0 */
  readonly duplicate?: number;
  /** Share of dispatches (tasks, timers) that are lost after the write and found again later. @default 0 */
  readonly lose?: number;
  /** Deliver in random order. @default false */
  readonly reorder?: boolean;
}

/** What has happened to the engine's deliveries, for tests to see that faults took place. */
export interface JournalStatistics {
  events: number;
  duplicates: number;
  lost: number;
  found: number;
  /** The most records that one event read, and the most characters that one event wrote without payloads. */
  mostRead: number;
  mostWritten: number;
}

export interface JournaledEngine extends Engine {
  readonly statistics: Readonly<JournalStatistics>;
  /** Forgets everything but the records, as a crash does, and goes on from them. */
  restart(): void;
}

/** An engine for tests. Its records live as long as it does. */
export function journaledEngine(options: JournaledEngineOptions = {}): JournaledEngine {
  return new Journal(options);
}

type Enqueued = { readonly run: JournaledRun } & (
  | { readonly task: Task }
  | { readonly event: Event; readonly texts?: Texts; readonly onApplied?: (decision: Decision) => void }
);
const NO_TEXTS: Texts = new Map();

class Journal implements JournaledEngine {
  readonly statistics: JournalStatistics = { events: 0, duplicates: 0, lost: 0, found: 0, mostRead: 0, mostWritten: 0 };
  readonly #options: JournaledEngineOptions;
  readonly #random: () => number;
  readonly #runs = new Map<string, JournaledRun>();
  readonly #deliveries = new Deliveries((delivery) => this.#performNow(delivery));
  #timers: Timers<string> | undefined;
  #core: Core | undefined;
  #inbox: Enqueued[] = [];
  /** Deliveries of an earlier life are not this one's. */
  #life = 0;
  #pumping = false;
  #idleWaiters: (() => void)[] = [];

  constructor(options: JournaledEngineOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
  }

  open(core: Core): void {
    this.#core = core;
    this.#timers = new Timers(core.clock);
  }

  get #opened(): Core & { readonly timers: Timers<string> } {
    if (this.#core === undefined || this.#timers === undefined)
      throw new OnwardError('ONW6070', 'the journaled engine is used before it was opened');
    return { ...this.#core, timers: this.#timers };
  }

  submit({ runId, plan, settings, fingerprint }: Submission): Submitted {
    const known = this.#runs.get(runId);
    if (known !== undefined) return { outcome: known.fingerprint === fingerprint ? 'exists' : 'differs', run: known };
    const texts = new Map<string, string>();
    // It throws if something of it cannot be kept: there must be no run yet that nothing could ever end.
    const kept = keptPlan(plan, keeperOf(runId, texts));
    const run = new JournaledRun(runId, fingerprint, {
      graph: this.#opened.app.graph,
      signal: (of, event) => this.#signal(of, event),
      observers: this.#opened.observers,
      tags: settings.tags,
    });
    this.#runs.set(runId, run);
    this.#apply(run, { type: 'submitted', plan: kept, settings }, texts);
    this.#pump();
    return { outcome: 'created', run };
  }

  find(runId: string): EngineRun | undefined {
    return this.#runs.get(runId);
  }

  runs(query: RunQuery): RunPage {
    return pageOf(this.#runs.values(), query, this.#opened.clock.now(), (run) => detailOf(run.snapshot()));
  }

  get paused(): readonly string[] {
    return this.#deliveries.pause.patterns;
  }

  pause(nodes: readonly string[]): void {
    this.#deliveries.pause.add(nodes);
  }

  unpause(nodes: readonly string[] | undefined): void {
    for (const delivery of this.#deliveries.pause.remove(nodes)) this.#deliveries.begin(delivery);
  }

  idle(): Promise<void> {
    if (this.#openRuns().length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  async close(limits: CloseLimits): Promise<void> {
    if (this.#openRuns().length === 0) return;
    await drain({
      clock: this.#opened.clock,
      limits,
      idle: () => this.idle(),
      cancelAll: () => {
        for (const run of this.#openRuns()) this.#signal(run, { type: 'cancel', reason: 'the runtime was closed' });
      },
    });
  }

  restart(): void {
    this.#life++;
    this.#inbox = [];
    this.#deliveries.forget();
    this.#opened.timers.clearAll();
    this.#reconcile();
    this.#pump();
  }

  #openRuns(): JournaledRun[] {
    return [...this.#runs.values()].filter((run) => run.isOpen);
  }

  #signal(run: JournaledRun, signal: Signal): Signalled {
    const { graph } = this.#opened.app;
    const texts = new Map<string, string>();
    const records = signal.type === 'stepCancelled' ? run.liveRecords() : run.recordsOf(keysOf(graph, signal));
    const event = admit(graph, run.id, records, signal, keeperOf(run.id, texts));
    if (typeof event === 'string') return event;
    const { outcome } = this.#apply(run, event, texts);
    this.#pump();
    return outcome === 'applied' ? 'applied' : 'duplicate';
  }

  /** One event: its records read, decided, written, and only then acted on. */
  #apply(run: JournaledRun, event: Event, texts: Texts = NO_TEXTS): Decision {
    const { app, clock } = this.#opened;
    const records = run.recordsOf(keysOf(app.graph, event));
    const decision = decide(app.graph, run.id, records, event, clock.now());
    const written = run.write(decision.writes);
    if (decision.outcome === 'applied') run.payloads.keep(texts);
    this.statistics.events++;
    this.statistics.mostRead = Math.max(this.statistics.mostRead, records.size);
    this.statistics.mostWritten = Math.max(this.statistics.mostWritten, written);
    if (decision.outcome === 'duplicate') this.statistics.duplicates++;
    for (const { step } of decision.aborts) this.#deliveries.abort(run, step, run.stopErrorOf(step));
    for (const task of decision.tasks) this.#dispatch(() => this.#put({ run, task }));
    for (const timer of decision.timers) this.#setTimer(run, timer);
    if (decision.sweep) this.#sweep(run);
    for (const turn of decision.turns) this.#dispatch(() => this.#put({ run, event: turn }));
    const { idle } = decision;
    if (idle !== null) this.#dispatch(() => this.#put({ run, event: idle }));
    for (const notice of decision.events) if (endsAttempt(notice)) this.#deliveries.land(run, notice.step);
    run.publish(decision.events);
    reportCallbackFailures(decision.events, run, app.log, (ref) => run.payloads.load(ref));
    if (decision.events.some((notice) => notice.type === 'run.ended' && notice.status === 'failed'))
      reportFailedRun(run, this.#opened);
    if (!run.isOpen && this.#openRuns().length === 0) this.#notifyIdle();
    return decision;
  }

  #sweep(run: JournaledRun): void {
    for (const event of redispatch(this.#opened.app.graph, run.id, run.liveRecords()).events) {
      this.#dispatch(() => this.#put({ run, event }));
    }
  }

  /** Dispatches, unless this one gets lost. */
  #dispatch(go: () => void): void {
    if (this.#random() < (this.#options.lose ?? 0)) this.statistics.lost++;
    else go();
  }

  #put(delivery: Enqueued): void {
    this.#inbox.push(delivery);
    if (this.#random() < (this.#options.duplicate ?? 0)) this.#inbox.push(delivery);
  }

  #setTimer(run: JournaledRun, timer: Timer): void {
    this.#opened.timers.clear(timer.key);
    if (timer.at !== null) this.#dispatch(() => this.#startTimer(run, timer));
  }

  #startTimer(run: JournaledRun, { key, at, event }: Timer): void {
    const { timers, clock } = this.#opened;
    timers.set(key, (at ?? 0) - clock.now(), () => {
      this.#put({ run, event });
      this.#pump();
    });
  }

  /** Delivers what is there, one at a time, and looks for what was lost when nothing is left to deliver. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      const delivery = this.#take();
      if (delivery !== undefined) this.#deliver(delivery);
      else this.#reconcile();
      if (this.#inbox.length > 0) this.#pump();
    });
  }

  #take(): Enqueued | undefined {
    const at = this.#options.reorder === true ? Math.floor(this.#random() * this.#inbox.length) : 0;
    return this.#inbox.splice(at, 1)[0];
  }

  #deliver(delivery: Enqueued): void {
    if ('event' in delivery) {
      const decision = this.#apply(delivery.run, delivery.event, delivery.texts);
      delivery.onApplied?.(decision);
    } else this.#perform(delivery.run, delivery.task);
    this.#pump();
  }

  #perform(run: JournaledRun, task: Task): void {
    const phase = run.phaseOf(task.at.step, task.attempt);
    if (phase === Phase.OVER && this.#random() < 0.5) return;
    const node = nodeNamed(this.#opened.app.graph, task.at.node);
    const isInline = task.inline || task.kind !== 'body' || phase !== Phase.RUNNING;
    this.#deliveries.begin({ run, task, node, isInline, body: undefined });
  }

  /** In the async context in which the run was started, whoever freed the slot or delivered the event. */
  #performNow(delivery: Delivery): void {
    const { app, clock } = this.#opened;
    const { run, task } = delivery;
    const life = this.#life;
    const put = (event: Event, texts: Texts, onApplied?: (decision: Decision) => void): void => {
      if (life !== this.#life) return;
      const enqueued = { run, event, texts };
      this.#put(onApplied === undefined ? enqueued : { ...enqueued, onApplied });
      this.#pump();
    };
    const io = ioFor(delivery, { clock, put, end: () => life === this.#life && this.#deliveries.end(delivery) });
    run.whenUngated(() => {
      if (life !== this.#life) return;
      run.context.runInAsyncScope(() => {
        perform(app, task, io).catch((fault: unknown) => run.fail(fault));
      });
    });
  }

  /** Bodies under way may wait for what was lost, so it is found while they run. */
  #reconcile(): void {
    for (const run of this.#openRuns()) {
      const { tasks, timers, events } = redispatch(this.#opened.app.graph, run.id, run.liveRecords());
      const lost = tasks.filter(({ key }) => !this.#deliveries.has(run, key));
      this.statistics.found += lost.length + events.length;
      for (const task of lost) this.#inbox.push({ run, task });
      for (const event of events) this.#inbox.push({ run, event });
      for (const timer of timers) if (!this.#opened.timers.has(timer.key)) this.#startTimer(run, timer);
    }
  }

  #notifyIdle(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

function endsAttempt(event: RunEvent): event is RunEvent & { readonly step: number } {
  return 'code' in event && 'step' in event;
}
