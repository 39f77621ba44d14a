// Runs in one SQLite file.
//
// SQLITE-STORE-1. Every commit of the engine is one transaction, on the disk before it is answered.
// SQLITE-STORE-2. What is remembered beside the file is forgotten when a transaction fails: SQLite gives the number of a
//     run that came to nothing to another one.
// SQLITE-STORE-3. It has one owner (`owner.ts`), and any number of readers: they neither wait nor are waited for. All that
//     a reader writes is a command in the inbox.
// SQLITE-STORE-4. A commit that fails for want of room leaves the file whole; the next one makes what room it can first.

import { existsSync } from 'node:fs';
import { areaOf, RUN_KEY, SETTINGS_KEY, type Area } from '../../records/keys.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { storeClosed } from '../store/refusals.ts';
import { damaged } from '../store/run/damage.ts';
import type {
  Committed,
  DueTimers,
  LoadedRecords,
  PageQuery,
  RecordPage,
  RunChange,
  Store,
  StoredRun,
  StoredRunQuery,
  StoredTimer,
} from '../store/store.ts';
import {
  fromSqlText,
  loadDriver,
  toSqlText,
  type Database,
  type OpenDatabase,
  type Row,
  type SqliteDriver,
  type SqlValue,
} from './driver.ts';
import { deleted, storeFault } from './faults.ts';
import { takeOwnership } from './owner.ts';
import { SqliteInbox } from './inbox.ts';
import { PackedRecords } from './packed.ts';
import { type Entry, pageOf, type PagePlace } from './pages.ts';
import { RecentChanges, recentIn, type Recent } from './recent-changes.ts';
import { AREAS, columnOf, isColumn, lastOf, nameIn, setRows, sortOut } from './record-rows.ts';
import { RunRows, type RunRow } from './run-rows.ts';
import { savedIn } from './saved.ts';
import { assertReadable, pragma, prepareDatabase } from './schema.ts';
import { preparing, selectRuns, SQL, storedRun, storedTimer, type Prepare } from './statements.ts';
import { identityOf, makePrivate, placeOf } from './store-file.ts';

export interface SqliteStoreOptions {
  /** The path of the file. It is made if it is missing, with its folder, for its owner alone. */
  readonly file: string;
  /** `node` is `node:sqlite`, `libsql` the package. @default 'node' where Node has it (22.13 and later) */
  readonly driver?: SqliteDriver;
  /**
   * When a commit is on the disk. `full`: before it is answered. `normal`: the process may die at any moment, and the
   * last commits before a power cut may be lost. @default 'full'
   */
  readonly synchronous?: 'full' | 'normal';
  /** Looks at every page of the file when it is opened. @default for files of up to 64 MiB */
  readonly verify?: boolean;
}

/** What only this package asks for. */
interface OpenOptions extends Omit<SqliteStoreOptions, 'synchronous'> {
  /** `off`: nothing waits for the disk, for files that last as long as a test. @default 'full' */
  readonly synchronous?: 'full' | 'normal' | 'off';
  /** The file keeps its owner. @default false */
  readonly readsOnly?: boolean;
  /** How the database is opened. @default by the driver */
  readonly openDatabase?: OpenDatabase;
}

const PAGE = 1_000;
const REMOVING = [SQL.deleteRecords, SQL.deleteTimers, SQL.deleteRun];
/** What is above all that begins with a prefix. */
const END = '\u{10FFFF}';

export class SqliteStore implements Store {
  readonly name = 'sqlite';
  readonly isDurable = true;
  readonly #options: OpenOptions;
  #open: OpenStore | undefined;
  #reading: Promise<unknown> = Promise.resolve();
  /** The last commit has failed. */
  #hasFailed = false;

  constructor(options: OpenOptions) {
    this.#options = options;
  }

