// The SQLite store keeps to what every store keeps to, on each driver, and to what a file asks for.

import { describe } from 'vitest';
import { testStore } from './store-contract.ts';
import { DRIVERS, opened, storeFile } from '../support/sqlite.ts';

describe.each(DRIVERS)('%s', (driver) => {
  const files = new Map<unknown, string>();
  testStore('in a file of SQLite', {
    open: async () => {
      const file = storeFile();
      const store = opened({ file, driver });
      files.set(store, file);
      return store;
    },
    reopen: async (store) => {
      await store.close();
      return opened({ file: files.get(store) ?? '', driver });
    },
  });
});
