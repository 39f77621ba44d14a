// What is remembered of the rows of runs that were met lately, as they are with all that the transaction has written.

import { toSqlText } from './driver.ts';
import { PackedRecords } from './packed.ts';
import { SQL, type Prepare } from './statements.ts';

/** What of a run's row its next change goes on from. */
export interface RunRow {
  readonly no: number;
  /** Its live records, as far as they are there. */
  readonly packed: PackedRecords;
  /** The number of its last change; 0 if it has none. */
  lastChange: number;
  /** How many changes it has; undefined if that is to be looked up. */
  place: number | undefined;
}

const MOST_ROWS = 5_000;

export class RunRows {
  readonly #on: Prepare;
  /** By the ids of their runs, those that were met first ahead. */
  readonly #rows = new Map<string, RunRow>();

  constructor(on: Prepare) {
    this.#on = on;
  }

  /** @returns undefined if there is no such run. */
  of(runId: string): RunRow | undefined {
    const known = this.#rows.get(runId);
    if (known !== undefined) return known;
    const found = this.#on(SQL.row).get(toSqlText(runId));
    return found === undefined ? undefined : this.met(runId, found);
  }

  /** @param found columns of its row, where they are at hand. */
  met(runId: string, { no, live, change }: Readonly<Record<string, unknown>>): RunRow {
    const known = this.#rows.get(runId);
    if (known !== undefined) return known;
    const packed = new PackedRecords(String(live));
    return this.keep(runId, { no: Number(no), packed, lastChange: Number(change), place: undefined });
  }

  keep(runId: string, row: RunRow): RunRow {
    this.#rows.set(runId, row);
    if (this.#rows.size <= MOST_ROWS) return row;
    for (const oldest of this.#rows.keys()) {
      this.#rows.delete(oldest);
      break;
    }
    return row;
  }

  drop(runId: string): void {
    this.#rows.delete(runId);
  }

  forget(): void {
    this.#rows.clear();
  }
}
