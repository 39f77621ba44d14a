// What processes that share a store hear of each other's runs: their events, and what their bodies emit.
//
// LISTENING-1. Nothing is sent without a listener. A process that listens repeats that now and then, so that one that has
//     died is forgotten.
// LISTENING-2. What has no number, such as what bodies emit, is in no record: it comes once, or is lost.
// LISTENING-3. No run waits for a listener in another process, or for one to all runs.
// LISTENING-4. Values are not sent with events, but read from the store.
// LISTENING-5. No message of another process can end this one: one that cannot be read is dropped, and reported once.

import { kindOf } from '../../../observe/interest.ts';
import { detached } from '../../../observe/live-event.ts';
import type { RunEvent } from '../../../run/run-event.ts';
import { isOnwardError } from '../../../errors/onward-error.ts';
import { describeThrown, printable } from '../../../values/describe.ts';
import { decode } from '../../../values/codec.ts';
import type { Core } from '../../engine.ts';
import { HeardRuns, type HeardRunsPlace } from './heard-runs.ts';
import { isNumbered } from '../run/late-reader.ts';
import { payloadText, type Keeping } from '../run/payloads.ts';
import { readSaid, saidText, type Said } from './said.ts';
import type { Sealing } from '../store-engine-options.ts';
import type { Sharing } from './sharing.ts';
import type { StoreRun } from '../run/store-run.ts';

export interface ListeningPlace extends HeardRunsPlace {
  readonly core: () => Pick<Core, 'clock' | 'observers'> & { readonly app: Pick<Core['app'], 'log'> };
  readonly keeping: () => Keeping;
  readonly sealing: Sealing | undefined;
  readonly sharing: Pick<Sharing, 'send' | 'hear'>;
  /** A run that this process performs, waits for or watches. */
  readonly known: (runId: string) => StoreRun | undefined;
}

/** The topic on which processes say what they listen to. */
const LISTENERS = 'listeners';
/** What happens in all runs. */
const ALL = 'all';
const SAID_EVERY_MS = 5_000;
const SAID_HOLDS_MS = 3 * SAID_EVERY_MS;
/** Contains every tag: any observer counts here, whatever tags it is for. */
const EVERY_TAG: readonly string[] = Object.assign([], { includes: () => true });

export class Listening {
  readonly #place: ListeningPlace;
  /** Until when another process listens, by topic. */
  readonly #until = new Map<string, number>();
  /** The topics that this process listens to. */
  readonly #topics = new Set<string>();
  /** Those of them that it has not announced yet. */
  #unsaid: string[] = [];
  readonly #watched = new Set<string>();
  /** An observer of this process is for all runs, wherever they are performed. */
  #isAll = false;
  /** Runs that have such observers of their own here. */
  readonly #observed = new Set<string>();
  readonly #heard: HeardRuns;
  #saidAt = 0;
  #lookedAt = 0;
  /** What could not be read, as far as it was reported. */
  readonly #unread = new Set<string>();

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

  // ── sending ──

