// Who may begin, against a count of everything that has: concurrency, rates and priorities over random plans.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { virtualClock } from 'onward/testing';
import { Slots, type Asker } from '../../src/engines/slots.ts';
import { compileGraph } from '../../src/graph/compile.ts';
import type { GraphNode, RateLimit } from '../../src/graph/graph.ts';

interface Attempt extends Asker {
  readonly number: number;
}

type Move = { readonly do: 'ask' | 'inline' | 'end' | 'withdraw' | 'wait' | 'most'; readonly which: number };

const MOVE = fc.record({
  do: fc.constantFrom<Move['do'][]>('ask', 'ask', 'ask', 'inline', 'end', 'end', 'withdraw', 'wait', 'most'),
  which: fc.nat(30),
});
const NODE = fc.record({
  concurrency: fc.option(fc.integer({ min: 1, max: 3 })),
  rateLimit: fc.option(fc.record({ max: fc.integer({ min: 1, max: 3 }), perMs: fc.integer({ min: 1, max: 20 }) })),
  priority: fc.integer({ min: 0, max: 2 }),
});

function nodesOf(options: readonly { concurrency: number | null; rateLimit: RateLimit | null; priority: number }[]) {
  return compileGraph({
    nodes: options.map(({ concurrency, rateLimit, priority }, at) => ({
      name: `Node.n${at}`,
      priority,
      ...(concurrency !== null && { concurrency }),
      ...(rateLimit !== null && { rateLimit }),
    })),
    edges: [],
  }).nodes;
}

function attempt(node: GraphNode | undefined, number: number): Attempt {
  if (node === undefined) throw new Error('there is no such node');
  return { node, isInline: false, number };
}

/** Everything that has begun, and everything that waits, as somebody who only counts sees it. */
class Count {
  readonly clock = virtualClock(0);
  readonly begun: { readonly attempt: Attempt; readonly at: number }[] = [];
  readonly live = new Set<Attempt>();
  readonly waiting = new Set<Attempt>();
  /** Let go and not yet begun. */
  readonly free: Attempt[] = [];
  most = Number.POSITIVE_INFINITY;
  readonly slots: Slots<Attempt> = new Slots({ clock: this.clock, letGo: (attempt) => this.free.push(attempt) });
  #made = 0;

  ask(node: GraphNode, isInline: boolean): void {
    this.#take({ node, isInline, number: this.#made++ });
    this.#beginFree();
  }

  #take(attempt: Attempt): void {
    if (this.slots.take(attempt)) {
      this.waiting.delete(attempt);
      this.live.add(attempt);
      this.begun.push({ attempt, at: this.clock.now() });
    } else this.waiting.add(attempt);
  }

  end(attempt: Attempt | undefined): void {
    if (attempt === undefined) return;
    this.live.delete(attempt);
    this.slots.release(attempt);
    this.#beginFree();
  }

  withdraw(attempt: Attempt | undefined): void {
    if (attempt === undefined) return;
    expect(this.slots.withdraw(attempt)).toBe(true);
    this.waiting.delete(attempt);
    this.slots.release(attempt);
    this.#beginFree();
  }

  async wait(ms: number): Promise<void> {
    for (let left = ms; left > 0; left--) {
      await this.clock.advance(1);
      this.#beginFree();
    }
  }

  limit(most: number): void {
    this.most = most;
    this.slots.limit(most);
    this.#beginFree();
  }

  #beginFree(): void {
    for (let attempt = this.free.shift(); attempt !== undefined; attempt = this.free.shift()) {
      this.#assertFirst(attempt);
      this.#take(attempt);
    }
  }

  /** It has not overtaken any that could have begun in its place. */
  #assertFirst({ node, isInline, number }: Attempt): void {
    for (const other of this.waiting) {
      if (other.isInline !== isInline || this.free.includes(other)) continue;
      if (other.node === node) expect(other.number).toBeGreaterThanOrEqual(number);
    }
  }

  mayBegin({ node, isInline }: Attempt): boolean {
    const { rateLimit } = node;
    const of = this.begun.filter(({ attempt }) => attempt.node === node);
    if (rateLimit !== null) {
      const since = this.clock.now() - rateLimit.perMs;
      if (of.filter(({ at }) => at > since).length >= rateLimit.max) return false;
    }
    if (isInline) return true;
    const slots = [...this.live].filter((live) => !live.isInline);
    return slots.length < this.most && slots.filter((live) => live.node === node).length < node.concurrency;
  }
}

