// Long runs: loops of 100,000 rounds (A8, P9), 10,000 steps (S-P11).
//
// L1. Nothing is kept of a round but what the history keeps.
// L2. The work of a round does not depend on how many there were before.

import { expect, test } from 'vitest';
import { Job, memoryEngine, OnSuccess } from 'onward';
import { wired } from '../support/wired.ts';
import { HeapAtQuarters } from './heap.ts';
import { eventCountOf, expectMemoryWorkLinear, expectStoreWorkLinear } from './work.ts';

const ROUNDS = 100_000;
/** A step is some hundred bytes. */
const FLAT = 16;

class Loop {
  readonly heap: HeapAtQuarters | undefined;
  readonly #rounds: number;
  #round = 0;
  constructor(rounds: number, heap?: HeapAtQuarters) {
    this.#rounds = rounds;
    this.heap = heap;
  }
  @Job()
  @OnSuccess('again', { when: true })
  again(): boolean {
    this.heap?.tick();
    return ++this.#round < this.#rounds;
  }
}

/** Each round goes through two nodes and a promise, and has a value of its own. */
class Pair {
  readonly #rounds: number;
  readonly #heap: HeapAtQuarters | undefined;
  #round = 0;
  constructor(rounds: number, heap?: HeapAtQuarters) {
    this.#rounds = rounds;
    this.#heap = heap;
  }
  @Job()
  @OnSuccess('back', { when: (value: { readonly more: boolean }) => value.more })
  async go(): Promise<{ round: number }> {
    await Promise.resolve();
    return { round: ++this.#round };
  }
  @OnSuccess('go')
  back({ round }: { round: number }): { more: boolean; padding: string } {
    this.#heap?.tick();
    return { more: round < this.#rounds, padding: `round ${round} `.repeat(20) };
  }
}

test('A8: 100,000 rounds of a loop complete, and none of them is kept', async () => {
  const heap = new HeapAtQuarters(ROUNDS);
  const { report, start, clock } = wired(memoryEngine(), { Loop: new Loop(ROUNDS, heap) });
  const { counts, status, steps, truncated } = await report('Loop.again');
  expect([counts.completed, status, steps.length, truncated]).toEqual([ROUNDS, 'completed', 1_000, true]);
  expect(heap.keptPerTick).toBeLessThan(FLAT);
  const run = await start('Loop.again');
  await clock.runAll();
  expect(await eventCountOf(run)).toBe(5);
});

test('A8: 100,000 rounds over two nodes with values of their own are not kept either', async () => {
  const heap = new HeapAtQuarters(ROUNDS);
  const { report } = wired(memoryEngine(), { Pair: new Pair(ROUNDS, heap) });
  const { counts, status } = await report('Pair.go', undefined, { history: 10 });
  expect([counts.completed, status]).toEqual([2 * ROUNDS, 'completed']);
  expect(heap.keptPerTick).toBeLessThan(FLAT);
});

test('P9: in memory the events of a loop are exactly so many a round', async () => {
  await expectMemoryWorkLinear([10, 1_000, 10_000], (rounds) => ({
    services: { Pair: new Pair(rounds) },
    async play({ start, clock }) {
      const run = await start('Pair.go');
      await clock.runAll();
      return run;
    },
  }));
});

test('S-P11: on stores 10,000 steps are exactly so many events, none of which reads or writes more than those of 1,000', async () => {
  await expectStoreWorkLinear([10, 500, 5_000], (rounds) => ({
    services: { Pair: new Pair(rounds) },
    async play({ report }) {
      const { counts } = await report('Pair.go', undefined, { history: 10 });
      expect(counts.completed).toBe(2 * rounds);
      return undefined;
    },
  }));
});
