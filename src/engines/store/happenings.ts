// What happens to the runs of a store engine: one event at a time is decided, written, and only then acted on.
//
// HAPPENINGS-1. Nothing is begun, answered or published of an event before all that it changes is written.
// HAPPENINGS-2. An event that was written and not confirmed is acted on once it is read. Of one that the history of its run
//     has dropped by then, what is to begin is found as after a crash. A run that begins again numbers its events from 1:
//     those of another life say nothing.

import type { Core } from '../engine.ts';
import { decide, redispatch, type Decision } from '../../records/decide.ts';
import { keysOf, RECORDS, RUN_KEY } from '../../records/keys.ts';
import { readRunRecord } from '../../records/records.ts';
import type { Event, Task } from '../../run/event.ts';
import { endsAttempt, type RunEvent } from '../../run/run-event.ts';
import type { Json } from '../../values/json.ts';
import { onRecordsOf } from './run/damage.ts';
import type { DueTimers } from './due.ts';
import { logFailures } from './ends.ts';
import { all, chain } from './now-or-later.ts';
import { isNumbered } from './run/late-reader.ts';
import type { Texts } from './run/payloads.ts';
import { keysAhead } from './shared/read-ahead.ts';
import { Records } from './run/record-text.ts';
import type { SharedRuns } from './shared/sharing.ts';
import { count, type StoreStatistics } from './statistics.ts';
import type { Delivering } from './store-engine-options.ts';
import type { StoreRun } from './run/store-run.ts';
import type { MaybePromise } from './store.ts';
import type { Effect, Seat, Turns, Work } from './turns.ts';
import { noteWaiting } from './waiting.ts';

/** An event of a run, with what it brings. */
export interface Happening {
  readonly event: Event;
  readonly texts?: Texts;
  /** The timer that brought it. */
  readonly fired?: string;
  readonly onApplied?: ((decision: Decision) => void) | undefined;
}

/** What follows from events in their engine. */
export interface HappeningsPlace {
  core(): Core & { readonly turns: Turns; readonly due: DueTimers };
  readonly statistics: StoreStatistics;
  delivering(): Delivering | undefined;
  /** Ahead of all that happens to it: a run that was found in the store may have begun with another graph. */
  meetGraph(seat: Seat, run: StoreRun): MaybePromise<unknown>;
  /** Something has happened to a run that is open. */
  happened(run: StoreRun): void;
  abort(run: StoreRun, step: number): void;
  attemptOver(run: StoreRun, step: number): void;
  /** Where other processes write to the store as well. */
  shared(): Pick<SharedRuns, 'decided' | 'acted'> | undefined;
  /** @param isServed what is kept of earlier lives of the run was looked up. */
  begin(run: StoreRun, tasks: readonly Task[], isServed: boolean): void;
  ended(run: StoreRun): void;
}

export class Happenings {
  readonly #place: HappeningsPlace;

  constructor(place: HappeningsPlace) {
    this.#place = place;
  }

