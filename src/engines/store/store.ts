// The port of the stores: what the store engine asks of whatever keeps its runs. SQLite is one, a map is another.
//
// STORE-1. A store keeps text by key. It never looks into a text, and decides nothing.
// STORE-2. The changes of one run are written as a whole or not at all, and only over the version that they expect.
// STORE-3. What `commit` has answered with `written` is there for every later call, after a crash as well if the store
//     is durable. A commit that throws may be given again: the engine decides again from what is there.
// STORE-4. Every call may answer at once or later. There is one `commit` at a time; reads may overlap it, and see a run
//     as it was before or after, never in between.

import type { Area } from '../../records/keys.ts';
import type { RunStatus } from '../../run/status.ts';
import type { SavedTexts } from '../saved-texts.ts';
import type { MaybePromise } from './now-or-later.ts';

export type { MaybePromise } from './now-or-later.ts';

/** What a store tells of a run without reading its records. */
export interface StoredSummary {
  readonly job: string;
  /** Differs for two submissions with one id; undefined if the id was generated. */
  readonly fingerprint: string | undefined;
  readonly tags: readonly string[];
  /** How it stands; what it ends as, once that is fixed. */
  readonly status: RunStatus;
  /** Something of it is still to be done: run callbacks, perhaps, when its outcome is fixed already. */
  readonly isOpen: boolean;
  /**
   * The hash of the graph with which the run only waits, for a timer or for something from outside.
   * Undefined if something is due to begin, or if that is not known.
   */
  readonly waitsIn: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch; 0 while it is open. */
  readonly endedAt: number;
}

export interface StoredRun extends StoredSummary {
  readonly runId: string;
  /** Counts its changes, from 1 on. */
  readonly version: number;
  /** Its live records, if the query asks for them and the store has them at hand; absent otherwise. */
  readonly live?: readonly (readonly [key: string, text: string])[];
  /** A whole number that stands for the run in the order of creation: a query goes on behind it. */
  readonly cursor: string;
}

/** Records of a run, by key. */
export interface LoadedRecords {
  /** Of the run, when the records were read; 0: there is no such run. */
  readonly version: number;
  /** Those that exist. */
  readonly records: ReadonlyMap<string, string>;
  /** How the run stood then: of a store that several processes write to at a time. */
  readonly stored?: StoredRun;
  /** Areas that have no other records than those that were found, where the store can tell. */
  readonly whole?: readonly Area[];
}

/** A timer: what to deliver, and when. Its key is unique within its run, and names nothing else later. */
export interface StoredTimer {
  readonly runId: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The event, as text. It may throw where no key opens it: it is read for one run at a time. */
  readonly event: string;
}

/** `at` null removes the timer, `event` is then empty; another one of the same key is replaced. */
export interface TimerChange {
  readonly key: string;
  readonly at: number | null;
  readonly event: string;
}

/** What one commit changes in one run. In a list, a later item of the same key or name counts. */
export interface RunChange {
  readonly runId: string;
  /** The version that the change was decided on; 0: there must be no such run yet. */
  readonly expected: number;
  /** How the run stands after the change. A run that is not open any more loses its timers. */
  readonly summary: StoredSummary;
  /** The summary is that of the expected version. */
  readonly isSummaryKnown?: boolean;
  /** Null removes a record. `areaOf` says where it belongs. */
  readonly writes: readonly (readonly [key: string, text: string | null])[];
  /** Payloads by name; null removes one. A name is at most some hundred characters, a payload of any size. */
  readonly payloads: readonly (readonly [name: string, text: string | null])[];
  readonly timers: readonly TimerChange[];
}

/** `conflict`: the run has another version than expected; nothing of this change was written. */
export type Committed = 'written' | 'conflict';

export interface PageQuery {
  readonly area: Area;
  /** Only keys that begin so. */
  readonly prefix?: string;
  /** What the page before ended with. */
  readonly after?: string;
  /** Records of a page. @default as many as the store finds good */
  readonly limit?: number;
}

