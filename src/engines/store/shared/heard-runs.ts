// Puts the events of runs in order for observers of all processes, in whatever order they arrive.
//
// HEARD-RUNS-1. The events of a run come in the order of their numbers, each once. A lost one is read from the store when a
//     later one arrives, or within some seconds.
// HEARD-RUNS-2. The number of waiting events is bounded, and little is kept of each run: many may wait for a long time.
// HEARD-RUNS-3. An event counts as handed on once its values are read: a store that fails meanwhile costs a listener time,
//     and no event.
// HEARD-RUNS-4. What can never be read, as a value of a kind that a later version has written, is a `gap`, and holds up nothing.

import { isOnwardError } from '../../../errors/onward-error.ts';
import type { Core } from '../../engine.ts';
import { kindOf } from '../../../observe/interest.ts';
import { detached } from '../../../observe/live-event.ts';
import type { Listeners } from '../../../observe/listeners.ts';
import { gapBefore, type RunEvent } from '../../../run/run-event.ts';
import { chain } from '../now-or-later.ts';
import { isNumbered } from '../run/late-reader.ts';
import type { StoreRun } from '../run/store-run.ts';
import type { MaybePromise } from '../store.ts';

export interface HeardRunsPlace {
  readonly core: () => Pick<Core, 'clock' | 'observers'>;
  /** Any run, to be read. */
  readonly read: (runId: string) => MaybePromise<StoreRun | undefined>;
}

/** What is known of a run that is heard. */
interface Heard {
  /** The number of the last event that was handed on. */
  last: number | undefined;
  run: StoreRun | undefined;
  at: number;
  /** A run that began after this time is heard from its start, any other from its next event on. */
  readonly since: number;
  readonly waiting: RunEvent[];
  working: Promise<void> | undefined;
}

const MOST_WAITING = 1_000;
const MOST_OVER = 1_000;
/** How many quiet runs one look covers. */
const LOOKED_AT = 50;

export class HeardRuns {
  readonly #place: HeardRunsPlace;
  readonly #runs = new Map<string, Heard>();
  /** The runs that ended last. */
  readonly #over = new Set<string>();
  /** Since when all runs are heard; undefined if only those that were added are. */
  #since: number | undefined;

  constructor(place: HeardRunsPlace) {
    this.#place = place;
  }

  /** All runs, from now on. */
  begin(): void {
    this.#since = this.#place.core().clock.now();
  }

  /** Stops listening to all runs. @param kept those that still have a listener. */
  end(kept: ReadonlySet<string>): void {
    this.#since = undefined;
    for (const runId of this.#runs.keys()) if (!kept.has(runId)) this.#runs.delete(runId);
  }

  /** This run has no listener any longer. */
  drop(runId: string): void {
    this.#runs.delete(runId);
  }

  has(runId: string): boolean {
    return this.#runs.has(runId);
  }

  /** Those of a run that hear of every process. */
  observersOf(run: { readonly id: string; readonly tags: readonly string[] }): Listeners {
    return this.#place.core().observers.of(run).inScope('all');
  }

  /** A run with a listener, before any event of it arrives. */
  add(runId: string): void {
    if (!this.#over.has(runId)) this.#heardOf(runId);
  }

  #heardOf(runId: string): Heard {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const at = this.#place.core().clock.now();
    const since = this.#since ?? at;
    const heard: Heard = { last: undefined, run: undefined, at, since, waiting: [], working: undefined };
    this.#runs.set(runId, heard);
    return heard;
  }

  /** An event comes behind those of its run that are not handed on yet. */
  take(event: RunEvent): void {
    const heard = this.#heardOf(event.runId);
    heard.at = this.#place.core().clock.now();
    heard.waiting.push(event);
    // HEARD-RUNS-2. Those with numbers are read from the store instead.
    if (heard.waiting.length > MOST_WAITING) heard.waiting.splice(0, MOST_WAITING / 2);
    if (heard.working === undefined) this.#work(event.runId, heard, false);
  }

  #work(runId: string, heard: Heard, isLook: boolean): void {
    heard.working = this.#handOnAll(runId, heard, isLook).then(
      () => {
        heard.working = undefined;
        if (heard.waiting.length > 0 && this.#runs.get(runId) === heard) this.#work(runId, heard, false);
      },
      // Whether the store can be reached is for the turns to report. What waits does so for the next event, or the next look.
      () => {
        heard.working = undefined;
        heard.run = undefined;
        heard.at = this.#place.core().clock.now();
      },
    );
  }