  /** Events of a run were decided in this process. */
  decided(run: StoreRun, events: readonly RunEvent[]): void {
    if (events.length === 0) return;
    if (this.#observes(run.id)) for (const event of events) this.#heard.take(event);
    if (this.#until.size === 0) return;
    this.#sayIfHeard([ALL, wholeOf(run.id)], { events });
    const passing = events.filter((event) => !isNumbered(event));
    if (passing.length > 0) this.#sayIfHeard([passingOf(run.id)], { events: passing });
  }

  /** Whether another process listens to what bodies of the run emit. */
  isHeardElsewhere(run: StoreRun): boolean {
    return this.#until.size > 0 && topicsOf(run.id).some((topic) => this.#isHeard(topic));
  }

  /** Emitted by a body in this process. */
  emitted(run: StoreRun, event: RunEvent): void {
    if (this.#observes(run.id)) this.#heard.take(event);
    if (!this.isHeardElsewhere(run)) return;
    let said: Said = { events: [event] };
    if (event.type === 'custom') {
      try {
        said = {
          events: [{ ...event, data: undefined }],
          data: payloadText({ value: event.data }, this.#place.keeping()),
        };
      } catch (fault) {
        const text = `what ${printable(event.node)} emits as ${printable(event.name)} in run ${printable(run.id)} is heard in this process only: ${describeThrown(fault)}`;
        return this.#place.core().app.log('warn', text, { runId: run.id });
      }
    }
    this.#sayIfHeard(topicsOf(run.id), said);
  }

  #isHeard(topic: string): boolean {
    return (this.#until.get(topic) ?? 0) > this.#now();
  }

  #now(): number {
    return this.#place.core().clock.now();
  }

  #sayIfHeard(topics: readonly string[], said: Said): void {
    for (const topic of topics) if (this.#isHeard(topic)) this.#say(topic, said);
  }

  #say(topic: string, said: Said): void {
    const { sharing, sealing } = this.#place;
    sharing.send(topic, saidText(said, topic, sealing));
  }

  // ── receiving ──

  /** Another process has sent this. */
  heard(topic: string, text: string): void {
    try {
      this.#take(topic, readSaid(text, topic, this.#place.sealing));
    } catch (fault) {
      this.#drop(fault);
    }
  }

  #take(topic: string, said: Said): void {
    if ('asks' in said) return this.#introduce();
    if ('hears' in said) {
      const until = this.#now() + SAID_HOLDS_MS;
      for (const heard of said.hears) this.#until.set(heard, until);
      return;
    }
    const [first, ...rest] = said.events;
    if (first === undefined) return;
    const events = said.data === undefined ? said.events : [this.#opened(first, said.data), ...rest];
    for (const event of events) {
      const { runId } = event;
      // A store that is away is asked again by those who watch.
      if (topic === passingOf(runId))
        this.#place
          .known(runId)
          ?.passing(detached(event))
          .catch(() => undefined);
      // A listener to all runs may get this event twice.
      else if (this.#isAll ? topic === ALL : topic === wholeOf(runId)) this.#heard.take(event);
    }
  }

  #opened(event: RunEvent, data: string): RunEvent {
    if (event.type !== 'custom') return event;
    const { value } = JSON.parse(data);
    return { ...event, data: decode(value ?? null, this.#place.keeping().classes) };
  }

  /** LISTENING-5. */
  #drop(fault: unknown): void {
    const code = isOnwardError(fault) ? fault.code : undefined;
    const key = isOnwardError(fault) ? fault.details['key'] : undefined;
    const kind = `${code ?? ''} ${String(key)}`;
    if (this.#unread.has(kind)) return;
    this.#unread.add(kind);
    const next =
      code === undefined
        ? '; see that all processes of this queue have the same version of Onward, and that nobody else sends there'
        : '';
    const text = `what another process says of its runs cannot be read, and is not heard here: ${describeThrown(fault)}${next}`;
    this.#place
      .core()
      .app.log('warn', text, { ...(code !== undefined && { code }), ...(key !== undefined && { key }) });
  }

  /** Announces what this process listens to, if anything. */
  #introduce(): void {
    this.#saidAt = this.#now();
    if (this.#topics.size > 0) this.#say(LISTENERS, { hears: [...this.#topics] });
  }

  /** This run has a watcher in this process from now on. */
  watches(runId: string): void {
    if (this.#watched.has(runId)) return;
    this.#watched.add(runId);
    this.#listen(passingOf(runId), true);
  }

  /** Called now and then. @param watched the runs that have a watcher in this process. */
  look(watched: ReadonlySet<string>): void {
    for (const runId of this.#watched) {
      if (watched.has(runId)) continue;
      this.#watched.delete(runId);
      this.#listen(passingOf(runId), false);
    }
    const now = this.#now();
    if (now >= this.#saidAt + SAID_EVERY_MS) this.#introduce();
    if (now < this.#lookedAt + SAID_EVERY_MS) return;
    this.#lookedAt = now;
    for (const [topic, until] of this.#until) if (until < now) this.#until.delete(topic);
    this.#heard.look(now - SAID_EVERY_MS);
  }

  #listen(topic: string, isOn: boolean): void {
    if (isOn) {
      this.#topics.add(topic);
      this.#unsaid.push(topic);
      if (this.#unsaid.length === 1) queueMicrotask(() => this.#sayNew());
    } else this.#topics.delete(topic);
    // A server that is away is asked again with the next change; what gets lost until then is passing.
    const hearing = this.#place.sharing.hear(topic, isOn);
    if (hearing instanceof Promise) hearing.catch(() => undefined);
  }

  /** Announces the topics of this turn in one message, so that other processes begin to send at once. */
  #sayNew(): void {
    this.#say(LISTENERS, { hears: this.#unsaid });
    this.#unsaid = [];
  }

  // ── observers of every process ──

  /** @param runId the run that has other observers now; undefined if they are of all runs. */
  #changed(runId: string | undefined): void {
    const observers = this.#heard.observersOf({ id: runId ?? '', tags: EVERY_TAG });
    if (runId !== undefined) return this.#changedOf(runId, observers.ownOf(runId).length > 0);
    const isOn = !observers.isEmpty;
    if (isOn === this.#isAll) return;
    this.#isAll = isOn;
    if (isOn) this.#heard.begin();
    else this.#heard.end(this.#observed);
    this.#listen(ALL, isOn);
  }

  #changedOf(runId: string, isOn: boolean): void {
    if (isOn === this.#observed.has(runId)) return;
    if (isOn) {
      this.#observed.add(runId);
      this.#heard.add(runId);
    } else {
      this.#observed.delete(runId);
      if (!this.#isAll) this.#heard.drop(runId);
    }
    this.#listen(wholeOf(runId), isOn);
  }

  /** Whether an observer of this process gets the events of the run, wherever it is performed. */
  #observes(runId: string): boolean {
    return this.#isAll || this.#observed.has(runId);
  }

  /** Events in this process that are in no decision: only its own observers get them at once. */
  notify(run: StoreRun, event: RunEvent): void {
    const kind = kindOf(event);
    const list = this.#place.core().observers.of(run);
    const isElsewhere = this.#observes(run.id);
    const own = isElsewhere ? list.inScope('process') : list;
    own.notify(run, event, kind);
    if (event.type === 'step.attempt' && isElsewhere) this.#heard.take(event);
  }

  /** The run is over as this process knows it: its observers leave once they have heard that. */
  forget(run: StoreRun): void {
    if (!this.#heard.has(run.id)) this.#place.core().observers.forget(run);
  }

  /** Resolves when every event that arrived is handed on. */
  idle(): Promise<void> {
    return this.#heard.idle();
  }
}

/** What bodies of a run emit, for those who watch it. */
function passingOf(runId: string): string {
  return `run:${runId}`;
}

/** Everything that happens in a run, for its observers. */
function wholeOf(runId: string): string {
  return `whole:${runId}`;
}

/** Where what bodies of a run emit is heard. */
function topicsOf(runId: string): readonly string[] {
  return [ALL, wholeOf(runId), passingOf(runId)];
}
