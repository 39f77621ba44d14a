// Error callbacks that recover: R10 and R25.

import { describe, expect, test } from 'vitest';
import { ErrorValue, Job, OnEnd, OnError, OnSuccess, ReturnValue } from 'onward';
import { sleep } from '../support/sleep.ts';
import { eventsOf } from '../support/story.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

class SoldOut extends Error {}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R10: a recovering callback’s value stands for the step’s: it completes with 207, and so does the run', async () => {
    class Shop {
      @Job() sell(): string {
        throw new SoldOut('no books');
      }
      @OnError('sell', { recover: true }) substitute(@ErrorValue() error: Error): string {
        return `a film instead of ${error.message}`;
      }
      @OnSuccess('sell') post(_receipt: string): void {}
    }
    const app = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.runAll();
    expect(await run.value()).toBe('a film instead of no books');
    const report = await run.report();
    expect(stepsOf(report)).toEqual([
      'Shop.sell completed 207',
      'Shop.substitute completed 0',
      'Shop.post completed 0',
    ]);
    expect(report).toMatchObject({ status: 'completed', code: 0, callbackFailures: [], failures: [] });
    expect(report.steps[2]?.message).toBe('a film instead of no books');
    expect(report.steps[0]?.attempts).toMatchObject([{ number: 1, code: 101, error: { message: 'no books' } }]);
  });

  test('R25: `when` of the success edges is asked about the recovered value', async () => {
    const asked: unknown[] = [];
    class Shop {
      @Job() sell(): string {
        throw new SoldOut('no books');
      }
      @OnError('sell', { recover: true }) substitute(): string {
        return 'film';
      }
      @OnSuccess('sell', { when: (value: string) => asked.push(value) > 0 }) post(): void {}
      @OnSuccess('sell', { when: 'book' }) shelve(): void {}
      @OnSuccess('sell', { when: 'film' }) show(): void {}
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(asked).toEqual(['film']);
    expect(report.steps.slice(2).map(({ node }) => node)).toEqual(['Shop.post', 'Shop.show']);
  });

  test('R25: an end callback of a recovered step sees the recovered value and no error', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(): string {
        throw new SoldOut('no books');
      }
      @OnError('sell', { recover: true }) substitute(): string {
        return 'film';
      }
      @OnEnd('sell') lock(@ReturnValue() value: string | undefined, @ErrorValue() error: Error | undefined): void {
        seen.push(value, error);
      }
    }
    await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(seen).toEqual(['film', undefined]);
  });

  test('R10: of two recoverers the first to complete wins; the step waits for both', async () => {
    class Shop {
      @Job() sell(): string {
        throw new SoldOut('no books');
      }
      @OnError('sell', { recover: true }) async slow(): Promise<string> {
        await sleep(app.clock, 100);
        return 'slow';
      }
      @OnError('sell', { recover: true }) async quick(): Promise<string> {
        await sleep(app.clock, 10);
        return 'quick';
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const report = await app.report('Shop.sell');
    expect(report).toMatchObject({ status: 'completed', value: 'quick' });
    expect((report.steps[0]?.endedAt ?? 0) - report.startedAt).toBe(100);
  });

  test('R10: a recoverer that fails leaves the step with its own error, and is listed with it as the cause', async () => {
    class Shop {
      @Job() sell(): string {
        throw new SoldOut('no books');
      }
      @OnError('sell', { recover: true }) substitute(): string {
        throw new Error('no films');
      }
      @OnSuccess('sell') post(): void {}
    }
    const app = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.runAll();
    await expect(run.value()).rejects.toThrow('no books');
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Shop.sell failed 101', 'Shop.substitute failed 101']);
    expect(report.status).toBe('failed');
    expect(report.callbackFailures).toMatchObject([
      { node: 'Shop.substitute', error: { message: 'no films' }, cause: { message: 'no books' } },
    ]);
  });

  test('R10: a recoverer that is not meant for the error does not run, and another one recovers', async () => {
    class Shop {
      @Job() sell(): string {
        throw new SoldOut('no books');
      }
      @OnError('sell', { recover: true, when: RangeError }) range(): string {
        return 'range';
      }
      @OnError('sell', { recover: true, when: SoldOut }) soldOut(): string {
        return 'sold out';
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(stepsOf(report)).toEqual(['Shop.sell completed 207', 'Shop.soldOut completed 0']);
    expect(report.value).toBe('sold out');
  });

  test('R10: with one recoverer that failed and one that completed the step is recovered', async () => {
    class Shop {
      @Job() sell(): string {
        throw new SoldOut('no books');
      }
      @OnError('sell', { recover: true }) broken(): string {
        throw new Error('no films');
      }
      @OnError('sell', { recover: true }) whole(): string {
        return 'music';
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(report).toMatchObject({ status: 'completed', value: 'music' });
    expect(report.callbackFailures.map(({ node }) => node)).toEqual(['Shop.broken']);
  });

  test('R10: what a recovered step told is one completion, and no failure', async () => {
    class Shop {
      @Job() sell(): string {
        throw new SoldOut('no books');
      }
      @OnError('sell', { recover: true }) substitute(): string {
        return 'film';
      }
    }
    const app = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.runAll();
    const ends = (await eventsOf(run)).filter(({ type }) => type !== 'step.started' && type.startsWith('step.'));
    expect(ends).toMatchObject([
      { type: 'step.completed', node: 'Shop.substitute', code: 0 },
      { type: 'step.completed', node: 'Shop.sell', code: 207 },
    ]);
  });
});