  open(): void {
    const { file, driver, synchronous } = this.#options;
    const opener = this.#options.openDatabase ?? loadDriver(driver);
    const openDatabase = synchronous === 'off' ? withoutSync(opener) : opener;
    if (this.#options.readsOnly === true) {
      this.#open = guarded(file, 'open', () => openToRead(file, openDatabase));
      return;
    }
    this.#open = guarded(file, 'open', () => {
      const path = placeOf(file);
      const release = takeOwnership(path, openDatabase);
      let db: Database | undefined;
      try {
        makePrivate(path);
        db = openDatabase(path);
        prepareDatabase(db, path, this.#options);
        return { path, db, release, ...remembering(db), identity: identityOf(path) };
      } catch (fault) {
        db?.close();
        release();
        throw fault;
      }
    });
  }

  close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#forget();
    // What is in the log goes to the file: a driver may keep both open for longer.
    if (this.#options.readsOnly !== true) foldLog(open.db);
    open.db.close();
    open.release();
  }

  find(runId: string): StoredRun | undefined {
    return this.#with(({ on }) => {
      const row = on(SQL.find).get(toSqlText(runId));
      return row === undefined ? undefined : storedRun(row);
    });
  }

  load(runId: string, keys: readonly string[]): LoadedRecords {
    return this.#with(({ on, rows }) => {
      const row = rows.of(runId);
      const columns = row && on(keys.some(isColumn) ? SQL.run : SQL.version).get(row.no);
      const records = new Map<string, string>();
      if (row === undefined || columns === undefined) return { version: 0, records };
      for (const key of keys) {
        const text = columnOf(columns, key) ?? this.#textOf(runId, row, key);
        if (typeof text === 'string' && text !== '') records.set(key, text);
      }
      return { version: Number(columns['version']), records };
    });
  }

  #textOf(runId: string, row: RunRow, key: string): SqlValue | undefined {
    const area = areaOf(key);
    const name = toSqlText(key);
    if (area !== 'live') return this.#textBeside(runId, row, area, name);
    const text = row.packed.get(name);
    return text !== undefined || !row.packed.isSpilled ? text : this.#textInTable(row, area, name);
  }

  /** A text that is not in the row of its run. */
  #textBeside(runId: string, row: RunRow, area: Area | 'payload', name: string): SqlValue | undefined {
    const text = this.#recentOf(runId, row).get(nameIn(area, name));
    return text === undefined ? this.#textInTable(row, area, name) : (text ?? undefined);
  }

  #textInTable({ no }: RunRow, area: Area | 'payload', name: string): SqlValue | undefined {
    return this.#opened().on(SQL.record).get(no, AREAS[area], name)?.['text'];
  }

  /** What the last changes of a run have written. @throws {OnwardError} ONW4005 if they cannot be what was written. */
  #recentOf(runId: string, row: RunRow): Recent {
    const recent = this.#opened().changes.of(row);
    if (recent !== undefined) return recent;
    throw damaged(runId, undefined, `its change ${row.lastChange} or one before it`);
  }

  commit(changes: readonly RunChange[]): readonly Committed[] {
    return this.#transaction((open) => {
      const outcomes = changes.map((change) => this.#write(open, change));
      open.changes.write();
      return outcomes;
    });
  }

  #write({ on, changes, rows }: OpenStore, change: RunChange): Committed {
    const { runId, expected, summary, timers } = change;
    const known = expected === 0 ? undefined : rows.of(runId);
    if (expected > 0 && known === undefined) return 'conflict';
    const packed = known?.packed ?? new PackedRecords();
    const { live, text } = sortOut(change, packed);
    const number = changes.ready(known, text);
    const columns = { live: packed.changedColumn(), change: number };
    const no = known === undefined ? this.#create(change, columns) : this.#update(change, known.no, columns);
    if (no === undefined) {
      rows.drop(runId);
      return 'conflict';
    }
    const row = known ?? { no, packed, lastChange: 0, place: 0 };
    setRows(on, no, live);
    changes.add(row, number, text);
    if (!summary.isOpen) {
      rows.drop(runId);
      on(SQL.deleteTimers).run(no);
      return 'written';
    }
    if (known === undefined) rows.keep(runId, row);
    for (const { key, at, event } of timers) {
      if (at === null) on(SQL.deleteTimer).run(no, toSqlText(key));
      else on(SQL.setTimer).run(no, toSqlText(key), at, event);
    }
    return 'written';
  }

  /** @returns its number; undefined if there is such a run. */
  #create({ runId, summary, writes }: RunChange, { live, change }: Columns): number | undefined {
    const { job, fingerprint, tags, status, isOpen, waitsIn, createdAt, endedAt } = summary;
    const texts = [lastOf(writes, SETTINGS_KEY) ?? '', lastOf(writes, RUN_KEY) ?? '', live ?? ''];
    const { changes, lastInsertRowid } = this.#opened()
      .on(SQL.create)
      .run(
        ...[toSqlText(runId), job, fingerprint ?? null, JSON.stringify(tags), status],
        ...[isOpen ? 1 : 0, waitsIn ?? null, createdAt, endedAt, ...texts, change ?? 0],
      );
    return Number(changes) === 0 ? undefined : Number(lastInsertRowid);
  }

  /** @returns its number; undefined if the run has another version. */
  #update(of: RunChange, no: number, { live, change }: Columns): number | undefined {
    const { on } = this.#opened();
    const { expected, isSummaryKnown, writes, summary } = of;
    const { status, isOpen, waitsIn, endedAt } = summary;
    const record = lastOf(writes, RUN_KEY) ?? null;
    const settings = lastOf(writes, SETTINGS_KEY);
    // They are written when a run begins, here: when it begins again.
    if (settings !== undefined) {
      const { job, fingerprint, tags, createdAt } = summary;
      const ofStart = [job, fingerprint ?? null, JSON.stringify(tags)];
      const columns = [...ofStart, status, isOpen ? 1 : 0, waitsIn ?? null, createdAt, endedAt];
      const { changes } = on(SQL.beginAgain).run(...columns, settings, record ?? '', live, change, no, expected);
      return Number(changes) === 0 ? undefined : no;
    }
    // What is indexed is set when it changes: the end comes once.
    const { changes } =
      isSummaryKnown === true
        ? on(SQL.advance).run(record, live, change, no, expected)
        : isOpen
          ? on(SQL.update).run(status, record, live, change, waitsIn ?? null, no, expected)
          : on(SQL.end).run(status, record, live, change, endedAt, no, expected);
    return Number(changes) === 0 ? undefined : no;
  }

  payloads(runId: string, names: readonly string[]): readonly (string | undefined)[] {
    return this.#with(({ rows }) => {
      const row = rows.of(runId);
      return names.map((name) => {
        const text = row && this.#textBeside(runId, row, 'payload', toSqlText(name));
        return typeof text === 'string' ? text : undefined;
      });
    });
  }

  page(runId: string, { area, prefix = '', after = '', limit = PAGE }: PageQuery): RecordPage {
    return this.#with(({ on, rows }) => {
      const row = rows.of(runId);
      const columns = row && on(area === 'live' ? SQL.run : SQL.version).get(row.no);
      if (row === undefined || columns === undefined) return { version: 0, records: [] };
      const version = Number(columns['version']);
      const isLive = area === 'live';
      const ahead = isLive
        ? new Map(inRow(row, columns).map(([key, text]) => [toSqlText(key), text]))
        : recentIn(this.#recentOf(runId, row), area);
      const isInTable = !isLive || row.packed.isSpilled;
      const place = { start: toSqlText(prefix), after, limit };
      const { entries, ...end } = pageOf(isInTable ? this.#found(row, area, place) : [], ahead, place);
      return { version, records: entries.map(([key, text]) => [fromSqlText(key), text]), ...end };
    });
  }

  /** What the table has behind a place. */
  #found({ no }: RunRow, area: Area, { start, after, limit }: PagePlace): Entry[] {
    const rows = this.#opened()
      .on(SQL.records)
      .all(no, AREAS[area], after, start, start + END, limit + 1);
    return rows.map(({ key, text }) => [String(key), String(text)]);
  }

  payloadNames(runId: string, after = ''): { readonly names: readonly string[]; readonly next?: string } {
    return this.#with(({ on, rows }) => {
      const row = rows.of(runId);
      if (row === undefined) return { names: [] };
      const found = on(SQL.names).all(row.no, AREAS.payload, after, PAGE + 1);
      const ahead = recentIn(this.#recentOf(runId, row), 'payload');
      const place = { start: '', after, limit: PAGE };
      const { entries, ...end } = pageOf(
        found.map(({ key }) => [String(key), '']),
        ahead,
        place,
      );
      return { names: entries.map(([name]) => fromSqlText(name)), ...end };
    });
  }

  runs(query: StoredRunQuery): readonly StoredRun[] {
    return this.#with(({ on }) => {
      const [text, values] = selectRuns(query);
      const rows = on(text).all(...values);
      return rows.map((row) => (query.withLive === true ? this.#withLive(row) : storedRun(row)));
    });
  }

  #withLive(columns: Row): StoredRun {
    const stored = storedRun(columns);
    if (!stored.isOpen) return stored;
    const row = this.#opened().rows.met(stored.runId, columns);
    return row.packed.isSpilled ? stored : { ...stored, live: inRow(row, columns) };
  }

  countOpen(): number {
    return this.#with(({ on }) => Number(on(SQL.countOpen).get()?.['count'] ?? 0));
  }

  due(until: number, limit: number): DueTimers {
    return this.#with(({ on }) => {
      const rows = on(SQL.timers)
        .all(limit + 1)
        .map(storedTimer);
      const timers = rows.slice(0, limit).filter(({ at }) => at <= until);
      return { timers, next: rows[timers.length]?.at };
    });
  }

  /** All timers of one run. */
  timersOf(runId: string): StoredTimer[] {
    return this.#with(({ on }) => on(SQL.timersOf).all(runId).map(storedTimer));
  }

  remove(runIds: readonly string[]): number {
    const removed = this.#transaction(({ on }) =>
      runIds.filter((runId) => {
        const { no, change = 0 } = on(SQL.over).get(toSqlText(runId)) ?? {};
        if (typeof no !== 'number') return false;
        on(SQL.deleteChanges).run(change, -no);
        for (const text of REMOVING) on(text).run(no);
        return true;
      }),
    );
    this.#forget();
    this.#with(({ db }) => giveRoomBack(db));
    return removed.length;
  }

  // ── readers ──

  /** What a reader sees is of one moment: it forgets what it knew, and reads within one transaction. One at a time. */
  snapshot<T>(work: () => Promise<T>): Promise<T> {
    const found = this.#reading.then(async () => {
      this.#forget();
      this.#with(({ db }) => db.exec('BEGIN'));
      try {
        return await work();
      } finally {
        this.#with(({ db }) => db.exec('COMMIT'));
      }
    });
    this.#reading = found.catch(() => undefined);
    return found;
  }

  readonly saved = savedIn({ read: (work) => this.#with(work), write: (work) => this.#transaction(work) });

  readonly inbox: SqliteInbox = new SqliteInbox((work) => this.#with(({ on, db }) => work(on, db)));

  // ── transactions ──

  #opened(): OpenStore {
    if (this.#open !== undefined) return this.#open;
    throw storeClosed();
  }

  #with<T>(work: (open: OpenStore) => T): T {
    const open = this.#opened();
    return guarded(open.path, 'use', () => work(open));
  }

  #transaction<T>(work: (open: OpenStore) => T): T {
    return this.#with((open) => {
      const { db, on, path, identity } = open;
      if (identityOf(path) !== identity) throw deleted(path);
      if (this.#hasFailed) foldLog(db);
      try {
        on(SQL.begin).run();
        const result = work(open);
        on(SQL.commit).run();
        this.#hasFailed = false;
        return result;
      } catch (fault) {
        this.#forget();
        this.#hasFailed = true;
        // SQLite has ended the transaction itself after some failures.
        attempt(() => db.exec('ROLLBACK'));
        throw fault;
      }
    });
  }

  #forget(): void {
    this.#open?.rows.forget();
    this.#open?.changes.forget();
  }
}