export interface RecordPage {
  /** Of the run, when the page was read; 0: there is no such run. */
  readonly version: number;
  readonly records: readonly (readonly [key: string, text: string])[];
  /** How the run stood then: of a store that several processes write to at a time. */
  readonly stored?: StoredRun;
  /** Where the next page begins; absent on the last one. The order is the store's own, and stays. */
  readonly next?: string;
}

/** Every condition has to hold. */
export interface StoredRunQuery {
  readonly isOpen?: boolean;
  /** The runs are about to be taken up: each comes with its live records, where that costs nothing more. */
  readonly withLive?: boolean;
  /** Those are left out that only wait with the graph of this hash. */
  readonly exceptWaitingIn?: string;
  readonly status?: readonly RunStatus[];
  /** Created before this time, in milliseconds since the epoch. */
  readonly createdBefore?: number;
  /** Created at this time or after it. */
  readonly createdFrom?: number;
  /** Ended before this time: what is open has not ended. A store may begin with those that ended first, in any order. */
  readonly endedBefore?: number;
  /** By creation: the order of the first commits. @default 'newest' */
  readonly order?: 'newest' | 'oldest';
  /** The cursor of the last run that was given. */
  readonly after?: string;
  readonly limit: number;
}

export interface DueTimers {
  /** The earliest first. */
  readonly timers: readonly StoredTimer[];
  /** When the earliest of those that were not given comes due; undefined if there is none. */
  readonly next: number | undefined;
}

/** A command that another process has left for the one that owns the store. */
export interface InboxItem {
  readonly no: number;
  /** JSON. @throws if it cannot be read. */
  readonly command: () => string;
}

/** Where other processes leave commands, and find the answers. */
export interface Inbox {
  /** Those without an answer, if anything may have come since the last time: it is asked often. */
  take(): readonly InboxItem[];
  answer(no: number, text: string): void;
  /** Takes out what is no command: nobody is answered. */
  drop(no: number): void;
}

export interface Store {
  /** For texts: `sqlite`. */
  readonly name: string;
  /** It outlives the process: runs that are open at `close` go on at the next `open`. */
  readonly isDurable: boolean;
  /** Before anything else. @throws if somebody else owns it, it cannot be read, or is of a newer form. */
  open(): MaybePromise<void>;
  /** After everything else: it belongs to nobody then. */
  close(): MaybePromise<void>;
  /** What is known of a run. */
  find(runId: string): MaybePromise<StoredRun | undefined>;
  /** Those of the records that exist, all read at one version. */
  load(runId: string, keys: readonly string[]): MaybePromise<LoadedRecords>;
  /**
   * Writes changes of different runs, at most one of each, and answers in their order once they are there to stay.
   * Several runs need not change at one moment.
   *
   * @throws if it cannot write now, such as on a full disk: of each run either all was written or nothing.
   */
  commit(changes: readonly RunChange[]): MaybePromise<readonly Committed[]>;
  /** Payloads in the order of their names; undefined where there is none. */
  payloads(runId: string, names: readonly string[]): MaybePromise<readonly (string | undefined)[]>;
  /** The records of an area, a page at a time; a page is read at one version. */
  page(runId: string, query: PageQuery): MaybePromise<RecordPage>;
  /** The names of a run's payloads, for those that nothing refers to any more. */
  payloadNames(
    runId: string,
    after?: string,
  ): MaybePromise<{ readonly names: readonly string[]; readonly next?: string }>;
  runs(query: StoredRunQuery): MaybePromise<readonly StoredRun[]>;
  /** How many runs are open. */
  countOpen(): MaybePromise<number>;
  /** Timers of all runs that are due at a time, the limit at most. They stay until a change removes them. */
  due(until: number, limit: number): MaybePromise<DueTimers>;
  /** Texts of no run, such as signatures that were saved by name: in a table or a hash of their own. */
  readonly saved: SavedTexts;
  /** Absent where other processes have no way to a store. */
  readonly inbox?: Inbox | undefined;
  /** Whether a submission is the one that made a run, where it keeps fingerprints in another form. @default they are equal */
  isSameFingerprint?(runId: string, kept: string, given: string): boolean;
  /** Removes all of these runs that are not open. @returns how many those were. */
  remove(runIds: readonly string[]): MaybePromise<number>;
}
