// The SQL of the store, and its rows as what the port speaks of.

import type { RunStatus } from '../../run/status.ts';
import type { StoredRun, StoredRunQuery, StoredTimer } from '../store/store.ts';
import { fromSqlText, type Database, type Row, type SqlValue, type Statement } from './driver.ts';

const RUN = 'no, id, version, job, fingerprint, tags, status, open, waits, created, ended';

/** The last change of a run, by its number, and the ones before it. */
const CHANGES = `WITH RECURSIVE chain (no, before, text) AS (
     SELECT no, before, text FROM change WHERE no = ? UNION ALL
     SELECT change.no, change.before, change.text FROM chain JOIN change ON change.no = chain.before WHERE chain.before < chain.no)`;

/** Gives the statement of a text; it is prepared once. */
export type Prepare = (text: string) => Statement;

export function preparing(db: Database): Prepare {
  const prepared = new Map<string, Statement>();
  return (text) => {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    const statement = db.prepare(text);
    prepared.set(text, statement);
    return statement;
  };
}

export const SQL = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  find: `SELECT ${RUN} FROM run WHERE id = ?`,
  row: 'SELECT no, live, change FROM run WHERE id = ?',
  run: 'SELECT version, settings, record, live FROM run WHERE no = ?',
  version: 'SELECT version FROM run WHERE no = ?',
  over: 'SELECT no, change FROM run WHERE id = ? AND open = 0',
  countOpen: 'SELECT count(*) AS count FROM run WHERE open = 1',
  create: `INSERT INTO run (id, version, job, fingerprint, tags, status, open, waits, created, ended, settings, record, live, change)
     VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  update: `UPDATE run SET version = version + 1, status = ?, record = coalesce(?, record), live = coalesce(?, live),
     change = coalesce(?, change), waits = ? WHERE no = ? AND version = ?`,
  /** Nothing of what is listed has changed. */
  advance: `UPDATE run SET version = version + 1, record = coalesce(?, record), live = coalesce(?, live),
     change = coalesce(?, change) WHERE no = ? AND version = ?`,
  end: `UPDATE run SET version = version + 1, status = ?, record = coalesce(?, record), live = coalesce(?, live),
     change = coalesce(?, change), open = 0, ended = ? WHERE no = ? AND version = ?`,
  beginAgain: `UPDATE run SET version = version + 1, job = ?, fingerprint = ?, tags = ?, status = ?, open = ?, waits = ?, created = ?, ended = ?,
     settings = ?, record = ?, live = coalesce(?, live), change = coalesce(?, change) WHERE no = ? AND version = ?`,
  deleteRun: 'DELETE FROM run WHERE no = ?',
  record: 'SELECT text FROM record WHERE run = ? AND area = ? AND key = ?',
  records: `SELECT key, text FROM record WHERE run = ? AND area = ? AND key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?`,
  deleteRecord: 'DELETE FROM record WHERE run = ? AND area = ? AND key = ?',
  deleteRecords: 'DELETE FROM record WHERE run = ?',
  lastChange: 'SELECT max(no) AS no FROM change',
  place: 'SELECT place FROM change WHERE no = ?',
  changes: `${CHANGES} SELECT before, text FROM chain`,
  /** None, if the first one is not that of the run. */
  deleteChanges: `DELETE FROM change WHERE no IN (${CHANGES} SELECT no FROM chain WHERE (SELECT min(before) FROM chain) = ?)`,
  leaveChanges: 'UPDATE run SET change = 0 WHERE no = ?',
  names: 'SELECT key FROM record WHERE run = ? AND area = ? AND key > ? ORDER BY key LIMIT ?',
  timers: `SELECT run.id, timer.key, timer.at, timer.event FROM timer JOIN run ON run.no = timer.run
     ORDER BY timer.at, timer.run, timer.key LIMIT ?`,
  timersOf: `SELECT run.id, timer.key, timer.at, timer.event FROM timer JOIN run ON run.no = timer.run WHERE run.id = ?`,
  setTimer: 'INSERT INTO timer VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at, event = excluded.event',
  deleteTimer: 'DELETE FROM timer WHERE run = ? AND key = ?',
  deleteTimers: 'DELETE FROM timer WHERE run = ?',
  saved: 'SELECT text FROM saved WHERE key = ?',
  savedKeys: 'SELECT key FROM saved',
  setSaved: 'INSERT INTO saved VALUES (?, ?) ON CONFLICT DO UPDATE SET text = excluded.text',
  deleteSaved: 'DELETE FROM saved WHERE key = ?',
  unanswered: 'SELECT no, command FROM inbox WHERE answer IS NULL ORDER BY no LIMIT ?',
  setAnswer: 'UPDATE inbox SET answer = ? WHERE no = ?',
  deleteAnswers: 'DELETE FROM inbox WHERE answer IS NOT NULL AND at < ?',
  putCommand: 'INSERT INTO inbox (at, command) VALUES (?, ?)',
  answer: 'SELECT answer FROM inbox WHERE no = ?',
  deleteCommand: 'DELETE FROM inbox WHERE no = ?',
} as const;

/**
 * Texts of statements that insert several rows.
 *
 * @param into what comes ahead of the rows, and `then` what comes behind them
 * @returns the one for a number of rows, from 1 to `most`
 */
export function inserting(into: string, columns: number, most: number, then = ''): (rows: number) => string {
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
  const texts = Array.from({ length: most }, (_, at) => {
    return `${into} ${Array.from({ length: at + 1 }, () => row).join(', ')}${then}`;
  });
  return (rows) => texts[rows - 1] ?? '';
}

/** A query of runs, and the values of its conditions. */
export function selectRuns(query: StoredRunQuery): readonly [text: string, values: readonly SqlValue[]] {
  const {
    isOpen,
    withLive,
    exceptWaitingIn,
    status,
    createdBefore,
    createdFrom,
    endedBefore,
    order = 'newest',
    after,
    limit,
  } = query;
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const where = (condition: string, ...given: readonly (SqlValue | undefined)[]): void => {
    const known = given.filter((value) => value !== undefined);
    if (known.length < given.length) return;
    conditions.push(condition);
    values.push(...known);
  };
  // Literals: the partial indexes are for these conditions.
  if (isOpen !== undefined) conditions.push(isOpen ? 'open = 1' : 'open = 0');
  where('waits IS NOT ?', exceptWaitingIn);
  if (status !== undefined) where(`status IN (${status.map(() => '?').join(', ')})`, ...status);
  where('created < ?', createdBefore);
  where('created >= ?', createdFrom);
  where('open = 0 AND ended < ?', endedBefore);
  where(order === 'newest' ? 'no < ?' : 'no > ?', after === undefined ? undefined : Number(after));
  const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  // What ended long ago is a small part, which a scan in the order of creation would search all runs for.
  const index = endedBefore === undefined ? '' : ' INDEXED BY run_ended';
  return [
    `SELECT ${RUN}${withLive === true ? ', settings, record, live, change' : ''} FROM run${index}${filter} ORDER BY no ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT ?`,
    [...values, limit],
  ];
}

const NO_TAGS: readonly string[] = [];

export function storedRun(row: Row): StoredRun {
  const { no, id, version, job, fingerprint, tags, status, open, waits, created, ended } = row;
  return {
    runId: fromSqlText(String(id)),
    version: Number(version),
    cursor: String(no),
    job: String(job),
    fingerprint: textOf(fingerprint),
    tags: tags === '[]' ? NO_TAGS : JSON.parse(String(tags)),
    status: toStatus(status),
    isOpen: open === 1,
    waitsIn: textOf(waits),
    createdAt: Number(created),
    endedAt: Number(ended),
  };
}

export function storedTimer({ id, key, at, event }: Row): StoredTimer {
  return { runId: fromSqlText(String(id)), key: fromSqlText(String(key)), at: Number(at), event: String(event) };
}

function textOf(value: SqlValue | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

/** The border to the file: a status that we wrote. */
function toStatus(status: SqlValue | undefined): RunStatus {
  return status as RunStatus;
}
