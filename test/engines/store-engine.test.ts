// The store engine's own promises: what it does when its store answers later, takes nothing, has changed under it, or is
// opened again; and what of a long run it keeps.

import { describe, expect, test } from 'vitest';
import { Job, Join, memoryEngine, OnSuccess, type RunReport, type StepContext } from 'onward';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import type { Committed, RunChange, Store } from '../../src/engines/store/store.ts';
import { sleep } from '../support/sleep.ts';
import { rejectionOf, wired, type Wired } from '../support/wired.ts';

class Sack {
  rounds!: number;
}

class Mill {
  turned = 0;
  @Job() async grind({ rounds }: Sack): Promise<number> {
    return rounds;
  }
  @OnSuccess('grind')
  @OnSuccess('turn', { when: (left: number) => left > 0 })
  async turn(left: number): Promise<number> {
    this.turned++;
    return left - 1;
  }
  @Job() async bake(context: StepContext): Promise<number[]> {
    await context.spawn(Mill, 'sweep');
    return [await context.call(Mill, 'weigh'), 2, 3];
  }
  @OnSuccess('bake', { each: true }) async slice(part: number): Promise<number> {
    return part * 2;
  }
  @OnSuccess('bake', { after: '1h' }) async cool(): Promise<string> {
    return 'cool';
  }
  @Join({ slices: 'slice', cooled: 'cool' }) async pack(parts: unknown): Promise<unknown> {
    return parts;
  }
  @Job() async sweep(): Promise<void> {}
  @Job() async weigh(): Promise<number> {
    return 1;
  }
}

const PARAMETERS = { 'Mill.grind': [Sack], 'Mill.bake': ['context'] } as const;

function open(store: Store, mill = new Mill()): Wired {
  return wired(new StoreEngine(store), { Mill: mill }, PARAMETERS, { messages: { validate: false } });
}

/** A store of maps, somewhere else. */
function elsewhere(store: MapStore): Store {
  const soon = <T>(answer: T): Promise<T> => Promise.resolve().then(() => answer);
  return new Proxy<Store>(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => soon(Reflect.apply(member, target, given));
    },
  });
}

/** What is the same on every store. */
function essenceOf({ status, value, counts, steps }: RunReport): unknown {
  return {
    status,
    value,
    counts,
    steps: steps.map(({ node, code, returnValue }) => JSON.stringify([node, code, returnValue])).toSorted(),
  };
}

/** All of the records of a run. */
function keysIn(store: MapStore, runId: string): string[] {
  const areas = (['live', 'lookup', 'kept'] as const).flatMap(
    (area) => store.page(runId, { area, limit: 1e6 }).records,
  );
  return areas.map(([key]) => key);
}

describe('a store that answers later', () => {
  test('gives the same runs, and their events in the same order', async () => {
    const seen: unknown[] = [];
    const reports: unknown[] = [];
    for (const store of [new MapStore(), elsewhere(new MapStore())]) {
      const { runtime, clock, start } = open(store);
      const types: string[] = [];
      runtime.observe({ onEvent: ({ type }) => void types.push(type) });
      const run = await start('Mill.bake', undefined, { id: 'loaf' });
      await clock.runAll();
      reports.push(essenceOf(await run.report()));
      const past: string[] = [];
      for await (const { type } of run.events()) past.push(type);
      seen.push({ types: types.toSorted(), past: past.toSorted() });
      const rows = (await runtime.runs()).runs.map(({ id, status }) => [id, status]);
      expect(rows).toEqual([['loaf', 'completed']]);
      expect(await (await runtime.run('loaf'))?.value()).toEqual([1, 2, 3]);
    }
    expect(reports[1]).toEqual(reports[0]);
    expect(reports[0]).toMatchObject({ status: 'completed', counts: { completed: 8, failed: 0 } });
    expect(seen[1]).toEqual(seen[0]);
  });
});

/** A store that takes nothing while it is full. */
class Full extends MapStore {
  isFull = false;
  refusals = 0;
  override commit(changes: readonly RunChange[]): readonly Committed[] {
    if (this.isFull) {
      this.refusals++;
      throw new Error('the disk is full');
    }
    return super.commit(changes);
  }
}

