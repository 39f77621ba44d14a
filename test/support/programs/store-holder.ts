// Opens a SQLite store, says so, and holds it until it is killed; or says why it cannot.

import { SqliteStore, type SqliteStoreOptions } from '../../../src/engines/sqlite/sqlite-store.ts';

const options: SqliteStoreOptions = JSON.parse(process.argv[2] ?? '{}');
try {
  const store = new SqliteStore(options);
  store.open();
  console.log('open');
  setInterval(() => store.countOpen(), 1_000);
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
