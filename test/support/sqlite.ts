// SQLite in tests: every driver that this Node has, and files of their own.

import { join } from 'node:path';
import { SqliteStore, type SqliteStoreOptions } from '../../src/engines/sqlite/sqlite-store.ts';
import { loadDriver, type Database, type SqliteDriver } from '../../src/engines/sqlite/driver.ts';
import { temporaryFolder } from './folders.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** `node:sqlite` needs no flag from Node 22.13 on; `libsql` works on each. */
export const DRIVERS: readonly SqliteDriver[] =
  major > 22 || (major === 22 && minor >= 13) ? ['node', 'libsql'] : ['libsql'];

/**
 * How often a test kills a process that has a file with this driver. `libsql` is the same on each Node: where there is
 * another driver, a quarter will do. `npm run soak` kills as often with both.
 */
export function killsWith(driver: SqliteDriver, kills: number): number {
  return driver === DRIVERS[0] || process.env['SOAK'] !== undefined ? kills : Math.ceil(kills / 4);
}

/** A place for a store; nothing is there yet. */
export function storeFile(): string {
  return join(temporaryFolder('store'), 'onward.db');
}

export function opened(options: SqliteStoreOptions): SqliteStore {
  const store = new SqliteStore(options);
  store.open();
  return store;
}

/** Opens a file as another program would. */
export function database(file: string, driver?: SqliteDriver): Database {
  return loadDriver(driver)(file);
}
