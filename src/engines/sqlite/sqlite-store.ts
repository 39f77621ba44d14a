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
import { AREAS, rowsOf, setRows } from './record-rows.ts';
import { savedIn } from './saved.ts';
import { assertReadable, pragma, prepareDatabase } from './schema.ts';
import { preparing, selectRuns, SQL, storedRun, storedTimer, type Prepare } from './statements.ts';
import { identityOf, makePrivate, placeOf } from './store-file.ts';

export interface SqliteStoreOptions {
  /** The file. It is made if it is missing, with its folder, for its owner alone. */
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
interface OpenOptions extends SqliteStoreOptions {
  /** The file keeps its owner. @default false */
  readonly readsOnly?: boolean;
  /** How the database is opened. @default by the driver */
  readonly openDatabase?: OpenDatabase;
}

const PAGE = 1_000;
const MOST_NUMBERS = 50_000;
const MOST_PACKED = 5_000;
const REMOVING = [SQL.deleteRecords, SQL.deleteTimers, SQL.deleteRun];
/** What is above all that begins with a prefix. */
const END = '\u{10FFFF}';

export class SqliteStore implements Store {
  readonly name = 'sqlite';
  readonly isDurable = true;
  readonly #options: OpenOptions;
  #open: OpenStore | undefined;
  /** The row numbers of runs that were met lately, by id. */
  readonly #numbers = new Map<string, number>();
  /** The live records in the rows of runs that were met lately, by number; those met longest ago first. */
  readonly #packed = new Map<number, PackedRecords>();
  #reading: Promise<unknown> = Promise.resolve();
  /** The last commit has failed. */
  #hasFailed = false;

  constructor(options: OpenOptions) {
    this.#options = options;
  }

