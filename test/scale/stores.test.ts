// What a step writes to a store, and what of a long run stays there.

import { expect, test } from 'vitest';
import { Job, OnSuccess } from 'onward';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { SqliteStore } from '../../src/engines/sqlite/sqlite-store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import type { Committed, RunChange } from '../../src/engines/store/store.ts';
import { DRIVERS, storeFile } from '../support/sqlite.ts';
import { wired } from '../support/wired.ts';

const [driver] = DRIVERS;

/** Counts the records and the bytes of commits: keys, texts, and what is removed. */
class Counted extends SqliteStore {
  records = 0;
  bytes = 0;
  override commit(changes: readonly RunChange[]): readonly Committed[] {
    for (const { writes, payloads, timers } of changes) {
      for (const [key, text] of [...writes, ...payloads]) this.#count(key, text ?? '');
      for (const { key, event } of timers) this.#count(key, event);
    }
    return super.commit(changes);
  }
  #count(...texts: readonly string[]): void {
    this.records++;
    this.bytes += texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  }
}

interface Count {
  readonly n: number;
}
class Chain {
  @Job() first(): Count {
    return { n: 1 };
  }
  @OnSuccess('first') second({ n }: Count): Count {
    return { n: n + 1 };
  }
  @OnSuccess('second') third({ n }: Count): Count {
    return { n: n + 1 };
  }
  @OnSuccess('third') fourth({ n }: Count): Count {
    return { n: n + 1 };
  }
  @OnSuccess('fourth') fifth({ n }: Count): Count {
    return { n: n + 1 };
  }
}

test('an event of a chain writes at most 8 records and 600 bytes', async () => {
  const store = new Counted({ file: storeFile(), ...(driver && { driver }) });
  const engine = new StoreEngine(store);
  const { start, clock, runtime } = wired(engine, { Chain: new Chain() });
  const runs = await Promise.all(
    Array.from({ length: 20 }, (_, at) => start('Chain.first', undefined, { id: `r${at}` })),
  );
  await clock.runAll();
  for (const run of runs) expect((await run.report()).counts.completed).toBe(5);
  const { events } = engine.statistics;
  expect(events).toBe(20 * 6);
  // Fewer than six and 500 when this was written.
  expect(store.records / events).toBeLessThanOrEqual(8);
  expect(store.bytes / events).toBeLessThan(600);
  await runtime.close();
});

class Loop {
  round = 0;
  readonly #rounds: number;
  readonly #look: () => void;
  constructor(rounds: number, look: () => void) {
    this.#rounds = rounds;
    this.#look = look;
  }
  @Job()
  @OnSuccess('again', { when: ({ isOver }: { isOver: boolean }) => !isOver })
  again(): { isOver: boolean; round: number } {
    if (this.round % (this.#rounds / 10) === 0) this.#look();
    return { isOver: ++this.round === this.#rounds, round: this.round };
  }
}

/** All records and payloads of a run. */
function rowsOf(store: MapStore | SqliteStore, runId: string): number {
  const areas = ['live', 'lookup', 'kept'] as const;
  const records = areas.map((area) => store.page(runId, { area, limit: 1e6 }).records.length);
  return records.reduce((sum, count) => sum + count, store.payloadNames(runId).names.length);
}

test.each([
  { name: 'a map store', rounds: 30_000, open: () => new MapStore() },
  // What the disk does with a commit a round is not the question here.
  {
    name: 'SQLite',
    rounds: 3_000,
    open: () => new SqliteStore({ file: storeFile(), synchronous: 'normal', ...(driver && { driver }) }),
  },
])(
  'a run of $rounds rounds with a history of 100 keeps a bounded number of rows in $name',
  async ({ rounds, open }) => {
    const store = open();
    const rows: number[] = [];
    const loop = new Loop(rounds, () => rows.push(rowsOf(store, 'loop')));
    const { start, clock, runtime } = wired(new StoreEngine(store), { Loop: loop });
    const run = await start('Loop.again', undefined, { id: 'loop', history: 100, stepLimit: rounds + 1 });
    await clock.runAll();
    expect((await run.report()).counts.completed).toBe(rounds);
    expect(rows).toHaveLength(10);
    // It is swept whenever the history has dropped twice what it holds: a record and a payload each.
    expect(Math.max(...rows)).toBeLessThan(700);
    await runtime.close();
  },
);
