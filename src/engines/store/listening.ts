// What processes that share a store hear of each other's runs: their events, and what their bodies emit.
//
// LISTENING-1. Nothing is sent that nobody listens to. A process that listens says so again and again, so that one that has
//     died is forgotten.
// LISTENING-2. What has no number, such as what bodies emit, is in no record: it comes once, or is lost.
// LISTENING-3. No run waits for those who listen elsewhere, or to all.
// LISTENING-4. Values do not travel with events, but are read from the store. What bodies emit is sealed as texts of the
//     store are.

import { kindOf } from '../../observe/interest.ts';
import { detached } from '../../observe/live-event.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { describeThrown, printable } from '../../values/describe.ts';
import { decode } from '../../values/codec.ts';
import { HeardRuns, type HeardRunsPlace } from './heard-runs.ts';
import { isNumbered } from './late-reader.ts';
import { payloadText, type Keeping } from './payloads.ts';
import type { Sealing } from './store-engine-options.ts';
import type { Sharing } from './sharing.ts';
import type { StoreRun } from './store-run.ts';

export interface ListeningPlace extends HeardRunsPlace {
  readonly keeping: () => Keeping;
  readonly sealing: Sealing | undefined;
  readonly sharing: Pick<Sharing, 'send' | 'hear'>;
  /** A run that this process performs, waits for or watches. */
  readonly known: (runId: string) => StoreRun | undefined;
}

/** What processes send each other. */
type Said =
  | { readonly asks: true }
  | { readonly toAll: boolean; readonly runs: readonly string[] }
  | { readonly events: readonly RunEvent[]; readonly data?: string };

/** Who listens, and who asks for it. */
const LISTENERS = 'listeners';
const ALL = 'all';
const SAID_EVERY_MS = 5_000;
const SAID_HOLDS_MS = 3 * SAID_EVERY_MS;
/** A list of tags that has every tag: what an observer is added for is asked, whatever its tags. */
const EVERY_TAG: readonly string[] = Object.assign([], { includes: () => true });

export class Listening {
  readonly #place: ListeningPlace;
  /** Until when somebody elsewhere listens to all runs, and to some. */
  #allUntil = 0;
  readonly #until = new Map<string, number>();
  /** This process listens to all runs. */
  #isAll = false;
  readonly #watched = new Set<string>();
  readonly #heard: HeardRuns;
  #saidAt = 0;

  constructor(place: ListeningPlace) {
    this.#place = place;
    this.#heard = new HeardRuns(place);
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
    if (this.#isAll) for (const event of events) this.#heard.take(event);
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
    if (this.#isAll) this.#heard.take(event);
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
    if (topic !== ALL)
      // A store that is away is asked again by those who watch.
      for (const event of events)
        this.#place
          .known(event.runId)
          ?.passing(detached(event))
          .catch(() => undefined);
    else if (this.#isAll) for (const event of events) this.#heard.take(event);
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
    const toAll = this.#isAll;
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
    this.#heard.look(now - SAID_EVERY_MS);
  }

  #hear(topic: string, isOn: boolean): void {
    // A server that is away is asked again with the next change; what gets lost until then is passing.
    const hearing = this.#place.sharing.hear(topic, isOn);
    if (hearing instanceof Promise) hearing.catch(() => undefined);
  }

  // ── observers of all runs ──

  #changed(runId = ''): void {
    const isAsked = !this.#heard.observersOf({ id: runId, tags: EVERY_TAG }).isEmpty;
    if (isAsked && runId !== '') this.#heard.add(runId);
    const isOn = isAsked || this.#heardOnly();
    if (isOn === this.#isAll) return;
    this.#isAll = isOn;
    if (isOn) this.#heard.begin();
    else this.#heard.clear();
    this.#hear(ALL, isOn);
    this.#introduce();
  }

  /** Some run has an observer of its own that hears of every process, or all have. */
  #heardOnly(): boolean {
    const ids = ['', ...this.#heard.ids];
    return this.#isAll && ids.some((id) => !this.#heard.observersOf({ id, tags: EVERY_TAG }).isEmpty);
  }

  /** Events in this process that are in no decision: only its own observers get them at once. */
  notify(run: StoreRun, event: RunEvent): void {
    const kind = kindOf(event);
    const list = this.#place.core().observers.of(run);
    const own = this.#isAll ? list.inScope('process') : list;
    own.notify(run, event, kind);
    if (event.type === 'step.attempt' && this.#isAll) this.#heard.take(event);
  }

  /** The run is over as this process knows it: its observers leave once they have heard that. */
  forget(run: StoreRun): void {
    if (!this.#heard.has(run.id)) this.#place.core().observers.forget(run);
  }

  /** Resolves when all that came is handed on. */
  idle(): Promise<void> {
    return this.#heard.idle();
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