  open(): void {
    const { file, driver } = this.#options;
    const openDatabase = this.#options.openDatabase ?? loadDriver(driver);
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
        return { path, db, release, on: preparing(db), identity: identityOf(path) };
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
    return this.#with(({ on }) => {
      const no = this.#numberOf(runId);
      const row = no === undefined ? undefined : on(keys.some(isColumn) ? SQL.run : SQL.version).get(no);
      const records = new Map<string, string>();
      if (no === undefined || row === undefined) return { version: 0, records };
      for (const key of keys) {
        const text = columnOf(row, key) ?? this.#textOf(no, areaOf(key), toSqlText(key));
        if (typeof text === 'string' && text !== '') records.set(key, text);
      }
      return { version: Number(row['version']), records };
    });
  }

  #textOf(no: number, area: Area, key: string): SqlValue | undefined {
    if (area === 'live') {
      const packed = this.#packedOf(no);
      const text = packed.get(key);
      if (text !== undefined || !packed.isSpilled) return text;
    }
    return this.#opened.on(SQL.record).get(no, AREAS[area], key)?.['text'];
  }

  commit(changes: readonly RunChange[]): readonly Committed[] {
    return this.#transaction(() => changes.map((change) => this.#write(change)));
  }

  #write(change: RunChange): Committed {
    const { runId, expected, summary, writes, payloads, timers } = change;
    const { on } = this.#opened;
    const known = expected === 0 ? undefined : this.#numberOf(runId);
    const packed = known === undefined ? new PackedRecords() : this.#packedOf(known);
    const rows = rowsOf(writes, packed);
    const live = packed.changedColumn();
    const no = expected === 0 ? this.#create(change, live ?? '') : known && this.#update(change, known, live);
    if (no === undefined) {
      if (known !== undefined) this.#packed.delete(known);
      return 'conflict';
    }
    this.#numbers.set(runId, no);
    if (summary.isOpen) this.#keepPacked(no, packed);
    else this.#packed.delete(no);
    for (const [name, text] of payloads) rows.push(['payload', toSqlText(name), text]);
    setRows(on, no, rows);
    if (!summary.isOpen) on(SQL.deleteTimers).run(no);
    else {
      for (const { key, at, event } of timers) {
        if (at === null) on(SQL.deleteTimer).run(no, toSqlText(key));
        else on(SQL.setTimer).run(no, toSqlText(key), at, event);
      }
    }
    return 'written';
  }

  /** @returns its number; undefined if there is such a run. */
  #create({ runId, summary, writes }: RunChange, live: string): number | undefined {
    const { job, fingerprint, tags, status, isOpen, waitsIn, createdAt, endedAt } = summary;
    const texts = [lastOf(writes, SETTINGS_KEY) ?? '', lastOf(writes, RUN_KEY) ?? '', live];
    const { changes, lastInsertRowid } = this.#opened
      .on(SQL.create)
      .run(
        ...[toSqlText(runId), job, fingerprint ?? null, JSON.stringify(tags), status],
        ...[isOpen ? 1 : 0, waitsIn ?? null, createdAt, endedAt, ...texts],
      );
    return Number(changes) === 0 ? undefined : Number(lastInsertRowid);
  }

  /** @returns its number; undefined if the run has another version. */
  #update(change: RunChange, no: number, live: string | null): number | undefined {
    const { on } = this.#opened;
    const { expected, isSummaryKnown, writes, summary } = change;
    const { status, isOpen, waitsIn, endedAt } = summary;
    const record = lastOf(writes, RUN_KEY) ?? null;
    const settings = lastOf(writes, SETTINGS_KEY);
    // They are written when a run begins, here: when it begins again.
    if (settings !== undefined) {
      const { job, fingerprint, tags, createdAt } = summary;
      const ofStart = [job, fingerprint ?? null, JSON.stringify(tags)];
      const columns = [...ofStart, status, isOpen ? 1 : 0, waitsIn ?? null, createdAt, endedAt];
      const { changes } = on(SQL.beginAgain).run(...columns, settings, record ?? '', live, no, expected);
      return Number(changes) === 0 ? undefined : no;
    }
    // What is indexed is set when it changes: the end comes once.
    const { changes } =
      isSummaryKnown === true
        ? on(SQL.advance).run(record, live, no, expected)
        : isOpen
          ? on(SQL.update).run(status, record, live, waitsIn ?? null, no, expected)
          : on(SQL.end).run(status, record, live, endedAt, no, expected);
    return Number(changes) === 0 ? undefined : no;
  }

  payloads(runId: string, names: readonly string[]): readonly (string | undefined)[] {
    return this.#with(({ on }) => {
      const no = this.#numberOf(runId);
      return names.map((name) => {
        const text = no === undefined ? undefined : on(SQL.record).get(no, AREAS.payload, toSqlText(name))?.['text'];
        return typeof text === 'string' ? text : undefined;
      });
    });
  }

  page(runId: string, { area, prefix = '', after, limit = PAGE }: PageQuery): RecordPage {
    return this.#with(({ on }) => {
      const no = this.#numberOf(runId);
      const row = no === undefined ? undefined : on(area === 'live' ? SQL.run : SQL.version).get(no);
      if (no === undefined || row === undefined) return { version: 0, records: [] };
      const version = Number(row['version']);
      // What is in the row of the run comes ahead of the table, by its place there.
      const inRow = area === 'live' ? this.#inRow(no, row).filter(([key]) => key.startsWith(prefix)) : [];
      const [from, behind] = placeOfPage(after, inRow.length);
      const first = inRow.slice(from, from + limit);
      const at = from + first.length;
      if (at < inRow.length) return { version, records: first, next: `${IN_ROW}${at}` };
      if (area === 'live' && !this.#packedOf(no).isSpilled) return { version, records: first };
      const room = limit - first.length;
      const start = toSqlText(prefix);
      const rows = on(SQL.records).all(no, AREAS[area], behind, start, start + END, room + 1);
      const others = rows.slice(0, room).map(({ key, text }) => [String(key), String(text)] as const);
      const records = [...first, ...others.map(([key, text]) => [fromSqlText(key), text] as const)];
      return rows.length > room
        ? { version, records, next: `${IN_TABLE}${others.at(-1)?.[0] ?? ''}` }
        : { version, records };
    });
  }

  #inRow(no: number, row: Row): (readonly [key: string, text: string])[] {
    const { settings, record } = row;
    const found: (readonly [key: string, text: string])[] = [];
    if (typeof settings === 'string' && settings !== '') found.push([SETTINGS_KEY, settings]);
    if (typeof record === 'string' && record !== '') found.push([RUN_KEY, record]);
    for (const [key, text] of this.#packedOf(no).texts) found.push([fromSqlText(key), text]);
    return found;
  }

  payloadNames(runId: string, after = ''): { readonly names: readonly string[]; readonly next?: string } {
    return this.#with(({ on }) => {
      const no = this.#numberOf(runId);
      const rows = no === undefined ? [] : on(SQL.names).all(no, AREAS.payload, toSqlText(after), PAGE + 1);
      const names = rows.slice(0, PAGE).map(({ key }) => fromSqlText(String(key)));
      const next = names.at(-1);
      return rows.length > PAGE && next !== undefined ? { names, next } : { names };
    });
  }

  runs(query: StoredRunQuery): readonly StoredRun[] {
    return this.#with(({ on }) => {
      const [text, values] = selectRuns(query);
      const rows = on(text).all(...values);
      return rows.map((row) => (query.withLive === true ? this.#withLive(row) : storedRun(row)));
    });
  }

  #withLive(row: Row): StoredRun {
    const stored = storedRun(row);
    const no = Number(row['no']);
    if (!stored.isOpen) return stored;
    this.#numbers.set(stored.runId, no);
    const packed = this.#packed.get(no) ?? this.#keepPacked(no, new PackedRecords(String(row['live'])));
    return packed.isSpilled ? stored : { ...stored, live: this.#inRow(no, row) };
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
        const no = on(SQL.over).get(toSqlText(runId))?.['no'];
        if (typeof no !== 'number') return false;
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

  get #opened(): OpenStore {
    if (this.#open !== undefined) return this.#open;
    throw new OnwardError('ONW6070', 'the SQLite store is used before it was opened, or after it was closed');
  }

  #with<T>(work: (open: OpenStore) => T): T {
    const open = this.#opened;
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

  /** The live records in a run's row, as they are with all that the transaction has written. */
  #packedOf(no: number): PackedRecords {
    const known = this.#packed.get(no);
    if (known !== undefined) return known;
    return this.#keepPacked(no, new PackedRecords(String(this.#opened.on(SQL.run).get(no)?.['live'] ?? '')));
  }

  #keepPacked(no: number, packed: PackedRecords): PackedRecords {
    this.#packed.delete(no);
    this.#packed.set(no, packed);
    if (this.#packed.size <= MOST_PACKED) return packed;
    for (const oldest of this.#packed.keys()) {
      this.#packed.delete(oldest);
      break;
    }
    return packed;
  }

  #forget(): void {
    this.#numbers.clear();
    this.#packed.clear();
  }

  #numberOf(runId: string): number | undefined {
    const known = this.#numbers.get(runId);
    if (known !== undefined) return known;
    const no = this.#opened.on(SQL.number).get(toSqlText(runId))?.['no'];
    if (typeof no !== 'number') return undefined;
    if (this.#numbers.size >= MOST_NUMBERS) this.#numbers.clear();
    this.#numbers.set(runId, no);
    return no;
  }
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
    return { path, db, release: () => undefined, on: preparing(db), identity: identityOf(path) };
  } catch (fault) {
    db.close();
    throw fault;
  }
}

