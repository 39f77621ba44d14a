// What processes that share a store hear of each other's runs: their events, and what their bodies emit.
//
// LISTENING-1. Nothing is sent that nobody listens to. A process that listens says so again and again, so that one that has
//     died is forgotten.
// LISTENING-2. Observers of `scope: 'all'` get the events of a run in the order of their numbers, each once. One that got
//     lost on its way is read from the store when a later one comes, or within some seconds.
// LISTENING-3. What has no number, such as what bodies emit, is in no record: it comes once, or is lost.
// LISTENING-4. No run waits for them, and what they have not heard yet is bounded.
// LISTENING-5. Values do not travel with events, but are read from the store. What bodies emit is sealed as texts of the
//     store are.

import type { Core } from '../engine.ts';
import { kindOf } from '../../observe/interest.ts';
import { detached } from '../../observe/live-event.ts';
import type { Listeners } from '../../observe/listeners.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { describeThrown, printable } from '../../values/describe.ts';
import { decode } from '../../values/codec.ts';
import { isNumbered } from './late-reader.ts';
import { payloadText, type Keeping } from './payloads.ts';
import type { Sealing } from './store-engine-options.ts';
import type { Sharing } from './sharing.ts';
import type { StoreRun } from './store-run.ts';
import type { MaybePromise } from './store.ts';

export interface ListeningPlace {
  readonly core: () => Core;
  readonly keeping: () => Keeping;
  readonly sealing: Sealing | undefined;
  readonly sharing: Pick<Sharing, 'send' | 'hear'>;
  /** A run that this process performs, waits for or watches. */
  readonly known: (runId: string) => StoreRun | undefined;
  /** Any run, to be read. */
  readonly read: (runId: string) => MaybePromise<StoreRun | undefined>;
}

/** What processes send each other. */
type Said =
  | { readonly asks: true }
  | { readonly toAll: boolean; readonly runs: readonly string[] }
  | { readonly events: readonly RunEvent[]; readonly data?: string };

/** What is known of a run that is heard. */
interface Heard {
  /** The number of the last event that was handed on. */
  last: number | undefined;
  run: StoreRun | undefined;
  at: number;
  waiting: RunEvent[];
  working: Promise<void> | undefined;
}

/** Who listens, and who asks for it. */
const LISTENERS = 'listeners';
const ALL = 'all';
const SAID_EVERY_MS = 5_000;
const SAID_HOLDS_MS = 3 * SAID_EVERY_MS;
const MOST_WAITING = 1_000;
const MOST_OVER = 1_000;
/** Runs that nothing was heard of for a while, and that are looked at together. */
const LOOKED_AT = 50;
/** A list of tags that has every tag: what an observer is added for is asked, whatever its tags. */
const EVERY_TAG: readonly string[] = Object.assign([], { includes: () => true });

export class Listening {
  readonly #place: ListeningPlace;
  /** Until when somebody elsewhere listens to all runs, and to some. */
  #allUntil = 0;
  readonly #until = new Map<string, number>();
  /** This process listens to all runs, since a time. */
  #since: number | undefined;
  readonly #watched = new Set<string>();
  readonly #heard = new Map<string, Heard>();
  /** Runs that are over, the last ones. */
  readonly #over = new Set<string>();
  #saidAt = 0;

  constructor(place: ListeningPlace) {
    this.#place = place;
  }