describe('a store that takes nothing', () => {
  test('refuses starts at once, loses nothing, and goes on by itself', async () => {
    const store = new Full();
    const mill = new Mill();
    const { clock, start } = open(store, mill);
    const run = await start('Mill.grind', { rounds: 3 }, { id: 'early' });
    store.isFull = true;
    expect(await rejectionOf(start('Mill.grind', { rounds: 1 }, { id: 'late' }))).toMatchObject({ code: 'ONW3070' });
    expect(await rejectionOf(start('Mill.grind', { rounds: 1 }, { id: 'later' }))).toMatchObject({ code: 'ONW3070' });
    await clock.advance(60_000);
    expect(store.refusals).toBeGreaterThan(2);
    expect([store.find('late'), mill.turned]).toEqual([undefined, 0]);
    store.isFull = false;
    await clock.runAll();
    const again = await start('Mill.grind', { rounds: 1 }, { id: 'late' });
    await clock.runAll();
    expect((await run.report()).counts.completed).toBe(4);
    expect((await again.report()).counts.completed).toBe(2);
  });
});

describe('a run that somebody else has changed', () => {
  test('is decided anew on what is there', async () => {
    const store = new MapStore();
    const { clock, start } = open(store);
    const run = await start('Mill.grind', { rounds: 20 }, { id: 'shared' });
    const summary = store.find('shared');
    if (summary === undefined) throw new Error('it was started');
    const touched: RunChange = {
      runId: 'shared',
      expected: summary.version,
      summary,
      writes: [],
      payloads: [],
      timers: [],
    };
    expect(store.commit([touched])).toEqual(['written']);
    await clock.runAll();
    expect((await run.report()).counts.completed).toBe(21);
  });
});

describe('an engine that opens a store with open runs', () => {
  test('goes on with them at the first start, not before', async () => {
    const store = new MapStore();
    const stuck = new Mill();
    stuck.turn = () => new Promise<number>(() => undefined);
    const first = open(store, stuck);
    await first.start('Mill.grind', { rounds: 2 }, { id: 'open' });
    await first.start('Mill.bake', undefined, { id: 'waits' });
    await first.clock.advance(0);
    const second = open(store);
    await second.clock.advance(7_200_000);
    const found = await second.runtime.run('open');
    const before = await found?.inspect();
    expect(before?.steps.map(({ node, status }) => [node, status])).toEqual([
      ['Mill.grind', 'completed'],
      ['Mill.turn', 'running'],
    ]);
    await second.start('Mill.grind', { rounds: 0 });
    await second.clock.runAll();
    expect((await found?.report())?.counts.completed).toBe(3);
    expect((await (await second.runtime.run('waits'))?.report())?.status).toBe('completed');
  });
});

describe('work', () => {
  test('takes up what is open, so many bodies at a time, and of the nodes that it names', async () => {
    const store = new MapStore();
    const stuck = new Mill();
    stuck.grind = () => new Promise<number>(() => undefined);
    const first = open(store, stuck);
    for (let at = 0; at < 5; at++) await first.start('Mill.grind', { rounds: 0 }, { id: `run-${at}` });
    await first.clock.advance(0);

    const mill = new Mill();
    let most = 0;
    let underway = 0;
    const { runtime, clock } = open(store, mill);
    mill.grind = async ({ rounds }) => {
      most = Math.max(most, ++underway);
      await sleep(clock, 10);
      underway--;
      return rounds;
    };
    const working = runtime.work({ concurrency: 2, nodes: 'Mill.grind' });
    await clock.runAll();
    expect([most, underway, mill.turned]).toEqual([2, 0, 0]);
    void runtime.work({ concurrency: 2 });
    await clock.runAll();
    await runtime.idle();
    expect(mill.turned).toBe(5);
    await runtime.close();
    await working;
  });

  test('names what is wrong with its options, and is refused by a closed runtime', async () => {
    const { runtime } = open(new MapStore());
    expect(await rejectionOf(runtime.work(JSON.parse('{ "concurrency": 0 }')))).toMatchObject({ code: 'ONW3004' });
    expect(await rejectionOf(runtime.work({ nodes: 'Mill.gone' }))).toMatchObject({ code: 'ONW3004' });
    await runtime.close();
    expect(await rejectionOf(runtime.work())).toMatchObject({ code: 'ONW3040' });
    const memory = wired(memoryEngine(), { Mill: new Mill() }, PARAMETERS).runtime;
    expect(await rejectionOf(memory.work({ concurrency: 2 }))).toMatchObject({ code: 'ONW3004' });
    await memory.close();
  });
});

