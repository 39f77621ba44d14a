// Many runs, many children: 10,000 of each, and 10,000 that wait for one slot (D14).
//
// E1. A run that is over is forgotten with its last handle.
// E2. Who waits for a slot gets it in the order of asking.

import { IsInt, IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, memoryEngine, OnSuccess, type StepContext } from 'onward';
import { ENGINES, wired, type Parameters, type Wired } from '../support/wired.ts';
import { HeapAtQuarters, heapHeld } from './heap.ts';
import { expectMemoryWorkLinear, expectStoreWorkLinear } from './work.ts';

const ENTRIES = 10_000;

class Numbered {
  @IsInt() at!: number;
}
class Asked {
  @IsString() way!: Way;
}
type Way = 'one by one' | 'at once' | 'detached' | 'called';
const PARAMETERS: Parameters = {
  'Entry.go': [Numbered],
  'Narrow.go': [Numbered],
  'Parent.go': [Asked, 'context'],
  'Parent.child': [Numbered],
};

class Entry {
  begun = 0;
  over = 0;
  @Job() async go({ at }: Numbered): Promise<{ at: number; padding: string }> {
    this.begun++;
    await Promise.resolve();
    return { at, padding: `entry ${at} `.repeat(20) };
  }
  @OnSuccess('go') next(): void {
    this.over++;
  }
}

class Narrow {
  readonly order: number[] = [];
  live = 0;
  peak = 0;
  readonly #heap: HeapAtQuarters | undefined;
  constructor(heap?: HeapAtQuarters) {
    this.#heap = heap;
  }
  @Job({ concurrency: 1 })
  async go({ at }: Numbered): Promise<void> {
    this.peak = Math.max(this.peak, ++this.live);
    await Promise.resolve();
    this.order.push(at);
    this.#heap?.tick();
    this.live--;
  }
}

class Parent {
  live = 0;
  peak = 0;
  readonly #children: number;
  readonly #heap: HeapAtQuarters | undefined;
  constructor(children: number, heap?: HeapAtQuarters) {
    this.#children = children;
    this.#heap = heap;
  }
  @Job() async go({ way }: Asked, context: StepContext): Promise<number> {
    const all: Promise<unknown>[] = [];
    for (let at = 0; at < this.#children; at++) {
      const asked =
        way === 'called'
          ? context.call(Parent, 'child', { at })
          : context.spawn(Parent, 'child', { at }, { detached: way === 'detached' });
      all.push(asked);
      if (way === 'one by one') await asked;
    }
    await Promise.all(all);
    return all.length;
  }
  @Handler({ concurrency: 20 })
  async child({ at }: Numbered): Promise<number> {
    this.peak = Math.max(this.peak, ++this.live);
    await new Promise((resolve) => setImmediate(resolve));
    this.#heap?.tick();
    this.live--;
    return at;
  }
}

/** Starts so many runs and lets them end; nobody keeps a handle. */
async function startAll({ start, clock, runtime }: Wired, job: string, entries: number): Promise<void> {
  for (let at = 0; at < entries; at++) await start(job, { at });
  await clock.runAll();
  await runtime.idle();
}

test('10,000 runs that are open at once complete, and nothing of them is kept', async () => {
  const entry = new Entry();
  const all = wired(memoryEngine(), { Entry: entry }, PARAMETERS);
  // What is loaded once, such as the compiler of messages, is there after the first round.
  await startAll(all, 'Entry.go', ENTRIES);
  const before = heapHeld();
  await startAll(all, 'Entry.go', ENTRIES);
  expect([entry.begun, entry.over]).toEqual([2 * ENTRIES, 2 * ENTRIES]);
  expect((heapHeld() - before) / ENTRIES, 'bytes per run').toBeLessThan(64);
});

test('P9: on stores the events of many runs are exactly so many a run, and none reads or writes more', async () => {
  await expectStoreWorkLinear([10, 30, 300], (entries) => {
    const entry = new Entry();
    return {
      services: { Entry: entry },
      parameters: PARAMETERS,
      async play(all) {
        await startAll(all, 'Entry.go', entries);
        expect(entry.over).toBe(entries);
        return undefined;
      },
    };
  });
});

describe.each(ENGINES)('$engine engine', ({ engine, open }) => {
  test('D14: of 10,000 runs that wait for one slot, one runs at a time, in the order of their starts', async () => {
    const entries = engine === 'memory' ? ENTRIES : 200;
    const heap = new HeapAtQuarters(entries);
    const narrow = new Narrow(engine === 'memory' ? heap : undefined);
    await startAll(wired(open(), { Narrow: narrow }, PARAMETERS), 'Narrow.go', entries);
    expect(narrow.peak).toBe(1);
    expect(narrow.order).toEqual(Array.from({ length: entries }, (_, at) => at));
    if (engine === 'memory') expect(heap.keptPerTick).toBeLessThan(16);
  });
});

test.each<Way>(['one by one', 'at once', 'detached', 'called'])(
  'a run with 10,000 children (%s) completes, with no more of them under way than their node says',
  async (way) => {
    const heap = new HeapAtQuarters(ENTRIES);
    const parent = new Parent(ENTRIES, heap);
    const { report } = wired(memoryEngine(), { Parent: parent }, PARAMETERS);
    const { counts, status, value } = await report('Parent.go', { way });
    expect([counts.completed, status, value]).toEqual([ENTRIES + 1, 'completed', ENTRIES]);
    expect(heap.keptPerTick).toBeLessThan(16);
    // What a body calls takes no slot of its own; how many are under way at once is up to the turns of the event loop.
    if (way === 'called') expect(parent.peak).toBeGreaterThan(20);
    else expect(parent.peak).toBe(20);
  },
);

test.each<Way>(['one by one', 'at once', 'detached', 'called'])(
  'P9: in memory the events of children (%s) are exactly so many a child',
  async (way) => {
    await expectMemoryWorkLinear([10, 500, 5_000], (children) => ({
      services: { Parent: new Parent(children) },
      parameters: PARAMETERS,
      async play({ start, clock }) {
        const run = await start('Parent.go', { way });
        await clock.runAll();
        await run.report();
        return run;
      },
    }));
  },
);

test.each<Way>(['one by one', 'at once', 'detached', 'called'])(
  'P9: on stores the events of children (%s) are exactly so many a child, and none reads or writes more',
  async (way) => {
    await expectStoreWorkLinear([25, 40, 400], (children) => ({
      services: { Parent: new Parent(children) },
      parameters: PARAMETERS,
      // The child and its parent.
      stepsAtOnce: 2,
      async play({ start, clock }) {
        const run = await start('Parent.go', { way });
        await clock.runAll();
        expect((await run.report()).counts.completed).toBe(children + 1);
        return undefined;
      },
    }));
  },
);
