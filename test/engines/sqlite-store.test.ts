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
      const file = files.get(store) ?? '';
      await store.close();
      const again = opened({ file, driver });
      files.set(again, file);
      return again;
    },
  });
});
