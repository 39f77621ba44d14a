// The attempts that a report lists of steps that did not complete, and how many an error callback is told of.

import { describe, expect, test } from 'vitest';
import { ErrorValue, Handler, Job, OnEnd, OnError, OnSuccess, type RunReport, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, wired, type Parameters, type Wired } from '../support/wired.ts';

const RETRY = { attempts: 3, delay: 100, factor: 1, jitter: 0 };

/** Number, code, begin and end of each attempt, from the beginning of the run. */
function attemptsOf(report: RunReport, node: string): unknown[] {
  const step = report.steps.find((one) => one.node === node);
  const since = (time: number): number => time - report.startedAt;
  return (step?.attempts ?? []).map(({ number, code, error, startedAt, endedAt }) => [
    number,
    code,
    since(startedAt),
    since(endedAt),
    ...(error instanceof Error ? [error.message] : []),
  ]);
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  class Press {
    wait = async (): Promise<void> => undefined;

    @Job({ retry: RETRY }) async print(context: StepContext): Promise<string> {
      await this.wait();
      if (context.step.attempt === 1) throw new Error('ink');
      await context.spawn(Press, 'cut');
      return 'book';
    }
    @Handler() async cut(): Promise<void> {
      await this.wait();
      throw new Error('torn');
    }
  }

  function press(): Wired {
    const service = new Press();
    const app = wired(open(), { Press: service }, { 'Press.print': ['context'] });
    service.wait = () => sleep(app.clock, 10);
    return app;
  }

  test('R3: of a step that its child failed, the attempts that failed and the one that returned', async () => {
    const report = await press().report('Press.print');
    expect(report.steps[0]).toMatchObject({ status: 'failed', failedChild: 2, error: { message: 'torn' } });
    expect(attemptsOf(report, 'Press.print')).toEqual([
      [1, 101, 0, 10, 'ink'],
      [2, 0, 110, 130],
    ]);
  });

  test('R37: of a cancelled step, those that failed and the one that was told to stop; in a back-off none is under way', async () => {
    for (const [at, last] of [
      [115, [[2, 203, 110, 120]]],
      [50, []],
      [125, [[2, 0, 110, 125]]],
    ] as const) {
      const app = press();
      const run = await app.start('Press.print');
      await app.clock.advance(at);
      await run.cancel();
      await app.clock.runAll();
      const report = await run.report();
      expect(report.steps[0]).toMatchObject({ status: 'cancelled' });
      expect(attemptsOf(report, 'Press.print')).toEqual([[1, 101, 0, 10, 'ink'], ...last]);
    }
  });

  test('M6: the error that an error or end callback is given says how many attempts there were', async () => {
    const log: unknown[] = [];
    class Shop {
      @Job({ retry: RETRY }) sell(): never {
        throw new Error('no stock');
      }
      @OnError('sell') tell(@ErrorValue() error: Error & { attempts?: number }): void {
        log.push(['tell', error.message, error.attempts, Object.keys(error)]);
      }
      @OnEnd('sell') end(@ErrorValue() error: (Error & { attempts?: number }) | undefined): void {
        log.push(['end', error?.message, error?.attempts]);
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(log).toEqual([
      ['tell', 'no stock', 3, []],
      ['end', 'no stock', 3],
    ]);
    expect(report.error).toMatchObject({ message: 'no stock' });
  });

  test('M6: an error keeps `attempts` of its own, and one that cannot be written on comes as it is', async () => {
    const log: unknown[] = [];
    class Shop {
      @Job() sell(): never {
        throw Object.assign(new Error('limit'), { attempts: 'mine' });
      }
      @Job() lend(): never {
        throw Object.freeze(new Error('frozen'));
      }
      @Job() give(): never {
        throw 'text';
      }
      @OnError('sell') @OnError('lend') @OnError('give') tell(@ErrorValue() error: unknown): void {
        log.push(typeof error === 'object' && error !== null ? Reflect.get(error, 'attempts') : error);
      }
    }
    const app = wired(open(), { Shop: new Shop() });
    for (const job of ['sell', 'lend', 'give']) expect((await app.report(`Shop.${job}`)).callbackFailures).toEqual([]);
    expect(log[0]).toBe('mine');
    expect(log[2]).toBe('text');
  });

  test('M6: one error of two steps says to each callback what is so of its own step', async () => {
    const log: unknown[] = [];
    const shared = new Error('shared');
    class Shop {
      @Job({ retry: RETRY }) sell(): never {
        throw shared;
      }
      @OnError('sell', { recover: true }) first(@ErrorValue() error: Error & { attempts?: number }): string {
        log.push(error.attempts);
        return 'sold';
      }
      @OnSuccess('sell') @Handler({ retry: { ...RETRY, attempts: 2 } }) bill(): never {
        throw shared;
      }
      @OnError('bill') second(@ErrorValue() error: Error & { attempts?: number }): void {
        log.push(error.attempts);
      }
    }
    const parameters: Parameters = { 'Shop.bill': [] };
    await wired(open(), { Shop: new Shop() }, parameters).report('Shop.sell');
    expect(log).toEqual([3, 2]);
  });
});
