// The runs of a file, for those who do not own it: tools, pages, the command line.
//
// SQLITE-HISTORY-1. It answers whether or not a process has the file, and neither of them waits for the other.

import type { RunPage, RunQuery } from '../../execute/run-query.ts';
import type { RunInspection } from '../../wiring/run-report.ts';
import type { OptionTable } from '../../values/option-rules.ts';
import { RECORDS } from '../../records/keys.ts';
import { type Encryption, ENCRYPTION } from '../store/encrypted-store.ts';
import { assertEngineOptions } from '../store/kept-runs-engine.ts';
import { readJson } from '../store/run/damage.ts';
import { StoredHistory } from '../store/run/stored-history.ts';
import { DRIVER, loadDriver, type SqliteDriver } from './driver.ts';
import type { SqliteInbox } from './inbox.ts';
import { ownerOf } from './owner.ts';
import { SqliteStore } from './sqlite-store.ts';
import { FILE, placeOf } from './store-file.ts';

export interface SqliteHistoryOptions {
  /** The file of a `sqliteEngine`. */
  readonly file: string;
  /** The keys that it was written with. @default none */
  readonly encryption?: Encryption | undefined;
  /** As of `sqliteEngine`. @default 'node' where Node has it (22.13 and later) */
  readonly driver?: SqliteDriver;
}

const OPTIONS = { file: FILE, driver: DRIVER, encryption: ENCRYPTION } as const satisfies OptionTable;

/** The runs of a file. */
export interface SqliteHistory {
  /**
   * The runs that the file has, the newest first, a page at a time.
   *
   * A run that none of the given keys opens is listed with the `error` ONW4008.
   *
   * @throws {OnwardError} ONW3004 with everything that is wrong with the query; ONW4008 if the runs are encrypted, and no
   *   key is given.
   */
  runs(query?: RunQuery): Promise<RunPage>;
  /**
   * One run as it stands, with its steps; undefined if the file does not have it.
   *
   * @throws {OnwardError} ONW4008 if no given key opens it.
   */
  run(id: string): Promise<RunInspection | undefined>;
  /** The file belongs to nobody here any more. */
  close(): void;
}

/**
 * Opens a file to read its runs, beside the process that has it or without one.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong, ONW4001 if it cannot be opened, ONW4004 if a later version has written it, ONW4005 if it is damaged,
 *   ONW6010 if this Node has no SQLite.
 */
export function sqliteHistory(options: SqliteHistoryOptions): SqliteHistory {
  assertEngineOptions(options, OPTIONS, 'file', 'sqliteHistory');
  return new SqliteFile(options);
}

/** A file that somebody else may own. */
export class SqliteFile implements SqliteHistory {
  readonly #options: SqliteHistoryOptions;
  readonly #file: SqliteStore;
  readonly #history: StoredHistory;
  readonly #hasKey: boolean;

  constructor(options: SqliteHistoryOptions) {
    const { file, driver, encryption } = options;
    this.#options = options;
    this.#file = new SqliteStore({ file, readsOnly: true, ...(driver !== undefined && { driver }) });
    this.#hasKey = encryption !== undefined;
    this.#history = new StoredHistory(this.#file, encryption);
    this.#file.open();
  }

  async runs(query: RunQuery = {}): Promise<RunPage> {
    return this.#file.snapshot(() => this.#history.runs(query));
  }

  async run(id: string): Promise<RunInspection | undefined> {
    return this.#file.snapshot(() => this.#history.run(id));
  }

  /** When the steps of a run come due that wait for a time. By the number of the step. */
  async dueTimes(id: string): Promise<ReadonlyMap<number, number>> {
    return this.#history.dueTimes(await this.#file.snapshot(async () => this.#file.timersOf(id)));
  }

  close(): void {
    this.#file.close();
  }

  /** Leaves a command for the owner of the file. @returns its number. */
  put(command: object): number {
    const text = JSON.stringify(command);
    return this.#inbox().put(this.#hasKey ? this.#history.store.sealed(text) : text);
  }

  /** What was left before and nobody has done yet. @throws if a key is missing. */
  unanswered(): readonly unknown[] {
    return this.#inbox()
      .unanswered()
      .map((text): unknown => JSON.parse(this.#history.store.unsealed(text)));
  }

  /** The fingerprint of the message with this id that a run has taken; true if it is not known, undefined if there is none. */
  async taken(run: string, message: string): Promise<string | true | undefined> {
    const key = RECORDS.signal.key(message);
    const { records } = await this.#file.snapshot(async () => this.#history.store.load(run, [key]));
    const text = records.get(key);
    if (text === undefined) return undefined;
    const fingerprint = readJson<unknown>(text, run, key);
    return typeof fingerprint === 'string' ? fingerprint : true;
  }

  /** What the owner has answered; undefined while there is nothing. */
  answerTo(no: number): unknown {
    const answer = this.#inbox().answerTo(no);
    return answer === undefined ? undefined : JSON.parse(this.#history.store.unsealed(answer));
  }

  /** The process that has it; undefined if there is none. */
  owner(): number | undefined {
    const { file, driver } = this.#options;
    return ownerOf(placeOf(file), loadDriver(driver));
  }

  #inbox(): SqliteInbox {
    return this.#file.inbox;
  }
}