interface OpenStore {
  readonly path: string;
  readonly db: Database;
  readonly on: Prepare;
  readonly identity: string | undefined;
  readonly release: () => void;
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

/** Begins what a page in the run's own row ends with, and what one in the table ends with. */
const IN_ROW = '#';
const IN_TABLE = '/';

/** Where a page begins in the row, and behind which key in the table. @param inRow how many records the row has. */
function placeOfPage(after: string | undefined, inRow: number): readonly [from: number, behind: string] {
  if (after === undefined) return [0, ''];
  return after.startsWith(IN_ROW) ? [Number(after.slice(IN_ROW.length)), ''] : [inRow, after.slice(IN_TABLE.length)];
}

function isColumn(key: string): boolean {
  return key === RUN_KEY || key === SETTINGS_KEY;
}

/** The text of a record that is a column; undefined for any other record. */
function columnOf(row: Row, key: string): SqlValue | undefined {
  if (key === RUN_KEY) return row['record'];
  return key === SETTINGS_KEY ? row['settings'] : undefined;
}

/** What a column is set to: the last text of the list, empty if that is null; undefined if the key is not there. */
function lastOf(writes: RunChange['writes'], wanted: string): string | undefined {
  let last: string | undefined;
  for (const [key, text] of writes) if (key === wanted) last = text ?? '';
  return last;
}
