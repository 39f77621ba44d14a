// What the last changes of runs have written beside the rows of their runs: one row for each change, at the end of one
// table. A commit of many runs writes a few pages there; by run, it would write a page of each.
//
// RECENT-CHANGES-1. The row of a run has the number of its last change, and each change that of the one before; the first
//     one has the number of its run, below zero: changes that another run has got in the place of lost ones are not taken
//     for its own.
// RECENT-CHANGES-2. What is found here counts, whatever the table of records has: it is later.
// RECENT-CHANGES-3. A run has a bounded number of them, each of bounded length. When they are too many, or the next one is
//     too long, what they have written is put into the table of records, and the run has none.
// RECENT-CHANGES-4. Changes that cannot be what was written stay as they are, and nothing of them is read.
// RECENT-CHANGES-5. Those of a commit are written by as few statements as there can be, at its end or when one of them is
//     read before.

import type { Area } from '../../records/keys.ts';
import { unpack } from './packed.ts';
import { nameIn, rowNamed, setRows } from './record-rows.ts';
import type { SqlValue } from './driver.ts';
import type { RunRow } from './run-rows.ts';
import { inserting, SQL, type Prepare } from './statements.ts';

/** So many are read to find a record that is in none of them. */
const MOST_CHANGES = 64;
/** About a page: longer ones would be written twice. */
const MOST_CHARACTERS = 4_000;
/** So many are written by one statement at most. */
const MOST_TOGETHER = 32;

const COLUMNS = 4;
const ADD_CHANGES = inserting('INSERT INTO change VALUES', COLUMNS, MOST_TOGETHER);

/** Records and payloads as they were written last, by `nameIn`; null: it was removed. */
export type Recent = ReadonlyMap<string, string | null>;

const NONE: Recent = new Map();

/** What was read of a run. */
interface Read {
  /** The number of the run. */
  readonly no: number;
  /** The last change that is in it. */
  last: number;
  readonly recent: Map<string, string | null>;
}

export class RecentChanges {
  readonly #on: Prepare;
  /** The number of the change that was written last. */
  #last: number | undefined;
  /** Those of this commit that are not written yet: the values of their columns. */
  #added: SqlValue[] = [];
  /** Of the run that was asked for last: a reader asks for one text after another. */
  #read: Read | undefined;

  constructor(on: Prepare) {
    this.#on = on;
  }

  /** What a run has written with its last changes; undefined if they cannot be read. */
  of(row: RunRow): Recent | undefined {
    const { no, lastChange: last } = row;
    if (last === 0) return NONE;
    if (this.#read?.no === no && this.#read.last === last) return this.#read.recent;
    const recent = this.#find(row);
    if (recent !== undefined) this.#read = { no, last, recent };
    return recent;
  }

  #find({ no, lastChange }: RunRow): Map<string, string | null> | undefined {
    this.write();
    const changes = this.#on(SQL.changes).all(lastChange);
    if (changes.at(-1)?.['before'] !== -no) return undefined;
    const recent = new Map<string, string | null>();
    const put = (name: string, text: string | null): void => void recent.set(name, text);
    return changes.toReversed().every(({ text }) => unpack(String(text), 0, put)) ? recent : undefined;
  }

  /**
   * Makes room for what a change writes.
   *
   * @param row undefined: the run begins.
   * @returns the number of the change; null if what it writes is for the table of records.
   */
  ready(row: RunRow | undefined, text: string): number | null {
    if (text === '') return null;
    const isLong = text.length > MOST_CHARACTERS;
    const place = row === undefined ? 0 : this.#placeOf(row);
    // Those that cannot be read are not tried again with every change.
    if (row !== undefined && place > 0 && (isLong || place % MOST_CHANGES === 0)) this.#fold(row);
    if (isLong && (row === undefined || row.lastChange === 0)) return null;
    this.#last ??= Number(this.#on(SQL.lastChange).get()?.['no'] ?? 0);
    return this.#last + 1;
  }

  /** It is written by `write`. @param number what `ready` has returned. */
  add(row: RunRow, number: number | null, text: string): void {
    if (number === null) return this.#putAway(row, text);
    const place = this.#placeOf(row) + 1;
    this.#added.push(number, row.lastChange === 0 ? -row.no : row.lastChange, place, text);
    if (this.#added.length === COLUMNS * MOST_TOGETHER) this.write();
    this.#readOn(row, number, text);
    row.lastChange = number;
    row.place = place;
    this.#last = number;
  }

  write(): void {
    const added = this.#added;
    if (added.length === 0) return;
    this.#added = [];
    this.#on(ADD_CHANGES(added.length / COLUMNS)).run(...added);
  }

  /** A run that reads between its commits does not read all of them each time. */
  #readOn({ no, lastChange }: RunRow, number: number, text: string): void {
    const read = this.#read;
    if (read === undefined || read.no !== no || read.last !== lastChange) return;
    unpack(text, 0, (name, written) => void read.recent.set(name, written));
    read.last = number;
  }

  #placeOf(row: RunRow): number {
    if (row.lastChange === 0) return 0;
    if (row.place !== undefined) return row.place;
    this.write();
    row.place = Number(this.#on(SQL.place).get(row.lastChange)?.['place'] ?? 0);
    return row.place;
  }

  #fold(row: RunRow): void {
    const recent = this.#find(row);
    if (recent === undefined) return;
    setRows(
      this.#on,
      row.no,
      [...recent].map(([name, text]) => rowNamed(name, text)),
    );
    this.#on(SQL.deleteChanges).run(row.lastChange, -row.no);
    this.#on(SQL.leaveChanges).run(row.no);
    row.lastChange = 0;
  }

  #putAway(row: RunRow, text: string): void {
    if (text === '') return;
    const rows: ReturnType<typeof rowNamed>[] = [];
    unpack(text, 0, (name, written) => rows.push(rowNamed(name, written)));
    setRows(this.#on, row.no, rows);
  }

  /** What is remembered beside the file is not to be relied on any more. */
  forget(): void {
    this.#added = [];
    this.#last = undefined;
    this.#read = undefined;
  }
}

/** What the last changes have written of an area, or of payloads, by their keys. */
export function recentIn(recent: Recent, area: Area | 'payload'): Recent {
  const before = nameIn(area, '');
  const found = new Map<string, string | null>();
  for (const [name, text] of recent) if (name.startsWith(before)) found.set(name.slice(before.length), text);
  return found;
}
