// How runs of a store begin: a submission that makes a run or joins one, and a run that is over and begins again.
//
// STARTS-1. Nothing that cannot be kept makes a run: what is submitted is turned into text ahead of its turn.
// STARTS-2. A run begins again in one commit: it is over, or it has begun again. A second request joins it.
// STARTS-3. A step of a run that has begun again is looked up before it is performed. While that is to be decided, it is
//     not lost.
// STARTS-4. A run that was found in the store has met the graph of this process before anything of it is decided: what a
//     timer or a signal brings comes after what it has asked for.

import { hashOf } from '../../graph/graph-hash.ts';
import type { CompiledGraph } from '../../graph/graph.ts';
import { decideStart, graphChangeOf, redispatch, type Decision } from '../../records/decide.ts';
import { RECORDS, RUN_KEY, SETTINGS_KEY } from '../../records/keys.ts';
import { readRunRecord } from '../../records/records.ts';
import { keptPlan } from '../../records/payloads.ts';
import {
  ENDING_WITH_LIFE,
  ENDING_WITH_SERVING,
  reopen,
  serveEarlier,
  type NotReopened,
  type Reopening,
} from '../../records/reopen.ts';
import type { Event, Task } from '../../run/event.ts';
import type { Core, OnChange, Retried, Submission, Submitted } from '../engine.ts';
import { onRecordsOf } from './run/damage.ts';
import { all, chain } from './now-or-later.ts';
import { keeperOf, type Keeping, type Texts } from './run/payloads.ts';
import { Records } from './run/record-text.ts';
import type { StoreRun } from './run/store-run.ts';
import type { MaybePromise, StoredSummary } from './store.ts';
import type { Seat, Turns } from './turns.ts';
import { printable } from '../../values/describe.ts';

/** What starts ask of their engine. */
export interface StartsPlace {
  core(): Core & { readonly turns: Turns };
  keeping(): Keeping;
  /** What the calls of a run are hashed with; undefined if nothing of it is secret. */
  saltOf(runId: string): string | undefined;
  known(runId: string): MaybePromise<StoreRun | undefined>;
  /** A run that is not in the store yet. */
  make(runId: string, summary: StoredSummary): StoreRun;
  /** Whether a run was made by a submission of this fingerprint. */
  isSame(run: StoreRun, fingerprint: string | undefined): boolean;
  /** It is open, and was not before. */
  opened(run: StoreRun): void;
  /** Resolves when all that was begun elsewhere is on its way. */
  dispatched(): MaybePromise<void>;
  happen(seat: Seat, run: StoreRun, happening: { readonly event: Event; readonly texts: Texts }): MaybePromise<void>;
  /** Puts down what a decision writes, and acts on it after the commit. */
  apply(seat: Seat, run: StoreRun, decision: Decision, loaded: number): MaybePromise<void>;
}

interface Joining {
  readonly event: Extract<Event, { type: 'submitted' }>;
  readonly texts: Texts;
  readonly summary: StoredSummary;
  readonly resume: OnChange | undefined;
}

type OnGraphChange = 'raise' | 'reset';

/** Nothing of what the run was is left. */
const ENDING_WITH_RESET = Object.values(RECORDS).map(({ letter }) => letter);

export class Starts {
  readonly #place: StartsPlace;
  #pending = 0;
  /** The graphs that runs are known to go on with. */
  readonly #graphs = new WeakMap<StoreRun, CompiledGraph>();
  /** Turns in which a run has met the graph. */
  readonly #met = new WeakSet<Seat>();
  /** STARTS-3: steps by run. */
  readonly #lookedUp = new Map<string, Set<number>>();

  constructor(place: StartsPlace) {
    this.#place = place;
  }

  /** Starts that are not answered yet. */
  get pending(): number {
    return this.#pending;
  }

