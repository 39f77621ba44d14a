// The SQLite store keeps to what every store keeps to, on each driver; encrypted as well.

import { describe, test } from 'vitest';
import type { Store } from 'onward/engines/store';
import { storeConformance } from 'onward/testing';
import { EncryptedStore } from '../../src/engines/store/encrypted-store.ts';
import { DRIVERS, opened, storeFile } from '../support/sqlite.ts';

const ENCRYPTION = { current: 'a', keys: { a: '5a'.repeat(32) } };

describe.each(DRIVERS.flatMap((driver) => [false, true].map((isEncrypted) => ({ driver, isEncrypted }))))(
  'in a file of SQLite, by $driver, encrypted: $isEncrypted',
  ({ driver, isEncrypted }) => {
    const files = new Map<unknown, string>();
    const openAt = (file: string): Store => {
      const plain = opened({ file, driver });
      const store = isEncrypted ? new EncryptedStore(plain, ENCRYPTION) : plain;
      files.set(store, file);
      return store;
    };
    const reopen = async (store: Store): Promise<Store> => {
      await store.close();
      return openAt(files.get(store) ?? '');
    };
    test.each(storeConformance({ open: () => openAt(storeFile()), reopen }))('$name', ({ run }) => run());
  },
);
