// What cancelled steps cause, and what no more: R37, R8.

import { IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnCancel, OnEnd, OnError, OnStart, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { storyOf } from '../support/story.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

class Order {
  @IsString() id!: string;
}

/** Wraps until it is told to stop. */
class Parcel {
  @Handler() wrap(context: StepContext): Promise<void> {
    return new Promise((resolve) => context.signal.addEventListener('abort', () => resolve()));
  }
  @OnCancel('wrap') unwrap(): void {}
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test.each([{}, { timeout: '1h' }, { concurrency: 1 }] as const)(
    'R37: a body that cancels its run and returns at once is cancelled, whatever its node asks for: %j',
    async (options) => {
      class Shop {
        @Job() async open(): Promise<void> {
          await sleep(app.clock, 1);
        }
        @OnSuccess('open') @Handler(options) sell(): void {
          void run.cancel();
        }
        @OnSuccess('sell') post(): void {}
      }
      const app: Wired = wired(open(), { Shop: new Shop() });
      const run = await app.start('Shop.open');
      await app.clock.runAll();
      expect(stepsOf(await run.report())).toEqual(['Shop.open completed 0', 'Shop.sell cancelled 203']);
    },
  );

  test('R37: the cancel callbacks of a running step begin at once; the step does not wait for them, the run does', async () => {
    const log: string[] = [];
    class Shop {
      @Job() sell(_order: Order, context: StepContext): Promise<void> {
        return new Promise((resolve) => {
          context.signal.addEventListener('abort', () => void sleep(app.clock, 100).then(resolve));
        });
      }
      @OnCancel('sell') async refund(order: Order, context: StepContext): Promise<void> {
        log.push(`refund ${order.id} at ${app.clock.now() - began}`);
        await sleep(app.clock, 1_000);
        log.push(`refunded, ${context.signal.aborted ? 'aborted' : 'not aborted'}`);
      }
      @OnError('sell') tell(): void {
        log.push('tell');
      }
      @OnEnd('sell') lock(): void {
        log.push('lock');
      }
      @OnSuccess('sell') post(): void {
        log.push('post');
      }
    }
    const app: Wired = wired(
      open(),
      { Shop: new Shop() },
      { 'Shop.sell': [Order, 'context'], 'Shop.refund': [Order, 'context'] },
    );
    const began = app.clock.now();
    const run = await app.start('Shop.sell', { id: 'o1' });
    await app.clock.advance(10);
    await run.cancel();
    await app.clock.runAll();
    expect(log).toEqual(['refund o1 at 10', 'refunded, not aborted']);
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Shop.sell cancelled 203', 'Shop.refund completed 0']);
    expect(report.steps.map(({ endedAt }) => endedAt - began)).toEqual([110, 1_010]);
    expect(report).toMatchObject({ status: 'cancelled', endedAt: began + 1_010 });
  });

  test('R37: a step in back-off is cancelled without a moment', async () => {
    const log: string[] = [];
    class Shop {
      @Job({ retry: { attempts: 2, delay: '1h' } }) sell(): void {
        throw new Error('sold out');
      }
      @OnCancel('sell') refund(): void {
        log.push('refund');
      }
    }
    const app = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    expect([log, stepsOf(await run.report())]).toEqual([[], ['Shop.sell cancelled 203']]);
  });

  test('R37: of a step whose children or callbacks run, those are cancelled first, then its cancel callbacks come', async () => {
    class Shop {
      @Job() async sell(context: StepContext): Promise<string> {
        await context.spawn(Parcel, 'wrap');
        return 'receipt';
      }
      @OnCancel('sell') refund(): void {}
      @OnSuccess('sell') post(): void {}
    }
    const services = { Shop: new Shop(), Parcel: new Parcel() };
    const app = wired(open(), services, { 'Shop.sell': ['context'], 'Parcel.wrap': ['context'] });
    const run = await app.start('Shop.sell');
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    // When a callback that nobody waits for is over, is its own affair.
    const told = (await storyOf(run)).filter((line) => line !== 'step.completed Parcel.unwrap');
    expect(told.slice(-6)).toEqual([
      'step.started Parcel.unwrap',
      'step.cancelled Parcel.wrap',
      'step.started Shop.refund',
      'step.cancelled Shop.sell',
      'step.completed Shop.refund',
      'run.ended',
    ]);
  });

  test('R37: a cancelled run starts no callbacks of what it cancels, start callbacks under way included', async () => {
    const log: string[] = [];
    class Shop {
      @Job() sell(): void {
        log.push('sell');
      }
      @OnStart('sell') async unlock(): Promise<void> {
        log.push('unlock');
        await sleep(app.clock, 1_000);
      }
      @OnStart('sell') light(): void {
        log.push('light');
      }
      @OnEnd('sell') lock(): void {
        log.push('lock');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    expect(log).toEqual(['unlock']);
    expect(stepsOf(await run.report())).toEqual(['Shop.sell cancelled 203', 'Shop.unlock cancelled 203']);
  });

  test('R8: a failed cancel callback is listed and changes nothing', async () => {
    class Shop {
      @Job() sell(): Promise<void> {
        return new Promise(() => {});
      }
      @OnCancel('sell') refund(): void {
        throw new Error('no money');
      }
    }
    const app = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    const report = await run.report();
    expect(report.status).toBe('cancelled');
    expect(report.callbackFailures).toMatchObject([{ node: 'Shop.refund', error: { message: 'no money' } }]);
  });
});