test('no limit is passed, nobody waits who could go on, and of those who wait the first goes first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(NODE, { minLength: 1, maxLength: 3 }),
      fc.array(MOVE, { maxLength: 60 }),
      async (options, moves) => {
        const nodes = nodesOf(options);
        const count = new Count();
        // Those that began before there was a limit over all nodes do not count for it.
        count.limit(5);
        for (const { do: move, which } of moves) {
          const node = nodes[which % nodes.length];
          if (node === undefined) continue;
          if (move === 'ask' || move === 'inline') count.ask(node, move === 'inline');
          else if (move === 'end') count.end([...count.live][which % Math.max(1, count.live.size)]);
          else if (move === 'withdraw') count.withdraw([...count.waiting][which % Math.max(1, count.waiting.size)]);
          else if (move === 'wait') await count.wait(which % 12);
          else count.limit(1 + (which % 6));
          for (const waiting of count.waiting) expect(count.mayBegin(waiting)).toBe(false);
          for (const { name, concurrency } of nodes)
            expect(
              [...count.live].filter((live) => !live.isInline && live.node.name === name).length,
            ).toBeLessThanOrEqual(concurrency);
        }
        for (const node of nodes) assertRate(node, count);
        // What waits for a time only ends by itself.
        while (count.live.size > 0 || count.waiting.size > 0) {
          for (const live of count.live) count.end(live);
          await count.wait(1);
        }
        for (const node of nodes) assertRate(node, count);
        expect(count.clock.waiting).toBe(0);
      },
    ),
    { numRuns: process.env['SOAK'] === undefined ? 150 : 20_000 },
  );
});

/** No span of the length `per` has more than `max` begins. */
function assertRate(node: GraphNode, { begun }: Count): void {
  const { rateLimit } = node;
  if (rateLimit === null) return;
  const times = begun.filter(({ attempt }) => attempt.node === node).map(({ at }) => at);
  for (const from of times)
    expect(times.filter((at) => at >= from && at < from + rateLimit.perMs).length).toBeLessThanOrEqual(rateLimit.max);
}

test('of different nodes the one with the lower number goes first, of equal ones the one that has waited longer', () => {
  const [low, first, middle] = nodesOf([
    { concurrency: null, rateLimit: null, priority: 9 },
    { concurrency: null, rateLimit: null, priority: 0 },
    { concurrency: null, rateLimit: null, priority: 2 },
  ]);
  const order: number[] = [];
  const slots: Slots<Attempt> = new Slots({ clock: virtualClock(), letGo: ({ number }) => order.push(number) });
  slots.limit(1);
  const askers = [first, low, middle, first, low, middle, first].map(attempt);
  expect(askers.map((asker) => slots.take(asker))).toEqual([true, ...Array.from({ length: 6 }, () => false)]);
  for (const at of [0, 3, 6, 2, 5, 1]) {
    const over = askers[at];
    if (over !== undefined) slots.release(over);
  }
  expect(order).toEqual([3, 6, 2, 5, 1, 4]);
});

test('one that was let go and begins late is looked at again: the rate holds for begins', async () => {
  const [node] = nodesOf([{ concurrency: null, rateLimit: { max: 1, perMs: 100 }, priority: 0 }]);
  const clock = virtualClock();
  const free: Attempt[] = [];
  const slots: Slots<Attempt> = new Slots({ clock, letGo: (asker) => free.push(asker) });
  const [one, two, three] = [attempt(node, 0), attempt(node, 1), attempt(node, 2)];
  expect([slots.take(one), slots.take(two), slots.take(three)]).toEqual([true, false, false]);
  await clock.advance(100);
  expect(free).toEqual([two]);
  // Its run is held by an observer. It comes 150 ms later, when the next one has had its turn.
  await clock.advance(150);
  expect(free).toEqual([two, three]);
  expect(slots.take(three)).toBe(true);
  expect(slots.take(two)).toBe(false);
  await clock.advance(100);
  expect(free).toEqual([two, three, two]);
  expect(slots.take(two)).toBe(true);
});

test('a clock that is set back holds nobody for longer than the span of the limit', async () => {
  const [node] = nodesOf([{ concurrency: null, rateLimit: { max: 1, perMs: 100 }, priority: 0 }]);
  const real = virtualClock(1_000_000);
  let back = 0;
  const free: Attempt[] = [];
  const clock = { now: () => real.now() - back, after: real.after.bind(real) };
  const slots: Slots<Attempt> = new Slots({ clock, letGo: (asker) => free.push(asker) });
  expect(slots.take(attempt(node, 0))).toBe(true);
  back = 900_000;
  const next = attempt(node, 1);
  expect(slots.take(next)).toBe(false);
  await real.advance(100);
  expect(free).toEqual([next]);
});

test('any number that give up in a row are let go one after the other, and none of them counts as begun', () => {
  const [ofNode, ofProcess] = nodesOf([
    { concurrency: 1, rateLimit: { max: 1, perMs: 100 }, priority: 0 },
    { concurrency: null, rateLimit: null, priority: 0 },
  ]);
  for (const node of [ofNode, ofProcess]) {
    const clock = virtualClock();
    let given = 0;
    const slots: Slots<Attempt> = new Slots({
      clock,
      letGo: (asker) => {
        if (++given < 20_000) slots.giveUp(asker);
      },
    });
    const first = attempt(node, 0);
    slots.limit(1);
    slots.take(first);
    for (let number = 1; number <= 20_000; number++) slots.take(attempt(node, number));
    slots.giveUp(first);
    expect(given).toBe(20_000);
    expect(slots.isUsed).toBe(true);
  }
});
