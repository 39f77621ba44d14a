// The records of one run as they were last read or written, and what a turn is about to change in them.
//
// RUN-RECORDS-1. What is known is of one version. Another version in the store drops all of it.
// RUN-RECORDS-2. A draft expects the version of the records that it was decided on first: what was read of a later one
//     meanwhile makes it a conflict.

import { garbageOf } from '../../../records/garbage.ts';
import { areaOf, isLiveRecord, RECORDS, type RecordWrite } from '../../../records/keys.ts';
import type { AttemptRecord } from '../../../run/step-data.ts';
import { readJson } from './damage.ts';
import { all, allPages, chain } from '../now-or-later.ts';
import { Records, RecordText } from './record-text.ts';
import type {
  LoadedRecords,
  MaybePromise,
  PageQuery,
  RunChange,
  Store,
  StoredRun,
  StoredSummary,
  TimerChange,
} from '../store.ts';

type Texts = ReadonlyMap<string, RecordText>;
const NONE: ReadonlyMap<string, string | null> = new Map();

/** Records that were loaded ahead. */
export interface KnownRecords {
  readonly keys: readonly string[];
  readonly loaded: LoadedRecords;
}

/** Records, and the version that they are of. */
export interface Versioned {
  readonly version: number;
  readonly texts: Texts;
}

interface Standing {
  readonly summary?: StoredSummary;
  readonly onMoved?: (stored: StoredRun) => void;
}

export class RunRecords {
  readonly #store: Store;
  readonly #runId: string;
  #version: number;
  #live = new Map<string, RecordText>();
  /** All others, by kind; undefined while nothing has asked for any. */
  #lookup: Map<string, Map<string, RecordText>> | undefined;
  /** Keys under which there is nothing. */
  #absent: Set<string> | undefined;
  #isLiveKnown: boolean;
  #isLookupKnown: boolean;
  /** The letters of the kinds that are kept for readers and were ever written; undefined if that is not known. */
  #keptKinds: Set<string> | undefined;

  readonly #onMoved: (stored: StoredRun) => void;
  /** How the run stands at this very version, if that is known. */
  #summary: StoredSummary | undefined;

  /**
   * @param version 0: the run is new, so that all of it is known.
   * @param standing how the run stands at that version; `onMoved` hears how it does if another process has changed it.
   */
  constructor(store: Store, runId: string, version: number, standing: Standing = {}) {
    this.#store = store;
    this.#runId = runId;
    this.#summary = standing.summary;
    this.#onMoved = standing.onMoved ?? (() => undefined);
    this.#version = version;
    this.#isLiveKnown = version === 0;
    this.#isLookupKnown = version === 0;
    this.#keptKinds = version === 0 ? new Set() : undefined;
  }

  get version(): number {
    return this.#version;
  }

  /** How the run stands at a version, if that is known. */
  summaryAt(version: number): StoredSummary | undefined {
    return version === this.#version ? this.#summary : undefined;
  }

  /** Whether it is known what a record is, or that there is none. */
  knows(key: string): boolean {
    const isWhole = isLiveRecord(key) ? this.#isLiveKnown : this.#isLookupKnown;
    return isWhole || this.#absent?.has(key) === true || this.peek(key) !== undefined;
  }

  /** A record, as far as it is known already. */
  peek(key: string): RecordText | undefined {
    return this.#live.get(key) ?? (isLiveRecord(key) ? undefined : this.#lookup?.get(kindIn(key))?.get(key));
  }

  /** @param beside what is read with them, if they have to be read */
  load(keys: readonly string[], beside: readonly string[] = []): MaybePromise<Texts> {
    return chain(this.loadAt(keys, beside), ({ texts }) => texts);
  }