  async open(): Promise<void> {
    const { sharing, core } = this.#place;
    core().observers.onChange((runId) => this.#changed(runId));
    await sharing.hear(LISTENERS, true);
    this.#say(LISTENERS, { asks: true });
    this.#changed(undefined);
  }

  // ── what is told ──

  /** Events of a run were decided in this process. */
  decided(run: StoreRun, events: readonly RunEvent[]): void {
    if (events.length === 0) return;
    if (this.#since !== undefined) for (const event of events) this.#take(event);
    if (this.#isHeardByAll) this.#say(ALL, { events });
    const passing = events.filter((event) => !isNumbered(event));
    if (passing.length > 0 && this.#isWatchedElsewhere(run.id)) this.#say(topicOf(run.id), { events: passing });
  }

  /** Somebody in another process listens to what bodies of the run emit. */
  isHeardElsewhere(run: StoreRun): boolean {
    return this.#isHeardByAll || this.#isWatchedElsewhere(run.id);
  }

  /** Emitted by a body in this process. */
  emitted(run: StoreRun, event: RunEvent): void {
    if (this.#since !== undefined) this.#take(detached(event));
    if (!this.isHeardElsewhere(run)) return;
    const { keeping, sealing, core } = this.#place;
    let said: Said = { events: [event] };
    if (event.type === 'custom') {
      try {
        const text = payloadText({ value: event.data }, keeping());
        said = { events: [{ ...event, data: undefined }], data: sealing?.seal(text, placeOf(event)) ?? text };
      } catch (fault) {
        const text = `what ${printable(event.node)} emits as ${printable(event.name)} in run ${printable(run.id)} is heard in this process only: ${describeThrown(fault)}`;
        return core().app.log('warn', text, { runId: run.id });
      }
    }
    if (this.#isHeardByAll) this.#say(ALL, said);
    if (this.#isWatchedElsewhere(run.id)) this.#say(topicOf(run.id), said);
  }

  get #isHeardByAll(): boolean {
    return this.#allUntil > 0 && this.#allUntil > this.#now;
  }

  #isWatchedElsewhere(runId: string): boolean {
    return this.#until.size > 0 && (this.#until.get(runId) ?? 0) > this.#now;
  }

  get #now(): number {
    return this.#place.core().clock.now();
  }

  #say(topic: string, said: Said): void {
    this.#place.sharing.send(topic, JSON.stringify(said));
  }

  // ── what is heard ──

  /** Another process has sent this. */
  heard(topic: string, text: string): void {
    const said: Said = JSON.parse(text);
    if ('asks' in said) return this.#introduce();
    if (!('events' in said)) {
      const until = this.#now + SAID_HOLDS_MS;
      if (said.toAll) this.#allUntil = until;
      for (const runId of said.runs) this.#until.set(runId, until);
      return;
    }
    const [first, ...rest] = said.events;
    if (first === undefined) return;
    const events = said.data === undefined ? said.events : [this.#opened(first, said.data), ...rest];
    if (topic !== ALL) for (const event of events) void this.#place.known(event.runId)?.passing(detached(event));
    else if (this.#since !== undefined) for (const event of events) this.#take(event);
  }

  #opened(event: RunEvent, data: string): RunEvent {
    if (event.type !== 'custom') return event;
    const { sealing, keeping } = this.#place;
    const { value } = JSON.parse(sealing?.unseal(data, placeOf(event)) ?? data);
    return { ...event, data: decode(value ?? null, keeping().classes) };
  }

  /** Says to what this process listens, if that is anything. */
  #introduce(): void {
    this.#saidAt = this.#now;
    const toAll = this.#since !== undefined;
    if (toAll || this.#watched.size > 0) this.#say(LISTENERS, { toAll, runs: [...this.#watched] });
  }

  /** Somebody watches this run here, from now on. */
  watches(runId: string): void {
    if (this.#watched.has(runId)) return;
    this.#watched.add(runId);
    this.#hear(topicOf(runId), true);
    this.#introduce();
  }

  /** Now and then. @param watched the runs that somebody watches here. */
  look(watched: ReadonlySet<string>): void {
    for (const runId of this.#watched) {
      if (watched.has(runId)) continue;
      this.#watched.delete(runId);
      this.#hear(topicOf(runId), false);
    }
    const now = this.#now;
    if (now < this.#saidAt + SAID_EVERY_MS) return;
    this.#introduce();
    for (const [runId, until] of this.#until) if (until < now) this.#until.delete(runId);
    const silent = [...this.#heard].filter(([, { at, working }]) => working === undefined && at < now - SAID_EVERY_MS);
    for (const [runId, heard] of silent.slice(0, LOOKED_AT)) this.#work(runId, heard, true);
  }

  #hear(topic: string, isOn: boolean): void {
    // A server that is away is asked again with the next change; what gets lost until then is passing.
    const hearing = this.#place.sharing.hear(topic, isOn);
    if (hearing instanceof Promise) hearing.catch(() => undefined);
  }

  // ── observers of all runs ──

  /** Those of a run that hear of every process. */
  #observersOf(run: { readonly id: string; readonly tags: readonly string[] }): Listeners {
    return this.#place.core().observers.of(run).inScope('all');
  }

  #changed(runId = ''): void {
    const isAsked = !this.#observersOf({ id: runId, tags: EVERY_TAG }).isEmpty;
    if (isAsked && runId !== '' && !this.#over.has(runId)) this.#heardOf(runId);
    const isOn = isAsked || this.#heardOnly();
    if (isOn === (this.#since !== undefined)) return;
    this.#since = isOn ? this.#now : undefined;
    if (!isOn) this.#heard.clear();
    this.#hear(ALL, isOn);
    this.#introduce();
  }

  /** Some run has an observer of its own that hears of every process, or all have. */
  #heardOnly(): boolean {
    const ids = ['', ...this.#heard.keys()];
    return this.#since !== undefined && ids.some((id) => this.#observersOf({ id, tags: EVERY_TAG }).isEmpty === false);
  }

  #heardOf(runId: string): Heard {
    const known = this.#heard.get(runId);
    if (known !== undefined) return known;
    const heard: Heard = { last: undefined, run: undefined, at: this.#now, waiting: [], working: undefined };
    this.#heard.set(runId, heard);
    return heard;
  }

  /** An event comes behind those of its run that are not handed on yet. */
  #take(event: RunEvent): void {
    const heard = this.#heardOf(event.runId);
    heard.at = this.#now;
    heard.waiting.push(event);
    // LISTENING-4. Those with numbers are read from the store instead.
    if (heard.waiting.length > MOST_WAITING) heard.waiting.splice(0, MOST_WAITING / 2);
    if (heard.working === undefined) this.#work(event.runId, heard, false);
  }

  #work(runId: string, heard: Heard, isLook: boolean): void {
    heard.working = this.#handOnAll(runId, heard, isLook)
      // Whether the store can be reached is for the turns to report. It is looked at again.
      .catch(() => (heard.run = undefined))
      .then(() => {
        heard.working = undefined;
        if (heard.waiting.length > 0) this.#work(runId, heard, false);
      });
  }

  async #handOnAll(runId: string, heard: Heard, isLook: boolean): Promise<void> {
    const run = (heard.run ??= await this.#place.read(runId));
    if (run === undefined) return void this.#heard.delete(runId);
    if (isLook) {
      heard.at = this.#now;
      await this.#catchUp(run, heard);
      // Thousands may wait for a long time.
      heard.run = undefined;
    }
    for (let event = heard.waiting.shift(); event !== undefined; event = heard.waiting.shift())
      await this.#handOn(run, heard, event);
  }

  async #handOn(run: StoreRun, heard: Heard, event: RunEvent): Promise<void> {
    const isNext = isNumbered(event);
    if (heard.last === undefined) {
      if (this.#over.has(run.id)) {
        await run.refresh();
        // Late, or the first that is heard of its next life.
        if (!run.isOpen) return void this.#heard.delete(run.id);
        this.#over.delete(run.id);
        heard.last = event.seq - 1;
      } else heard.last = run.createdAt >= (this.#since ?? 0) ? 0 : event.seq - (isNext ? 1 : 0);
    }
    // A body of this process that begins is not worth a look.
    const isAhead = event.seq > heard.last + (isNext ? 1 : 0) && event.type !== 'step.attempt';
    if (isAhead) await this.#catchUp(run, heard);
    if (isNext && event.seq <= heard.last) return;
    if (isNext) heard.last = event.seq;
    await this.#tell(run, event, true);
  }

  /** LISTENING-2. What the store has of a run, and was not handed on. */
  async #catchUp(run: StoreRun, heard: Heard): Promise<void> {
    await run.refresh();
    const last = (heard.last ??= run.createdAt >= (this.#since ?? 0) ? 0 : run.seq);
    if (run.seq === last) return;
    // It has begun again, and its numbers have.
    if (run.seq < last) heard.last = 0;
    for (const event of await run.since(heard.last ?? 0)) {
      if (event.seq <= (heard.last ?? 0)) continue;
      heard.last = event.seq;
      await this.#tell(run, event, false);
    }
  }

  /** @param isBare it has references in the place of values. */
  async #tell(run: StoreRun, event: RunEvent, isBare: boolean): Promise<void> {
    const kind = kindOf(event);
    const those = this.#observersOf(run);
    const isWanted = (those.wants & kind) !== 0;
    const filled = isBare && isNumbered(event) && isWanted ? detached(await run.filled(event)) : event;
    those.notify(run, filled, kind);
    if (event.type === 'run.ended') this.#isOver(run);
  }

  #isOver(run: StoreRun): void {
    this.#heard.delete(run.id);
    this.#over.add(run.id);
    for (const runId of this.#over) {
      if (this.#over.size <= MOST_OVER) break;
      this.#over.delete(runId);
    }
    this.#place.core().observers.forget(run);
  }

  /** Events in this process that are in no decision: only its own observers get them at once. */
  notify(run: StoreRun, event: RunEvent): void {
    const kind = kindOf(event);
    const list = this.#place.core().observers.of(run);
    const own = this.#since === undefined ? list : list.inScope('process');
    own.notify(run, event, kind);
    if (event.type === 'step.attempt' && this.#since !== undefined) this.#take(event);
  }

  /** The run is over as this process knows it: its observers leave once they have heard that. */
  forget(run: StoreRun): void {
    if (!this.#heard.has(run.id)) this.#place.core().observers.forget(run);
  }

  /** Resolves when all that came is handed on. */
  async idle(): Promise<void> {
    for (const { working } of this.#heard.values()) await working;
  }

  stop(): void {
    this.#heard.clear();
    this.#watched.clear();
  }
}

function topicOf(runId: string): string {
  return `run:${runId}`;
}

function placeOf({ runId, seq }: RunEvent): string {
  return `${runId}\nemitted\n${seq}`;
}
