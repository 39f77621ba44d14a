// Crash testing: an engine on SQLite whose disk is full, or read-only, when a test says so.
//
// FAULTY-DISK-1. The file and its driver are real. What fails is what the system would refuse: the transaction that cannot be
//     begun, or the one that finds no room when it is committed. It is rolled back, and the file is whole.
// FAULTY-DISK-2. Reading goes on.

import type { Engine } from '../engines/engine.ts';
import { loadDriver, SqliteCode, type Database, type SqliteDriver, type Statement } from '../engines/sqlite/driver.ts';
import { SqliteStore } from '../engines/sqlite/sqlite-store.ts';
import { storeEngine } from '../engines/store/index.ts';
import type { Store } from '../engines/store/store.ts';

export interface FaultyDiskOptions {
  /** The file of the runs. */
  readonly file: string;
  /** What SQLite is reached through. @default as for `sqliteEngine` */
  readonly driver?: SqliteDriver;
}

/** A disk, and an engine whose runs are on it. */
export interface FaultyDisk {
  readonly engine: Engine;
  /** Nothing more can be written: starts are refused (ONW4006), and open runs stand still. */
  fill(): void;
  /** The file system takes nothing any more, as after a fault of the disk. */
  makeReadOnly(): void;
  /** It can be written again: the engine finds out by itself, within some seconds. */
  mend(): void;
}

interface StoreOnFaultyDisk extends Omit<FaultyDisk, 'engine'> {
  readonly store: Store;
}

/** The statement that fails, and how. */
interface Fault {
  readonly at: 'BEGIN' | 'COMMIT';
  readonly code: number;
  readonly text: string;
}

const FULL: Fault = { at: 'COMMIT', code: SqliteCode.FULL, text: 'database or disk is full' };
const READ_ONLY: Fault = { at: 'BEGIN', code: SqliteCode.READONLY, text: 'attempt to write a readonly database' };

/** An engine like `sqliteEngine({ file })`, on a disk that fails when it is told to. */
export function faultyDisk(options: FaultyDiskOptions): FaultyDisk {
  const { store, ...disk } = storeOnFaultyDisk(options);
  return { engine: storeEngine({ store }), ...disk };
}

export function storeOnFaultyDisk({ file, driver }: FaultyDiskOptions): StoreOnFaultyDisk {
  let fault: Fault | undefined;
  const open = loadDriver(driver);
  const store = new SqliteStore({
    file,
    synchronous: 'off',
    openDatabase: (path) => onDisk(open(path), () => fault),
  });
  return {
    store,
    fill: () => (fault = FULL),
    makeReadOnly: () => (fault = READ_ONLY),
    mend: () => (fault = undefined),
  };
}

/** A database whose transactions fail as the disk does. */
function onDisk(db: Database, faultNow: () => Fault | undefined): Database {
  return {
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
    prepare(sql) {
      const statement = db.prepare(sql);
      const run: Statement['run'] = (...values) => {
        const fault = faultNow();
        if (fault !== undefined && sql.startsWith(fault.at))
          throw Object.assign(new Error(fault.text), { errcode: fault.code });
        return statement.run(...values);
      };
      return { run, get: (...values) => statement.get(...values), all: (...values) => statement.all(...values) };
    },
  };
}