  /** @param ahead comes before it is decided; what it asks for is read at once */
  submit(submission: Submission, ahead?: Promise<void>): Promise<Submitted> {
    const { runId, plan, fingerprint, resume } = submission;
    const salt = this.#place.saltOf(runId);
    const settings = salt === undefined ? submission.settings : { ...submission.settings, salt };
    const texts = new Map<string, string>();
    // It throws if something of it cannot be kept: there must be no run yet that nothing could ever end.
    const kept = keptPlan(plan, keeperOf(texts, this.#place.keeping()));
    const summary: StoredSummary = {
      job: plan.name,
      fingerprint: fingerprint?.text,
      tags: settings.tags,
      status: 'running',
      isOpen: true,
      waitsIn: undefined,
      createdAt: this.#place.core().clock.now(),
      endedAt: 0,
    };
    const run = this.#place.make(runId, summary);
    this.#graphs.set(run, this.#place.core().app.graph);
    const decide = (seat: Seat, answer: (answer: Submitted) => void): MaybePromise<void> =>
      // A generated id is known nowhere.
      chain(seat.run ?? (fingerprint === undefined ? undefined : this.#place.known(runId)), (known) => {
        if (known !== undefined) {
          seat.run = known;
          const event = { type: 'submitted', plan: kept, settings } as const;
          return this.#join(seat, known, { event, texts, summary, resume }, answer);
        }
        seat.afterCommit(() => this.#place.opened(run));
        const happening = { event: { type: 'submitted', plan: kept, settings } as const, texts };
        return chain(this.#place.happen(seat, run, happening), () =>
          seat.afterCommit(() => answer({ outcome: 'created', run })),
        );
      });
    return this.#put(runId, decide, ahead);
  }

  /** There is a run with the id of a submission. */
  #join(
    seat: Seat,
    run: StoreRun,
    { resume, ...submitted }: Joining,
    answer: (submitted: Submitted) => void,
  ): MaybePromise<void> {
    const isSame = this.#place.isSame(run, submitted.summary.fingerprint);
    const say = (given: Submitted): void => seat.afterCommit(() => answer(given));
    if (resume === undefined) return say({ outcome: isSame ? 'exists' : 'differs', run });
    if (!isSame && resume === 'raise') return say({ outcome: 'changed', run });
    const isReset = !isSame && resume === 'reset';
    if (isReset && run.isOpen) return say({ outcome: 'refused', run, why: { outcome: 'open' } });
    if (!isReset && (run.isOpen || run.summary.status === 'completed')) return say({ outcome: 'exists', run });
    const beginning = isReset ? this.#reset(seat, run, submitted) : this.reopen(seat, run, { outcomes: 'kept' });
    return chain(beginning, (why) =>
      say(why === undefined ? { outcome: 'exists', run } : { outcome: 'refused', run, why }),
    );
  }

  /** It starts over with something else. */
  #reset(seat: Seat, run: StoreRun, { event, texts, summary }: Omit<Joining, 'resume'>): MaybePromise<undefined> {
    const { app, clock } = this.#place.core();
    const draft = seat.draftOf(run);
    return chain(draft.load([RUN_KEY]), (found) => {
      const life = (readRunRecord(new Records(found).get(RUN_KEY))?.life ?? 1) + 1;
      const decision = decideStart(app.graph, run.id, event, { now: clock.now(), life });
      const ending = all(ENDING_WITH_RESET.map((prefix) => draft.end(prefix)));
      draft.keep(texts);
      draft.summary = summary;
      seat.afterCommit(() => this.#place.opened(run));
      return chain(ending, () => chain(this.#place.apply(seat, run, decision, 1), () => undefined));
    });
  }

  /** Begins a run again, without what has finished. */
  retry(runId: string, reopening: Reopening): Promise<Retried> {
    return this.#put<Retried>(runId, (seat, answer) =>
      chain(seat.run ?? this.#place.known(runId), (run) => {
        if (run === undefined) return seat.afterCommit(() => answer({ outcome: 'unknown' }));
        return chain(this.reopen(seat, run, reopening), (refused) =>
          seat.afterCommit(() => answer(refused ?? { outcome: 'begun', run })),
        );
      }),
    );
  }

  /** @returns why it does not begin again. */
  reopen(seat: Seat, run: StoreRun, reopening: Reopening): MaybePromise<NotReopened | undefined> {
    const { app, clock } = this.#place.core();
    const draft = seat.draftOf(run);
    return chain(draft.whole(), (texts) => {
      const records = new Records(texts);
      const decision = reopen(app.graph, run.id, records, { ...reopening, now: clock.now() });
      if (!('writes' in decision)) return decision;
      for (const { key } of redispatch(app.graph, run.id, records).timers) draft.setTimer({ key, at: null, event: '' });
      if (!draft.summary.isOpen) seat.afterCommit(() => this.#place.opened(run));
      const ending = all(ENDING_WITH_LIFE.map((prefix) => draft.end(prefix)));
      return chain(ending, () => chain(this.#place.apply(seat, run, decision, texts.size), () => undefined));
    });
  }

  /**
   * STARTS-4. Compares the graph of this process with that of a run that was found in the store, once. A client leaves that to
   * those that perform the run.
   *
   * @returns what the run has asked for, if it began with another one; that is decided now.
   */
  meetGraph(seat: Seat, run: StoreRun): MaybePromise<OnGraphChange | undefined> {
    const { graph, isClient } = this.#place.core().app;
    if (isClient === true || this.#graphs.get(run) === graph || this.#met.has(seat)) return undefined;
    if (this.#asksNothing(run)) {
      this.#graphs.set(run, graph);
      return undefined;
    }
    this.#met.add(seat);
    seat.afterCommit(() => void this.#graphs.set(run, graph));
    return chain(seat.draftOf(run).load([SETTINGS_KEY, RUN_KEY]), (texts) => {
      const change = run.isOpen ? onRecordsOf(run.id, () => graphChangeOf(graph, new Records(texts))) : undefined;
      return change && chain(this.#change(seat, run, change), () => change);
    });
  }

  /** Its settings say so, whatever else is kept of it. */
  #asksNothing(run: StoreRun): boolean {
    const settings = run.records.peek(SETTINGS_KEY);
    if (settings === undefined) return false;
    const { graph } = this.#place.core().app;
    return onRecordsOf(run.id, () => graphChangeOf(graph, new Map([[SETTINGS_KEY, settings.json]])) === undefined);
  }

  #change(seat: Seat, run: StoreRun, change: OnGraphChange): MaybePromise<void> {
    const { app } = this.#place.core();
    const done = change === 'raise' ? 'it is suspended until it is resumed' : 'it starts over';
    const text = `run ${printable(run.id)} began with another graph than this process has: ${done}`;
    seat.afterCommit(() => app.log('warn', text, { runId: run.id, job: run.describe().job }));
    if (change === 'reset') return chain(this.reopen(seat, run, { outcomes: 'none' }), () => undefined);
    const event = { type: 'graphChanged', hash: hashOf(app.graph) } as const;
    return this.#place.happen(seat, run, { event, texts: new Map() });
  }

  /** Steps are to be performed of a run that was begun again: what is kept of them is served. */
  serveEarlier(run: StoreRun, tasks: readonly Task[]): void {
    const { app, clock, turns } = this.#place.core();
    const lookedUp = this.#lookedUp.get(run.id) ?? new Set();
    this.#lookedUp.set(run.id, lookedUp);
    const steps = [...new Set(tasks.map(({ at }) => at.step))].filter((step) => !lookedUp.has(step));
    for (const step of steps) lookedUp.add(step);
    if (steps.length === 0) return;
    const decide = (seat: Seat): MaybePromise<void> => {
      const draft = seat.draftOf(run);
      return chain(draft.whole(), (texts) => {
        const decision = serveEarlier(app.graph, run.id, new Records(texts), { steps, now: clock.now() });
        const ending = all(ENDING_WITH_SERVING.map((prefix) => draft.end(prefix)));
        // Ahead of what is begun then.
        seat.afterCommit(() => {
          for (const step of steps) lookedUp.delete(step);
          if (lookedUp.size === 0) this.#lookedUp.delete(run.id);
        });
        return chain(ending, () => this.#place.apply(seat, run, decision, texts.size));
      });
    };
    turns.put({ runId: run.id, decide });
  }

  /** Whether it is still to be decided how a step is performed. */
  isLookedUp(run: StoreRun, step: number): boolean {
    return this.#lookedUp.get(run.id)?.has(step) === true;
  }

  /** What was to be decided is dropped. */
  forget(): void {
    this.#lookedUp.clear();
  }

  #put<T>(
    runId: string,
    decideIn: (seat: Seat, answer: (answer: T) => void) => MaybePromise<void>,
    ahead?: Promise<void>,
  ): Promise<T> {
    this.#pending++;
    return new Promise<T>((resolve, reject) => {
      const answer = (given: T): void => {
        const say = (): void => {
          this.#pending--;
          resolve(given);
        };
        const dispatched = this.#place.dispatched();
        // What could not be brought on its way is found later: the run is there.
        if (dispatched instanceof Promise) void dispatched.then(say, say);
        else say();
      };
      const refuse = (fault: unknown): void => {
        this.#pending--;
        reject(fault);
      };
      const decide = (seat: Seat): MaybePromise<void> => decideIn(seat, answer);
      const put = (): void => this.#place.core().turns.put({ runId, decide, refuse }, true);
      if (ahead === undefined) put();
      else void ahead.then(put);
    });
  }
}