  async #handOnAll(runId: string, heard: Heard, isLook: boolean): Promise<void> {
    const run = (heard.run ??= await this.#place.read(runId));
    if (run === undefined) return void this.#runs.delete(runId);
    if (isLook) {
      heard.at = this.#place.core().clock.now();
      await this.#catchUp(run, heard);
      // Thousands may wait for a long time.
      heard.run = undefined;
    }
    for (let event = heard.waiting[0]; event !== undefined; event = heard.waiting[0]) {
      await this.#handOn(run, heard, event);
      // HEARD-RUNS-2. It may have been dropped meanwhile.
      if (heard.waiting[0] === event) heard.waiting.shift();
    }
  }

  async #handOn(run: StoreRun, heard: Heard, event: RunEvent): Promise<void> {
    const isNext = isNumbered(event);
    if (heard.last === undefined) {
      if (this.#over.has(run.id)) {
        await run.refresh();
        // Late, or the first that is heard of its next life.
        if (!run.isOpen) return void this.#runs.delete(run.id);
        this.#over.delete(run.id);
        heard.last = event.seq - 1;
      } else heard.last = run.createdAt >= heard.since ? 0 : event.seq - (isNext ? 1 : 0);
    }
    // That a body of this process begins needs no read of the store.
    const isAhead = event.seq > heard.last + (isNext ? 1 : 0) && event.type !== 'step.attempt';
    if (isAhead) await this.#catchUp(run, heard);
    if (isNext && event.seq <= heard.last) return;
    const those = this.observersOf(run);
    const isWanted = (those.wants & kindOf(event)) !== 0;
    const whole = isWanted ? await readable(() => this.#whole(run, event)) : event;
    if (isNext) heard.last = event.seq;
    this.#tell(run, whole ?? gapBefore(event.seq + 1, event));
    if (event.type === 'run.ended') this.#isOver(run);
  }

  /** HEARD-RUNS-1. What the store has of a run, and was not handed on. */
  async #catchUp(run: StoreRun, heard: Heard): Promise<void> {
    await run.refresh();
    const last = (heard.last ??= run.createdAt >= heard.since ? 0 : run.seq);
    if (run.seq === last) return;
    // It has begun again, and its numbers have.
    if (run.seq < last) heard.last = 0;
    const events = await readable(() => run.since(heard.last ?? 0));
    const at = this.#place.core().clock.now();
    for (const event of events ?? [gapBefore(run.seq + 1, { runId: run.id, tags: run.tags, at })]) {
      if (event.seq <= (heard.last ?? 0)) continue;
      heard.last = event.seq;
      this.#tell(run, event);
      if (event.type === 'run.ended') this.#isOver(run);
    }
    if (events === undefined && !run.isOpen) this.#isOver(run);
  }

  /** With values in the place of references. */
  #whole(run: StoreRun, event: RunEvent): MaybePromise<RunEvent> {
    return isNumbered(event) ? chain(run.steps.filled(event), detached) : detached(event);
  }

  #tell(run: StoreRun, event: RunEvent): void {
    this.observersOf(run).notify(run, event, kindOf(event));
  }

  #isOver(run: StoreRun): void {
    this.#runs.delete(run.id);
    this.#over.add(run.id);
    for (const runId of this.#over) {
      if (this.#over.size <= MOST_OVER) break;
      this.#over.delete(runId);
    }
    this.#place.core().observers.forget(run);
  }

  /** Reads some runs that have been quiet since a time, the longest first. */
  look(before: number): void {
    const silent = [...this.#runs].filter(([, { at, working }]) => working === undefined && at < before);
    silent.sort(([, a], [, b]) => a.at - b.at);
    for (const [runId, heard] of silent.slice(0, LOOKED_AT)) this.#work(runId, heard, true);
  }

  /** Resolves when every event that arrived is handed on. */
  async idle(): Promise<void> {
    for (;;) {
      const works = [...this.#runs.values()].flatMap(({ working }) => working ?? []);
      if (works.length === 0) return;
      await Promise.all(works);
    }
  }
}

/** What can never be read: damaged, sealed with a key that is not there, or written by a later version. */
const UNREADABLE = ['ONW3045', 'ONW4005', 'ONW4008'] as const;

/** HEARD-RUNS-4. What is read of a run; undefined if it never can be. */
async function readable<T>(read: () => MaybePromise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (fault) {
    // A store that is away is another matter.
    if (UNREADABLE.some((code) => isOnwardError(fault, code))) return undefined;
    throw fault;
  }
}
