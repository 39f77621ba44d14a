// Items, joins and rounds of a run that is retried: those are called again that failed, and what needs them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Job, Join, OnSuccess, type StepContext } from 'onward';
import { journaledEngine } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import type { Parameters } from '../support/wired.ts';
import { ENGINES, ID, retry, type Play } from './retrying.ts';

/** Items one after another, each with a chain behind it. */
const items: Play = {
  services: (world) => {
    class Mail {
      @Job() list(): string[] {
        return ['a', 'b', 'c'];
      }
      @OnSuccess('list', { each: true, concurrency: 1 }) send(to: string): string {
        world.act(`send ${to}`);
        return to.toUpperCase();
      }
      @OnSuccess('send') log(to: string): string {
        world.act(`log ${to}`);
        return to;
      }
      @OnSuccess('log', { after: '1s' }) file(to: string): void {
        world.act(`file ${to}`);
      }
      @Join({ sent: 'send', all: 'list' }) sum(parts: { sent: string[]; all: string[] }): string {
        world.act('sum');
        return parts.sent.join('');
      }
    }
    return { Mail: new Mail() };
  },
  begin: ({ start }) => start('Mail.list', undefined, ID),
};

test('in whatever order things are delivered, no body is called again whose step is kept', async () => {
  const faults = fc.record({
    seed: fc.nat(),
    lose: fc.constantFrom(0, 0.2, 0.5),
    reorder: fc.boolean(),
    slow: fc.constantFrom(0, 0.3, 0.9),
  });
  const bodies = ['send a', 'log A', 'file A', 'send b', 'log B', 'file B', 'send c', 'log C', 'file C', 'sum'];
  const failing = fc.subarray(bodies, { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(faults, failing, async (given, down) => {
      const { called } = await retry(() => journaledEngine(given), items, down);
      expect(new Set(called).size).toBe(called.length);
      // Only what failed, and what cannot have run before.
      const missing = bodies.filter((body) => down.some((failed) => body === failed || isBehind(body, failed)));
      expect(called.toSorted()).toEqual(missing.toSorted());
    }),
    { numRuns: process.env['SOAK'] === undefined ? 80 : 5_000 },
  );
});

/** The sum needs all that were sent; a chain needs its own item. */
function isBehind(body: string, failed: string): boolean {
  const chain = ['send', 'log', 'file'];
  const [what = '', item = ''] = body.split(' ');
  const [before = '', other = ''] = failed.split(' ');
  if (body === 'sum') return before === 'send';
  return (
    item.toLowerCase() === other.toLowerCase() &&
    chain.indexOf(before) >= 0 &&
    chain.indexOf(what) > chain.indexOf(before)
  );
}

describe.each(ENGINES)('on maps %s', (_, open) => {
  test('items one after another: those behind the one that failed are not run again', async () => {
    const { called } = await retry(open, items, ['send a']);
    expect(called.toSorted()).toEqual(['file A', 'log A', 'send a', 'sum']);
    expect((await retry(open, items, ['send a', 'log B'])).called.toSorted()).toEqual([
      'file A',
      'file B',
      'log A',
      'log B',
      'send a',
      'sum',
    ]);
  });

  test('joins get the values that they had, and the new ones', async () => {
    const services: Play['services'] = (world, app) => {
      class Shop {
        @Job() order(): string {
          world.act('order');
          return 'o';
        }
        @OnSuccess('order') async charge(): Promise<string> {
          await sleep(app().clock, 20);
          world.act('charge');
          return 'c';
        }
        @OnSuccess('order') async stock(): Promise<string> {
          await sleep(app().clock, 10);
          world.act('stock');
          return 's';
        }
        @OnSuccess('order') weigh(): string {
          world.act('weigh');
          return 'w';
        }
        @Join({ paid: 'charge', shelf: 'stock' }) pack(parts: { paid: string; shelf: string }): string {
          world.act('pack');
          return parts.paid + parts.shelf;
        }
        @Join({ weight: 'weigh', shelf: 'stock' }) label(parts: { weight: string; shelf: string }): string {
          world.act('label');
          return parts.weight + parts.shelf;
        }
        @Join({ first: 'weigh', other: 'charge' }, { mode: 'any' }) tell(): void {
          world.act('tell');
        }
      }
      return { Shop: new Shop() };
    };
    const begin: Play['begin'] = ({ start }) => start('Shop.order', undefined, ID);
    const { called } = await retry(open, { services, begin }, ['charge']);
    expect(called).toEqual(['charge', 'pack']);
    expect((await retry(open, { services, begin }, ['label'])).called).toEqual(['label']);
    expect((await retry(open, { services, begin }, ['stock'])).called.toSorted()).toEqual(['label', 'pack', 'stock']);
  });

  test('a loop goes on in the round that failed', async () => {
    const services: Play['services'] = (world) => {
      class Loop {
        @Job()
        @OnSuccess('check', { when: true })
        tick(context: StepContext): number {
          world.act(`tick ${context.step.round}`);
          context.state.add('ticks', 1);
          return context.step.round;
        }
        @OnSuccess('tick') check(round: number): boolean {
          world.act(`check ${round}`);
          return round < 5;
        }
      }
      return { Loop: new Loop() };
    };
    const begin: Play['begin'] = ({ start }) => start('Loop.tick', undefined, ID);
    const of: Parameters = { 'Loop.tick': ['context'] };
    const { called, report } = await retry(open, { services, parameters: of, begin }, ['tick 4']);
    expect(called).toEqual(['tick 4', 'check 4', 'tick 5', 'check 5']);
    expect(report.state).toEqual({ ticks: 5 });
  });

  test('of the items of an array only those that failed, and what joins them', async () => {
    const services: Play['services'] = (world) => {
      class Mail {
        @Job() list(): string[] {
          world.act('list');
          return ['a', 'b', 'c', 'd'];
        }
        @OnSuccess('list', { each: true, concurrency: 2 }) send(to: string): string {
          world.act(`send ${to}`);
          return to.toUpperCase();
        }
        @OnSuccess('send') log(to: string): void {
          world.act(`log ${to}`);
        }
        @Join({ sent: 'send', all: 'list' }) sum(parts: { sent: string[]; all: string[] }): string {
          world.act('sum');
          return parts.sent.join('');
        }
      }
      return { Mail: new Mail() };
    };
    const begin: Play['begin'] = ({ start }) => start('Mail.list', undefined, ID);
    const { called, report } = await retry(open, { services, begin }, ['send b', 'send d']);
    expect(called.toSorted()).toEqual(['log B', 'log D', 'send b', 'send d', 'sum']);
    expect(report.steps.find(({ node }) => node === 'Mail.sum')?.returnValue).toBe('ABCD');
    expect((await retry(open, { services, begin }, ['sum'])).called).toEqual(['sum']);
  });
});
