// Which edges are taken: R24, and what `when`, `otherwise` and `bind` mean.

import { describe, expect, test } from 'vitest';
import { ErrorValue, Job, Message, OnError, OnSuccess, ReturnValue, type RunReport } from 'onward';
import { ENGINES, stepsOf, wired } from '../support/wired.ts';

class Declined extends Error {}
class Expired extends Declined {}

/** Which callbacks ran. */
function callbacksOf(report: RunReport): string[] {
  return report.steps.slice(1).map(({ node }) => node.slice(node.indexOf('.') + 1));
}

describe.each(ENGINES)('$engine engine', ({ engine, open }) => {
  test.each([
    ['paid', ['paid', 'always']],
    ['open', ['open', 'always']],
    ['lost', ['rest', 'always']],
  ])(
    'R24: %s goes to %s: literals, `otherwise` for what is left, and edges without `when` always',
    async (state, expected) => {
      class Shop {
        @Job() sell(): string {
          return state;
        }
        @OnSuccess('sell', { when: 'paid' }) paid(): void {}
        @OnSuccess('sell', { when: 'open' }) open(): void {}
        @OnSuccess('sell', { otherwise: true }) rest(): void {}
        @OnSuccess('sell') always(): void {}
      }
      expect(callbacksOf(await wired(open(), { Shop: new Shop() }).report('Shop.sell'))).toEqual(expected);
    },
  );

  test('R24: a pattern fits when each of its fields is equal, nested ones likewise', async () => {
    class Shop {
      @Job() sell(): { state: string; to: { country: string; zip: string } } {
        return { state: 'paid', to: { country: 'PT', zip: '1000' } };
      }
      @OnSuccess('sell', { when: { state: 'paid' } }) flat(): void {}
      @OnSuccess('sell', { when: { state: 'paid', to: { country: 'PT' } } }) nested(): void {}
      @OnSuccess('sell', { when: { state: 'paid', to: { country: 'ES' } } }) elsewhere(): void {}
      @OnSuccess('sell', { when: { state: 'open' } }) unpaid(): void {}
    }
    expect(callbacksOf(await wired(open(), { Shop: new Shop() }).report('Shop.sell'))).toEqual(['flat', 'nested']);
  });

  test('R24: a predicate is asked once, after the body, with the return value', async () => {
    const asked: unknown[] = [];
    class Shop {
      @Job({ retry: { attempts: 2, delay: 1 } }) sell(): { cents: number } {
        if (asked.push('body') === 1) throw new Error('again');
        return { cents: 7 };
      }
      @OnSuccess('sell', { when: (value: { cents: number }) => asked.push(value) > 100 }) never(): void {}
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(asked).toEqual(['body', 'body', { cents: 7 }]);
    expect(stepsOf(report)).toEqual(['Shop.sell completed 0']);
  });

  test('R24: a `when` that throws is not taken and listed; siblings are, `otherwise` is not', async () => {
    class Shop {
      @Job() sell(): number {
        return 1;
      }
      @OnSuccess('sell', {
        when: () => {
          throw new Error('a bug');
        },
      })
      broken(): void {}
      @OnSuccess('sell', { when: 1 }) one(): void {}
      @OnSuccess('sell', { when: 2 }) two(): void {}
      @OnSuccess('sell', { otherwise: true }) rest(): void {}
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(callbacksOf(report)).toEqual(['one']);
    expect(report.status).toBe('completed');
    expect(report.callbackFailures).toMatchObject([
      { node: 'Shop.sell', edge: 'Shop.sell>success>Shop.broken', error: { message: 'a bug' } },
    ]);
  });

  test('R24: after a `when` that threw, `otherwise` is not taken even if nothing else matched', async () => {
    class Shop {
      @Job() sell(): number {
        return 3;
      }
      @OnSuccess('sell', {
        when: () => {
          throw undefined;
        },
      })
      broken(): void {}
      @OnSuccess('sell', { otherwise: true }) rest(): void {}
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.runAll();
    const types: string[] = [];
    for await (const event of run.events()) types.push(event.type);
    expect(types).toEqual([
      'run.started',
      'step.started',
      'step.completed',
      'callback.failed',
      'edge.unmatched',
      'run.ended',
    ]);
  });

  test('a predicate that gives a promise is a fault, whatever the promise says', async () => {
    class Shop {
      @Job() sell(): number {
        return 3;
      }
      // @ts-expect-error The compiler refuses it: this is for callers without types.
      @OnSuccess('sell', { when: async () => Promise.reject(new Error('later')) }) later(): void {}
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(callbacksOf(report)).toEqual([]);
    expect(String(report.callbackFailures[0]?.error)).toMatchInlineSnapshot(
      `"TypeError: \`when\` returned a promise; it has to answer at once: decide in the body and match its return value"`,
    );
  });

  test.each([
    ['an error of the class', () => new Declined('no'), ['declined', 'either']],
    ['one of a subclass', () => new Expired('no'), ['declined', 'either']],
    ['one of the listed classes', () => new TypeError('no'), ['either']],
    ['another one', () => new Error('no'), ['rest']],
    ['what is no error', () => 'no', ['rest']],
    ['nothing', () => undefined, ['rest']],
  ])('error edges by class: %s', async (_name, error, expected) => {
    class Shop {
      @Job() sell(): void {
        throw error();
      }
      @OnError('sell', { when: Declined }) declined(): void {}
      @OnError('sell', { when: [Declined, TypeError] }) either(): void {}
      @OnError('sell', { otherwise: true }) rest(): void {}
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    // A subclass is told by its own name once it was kept as text; both engines judge beside the body, where it is whole.
    expect(callbacksOf(report)).toEqual(expected);
    expect(report.status).toBe('failed');
  });

  test('error edges by predicate, and the marks of an error callback', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(order: { id: string }): void {
        throw new Declined(order.id);
      }
      @OnError('sell', { when: (error) => error.message === 'o1' })
      told(order: { id: string }, @ErrorValue() error: Error): void {
        seen.push(order, error.message);
      }
      @OnError('sell', { when: (error) => error.message === 'o2' }) other(): void {}
    }
    await wired(open(), { Shop: new Shop() }).report('Shop.sell', { id: 'o1' });
    expect(seen).toEqual([]);
    const parameters = { 'Shop.sell': [Object as unknown as new () => object] };
    await wired(open(), { Shop: new Shop() }, parameters).report('Shop.sell', { id: 'o1' });
    expect(seen).toEqual([{ id: 'o1' }, 'o1']);
  });

  test('`bind` lies over the message, deeply; a function gets message and return value', async () => {
    const seen: unknown[] = [];
    type Parcel = { to: { name: string; zip: string }; weight: number; note?: string };
    class Post {
      @Job() pack(): Parcel {
        return { to: { name: 'Ana', zip: '1' }, weight: 3 };
      }
      @OnSuccess('pack', { bind: { to: { zip: '9000' }, note: 'fragile' } }) fixed(parcel: Parcel): void {
        seen.push(parcel);
      }
      @OnSuccess(() => Post, 'pack', { bind: ({ returnValue }) => ({ weight: returnValue.weight * 2 }) })
      computed(parcel: Parcel): void {
        seen.push(parcel);
      }
      @OnSuccess('pack') plain(@ReturnValue() parcel: Parcel, @Message() message: unknown): void {
        seen.push(parcel, message);
      }
    }
    await wired(open(), { Post: new Post() }).report('Post.pack');
    expect(seen).toEqual([
      { to: { name: 'Ana', zip: '9000' }, weight: 3, note: 'fragile' },
      { to: { name: 'Ana', zip: '1' }, weight: 6 },
      { to: { name: 'Ana', zip: '1' }, weight: 3 },
      undefined,
    ]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('a bug');
      },
      'a bug',
    ],
    ['gives no object', () => 7, 'has to return an object, it returned number'],
    [
      'gives a promise that rejects',
      () => Promise.reject(new Error('later')),
      'has to return an object, it returned a promise',
    ],
  ])('a `bind` that %s fails its callback, not what it watches', async (_name, bind, text) => {
    class Post {
      @Job() pack(): object {
        return {};
      }
      // @ts-expect-error The compiler refuses some of them: this is for callers without types.
      @OnSuccess('pack', { bind }) send(parcel: object): void {
        void parcel;
      }
      @OnSuccess('pack') file(): void {}
    }
    const report = await wired(open(), { Post: new Post() }).report('Post.pack');
    expect(stepsOf(report)).toEqual(['Post.pack completed 0', 'Post.send failed 101', 'Post.file completed 0']);
    expect(String(report.failures[0]?.error)).toContain(text);
  });

  test('a value that cannot be kept fails where it was made, the same way at every attempt', async () => {
    class Post {
      @Job() pack(): { callback?: () => number } {
        return {};
      }
      @OnSuccess(() => Post, 'pack', { bind: () => ({ callback: () => 1 }) }) send(parcel: {
        callback?: () => number;
      }): void {
        throw new Error(`refused ${Object.keys(parcel).join()}`);
      }
    }
    const report = await wired(open(), { Post: new Post() }).report('Post.pack');
    expect(report.failures.map(({ node }) => node)).toEqual(['Post.send']);
    if (engine === 'journaled') expect(report.failures[0]).toMatchObject({ code: 107, error: { code: 'ONW3045' } });
  });
});
