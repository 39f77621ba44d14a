// What a change of a run writes to the table of records.
//
// RECORD-ROWS-1. What is set is set by as few statements as there can be: an event sets some three texts of its run, and
//     together they cost half as much.

import { areaOf, RUN_KEY, SETTINGS_KEY, type Area } from '../../records/keys.ts';
import type { RunChange } from '../store/store.ts';
import { toSqlText, type SqlValue } from './driver.ts';
import type { PackedRecords } from './packed.ts';
import { SQL, type Prepare } from './statements.ts';

export const AREAS: Readonly<Record<Area | 'payload', number>> = { live: 0, lookup: 1, kept: 2, payload: 3 };

/** So many records are set by one statement at most. */
const MOST_TOGETHER = 8;

const SET_RECORDS = Array.from({ length: MOST_TOGETHER }, (_, at) => {
  const rows = Array.from({ length: at + 1 }, () => '(?, ?, ?, ?)').join(', ');
  return `INSERT INTO record VALUES ${rows} ON CONFLICT DO UPDATE SET text = excluded.text`;
});

/** @param count from 1 to `MOST_TOGETHER`. */
function setRecords(count: number): string {
  return SET_RECORDS[count - 1] ?? '';
}

type RecordRow = readonly [area: Area | 'payload', key: string, text: string | null];

/** What goes to the table; live records that the run's row has room for are put there. */
export function rowsOf(writes: RunChange['writes'], packed: PackedRecords): RecordRow[] {
  const rows: RecordRow[] = [];
  for (const [key, text] of writes) {
    if (key === RUN_KEY || key === SETTINGS_KEY) continue;
    const area = areaOf(key);
    const name = toSqlText(key);
    if (area !== 'live' || !packed.set(name, text)) rows.push([area, name, text]);
  }
  return rows;
}

export function setRows(on: Prepare, no: number, rows: readonly RecordRow[]): void {
  let values: SqlValue[] = [];
  const set = (): void => {
    if (values.length > 0) on(setRecords(values.length / 4)).run(...values);
    values = [];
  };
  for (const [area, key, text] of rows) {
    // In their order: a text may be set and removed again.
    if (text === null || values.length === 4 * MOST_TOGETHER) set();
    if (text === null) on(SQL.deleteRecord).run(no, AREAS[area], key);
    else values.push(no, AREAS[area], key, text);
  }
  set();
}