  workOf(run: StoreRun, happening: Happening): Work {
    const work: Work = { runId: run.id, decide: (seat) => this.happen(seat, run, happening) };
    if (this.#place.shared() === undefined) return work;
    const { event } = happening;
    const { graph } = this.#place.core().app;
    const ahead = 'at' in event ? keysAhead(graph, event.at.node) : [];
    return { ...work, ready: () => run.records.load(this.#keysOf(event), ahead) };
  }

  #keysOf(event: Event): readonly string[] {
    const keys = keysOf(this.#place.core().app.graph, event);
    const isOfSharedStep = 'at' in event && this.#place.shared() !== undefined;
    return isOfSharedStep ? [...keys, RECORDS.holder.key(event.at.step)] : keys;
  }

  put(run: StoreRun, happening: Happening): void {
    this.#place.core().turns.put(this.workOf(run, happening));
  }

  /** One event: its records read, decided, put down to be written, and acted on after that. */
  happen(seat: Seat, run: StoreRun, happening: Happening): MaybePromise<void> {
    return chain(this.#place.meetGraph(seat, run), () => this.#decide(seat, run, happening));
  }

  #decide(seat: Seat, run: StoreRun, { event, texts, fired, onApplied }: Happening): MaybePromise<void> {
    const { app, clock } = this.#place.core();
    const draft = seat.draftOf(run);
    return chain(draft.load(this.#keysOf(event)), (loaded) => {
      const decision = onRecordsOf(run.id, () => decide(app.graph, run.id, new Records(loaded), event, clock.now()));
      if (fired !== undefined) draft.setTimer({ key: fired, at: null, event: '' });
      if (decision.outcome === 'applied' && texts !== undefined) draft.keep(texts);
      this.#place.shared()?.decided(seat, run, { event, decision, loaded });
      const applied = this.apply(seat, run, decision, loaded.size);
      if (onApplied !== undefined) seat.afterCommit(() => onApplied(decision));
      return applied;
    });
  }

  /** Puts down what a decision writes, and does the rest after the commit. */
  apply(seat: Seat, run: StoreRun, decision: Decision, loaded: number): MaybePromise<void> {
    const draft = seat.draftOf(run);
    if (decision.outcome === 'applied') {
      draft.write(decision.writes);
      if (decision.standing !== undefined) {
        const { status, isOpen, endedAt } = decision.standing;
        draft.summary = { ...draft.summary, status, isOpen, waitsIn: undefined, endedAt };
      }
      for (const { key, at, event: due } of decision.timers)
        draft.setTimer({ key, at: at === Number.POSITIVE_INFINITY ? null : at, event: JSON.stringify(due) });
    }
    count(this.#place.statistics, loaded, decision);
    seat.afterCommit(() => this.#act(run, decision));
    if (this.#place.shared() !== undefined && decision.outcome === 'applied')
      seat.ifUnconfirmed(() => this.#read(run, decision));
    this.#sweepNowAndThen(seat, run, decision);
    const ending = all(decision.ended.map((prefix) => draft.end(prefix)));
    const { graph } = this.#place.core().app;
    return chain(ending, () =>
      chain(this.#followUp(seat, run, decision), () =>
        noteWaiting(graph, draft, { decision, isShared: this.#place.shared() !== undefined }),
      ),
    );
  }

  /** A long run whose history is bounded is bounded itself. */
  #sweepNowAndThen(seat: Seat, run: StoreRun, { standing }: Decision): void {
    if (standing === undefined || !run.isToBeSwept(standing)) return;
    seat.follow({ runId: run.id, decide: () => seat.draftOf(run).sweep() });
  }

  /** What follows without user code. */
  #followUp(seat: Seat, run: StoreRun, { sweep, turns, idle }: Decision): MaybePromise<void> {
    const events: readonly Event[] = idle === null ? turns : [...turns, idle];
    if (!sweep) return this.#follow(seat, run, events);
    return chain(seat.draftOf(run).live(), (texts) => {
      const { graph } = this.#place.core().app;
      const swept = onRecordsOf(run.id, () => redispatch(graph, run.id, new Records(texts)).events);
      this.#follow(seat, run, [...swept, ...events]);
    });
  }

  #follow(seat: Seat, run: StoreRun, events: readonly Event[]): void {
    const delivering = this.#place.delivering();
    for (const event of events) {
      if (delivering === undefined) seat.follow(this.workOf(run, { event }));
      else seat.afterCommit(() => delivering.dispatch(() => this.put(run, { event })));
    }
  }

  /** It may get lost, where tests have it so. */
  dispatch(go: () => void): void {
    const delivering = this.#place.delivering();
    if (delivering === undefined) go();
    else delivering.dispatch(go);
  }

  /** It may come late, and twice, where tests have it so. */
  report(go: () => void): void {
    const delivering = this.#place.delivering();
    if (delivering === undefined) go();
    else delivering.report(go);
  }

  /** What was decided is in the store now. */
  #act(run: StoreRun, decision: Decision): MaybePromise<void> {
    const { events, aborts, tasks, timers, writes, isServed } = decision;
    const { due } = this.#place.core();
    if (run.isOpen) this.#place.happened(run);
    for (const { step } of aborts) this.#place.abort(run, step);
    for (const event of events) if (endsAttempt(event)) this.#place.attemptOver(run, event.step);
    for (const { key, at } of timers) {
      if (at === null) due.removed((armed) => armed === key);
      else this.dispatch(() => due.armFor(at, key));
    }
    run.settleCalls(writes);
    return chain(run.publish(events), () => {
      this.#place.begin(run, tasks, isServed === true);
      this.#place.shared()?.acted(run, decision);
      const hasEnded = events.some(({ type }) => type === 'run.ended');
      if (hasEnded) this.#place.ended(run);
      return logFailures(run, events, this.#place.core());
    });
  }

  /** HAPPENINGS-2. @throws if the store cannot be read. */
  #read(run: StoreRun, decision: Decision): MaybePromise<Effect | undefined> {
    const events = decision.events.filter(isNumbered);
    if (events.length === 0) return this.#readWrites(run, decision);
    const first = Math.min(...events.map(({ seq }) => seq));
    return chain(run.since(first - 1), (known) => {
      const written = decision.writes.find(([key]) => key === RUN_KEY)?.[1] ?? undefined;
      const isOfLife = lifeIn(written) === lifeIn(run.records.peek(RUN_KEY)?.json);
      const isWritten = isOfLife && events.every((event) => known.some((other) => isSame(event, other)));
      return isWritten ? () => this.#act(run, decision) : undefined;
    });
  }

  /** Of what has no number, such as a cancel: its records are there as it wrote them. */
  #readWrites(run: StoreRun, decision: Decision): MaybePromise<Effect | undefined> {
    const { writes } = decision;
    return chain(run.refresh(writes.map(([key]) => key)), ({ texts }) => {
      const isWritten = writes.every(([key, , text]) => (texts.get(key)?.text ?? null) === text);
      return isWritten && writes.length > 0 ? () => this.#act(run, decision) : undefined;
    });
  }
}

/** How often a run has begun, by its record. */
function lifeIn(json: Json | undefined): number {
  return readRunRecord(json)?.life ?? 1;
}

function isSame(event: RunEvent, other: RunEvent): boolean {
  const stepOf = (one: RunEvent): unknown => ('step' in one ? one.step : undefined);
  return event.seq === other.seq && event.type === other.type && stepOf(event) === stepOf(other);
}