/** The columns of a run's row that a change sets where it has something for them. */
interface Columns {
  readonly live: string | null;
  readonly change: number | null;
}

/** As a reader of a file that may have an owner. */
function openToRead(file: string, open: OpenDatabase): OpenStore {
  if (!existsSync(file)) {
    const text = `there is no file ${file}; give the one that \`sqliteEngine({ file })\` has`;
    throw new OnwardError('ONW4001', text, { details: { file } });
  }
  const path = placeOf(file);
  const db = open(path);
  try {
    // The log belongs to the owner: a reader does not fold it.
    db.exec('PRAGMA busy_timeout = 5000; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = NORMAL');
    assertReadable(db, path);
    return { path, db, release: () => undefined, ...remembering(db), identity: identityOf(path) };
  } catch (fault) {
    db.close();
    throw fault;
  }
}

interface OpenStore extends Remembered {
  readonly path: string;
  readonly db: Database;
  readonly identity: string | undefined;
  readonly release: () => void;
}

interface Remembered {
  readonly on: Prepare;
  readonly rows: RunRows;
  readonly changes: RecentChanges;
}

function remembering(db: Database): Remembered {
  const on = preparing(db);
  return { on, rows: new RunRows(on), changes: new RecentChanges(on) };
}

/** From the first statement on: making tables waits for the disk a dozen times. */
function withoutSync(open: OpenDatabase): OpenDatabase {
  return (path) => {
    const db = open(path);
    db.exec('PRAGMA synchronous = OFF');
    return db;
  };
}

function guarded<T>(file: string, doing: 'open' | 'use', work: () => T): T {
  try {
    return work();
  } catch (fault) {
    throw storeFault(fault, file, doing);
  }
}

/** What has been committed goes from the log to its place in the file, and the log is cut off. */
function foldLog(db: Database): void {
  attempt(() => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
}

/** Gives pages of removed runs back to the system, some at a time, once they are many. */
function giveRoomBack(db: Database): void {
  const free = pragma(db, 'freelist_count');
  if (free > 1_000 && free > pragma(db, 'page_count') / 4) attempt(() => db.exec('PRAGMA incremental_vacuum(1000)'));
}

/** Does what may fail without harm. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // The file is as it was.
  }
}

/** The live records in the row of a run. */
function inRow({ packed }: RunRow, { settings, record }: Row): (readonly [key: string, text: string])[] {
  const found: (readonly [key: string, text: string])[] = [];
  if (typeof settings === 'string' && settings !== '') found.push([SETTINGS_KEY, settings]);
  if (typeof record === 'string' && record !== '') found.push([RUN_KEY, record]);
  for (const [key, text] of packed.texts) found.push([fromSqlText(key), text]);
  return found;
}
