// Long runs with everything in them: callbacks around each round, joins, failures, and stops of what is wide.
//
// R1. What belongs to a round goes with it: brackets, joins, listed failures beyond those that are kept.
// R2. A signal to a wide run reaches all of it, without recursion.

import { describe, expect, test } from 'vitest';
import {
  Handler,
  Job,
  Join,
  memoryEngine,
  OnCancel,
  OnEnd,
  OnError,
  OnStart,
  OnSuccess,
  type StepContext,
} from 'onward';
import { wired } from '../support/wired.ts';
import { HeapAtQuarters } from './heap.ts';
import { expectMemoryWorkLinear, expectStoreWorkLinear } from './work.ts';

const ROUNDS = 20_000;
const FLAT = 16;

/** Each round: a start and an end callback, a fork, a failure that is recovered, a join, a listed failure, state. */
class Round {
  readonly #rounds: number;
  readonly #heap: HeapAtQuarters | undefined;
  #round = 0;
  constructor(rounds: number, heap?: HeapAtQuarters) {
    this.#rounds = rounds;
    this.#heap = heap;
  }
  @Job()
  @OnSuccess('both', { when: true })
  go(context: StepContext): number {
    context.state.add('rounds', 1);
    return ++this.#round;
  }
  @OnStart('go') begin(): void {}
  @OnEnd('go') end(): void {
    throw new Error('an end callback that fails');
  }
  @OnSuccess('go') left(round: number): string {
    return `left ${round} `.repeat(20);
  }
  @OnSuccess('go') right(round: number): string {
    throw new Error(`right ${round}`);
  }
  @OnError('right', { recover: true }) instead(): string {
    return 'instead of it';
  }
  @Join({ left: 'left', right: 'right' }) both({ left, right }: { left: string; right: string }): boolean {
    this.#heap?.tick();
    return left.length + right.length > 0 && this.#round < this.#rounds;
  }
}
const PARAMETERS = { 'Round.go': ['context' as const] };

test('A8: nothing is kept of rounds with callbacks, failures, joins and state', async () => {
  const heap = new HeapAtQuarters(ROUNDS);
  const round = new Round(ROUNDS, heap);
  const { report } = wired(memoryEngine(), { Round: round }, PARAMETERS);
  const { status, counts, state } = await report('Round.go', undefined, { history: 10 });
  expect([status, state]).toEqual(['completed', { rounds: ROUNDS }]);
  expect(counts).toEqual({ completed: 6 * ROUNDS, failed: ROUNDS, skipped: 0, cancelled: 0 });
  expect(heap.keptPerTick).toBeLessThan(FLAT);
});

test('P9: in memory the events of such rounds are exactly so many a round', async () => {
  await expectMemoryWorkLinear([10, 100, 2_000], (rounds) => ({
    services: { Round: new Round(rounds) },
    parameters: PARAMETERS,
    async play({ start, clock }) {
      const run = await start('Round.go');
      await clock.runAll();
      return run;
    },
  }));
});

test('P9: on stores the events of such rounds are exactly so many a round, and none reads or writes more', async () => {
  await expectStoreWorkLinear([10, 60, 600], (rounds) => ({
    services: { Round: new Round(rounds) },
    parameters: PARAMETERS,
    stepsAtOnce: 3,
    async play({ report }) {
      expect((await report('Round.go', undefined, { history: 10 })).status).toBe('completed');
      return undefined;
    },
  }));
});

class Failing {
  readonly #heap: HeapAtQuarters;
  constructor(heap: HeapAtQuarters) {
    this.#heap = heap;
  }
  @Job() go(): number[] {
    return Array.from({ length: 100_000 }, (_, at) => at);
  }
  @OnSuccess('go', { each: true, critical: false }) item(at: number): void {
    this.#heap.tick();
    throw new Error(`item ${at}`);
  }
}

test('D15: of 100,000 items that fail all are counted, and a thousand are kept', async () => {
  const heap = new HeapAtQuarters(100_000);
  const { report } = wired(memoryEngine(), { Failing: new Failing(heap) });
  const { status, counts, failures, truncated } = await report('Failing.go');
  expect([status, counts.failed, failures.length, truncated]).toEqual(['completed', 100_000, 1_000, true]);
  expect(heap.keptPerTick).toBeLessThan(FLAT);
});

class Wide {
  begun = 0;
  stopped = 0;
  @Job() async go(context: StepContext): Promise<void> {
    for (let at = 0; at < 10_000; at++) await context.spawn(Wide, 'child');
  }
  @Handler({ concurrency: 50 })
  child(context: StepContext): Promise<void> {
    this.begun++;
    return new Promise((resolve) =>
      context.signal.addEventListener('abort', () => {
        this.stopped++;
        resolve();
      }),
    );
  }
  @OnCancel('child') notify(): void {}
}

describe('a run with 10,000 children, 50 of which are under way', () => {
  const parameters = { 'Wide.go': ['context' as const], 'Wide.child': ['context' as const] };

  test('is cancelled as a whole', async () => {
    const wide = new Wide();
    const { start, clock } = wired(memoryEngine(), { Wide: wide }, parameters);
    const run = await start('Wide.go');
    await clock.advance(0);
    expect((await run.inspect()).steps).toHaveLength(10_001);
    await run.cancel();
    await clock.runAll();
    const { status, counts } = await run.report();
    expect([status, counts.cancelled, wide.begun, wide.stopped]).toEqual(['cancelled', 10_001, 50, 50]);
  });

  test('goes on where it was after it was suspended', async () => {
    const wide = new Wide();
    const { start, clock } = wired(memoryEngine(), { Wide: wide }, parameters);
    const run = await start('Wide.go');
    await run.suspend();
    await clock.advance(0);
    const before = wide.begun;
    expect((await run.inspect()).status).toBe('suspended');
    await run.resume();
    await clock.advance(0);
    expect([before <= 50, wide.begun]).toEqual([true, 50]);
    await run.cancel();
    await clock.runAll();
    expect((await run.report()).counts.cancelled).toBe(10_001);
  });
});
