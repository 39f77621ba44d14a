// Callbacks that fail: R7 and R8.

import { describe, expect, test } from 'vitest';
import { Job, OnEnd, OnError, OnStart, OnSuccess } from 'onward';
import { eventsOf } from '../support/story.ts';
import { ENGINES, stepsOf, wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R8: a failed start callback does not stop the body, nor the start callback after it; it is listed and told', async () => {
    const log: string[] = [];
    class Shop {
      @Job() sell(): string {
        log.push('sell');
        return 'receipt';
      }
      @OnStart('sell') unlock(): void {
        throw new Error('no key');
      }
      @OnStart('sell') light(): void {
        log.push('light');
      }
    }
    const app = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.runAll();
    expect(log).toEqual(['light', 'sell']);
    expect(await run.value()).toBe('receipt');
    const report = await run.report();
    expect(report.status).toBe('completed');
    expect(report.callbackFailures).toMatchObject([
      { node: 'Shop.unlock', edge: 'Shop.sell>start>Shop.unlock', error: { message: 'no key' } },
    ]);
    const told = (await eventsOf(run)).filter(({ type }) => type === 'callback.failed');
    expect(told).toMatchObject([{ node: 'Shop.unlock', edge: 'Shop.sell>start>Shop.unlock' }]);
  });

  test('R8: a failed error callback is listed with the error it was called about as its cause', async () => {
    class Shop {
      @Job() sell(): void {
        throw new Error('sold out');
      }
      @OnError('sell') tell(): void {
        throw new Error('no network');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(report.callbackFailures).toMatchObject([
      { node: 'Shop.tell', error: { message: 'no network' }, cause: { message: 'sold out' } },
    ]);
    expect(report).toMatchObject({ status: 'failed', error: { message: 'sold out' } });
  });

  test.each(['start', 'end'] as const)(
    'R8: with `critical` a failed %s callback fails the run, and still not the step it watches',
    async (moment) => {
      const On = moment === 'start' ? OnStart : OnEnd;
      class Shop {
        @Job() sell(): string {
          return 'receipt';
        }
        @On('sell', { critical: true }) check(): void {
          throw new Error('no licence');
        }
        @OnSuccess('sell') post(): void {}
      }
      const app = wired(open(), { Shop: new Shop() });
      const run = await app.start('Shop.sell');
      await app.clock.runAll();
      const report = await run.report();
      expect(stepsOf(report)).toEqual(['Shop.sell completed 0', 'Shop.check failed 101', 'Shop.post completed 0']);
      expect(report).toMatchObject({ status: 'failed', code: 101, value: 'receipt' });
      expect(report.callbackFailures.map(({ node }) => node)).toEqual(['Shop.check']);
      expect(await run.value()).toBe('receipt');
    },
  );

  test('R8: with `critical` a failed error callback of a callback fails a run that had not failed', async () => {
    class Shop {
      @Job() sell(): string {
        return 'receipt';
      }
      @OnEnd('sell') lock(): void {
        throw new Error('no key');
      }
      @OnError('lock', { critical: true }) callPolice(): void {
        throw new Error('no phone');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(report).toMatchObject({ status: 'failed', value: 'receipt' });
    expect(report.callbackFailures.map(({ node }) => node)).toEqual(['Shop.lock', 'Shop.callPolice']);
  });

  test('R7: behind `critical: false` a failed flow step fails no run, and is listed', async () => {
    class Shop {
      @Job() sell(): string {
        return 'receipt';
      }
      @OnSuccess('sell', { critical: false }) advertise(): void {
        throw new Error('no paper');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(report).toMatchObject({ status: 'completed', counts: { completed: 1, failed: 1 } });
    expect(report.callbackFailures).toMatchObject([
      { node: 'Shop.advertise', edge: 'Shop.sell>success>Shop.advertise', error: { message: 'no paper' } },
    ]);
  });
});
