// Every engine keeps to what every engine keeps to.

import { describe, expect, test } from 'vitest';
import { memoryEngine, type Engine } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { engineConformance, journaledEngine, virtualClock } from 'onward/testing';
import { storeEngine } from 'onward/engines/store';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { DRIVERS, storeFile } from '../support/sqlite.ts';

describe('memory', () => {
  test.each(engineConformance({ open: memoryEngine, clock: virtualClock }))('$name', ({ run }) => run());
});

describe('maps', () => {
  test.each(engineConformance({ open: () => journaledEngine(), clock: virtualClock }))('$name', ({ run }) => run());
});

describe('maps that outlive their engine', () => {
  const stores = new WeakMap<Engine, MapStore>();
  const on = (store: MapStore): Engine => {
    const engine = storeEngine({ store });
    stores.set(engine, store);
    return engine;
  };
  const open = (): Engine => on(new KeptMaps());
  const reopen = (engine: Engine): Engine => on(stores.get(engine) ?? new KeptMaps());
  test.each(engineConformance({ open, reopen, clock: virtualClock }))('$name', ({ run }) => run());
});

describe.each(DRIVERS)('SQLite through %s', (driver) => {
  const files = new WeakMap<Engine, string>();
  const on = (file: string): Engine => {
    const engine = sqliteEngine({ file, driver, synchronous: 'normal' });
    files.set(engine, file);
    return engine;
  };
  const open = (): Engine => on(storeFile());
  const reopen = (engine: Engine): Engine => on(files.get(engine) ?? storeFile());
  test.each(engineConformance({ open, reopen, clock: virtualClock }))('$name', ({ run }) => run());
});

test('time may pass by itself', async () => {
  const cases = engineConformance({ open: memoryEngine });
  await Promise.all(cases.map(({ run }) => run()));
});

test('an engine that forgets what it was told is found out', async () => {
  const forgets = engineConformance({ open: memoryEngine, reopen: () => memoryEngine(), clock: virtualClock });
  const outcomes = await Promise.allSettled(forgets.map(({ run }) => run()));
  const wrong = forgets.filter((_, at) => outcomes[at]?.status === 'rejected').map(({ name }) => name);
  expect(wrong).toContain('what has ended is there in the next life, and is not called again');
  expect(wrong).toContain('a wait for a message, for a time and for a resume go on');
});

class KeptMaps extends MapStore {
  override readonly isDurable = true;
}
