// The runs of a file, for those who do not own it: tools, pages, the command line.
//
// SQLITE-HISTORY-1. Nothing of the application is needed: reading knows nodes and edges by the names in the records.
// SQLITE-HISTORY-2. It answers as `runtime.runs` and `run.inspect` do, by the same queries, whether or not a process has the
//     file. It waits for nobody, and nobody waits for it.

import { compileGraph } from '../../graph/compile.ts';
import type { CompiledGraph, EdgeDescription, JoinDescription } from '../../graph/graph.ts';
import { MOMENTS } from '../../graph/moments.ts';
import { inspectionOf } from '../../execute/report.ts';
import type { RunPage, RunQuery } from '../../execute/run-query.ts';
import { Observers } from '../../observe/observers.ts';
import { systemClock } from '../../execute/clock.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { RECORDS } from '../../records/keys.ts';
import { isObject } from '../../values/option-rules.ts';
import { assertQuery } from '../../values/query-rules.ts';
import type { RunInspection } from '../../wiring/run-report.ts';
import { Classes } from '../../values/classes.ts';
import type { Event } from '../../run/event.ts';
import { EncryptedStore, type Encryption } from '../store/encrypted-store.ts';
import { RecentPayloads } from '../store/recent-payloads.ts';
import { pageOfRuns } from '../store/run-pages.ts';
import { StoreRun } from '../store/store-run.ts';
import type { StoredRun } from '../store/store.ts';
import { loadDriver, type SqliteDriver } from './driver.ts';
import type { SqliteInbox } from './inbox.ts';
import { ownerOf } from './owner.ts';
import { SqliteStore } from './sqlite-store.ts';
import { placeOf } from './store-file.ts';

export interface SqliteHistoryOptions {
  /** The file of a `sqliteEngine`. */
  readonly file: string;
  /** The keys that it was written with. @default none */
  readonly encryption?: Encryption | undefined;
  /** As of `sqliteEngine`. @default 'node' where Node has it (22.13 and later) */
  readonly driver?: SqliteDriver;
}

/** The runs of a file. */
export interface SqliteHistory {
  /**
   * The runs that the file has, the newest first, a page at a time.
   *
   * @throws {OnwardError} ONW3004 with everything that is wrong with the query; ONW4008 if the file is encrypted and no key
   *   fits.
   */
  runs(query?: RunQuery): Promise<RunPage>;
  /** One run as it stands, with its steps; undefined if the file does not have it. */
  run(id: string): Promise<RunInspection | undefined>;
  /** The file belongs to nobody here any more. */
  close(): void;
}

/**
 * Opens a file to read its runs, beside the process that has it or without one.
 *
 * @throws {OnwardError} ONW4001 if it cannot be opened, ONW4004 if a later version has written it, ONW4005 if it is damaged,
 *   ONW6010 if this Node has no SQLite.
 */
export function sqliteHistory(options: SqliteHistoryOptions): SqliteHistory {
  return new SqliteFile(options);
}

/** A key that opens nothing: texts that nobody has encrypted need none. */
const NO_KEYS: Encryption = { current: '', keys: {} };

/** Without the application, instances of its classes are shown as their data. */
const NO_CLASSES = new Classes({
  named: () => ({}),
  rebuilt: () => [],
  nested: () => [],
  onUnknown: () => undefined,
});

/** A file that somebody else may own. */
export class SqliteFile implements SqliteHistory {
  readonly #options: SqliteHistoryOptions;
  readonly #file: SqliteStore;
  readonly #store: EncryptedStore;
  readonly #hasKey: boolean;

  constructor(options: SqliteHistoryOptions) {
    const { file, driver, encryption } = options;
    this.#options = options;
    this.#file = new SqliteStore({ file, readsOnly: true, ...(driver !== undefined && { driver }) });
    this.#hasKey = encryption !== undefined;
    this.#store = new EncryptedStore(this.#file, encryption ?? NO_KEYS);
    this.#file.open();
  }

  async runs(query: RunQuery = {}): Promise<RunPage> {
    assertQuery(query);
    return this.#file.snapshot(() => pageOfRuns(this.#store, query, Date.now(), (stored) => this.#found(stored)));
  }

