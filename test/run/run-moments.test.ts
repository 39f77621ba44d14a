// The end of a run, and what watches it: R39, R43, R44.

import { describe, expect, test } from 'vitest';
import {
  Handler,
  Job,
  Join,
  OnError,
  OnRunEnd,
  OnRunError,
  OnRunSuccess,
  OnSuccess,
  type RunReport,
  type StepContext,
} from 'onward';
import { sleep } from '../support/sleep.ts';
import { storyOf } from '../support/story.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

/** Writes down every moment of every run. */
class Watch {
  readonly log: string[] = [];
  @OnRunEnd() ended(report: RunReport): void {
    this.log.push(`end ${report.status}`);
  }
  @OnRunSuccess() succeeded(report: RunReport): void {
    this.log.push(`success ${report.status}`);
  }
  @OnRunError() failed(report: RunReport): void {
    this.log.push(`error ${report.status}`);
  }
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R43: when nothing is live: unreachable joins, then run-success callbacks, run-end callbacks, the end', async () => {
    class Shop {
      @Job() sell(): string {
        return 'receipt';
      }
      @OnSuccess('sell', { when: 'never' }) pack(): void {}
      @Join({ receipt: 'sell', box: 'pack' }) ship(_parts: { receipt: string; box: void }): void {}
    }
    const watch = new Watch();
    const app = wired(open(), { Watch: watch, Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.runAll();
    expect(watch.log).toEqual(['success completed', 'end completed']);
    expect((await storyOf(run)).filter((line) => !line.startsWith('step.started'))).toEqual([
      'run.started',
      'step.completed Shop.sell',
      'edge.unmatched Shop.sell',
      'step.skipped Shop.ship',
      'step.completed Watch.succeeded',
      'step.completed Watch.ended',
      'run.ended',
    ]);
    expect(stepsOf(await run.report())[1]).toBe('Shop.ship skipped 206');
  });

  test('R43: a failed run has its run-error callbacks, then its run-end callbacks; they see how it went', async () => {
    const watch = new Watch();
    let seen: RunReport | undefined;
    class Shop {
      @Job() sell(): string {
        throw new Error('sold out');
      }
      @OnRunError('sell') apologise(report: RunReport): void {
        seen = report;
      }
    }
    await wired(open(), { Watch: watch, Shop: new Shop() }).report('Shop.sell', undefined, { id: 'r1' });
    expect(watch.log).toEqual(['error failed', 'end failed']);
    expect(seen).toMatchObject({
      runId: 'r1',
      job: 'Shop.sell',
      status: 'failed',
      code: 101,
      error: { message: 'sold out' },
      counts: { failed: 1 },
    });
    expect(seen?.failures.map(({ node }) => node)).toEqual(['Shop.sell']);
  });

  test('R43: a run callback of a job sees the runs of this job only; the run waits for it', async () => {
    const log: string[] = [];
    class Shop {
      @Job() sell(): void {}
      @Job() buy(): void {}
      @OnRunEnd('sell') async afterSale(): Promise<void> {
        await sleep(app.clock, 1_000);
        log.push('after the sale');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const bought = await app.report('Shop.buy');
    expect([log, stepsOf(bought)]).toEqual([[], ['Shop.buy completed 0']]);
    const sold = await app.report('Shop.sell');
    expect(log).toEqual(['after the sale']);
    expect(sold.endedAt - sold.startedAt).toBe(1_000);
  });

  test('R43: run-end callbacks are nodes: tried again, with callbacks of their own', async () => {
    const log: string[] = [];
    class Shop {
      @Job() sell(): void {}
      @OnRunEnd('sell') @Handler({ retry: { attempts: 2, delay: '1m' } }) bill(): void {
        log.push('bill');
        throw new Error('no printer');
      }
      @OnError('bill') complain(): void {
        log.push('complain');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(log).toEqual(['bill', 'bill', 'complain']);
    expect(report.status).toBe('completed');
  });

  test('R44: a failed run-end callback is listed; with `critical` it fails the run, and run-error is not fired', async () => {
    for (const critical of [false, true]) {
      const watch = new Watch();
      class Shop {
        @Job() sell(): string {
          return 'receipt';
        }
        @OnRunEnd('sell', { critical }) bill(): void {
          throw new Error('no printer');
        }
      }
      const app = wired(open(), { Watch: watch, Shop: new Shop() });
      const run = await app.start('Shop.sell');
      await app.clock.runAll();
      const report = await run.report();
      expect(report).toMatchObject({ status: critical ? 'failed' : 'completed', value: 'receipt' });
      expect(report.callbackFailures).toMatchObject([
        { node: 'Shop.bill', edge: 'Shop.sell>runEnd>Shop.bill', error: { message: 'no printer' } },
      ]);
      expect(watch.log).toEqual(['success completed', 'end completed']);
      expect(await run.value()).toBe('receipt');
    }
  });

  test('R44: a detached child of a run-end callback fails for itself: the run had ended well', async () => {
    class Shop {
      @Job() sell(): void {}
      @OnRunEnd('sell') async bill(context: StepContext): Promise<void> {
        await context.spawn(Shop, 'archive', undefined, { detached: true });
      }
      @Handler() archive(): void {
        throw new Error('no shelf');
      }
    }
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.bill': ['context'] });
    const report = await app.report('Shop.sell');
    expect(report.status).toBe('completed');
    expect(report.failures).toMatchObject([{ node: 'Shop.archive', error: { message: 'no shelf' } }]);
  });

  test('R44: a critical run-success callback that fails turns the run before its end callbacks', async () => {
    const watch = new Watch();
    class Shop {
      @Job() sell(): void {}
      @OnRunSuccess('sell', { critical: true }) celebrate(): void {
        throw new Error('no music');
      }
    }
    const report = await wired(open(), { Watch: watch, Shop: new Shop() }).report('Shop.sell');
    expect(report).toMatchObject({ status: 'failed', code: 101 });
    expect(watch.log).toEqual(['success completed', 'end failed']);
  });

  test('R39: a cancelled run has neither run-success nor run-error callbacks, and its run-end callbacks', async () => {
    const watch = new Watch();
    class Shop {
      @Job() sell(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const app = wired(open(), { Watch: watch, Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.advance(0);
    await run.cancel();
    await app.clock.runAll();
    expect(watch.log).toEqual(['end cancelled']);
    expect(stepsOf(await run.report())).toEqual(['Shop.sell cancelled 203', 'Watch.ended completed 0']);
  });
});
