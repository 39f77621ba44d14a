// Promises where values are wanted: the step that produced one fails, the same on every engine, and none of them ends in
// an unhandled rejection.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Handler, Job, OnError, OnSuccess, type StepContext } from 'onward';
import { ENGINES, rejectionOf, stepsOf, wired } from '../support/wired.ts';

const unhandled: unknown[] = [];
const listen = (reason: unknown): number => unhandled.push(reason);
const lost = (): Promise<never> => Promise.reject(new Error('lost'));
beforeEach(() => process.on('unhandledRejection', listen));
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', listen);
  expect(unhandled.splice(0)).toEqual([]);
});

class Receipt {
  total = lost();
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test.each<[string, () => unknown, string]>([
    ['a field', () => ({ total: lost() }), 'what Shop.order returned has in `total` a promise; await it first'],
    ['items', () => [1, lost(), lost()], 'what Shop.order returned has in `[1]` a promise, and 1 more; await it first'],
    [
      'deep inside',
      () => ({ lines: [{ price: lost() }] }),
      'what Shop.order returned has in `lines[0].price` a promise',
    ],
    ['a map', () => new Map([['total', lost()]]), 'what Shop.order returned has in `total` a promise'],
    ['a set', () => new Set([lost()]), 'what Shop.order returned has in `[0]` a promise'],
    ['an instance', () => ({ receipt: new Receipt() }), 'what Shop.order returned has in `receipt.total` a promise'],
    [
      'one that is pending',
      () => ({ total: new Promise(() => undefined) }),
      'what Shop.order returned has in `total` a promise',
    ],
  ])('a promise in what a body returns fails its step, once: %s', async (_where, make, text) => {
    let handled: unknown;
    class Shop {
      @Job({ retry: { attempts: 3, delay: 1 } }) order(): unknown {
        return make();
      }
      @OnSuccess('order') send(): void {}
      @OnError('order') apologise(message: unknown): void {
        handled = message;
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.order');
    expect(stepsOf(report)).toEqual(['Shop.order failed 107', 'Shop.apologise completed 0']);
    expect(handled).toBeUndefined();
    expect(report.steps[0]?.attempts).toHaveLength(1);
    expect(report.error).toMatchObject({ code: 'ONW3045', message: expect.stringContaining(`ONW3045: ${text}`) });
  });

  test.each<[string, (context: StepContext) => unknown, string]>([
    [
      'exit',
      (context) => context.exit(lost()),
      'the value that Shop.order ends the run with is a promise; await it first',
    ],
    [
      'exit, inside',
      (context) => context.exit({ total: lost() }),
      'the value that Shop.order ends the run with has in `total`',
    ],
    ['state', (context) => context.state.set('total', lost()), 'the value of the field total is a promise'],
    [
      'state, items',
      (context) => context.state.set('all', [lost(), lost()]),
      'the value of the field all has in `[0]` a promise, and 1 more',
    ],
    [
      'append',
      (context) => context.state.append('all', lost()),
      'what is appended to the field all has in `[0]` a promise',
    ],
    ['emit', (context) => context.emit('total', { total: lost() }), 'what Shop.order emits has in `total` a promise'],
    [
      'a call that is not awaited',
      (context) => ({ total: context.call(Shop, 'price') }),
      'what Shop.order returned has in `total`',
    ],
  ])('a promise in %s fails the step that gave it', async (_where, give, text) => {
    shopGives = give;
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.order': ['context'] });
    const report = await app.report('Shop.order');
    expect(report.steps[0]).toMatchObject({ node: 'Shop.order', status: 'failed', code: 107 });
    expect(report.error).toMatchObject({ code: 'ONW3045', message: expect.stringContaining(`ONW3045: ${text}`) });
    expect('value' in report).toBe(false);
  });

  test('a promise in what `bind` returns, or in a message, is refused where it is given', async () => {
    class Shop {
      @Job() order(): void {}
      @OnSuccess(() => Shop, 'order', { bind: () => ({ total: lost() }) }) send(message: unknown): void {
        void message;
      }
      @Job() ask(context: StepContext): Promise<unknown> {
        return context.call(Shop, 'take', { total: lost() });
      }
      @Handler() take(message: unknown): void {
        void message;
      }
    }
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.ask': ['context'] });
    expect(await app.report('Shop.order')).toMatchObject({
      failures: [
        { node: 'Shop.send', error: { code: 'ONW3045', message: expect.stringContaining('has in `total` a promise') } },
      ],
    });
    expect(await app.report('Shop.ask')).toMatchObject({
      failures: [{ node: 'Shop.ask', error: { code: 'ONW3045' } }],
    });
  });

  test('a promise that is thrown is a failure like any other', async () => {
    class Shop {
      @Job() order(): void {
        throw lost();
      }
    }
    expect(stepsOf(await wired(open(), { Shop: new Shop() }).report('Shop.order'))).toEqual(['Shop.order failed 101']);
  });

  test.each(['call', 'spawn'] as const)(
    'an unawaited %s that is refused, or whose child fails, fails the step and is tried again',
    async (verb) => {
      const attempts: number[] = [];
      class Press {
        @Job({ retry: { attempts: 2, delay: 1 } }) print(context: StepContext): string {
          attempts.push(context.step.attempt);
          void context[verb](Press, 'fold', undefined, { key: '' });
          return 'book';
        }
        @Job() bind(context: StepContext): string {
          void context[verb](Press, 'fold');
          return 'book';
        }
        @Handler() fold(): void {
          throw new Error('torn');
        }
      }
      const parameters = { 'Press.print': ['context'], 'Press.bind': ['context'] } as const;
      const app = wired(open(), { Press: new Press() }, parameters);
      const refused = await app.start('Press.print');
      await app.clock.runAll();
      expect(await rejectionOf(refused.value())).toMatchObject({ code: 'ONW3004' });
      expect(attempts).toEqual([1, 2]);
      const failed = await app.report('Press.bind');
      expect(failed).toMatchObject({ status: 'failed', error: { message: 'torn' } });
      expect(stepsOf(failed)).toEqual(['Press.bind failed 101', 'Press.fold failed 101']);
    },
  );

  test('a called child that is not awaited is over before its step, and what the body handles is handled', async () => {
    class Press {
      @Job() print(context: StepContext): string {
        void context.call(Press, 'fold');
        void context.call(Press, 'tear').catch(() => undefined);
        void Promise.allSettled([context.call(Press, 'tear', undefined, { key: 'again' })]);
        return 'book';
      }
      @Handler() fold(): void {}
      @Handler() tear(): void {
        throw new Error('torn');
      }
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': ['context'] }).report('Press.print');
    expect(report).toMatchObject({ status: 'completed', value: 'book' });
    expect(stepsOf(report)).toEqual([
      'Press.print completed 0',
      'Press.fold completed 0',
      'Press.tear failed 101',
      'Press.tear failed 101',
    ]);
  });
});

let shopGives: (context: StepContext) => unknown = () => undefined;
class Shop {
  @Job() order(context: StepContext): unknown {
    return shopGives(context);
  }
  @Handler() price(): never {
    throw new Error('no price');
  }
}
