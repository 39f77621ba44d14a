// What is in the file: its tables, and which versions of them this code reads.
//
// SCHEMA-1. A file of a later version, and a file that is not a store, is refused before anything is written to it.
// SCHEMA-2. `VERSIONS` only grows: a file of version n is brought up to date by the entries behind n, in one transaction.

import { OnwardError } from '../../errors/onward-error.ts';
import type { Database } from './driver.ts';
import { corrupt } from './faults.ts';

/** In the header of the file, for `file` and the like: "Onwd". */
const APPLICATION = 0x4f_6e_77_64;

/** Larger files take long to look through. */
const VERIFIED_BYTES = 64 * 1024 ** 2;

/**
 * So much of the file is kept in the process; the system has the rest at hand. A commit after which pages have changed
 * places looks at every page that is kept: at 64 MiB that was a quarter of what an event cost.
 */
const CACHE_KIB = 8 * 1024;

/**
 * One entry for each version, from 1 on. Tables hold rows by run in the order of their keys: what an event of a run
 * reads and writes lies together. The record that changes with every event, and the one that never does, are columns.
 */
const VERSIONS: readonly string[] = [
  `
  CREATE TABLE run (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    job TEXT NOT NULL,
    fingerprint TEXT,
    tags TEXT NOT NULL,
    status TEXT NOT NULL,
    open INTEGER NOT NULL,
    created INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    settings TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX run_open ON run (no) WHERE open = 1;
  CREATE INDEX run_ended ON run (ended) WHERE open = 0;
  CREATE TABLE record (
    run INTEGER NOT NULL, area INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, area, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE payload (
    run INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE timer (
    run INTEGER NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX timer_at ON timer (at);
  `,
  // The rows of a run lie together: an event of a short run writes one page of them. Its live records are in the row of
  // the run, as far as they have room (`packed.ts`). Whether a run only waits says what is held of it in memory.
  `
  ALTER TABLE run ADD COLUMN live TEXT NOT NULL DEFAULT '';
  UPDATE run SET live = '+' WHERE open = 1;
  ALTER TABLE run ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
  INSERT INTO record SELECT run, 3, name, text FROM payload;
  DROP TABLE payload;
  `,
  // What other processes ask of the owner, with its answers.
  `
  CREATE TABLE inbox (
    no INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, command TEXT NOT NULL, answer TEXT
  ) STRICT;
  `,
  // What was saved by name, of no run.
  `
  CREATE TABLE saved (key TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  // With which graph a run only waits: a process that has the same one need not look at it.
  `
  ALTER TABLE run DROP COLUMN waiting;
  ALTER TABLE run ADD COLUMN waits TEXT;
  `,
  // What the last changes of a run have written, at the end of one table (`recent-changes.ts`): rows of `record` lie by
  // run, and each run of a commit has a page of them written.
  `
  CREATE TABLE change (
    no INTEGER PRIMARY KEY, before INTEGER NOT NULL, place INTEGER NOT NULL, text TEXT NOT NULL
  ) STRICT;
  ALTER TABLE run ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
  `,
];

/** Makes a file ready for its owner. @throws as `prepareSchema`, and ONW4005 if it is damaged. */
export function prepareDatabase(
  db: Database,
  path: string,
  { synchronous = 'full', verify }: { readonly synchronous?: 'full' | 'normal' | 'off'; readonly verify?: boolean },
): void {
  db.exec('PRAGMA busy_timeout = 250');
  prepareSchema(db, path);
  // `fullfsync` is for macOS, where a plain fsync does not reach the disk.
  db.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA fullfsync = ON; PRAGMA cache_size = ${-CACHE_KIB}`);
  if (verify ?? pragma(db, 'page_count') * pragma(db, 'page_size') <= VERIFIED_BYTES) {
    const [found] = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {});
    if (found !== 'ok') throw corrupt(path, found);
  }
}

/**
 * Makes the tables, or brings them up to date.
 *
 * @throws {OnwardError} ONW4004 if the file is of a later version; ONW4001 if it is something else.
 */
function prepareSchema(db: Database, file: string): void {
  const version = pragma(db, 'user_version');
  const isNew = version === 0 && db.prepare('SELECT name FROM sqlite_schema LIMIT 1').get() === undefined;
  if (!isNew) assertOurs(db, file, version);
  // Room that removed runs leave can be given back: this has to be said ahead of the first table.
  if (isNew) db.exec('PRAGMA auto_vacuum = INCREMENTAL');
  db.exec('PRAGMA journal_mode = WAL');
  if (version === VERSIONS.length) return;
  const steps = VERSIONS.slice(version).join('');
  db.exec(
    `BEGIN IMMEDIATE; ${steps} PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${VERSIONS.length}; COMMIT`,
  );
}

/**
 * For those who read a file that somebody else owns: nothing is made, and nothing is brought up to date.
 *
 * @throws {OnwardError} ONW4004 if the file is of a later version; ONW4001 if it is of an earlier one, or something else.
 */
export function assertReadable(db: Database, file: string): void {
  const version = pragma(db, 'user_version');
  assertOurs(db, file, version);
  if (version === VERSIONS.length) return;
  const text = `${file} was written by an earlier version of onward; start your application once with this version, which brings the file up to date`;
  throw new OnwardError('ONW4001', text, { details: { file, version } });
}

function assertOurs(db: Database, file: string, version: number): void {
  if (pragma(db, 'application_id') !== APPLICATION) {
    const text = `${file} is a database of something else: give the store a file of its own`;
    throw new OnwardError('ONW4001', text, { details: { file } });
  }
  if (version > VERSIONS.length) {
    const text = `${file} was written by a later version of onward (its form is ${version}, this one knows up to ${VERSIONS.length}); it was left as it is: install that version again, or use another file`;
    throw new OnwardError('ONW4004', text, { details: { file, version, known: VERSIONS.length } });
  }
}

export function pragma(db: Database, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}
