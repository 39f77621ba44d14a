// Waiting by edge, by spawn and by start: R50.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnError, OnSuccess, type StepContext } from 'onward';
import { ENGINES, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R50: a step behind `after` is made at once, waits, and runs when its time has come', async () => {
    class Shop {
      @Job() sell(): void {}
      @OnSuccess('sell', { after: '3d' }) remind(): void {}
    }
    const app = wired(open(), { Shop: new Shop() });
    const began = app.clock.now();
    const run = await app.start('Shop.sell');
    await app.clock.advance(1_000);
    const waiting = (await run.inspect()).steps[1];
    expect(waiting).toMatchObject({ node: 'Shop.remind', status: 'pending', code: -1, attempts: [] });
    await app.clock.runAll();
    const report = await run.report();
    expect(report).toMatchObject({ status: 'completed', endedAt: began + 3 * 86_400_000 });
    expect(report.steps[1]?.attempts).toMatchObject([{ startedAt: began + 3 * 86_400_000 }]);
  });

  test('R50: an error callback behind `after` holds its step back for so long', async () => {
    class Shop {
      @Job() sell(): string {
        throw new Error('sold out');
      }
      @OnError('sell', { after: '1m', recover: true }) substitute(): string {
        return 'film';
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(report).toMatchObject({ status: 'completed', value: 'film', endedAt: report.startedAt + 60_000 });
  });

  test('R50: a child that is spawned with a `delay` is accepted at once and runs later; its step waits for it', async () => {
    const log: string[] = [];
    class Shop {
      @Job() async sell(context: StepContext): Promise<void> {
        await context.spawn(Shop, 'remind', undefined, { delay: '1h' });
        log.push(`sold after ${app.clock.now() - began}`);
      }
      @Handler() remind(): void {
        log.push(`reminded after ${app.clock.now() - began}`);
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.sell': ['context'] });
    const began = app.clock.now();
    await app.report('Shop.sell');
    expect(log).toEqual(['sold after 0', 'reminded after 3600000']);
  });

  test('R50: suspend holds a step that waits, also beyond its time; cancel ends it at once', async () => {
    for (const end of ['resume', 'cancel'] as const) {
      const at: number[] = [];
      class Shop {
        @Job() sell(): void {}
        @OnSuccess('sell', { after: 100 }) remind(): void {
          at.push(app.clock.now() - began);
        }
      }
      const app: Wired = wired(open(), { Shop: new Shop() });
      const began = app.clock.now();
      const run = await app.start('Shop.sell');
      await app.clock.advance(10);
      await run.suspend();
      await app.clock.advance(490);
      expect(at).toEqual([]);
      await run[end]();
      await app.clock.runAll();
      expect(at).toEqual(end === 'resume' ? [500] : []);
      expect(await run.report()).toMatchObject({ endedAt: began + 500 });
      expect(app.clock.waiting).toBe(0);
    }
  });

  test('R50: a run that is resumed before a waiting step’s time does not run it early', async () => {
    const at: number[] = [];
    class Shop {
      @Job() sell(): void {}
      @OnSuccess('sell', { after: 100 }) remind(): void {
        at.push(app.clock.now() - began);
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const began = app.clock.now();
    const run = await app.start('Shop.sell');
    await app.clock.advance(10);
    await run.suspend();
    await app.clock.advance(10);
    await run.resume();
    await app.clock.runAll();
    expect(at).toEqual([100]);
  });

  test('R50: a start with `notBefore` waits before the job itself', async () => {
    const at: number[] = [];
    class Shop {
      @Job() sell(): void {
        at.push(app.clock.now() - began);
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const began = app.clock.now();
    const run = await app.start('Shop.sell', undefined, { notBefore: '1h' });
    await app.clock.advance(1);
    expect((await run.inspect()).steps).toMatchObject([{ node: 'Shop.sell', status: 'pending' }]);
    await app.clock.runAll();
    const dated = await app.start('Shop.sell', undefined, { notBefore: new Date(began + 7_200_000) });
    await app.clock.runAll();
    await dated.report();
    expect(at).toEqual([3_600_000, 7_200_000]);
  });
});