describe('a body that takes its process down', () => {
  test('R23: fails after so many deaths, and what ran beside it does not', async () => {
    const store = new MapStore();
    const open = (mill: Mill) =>
      wired(new StoreEngine(store, { deaths: 5 }), { Mill: mill }, PARAMETERS, { messages: { validate: false } });
    /** Dies with the first one that is poison; others take a second. */
    const life = async (isFirst: boolean): Promise<boolean> => {
      const fate = { hasDied: false };
      const mill = new Mill();
      const { runtime, clock, start } = open(mill);
      mill.grind = async ({ rounds }) => {
        if (rounds === 666) fate.hasDied = true;
        if (fate.hasDied) return new Promise<number>(() => undefined);
        await sleep(clock, 700);
        return 0;
      };
      if (isFirst) for (const rounds of [1, 2, 666, 3, 4]) await start('Mill.grind', { rounds }, { id: `r${rounds}` });
      else await start('Mill.grind', { rounds: 5 });
      for (let ms = 0; ms < 20_000 && !fate.hasDied; ms += 50) await clock.advance(50);
      if (!fate.hasDied) await runtime.close();
      return fate.hasDied;
    };
    let deaths = 0;
    while (await life(deaths === 0)) if (++deaths > 30) throw new Error('it dies for ever');
    // The first one counts for nobody, five count, and the last chance is one more.
    expect(deaths).toBe(7);
    const { runtime, clock } = open(new Mill());
    const report = (await runtime.run('r666'))?.report();
    await clock.runAll();
    expect(await report).toMatchObject({
      status: 'failed',
      failures: [{ code: 205, error: { code: 'ONW3071' }, attempts: [{ code: 205 }, { code: 205 }] }],
    });
    for (const id of ['r1', 'r2', 'r3', 'r4'])
      expect((await (await runtime.run(id))?.report())?.status, id).toBe('completed');
  });
});

describe('what is kept', () => {
  test('a run of any length with a bounded history is bounded itself', async () => {
    const store = new MapStore();
    const { clock, start } = open(store);
    const sizes: number[][] = [];
    for (const rounds of [150, 1_500]) {
      const run = await start('Mill.grind', { rounds: rounds }, { id: `r${rounds}`, history: 20, stepLimit: 5_000 });
      let most = 0;
      const done = run.report();
      for (let at = 0; at < rounds * 3; at++) {
        await new Promise((resolve) => setImmediate(resolve));
        if (at % 97 === 0) most = Math.max(most, store.payloadNames(`r${rounds}`).names.length);
      }
      await clock.runAll();
      expect((await done).counts.completed).toBe(rounds + 1);
      sizes.push([most, keysIn(store, `r${rounds}`).length]);
    }
    expect(sizes[0]?.[0]).toBeGreaterThan(20);
    expect(sizes[1]?.[0]).toBeLessThan(300);
    expect(sizes[1]?.[1]).toBeLessThan(40);
  });

  test('records of calls, rounds and joins end with their step or their run; arrivals stay for a retry', async () => {
    const store = new MapStore();
    const { clock, start } = open(store);
    const run = await start('Mill.bake', undefined, { id: 'loaf' });
    await clock.advance(60_000);
    const kinds = keysIn(store, 'loaf').map((key) => key.charAt(0));
    expect(kinds).not.toContain('c');
    expect(kinds).toContain('n');
    await clock.runAll();
    expect((await run.report()).status).toBe('completed');
    expect([...new Set(keysIn(store, 'loaf').map((key) => key.charAt(0)))].toSorted()).toEqual(['h', 'o', 'r', 'v']);
  });
});