  async run(id: string): Promise<RunInspection | undefined> {
    return this.#file.snapshot(async () => {
      const stored = await this.#store.find(id);
      return stored === undefined ? undefined : inspectionOf(await (await this.#found(stored)).read());
    });
  }

  /** When the steps of a run come due that wait for a time: a delay, or another attempt. By the number of the step. */
  async dueTimes(id: string): Promise<ReadonlyMap<number, number>> {
    const times = new Map<number, number>();
    for (const timer of await this.#file.snapshot(async () => this.#file.timersOf(id))) {
      const due: Event = JSON.parse(this.#store.openedTimer(timer).event);
      if (due.type === 'due') times.set(due.at.step, timer.at);
    }
    return times;
  }

  close(): void {
    this.#file.close();
  }

  /** Leaves a command for the owner of the file. @returns its number. */
  put(command: object): number {
    const text = JSON.stringify(command);
    return this.#inbox.put(this.#hasKey ? this.#store.sealed(text) : text);
  }

  /** What the owner has answered; undefined while there is nothing. */
  answerTo(no: number): unknown {
    const answer = this.#inbox.answerTo(no);
    return answer === undefined ? undefined : JSON.parse(this.#store.unsealed(answer));
  }

  /** The process that has it; undefined if there is none. */
  owner(): number | undefined {
    const { file, driver } = this.#options;
    return ownerOf(placeOf(file), loadDriver(driver));
  }

  get #inbox(): SqliteInbox {
    return this.#file.inbox;
  }

  async #found(stored: StoredRun): Promise<StoreRun> {
    const graph = await graphOf(this.#store, stored.runId);
    const observers = new Observers({ clock: systemClock(), report: () => undefined });
    const refuse = async (): Promise<never> => {
      throw new OnwardError('ONW6070', 'a run that is only read was told to change');
    };
    const recent = new RecentPayloads();
    return StoreRun.found(stored, {
      graph,
      store: this.#store,
      recent,
      keeping: () => ({ classes: NO_CLASSES, maxBytes: Number.POSITIVE_INFINITY }),
      observers,
      signal: refuse,
      find: () => undefined,
      hold: () => undefined,
    });
  }
}

// ── SQLITE-HISTORY-1 ──

/** The nodes and edges that the live records of a run name. */
async function graphOf(store: EncryptedStore, runId: string): Promise<CompiledGraph> {
  const names = new Set<string>();
  const ids = new Set<string>();
  for (let after: string | undefined; ;) {
    const page = await store.page(runId, { area: 'live', ...(after !== undefined && { after }) });
    for (const [key, text] of page.records) {
      if (!NAMING.some((letter) => key.startsWith(`${letter}/`))) continue;
      const record: unknown = JSON.parse(text);
      if (!isObject(record)) continue;
      for (const id of [record['via'], record['edge']]) if (typeof id === 'string') ids.add(id);
      if (typeof record['node'] === 'string') names.add(record['node']);
    }
    after = page.next;
    if (after === undefined) break;
  }
  const found = [...ids].flatMap(edgesOf);
  for (const { from, to } of found) for (const name of [from, to]) if (name !== '*') names.add(name);
  const edges = found.filter((edge): edge is EdgeDescription => 'moment' in edge);
  const joins = found.filter((edge): edge is JoinDescription & { readonly from: '*' } => 'mode' in edge);
  return compileGraph({ nodes: [...names].map((name) => ({ name })), edges, joins });
}

/** Kinds of records that name nodes and edges. */
const NAMING = [RECORDS.step.letter, RECORDS.group.letter];

/** `A.x>success>B.y#2` is the second of its kind, which there is with a first. */
function edgesOf(id: string): readonly (EdgeDescription | (JoinDescription & { readonly from: '*' }))[] {
  const {
    from,
    moment = '',
    to = '',
    count,
  } = /^(?:(?<from>.+?)>)?(?<moment>\w+)>(?<to>.+?)(?:#(?<count>\d+))?$/s.exec(id)?.groups ?? {};
  if (moment === 'join') return [{ id, from: '*', to, mode: 'all', onMissing: 'skip' }];
  if (from === undefined || !isMoment(moment)) return [];
  return Array.from({ length: Number(count ?? 1) }, () => ({ from, to, moment }));
}

function isMoment(name: string): name is EdgeDescription['moment'] {
  return Object.hasOwn(MOMENTS, name);
}
