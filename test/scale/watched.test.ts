// Long runs that somebody watches, and does not keep up with.
//
// W1. What a watcher has not read is bounded; it is told that there is a gap, and always of the end.

import { describe, expect, test } from 'vitest';
import { Job, OnSuccess, type StepContext } from 'onward';
import { ENGINES, wired } from '../support/wired.ts';
import { HeapAtQuarters } from './heap.ts';

class Loop {
  readonly #rounds: number;
  readonly #heap: HeapAtQuarters;
  #round = 0;
  constructor(rounds: number, heap: HeapAtQuarters) {
    this.#rounds = rounds;
    this.#heap = heap;
  }
  @Job()
  @OnSuccess('again', { when: true })
  again(context: StepContext): boolean {
    this.#heap.tick();
    context.emit('round', { padding: `round ${this.#round} `.repeat(20) });
    return ++this.#round < this.#rounds;
  }
}

describe.each(ENGINES)('$engine engine', ({ engine, open }) => {
  test('a watcher that does not read costs no more than its buffer, and is told of the gap and of the end', async () => {
    const rounds = engine === 'memory' ? 40_000 : 2_000;
    const heap = new HeapAtQuarters(rounds);
    const services = { Loop: new Loop(rounds, heap) };
    const { start, clock } = wired(open(), services, { 'Loop.again': ['context'] });
    const run = await start('Loop.again', undefined, { notBefore: 10, history: 10 });
    const watching = run.events()[Symbol.asyncIterator]();
    await watching.next();
    await clock.runAll();
    const types: string[] = [];
    for (let next = await watching.next(); next.done !== true; next = await watching.next())
      types.push(next.value.type);
    expect(types.length).toBeLessThanOrEqual(1_002);
    expect([types.includes('gap'), types.at(-1)]).toEqual([true, 'run.ended']);
    // The journal keeps the value of every step.
    if (engine === 'memory') expect(heap.keptPerTick).toBeLessThan(16);
  });
});
