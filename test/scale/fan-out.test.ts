// Fan-out: 100,000 items of an array (D15).
//
// F1. No more items are live than the edge says, whatever the length of the array.
// F2. Nothing is kept of an item but what the history keeps, and what a join waits for.

import { describe, expect, test } from 'vitest';
import { Job, Join, memoryEngine, OnSuccess } from 'onward';
import { ENGINES, wired } from '../support/wired.ts';
import { HeapAtQuarters } from './heap.ts';
import { expectMemoryWorkLinear, expectStoreWorkLinear } from './work.ts';

const ITEMS = 100_000;
/** A step is some hundred bytes. */
const FLAT = 16;

/** Counts how many bodies are under way. */
class Counter {
  live = 0;
  peak = 0;
  done = 0;
  async during(): Promise<void> {
    this.peak = Math.max(this.peak, ++this.live);
    // A turn of the event loop: all that can begin beside this one has begun.
    await new Promise((resolve) => setImmediate(resolve));
    this.live--;
    this.done++;
  }
}

class Fan {
  readonly counter = new Counter();
  readonly #items: number;
  readonly #heap: HeapAtQuarters | undefined;
  constructor(items: number, heap?: HeapAtQuarters) {
    this.#items = items;
    this.#heap = heap;
  }
  @Job() go(): number[] {
    return Array.from({ length: this.#items }, (_, at) => at);
  }
  @OnSuccess('go', { each: true })
  async item(value: number): Promise<{ value: number; padding: string }> {
    await this.counter.during();
    this.#heap?.tick();
    return { value, padding: `item ${value} `.repeat(20) };
  }
}

class Narrow {
  readonly counter = new Counter();
  readonly #items: number;
  constructor(items: number) {
    this.#items = items;
  }
  @Job() go(): number[] {
    return Array.from({ length: this.#items }, (_, at) => at);
  }
  @OnSuccess('go', { each: true, concurrency: 5 })
  async item(value: number): Promise<number> {
    await this.counter.during();
    return value;
  }
  @OnSuccess('item') after(): void {}
}

class Gather {
  total = 0;
  inOrder = true;
  readonly #items: number;
  constructor(items: number) {
    this.#items = items;
  }
  @Job() go(): number[] {
    return Array.from({ length: this.#items }, (_, at) => at);
  }
  @OnSuccess('go', { each: true }) double(value: number): number {
    return value * 2;
  }
  @Join({ values: 'double' }) sum({ values }: { readonly values: readonly number[] }): number {
    this.inOrder = values.every((value, at) => value === at * 2);
    this.total = values.length;
    return values.length;
  }
}

test('D15: 100,000 items complete, 64 at a time, and none of them is kept', async () => {
  const heap = new HeapAtQuarters(ITEMS);
  const fan = new Fan(ITEMS, heap);
  const { counts, status } = await wired(memoryEngine(), { Fan: fan }).report('Fan.go', undefined, { history: 10 });
  expect([counts.completed, status]).toEqual([ITEMS + 1, 'completed']);
  expect([fan.counter.done, fan.counter.peak]).toEqual([ITEMS, 64]);
  expect(heap.keptPerTick).toBeLessThan(FLAT);
});

test('D15: a join behind 100,000 items gets all of them in order', async () => {
  const gather = new Gather(ITEMS);
  const { status } = await wired(memoryEngine(), { Gather: gather }).report('Gather.go', undefined, { history: 10 });
  expect([status, gather.total, gather.inOrder]).toEqual(['completed', ITEMS, true]);
});

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('D15: no more items are under way than the edge says', async () => {
    const narrow = new Narrow(1_000);
    const { counts } = await wired(open(), { Narrow: narrow }).report('Narrow.go');
    expect([counts.completed, narrow.counter.done, narrow.counter.peak]).toEqual([2_001, 1_000, 5]);
  });
});

test('P9: in memory the events of a fan-out are exactly so many an item', async () => {
  await expectMemoryWorkLinear([10, 1_000, 10_000], (items) => ({
    services: { Narrow: new Narrow(items) },
    async play({ start, clock }) {
      const run = await start('Narrow.go');
      await clock.runAll();
      return run;
    },
  }));
});

test('P9: on stores the events of a fan-out are exactly so many an item, and none reads or writes more', async () => {
  await expectStoreWorkLinear([100, 300, 3_000], (items) => ({
    services: { Narrow: new Narrow(items) },
    stepsAtOnce: 5,
    async play({ report }) {
      const { counts } = await report('Narrow.go', undefined, { history: 10 });
      expect(counts.completed).toBe(2 * items + 1);
      return undefined;
    },
  }));
});
