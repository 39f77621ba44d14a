// What a change of a run writes to the table of records.
//
// RECORD-ROWS-1. What is set is set by as few statements as there can be: a text costs half as much with others.

import { areaOf, RUN_KEY, SETTINGS_KEY, type Area } from '../../records/keys.ts';
import type { RunChange } from '../store/store.ts';
import { toSqlText, type Row, type SqlValue } from './driver.ts';
import { packed, type PackedRecords } from './packed.ts';
import { inserting, SQL, type Prepare } from './statements.ts';

export const AREAS: Readonly<Record<Area | 'payload', number>> = { live: 0, lookup: 1, kept: 2, payload: 3 };

const AREA_OF: Readonly<Record<string, Area>> = { 0: 'live', 1: 'lookup', 2: 'kept' };

/** So many records are set by one statement at most. */
const MOST_TOGETHER = 8;

const COLUMNS = 4;
const SET_RECORDS = inserting(
  'INSERT INTO record VALUES',
  COLUMNS,
  MOST_TOGETHER,
  ' ON CONFLICT DO UPDATE SET text = excluded.text',
);

export type RecordRow = readonly [area: Area | 'payload', key: string, text: string | null];

/** What a change writes beside the row of its run. */
interface Beside {
  /** Live records that the row has no room for. */
  readonly live: readonly RecordRow[];
  /** All others, as one text; empty if there are none. */
  readonly text: string;
}

/** Sorts out what a change writes; live records that the run's row has room for are put there. */
export function sortOut({ writes, payloads }: RunChange, row: PackedRecords): Beside {
  const live: RecordRow[] = [];
  let text = '';
  for (const [key, written] of writes) {
    if (isColumn(key)) continue;
    const area = areaOf(key);
    const name = toSqlText(key);
    if (area !== 'live') text += packed(nameIn(area, name), written);
    else if (!row.set(name, written)) live.push([area, name, written]);
  }
  for (const [name, written] of payloads) text += packed(nameIn('payload', toSqlText(name)), written);
  return { live, text };
}

/** Names a record or a payload among those of all areas. */
export function nameIn(area: Area | 'payload', key: string): string {
  return `${AREAS[area]}${key}`;
}

/** @param name as of `nameIn`. */
export function rowNamed(name: string, text: string | null): RecordRow {
  return [AREA_OF[name.charAt(0)] ?? 'payload', name.slice(1), text];
}

export function setRows(on: Prepare, no: number, rows: readonly RecordRow[]): void {
  if (rows.length === 0) return;
  let values: SqlValue[] = [];
  const set = (): void => {
    if (values.length > 0) on(SET_RECORDS(values.length / COLUMNS)).run(...values);
    values = [];
  };
  for (const [area, key, text] of rows) {
    // In their order: a text may be set and removed again.
    if (text === null || values.length === COLUMNS * MOST_TOGETHER) set();
    if (text === null) on(SQL.deleteRecord).run(no, AREAS[area], key);
    else values.push(no, AREAS[area], key, text);
  }
  set();
}

export function isColumn(key: string): boolean {
  return key === RUN_KEY || key === SETTINGS_KEY;
}

/** The text of a record that is a column; undefined for any other record. */
export function columnOf(row: Row, key: string): SqlValue | undefined {
  if (key === RUN_KEY) return row['record'];
  return key === SETTINGS_KEY ? row['settings'] : undefined;
}

/** What a column is set to: the last text of the list, empty if that is null; undefined if the key is not there. */
export function lastOf(writes: RunChange['writes'], wanted: string): string | undefined {
  let last: string | undefined;
  for (const [key, text] of writes) if (key === wanted) last = text ?? '';
  return last;
}