  loadAt(keys: readonly string[], beside: readonly string[] = []): MaybePromise<Versioned> {
    const unknown = keys.filter((key) => !this.knows(key));
    if (unknown.length === 0) return { version: this.#version, texts: this.#those(keys) };
    const missing = [...new Set([...unknown, ...beside.filter((key) => !this.knows(key))])];
    return chain(this.#store.load(this.#runId, missing), (loaded) => {
      this.met(missing, loaded);
      // What was known before may have been dropped meanwhile.
      return unknown.length < keys.length
        ? this.loadAt(keys, beside)
        : { version: this.#version, texts: this.#those(keys) };
    });
  }

  /** Asks the store, whether they are known or not: another process may have changed them. */
  refresh(keys: readonly string[]): MaybePromise<Versioned> {
    return chain(this.#store.load(this.#runId, keys), (loaded) => {
      this.met(keys, loaded);
      return { version: this.#version, texts: this.#those(keys) };
    });
  }

  /** Takes over records that were loaded. */
  met(keys: readonly string[], { version, records, stored, whole = [] }: LoadedRecords): void {
    this.#move(version, stored);
    for (const key of keys) this.#set(key, recordOf(records.get(key), this.#runId, key));
    for (const area of whole) {
      if (area === 'live') this.#isLiveKnown = true;
      else if (area === 'lookup') this.#isLookupKnown = true;
      else this.#keptKinds ??= new Set([...records.keys()].filter((key) => areaOf(key) === area).map(kindIn));
    }
  }

  /** The run's own records and those of everything live: as they are now, and a moment later perhaps no more. */
  live(): MaybePromise<Texts> {
    return chain(this.liveAt(), ({ texts }) => texts);
  }

  liveAt(): MaybePromise<Versioned> {
    if (this.#isLiveKnown) return { version: this.#version, texts: this.#live };
    return chain(this.pagesAt({ area: 'live' }), ({ version, records }) => {
      if (version !== this.#version) return this.liveAt();
      this.foundLive(records);
      // Who asked comes to it later: it may be others by then.
      return { version, texts: new Map(this.#live) };
    });
  }

  /** Takes over all live records, which came with the run. */
  foundLive(records: Iterable<readonly [key: string, text: string]>): void {
    for (const [key, text] of records) this.#live.set(key, new RecordText(text, this.#runId, key));
    this.#isLiveKnown = true;
  }

  /** The records whose keys begin so, whether anything has asked for them or not. */
  beginning(prefix: string): MaybePromise<Iterable<string>> {
    const area = areaOf(prefix);
    if (area === 'kept' && this.#keptKinds?.has(kindIn(prefix)) === false) return [];
    const isKnown = area === 'live' ? this.#isLiveKnown : area === 'lookup' && this.#isLookupKnown;
    if (!isKnown) return chain(this.pages({ area, prefix }), (records) => records.map(([key]) => key));
    const known = (area === 'live' ? this.#live : this.#lookup?.get(kindIn(prefix)))?.keys() ?? [];
    return [...known].filter((key) => key.startsWith(prefix));
  }

  /** All pages of an area, read at one version. */
  pages(query: Omit<PageQuery, 'after' | 'limit'>): MaybePromise<(readonly [key: string, text: string])[]> {
    return chain(this.pagesAt(query), ({ records }) => records);
  }

  pagesAt(query: Omit<PageQuery, 'after' | 'limit'>): MaybePromise<{
    readonly version: number;
    readonly records: (readonly [key: string, text: string])[];
  }> {
    return chain(versionedPagesOf(this.#store, this.#runId, query), ({ versions, stored, records }) => {
      const [version = 0] = versions;
      this.#move(version, stored);
      return versions.size === 1 ? { version, records } : this.pagesAt(query);
    });
  }

  /** The names of all payloads. */
  payloadNames(): MaybePromise<string[]> {
    return allPages((after: string | undefined) =>
      chain(this.#store.payloadNames(this.#runId, after), ({ names, next }) => ({ items: names, next })),
    );
  }

  /**
   * Takes over what was written. False if it was read already, or what is known is of another version.
   *
   * @param over the version before.
   */
  written(
    over: number,
    writes: Iterable<readonly [key: string, record: RecordText | null]>,
    summary: StoredSummary,
  ): boolean {
    if (this.#version !== over) return false;
    this.#version++;
    this.#summary = summary;
    for (const [key, record] of writes) {
      if (areaOf(key) === 'kept') this.#keptKinds?.add(kindIn(key));
      else this.#set(key, record);
    }
    return true;
  }

  /** Drops all that is known. */
  forget(): void {
    this.#summary = undefined;
    this.#live = new Map();
    this.#lookup = undefined;
    this.#absent = undefined;
    this.#isLiveKnown = false;
    this.#isLookupKnown = false;
    this.#keptKinds = undefined;
  }

  #set(key: string, record: RecordText | null): void {
    const texts = isLiveRecord(key) ? this.#live : this.#lookupOf(kindIn(key));
    if (record === null) {
      texts.delete(key);
      if (!this.knows(key)) (this.#absent ??= new Set()).add(key);
      return;
    }
    texts.set(key, record);
    this.#absent?.delete(key);
  }

  #lookupOf(kind: string): Map<string, RecordText> {
    this.#lookup ??= new Map();
    const known = this.#lookup.get(kind);
    if (known !== undefined) return known;
    const texts = new Map<string, RecordText>();
    this.#lookup.set(kind, texts);
    return texts;
  }

  /** True if the store is at another version than what is known. */
  #move(version: number, stored?: StoredRun): boolean {
    if (version === this.#version) return false;
    this.forget();
    this.#version = version;
    if (stored !== undefined) this.#onMoved(stored);
    if (stored?.version === version) this.#summary = stored;
    return true;
  }

  #those(keys: readonly string[]): Texts {
    const found = new Map<string, RecordText>();
    for (const key of keys) {
      const record = this.peek(key);
      if (record !== undefined) found.set(key, record);
    }
    return found;
  }
}

/** The letter of its kind. */
function kindIn(key: string): string {
  return key.charAt(0);
}

/** What one turn changes in a run, and the run as if that were written already. */
export class Draft {
  readonly runId: string;
  readonly #records: RunRecords;
  readonly #known: () => StoredSummary;
  #summary: StoredSummary | undefined;
  #expected: number | undefined;
  readonly #writes = new Map<string, RecordText | null>();
  #payloads: Map<string, string | null> | undefined;
  #timers: Map<string, TimerChange> | undefined;

  /** @param known how the run stands, as far as that is known. */
  constructor(runId: string, records: RunRecords, known: () => StoredSummary) {
    this.runId = runId;
    this.#records = records;
    this.#known = known;
  }

  get summary(): StoredSummary {
    return this.#summary ?? this.#known();
  }

  set summary(summary: StoredSummary) {
    this.#summary = summary;
  }

  /** There is nothing to be written. */
  get isEmpty(): boolean {
    return this.#writes.size === 0 && this.#payloads === undefined && this.#timers === undefined;
  }

  /** Those to be kept, by name; null removes one. */
  get payloads(): ReadonlyMap<string, string | null> {
    return this.#payloads ?? NONE;
  }

  load(keys: readonly string[]): MaybePromise<Texts> {
    const others = keys.filter((key) => !this.#writes.has(key));
    return chain(this.#records.loadAt(others), ({ version, texts: known }) => {
      this.#expected ??= version;
      if (others.length === keys.length) return known;
      const found = new Map(known);
      for (const key of keys) {
        const record = this.#writes.get(key);
        if (record !== undefined && record !== null) found.set(key, record);
      }
      return found;
    });
  }

  live(): MaybePromise<Texts> {
    return chain(this.#records.liveAt(), ({ version, texts: known }) => {
      this.#expected ??= version;
      if (this.#writes.size === 0) return known;
      const found = new Map(known);
      for (const [key, record] of this.#writes) {
        if (record === null) found.delete(key);
        else if (isLiveRecord(key)) found.set(key, record);
      }
      return found;
    });
  }

  write(writes: Iterable<RecordWrite>): void {
    for (const [key, json, text] of writes)
      this.#writes.set(key, text === null ? null : new RecordText(text, this.runId, key, json));
  }

  keep(payloads: Iterable<readonly [name: string, text: string | null]>): void {
    for (const [name, text] of payloads) (this.#payloads ??= new Map()).set(name, text);
  }

  /** Records whose keys begin so are over. */
  end(prefix: string): MaybePromise<void> {
    return chain(this.#records.beginning(prefix), (keys) => {
      for (const key of this.#writes.keys()) if (key.startsWith(prefix)) this.#writes.set(key, null);
      for (const key of keys) this.#writes.set(key, null);
    });
  }

  /** All records of the run. */
  whole(): MaybePromise<Texts> {
    const areas = (['live', 'lookup', 'kept'] as const).map((area) => this.#records.pagesAt({ area }));
    return chain(all(areas), (pages): MaybePromise<Texts> => {
      const versions = new Set(pages.map(({ version }) => version));
      if (versions.size > 1) return this.whole();
      const [version] = versions;
      this.#expected ??= version;
      const texts = new Map(
        pages.flatMap(({ records }) => records).map(([key, text]) => [key, new RecordText(text, this.runId, key)]),
      );
      for (const [key, record] of this.#writes) {
        if (record === null) texts.delete(key);
        else texts.set(key, record);
      }
      return texts;
    });
  }

  /** Removes what nothing of the run refers to any more. */
  sweep(): MaybePromise<void> {
    return chain(this.whole(), (texts) => {
      return chain(this.#records.payloadNames(), (names) => {
        const { records, payloads } = garbageOf(new Records(texts), names);
        for (const key of records) this.#writes.set(key, null);
        this.keep(payloads.filter((name) => !this.payloads.has(name)).map((name) => [name, null] as const));
      });
    });
  }

  setTimer(timer: TimerChange): void {
    (this.#timers ??= new Map()).set(timer.key, timer);
  }

  change(): RunChange {
    const { runId, summary } = this;
    const writes: (readonly [key: string, text: string | null])[] = [];
    for (const [key, record] of this.#writes) writes.push([key, record === null ? null : record.text]);
    const payloads = this.#payloads === undefined ? [] : [...this.#payloads];
    const timers = this.#timers === undefined ? [] : [...this.#timers.values()];
    this.#expected ??= this.#records.version;
    const known = this.#expected > 0 ? this.#records.summaryAt(this.#expected) : undefined;
    const isSummaryKnown = known !== undefined && isSameStanding(summary, known);
    return { runId, expected: this.#expected, summary, isSummaryKnown, writes, payloads, timers };
  }

  /** False if what is known of the run is of a later version already. */
  written(): boolean {
    return this.#records.written(this.#expected ?? this.#records.version, this.#writes, this.summary);
  }

  /** It was decided on another version, or could not be written. */
  dropped(): void {
    this.#records.forget();
  }
}

/** All records of an area, or those whose keys begin alike. */
function pagesOf(
  store: Store,
  runId: string,
  query: Omit<PageQuery, 'after' | 'limit'>,
): MaybePromise<(readonly [key: string, text: string])[]> {
  return chain(versionedPagesOf(store, runId, query), ({ records }) => records);
}

/** They are of one version unless the run has changed from one page to the next. */
function versionedPagesOf(
  store: Store,
  runId: string,
  query: Omit<PageQuery, 'after' | 'limit'>,
): MaybePromise<{
  readonly versions: ReadonlySet<number>;
  readonly stored: StoredRun | undefined;
  readonly records: (readonly [key: string, text: string])[];
}> {
  const versions = new Set<number>();
  let last: StoredRun | undefined;
  const pages = allPages((after: string | undefined) =>
    chain(
      store.page(runId, { ...query, ...(after !== undefined && { after }) }),
      ({ version, stored, records, next }) => {
        versions.add(version);
        last = stored;
        return { items: records, next };
      },
    ),
  );
  return chain(pages, (records) => ({ versions, stored: last, records }));
}

/** Records of the kinds with these letters, by the letters. */
export function keptOf(
  store: Store,
  runId: string,
  prefixes: readonly string[],
): MaybePromise<(readonly [key: string, text: string])[][]> {
  return all(prefixes.map((prefix) => pagesOf(store, runId, { area: 'kept', prefix })));
}

/** What a list says of a run, without the texts that came with it. */
export function summaryIn(stored: StoredRun): StoredSummary {
  const { job, fingerprint, tags, status, isOpen, waitsIn, createdAt, endedAt } = stored;
  return { job, fingerprint, tags, status, isOpen, waitsIn, createdAt, endedAt };
}

/** What else there is of a summary stays for as long as the run is not reset. */
function isSameStanding(one: StoredSummary, other: StoredSummary): boolean {
  return (
    one === other ||
    (one.status === other.status &&
      one.isOpen === other.isOpen &&
      one.waitsIn === other.waitsIn &&
      one.endedAt === other.endedAt &&
      one.fingerprint === other.fingerprint &&
      one.tags === other.tags &&
      one.createdAt === other.createdAt)
  );
}

function recordOf(text: string | null | undefined, runId: string, key: string): RecordText | null {
  return text === null || text === undefined ? null : new RecordText(text, runId, key);
}

/** Attempts from their records, by step and in order. */
export function attemptsByStep(
  runId: string,
  records: readonly (readonly [key: string, text: string])[],
): Map<number, AttemptRecord[]> {
  const byStep = new Map<number, AttemptRecord[]>();
  for (const [key, text] of records) {
    const [step] = RECORDS.attempt.parse(key);
    const attempts = byStep.get(step) ?? [];
    byStep.set(step, attempts);
    attempts.push(readJson(text, runId, key));
  }
  for (const attempts of byStep.values()) attempts.sort((a, b) => a.number - b.number);
  return byStep;
}
