// Fan-in: R28, R29, R30, R31, R32.

import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnSuccess, from, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R29: `all` runs once every source has completed, with the values under their names', async () => {
    const got: unknown[] = [];
    class Stock {
      @OnSuccess(() => Shop, 'order') async reserve(): Promise<string> {
        await sleep(app.clock, 100);
        return 'shelf 4';
      }
    }
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order') charge(): number {
        return 42;
      }
      @Join({ shelf: from(() => Stock, 'reserve'), cents: 'charge' }) ship(parts: {
        shelf: string;
        cents: number;
      }): string {
        got.push(parts, app.clock.now() - began);
        return 'shipped';
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop(), Stock: new Stock() });
    const began = app.clock.now();
    const report = await app.report('Shop.order');
    expect(got).toEqual([{ shelf: 'shelf 4', cents: 42 }, 100]);
    expect(Object.keys(Object(got[0])), 'in the order of the sources, not of the arrivals').toEqual(['shelf', 'cents']);
    expect(report.steps.at(-1)).toMatchObject({
      node: 'Shop.ship',
      status: 'completed',
      round: 1,
      message: { shelf: 'shelf 4', cents: 42 },
      cause: { edge: 'join>Shop.ship' },
    });
  });

  test('R28: in a loop the k-th completions of the sources belong together', async () => {
    const got: unknown[] = [];
    class Loop {
      #round = 0;
      @OnSuccess('check', { when: true })
      @Job()
      tick(): number {
        return ++this.#round;
      }
      @OnSuccess('tick') check(round: number): boolean {
        return round < 3;
      }
      @OnSuccess('tick') async slow(round: number): Promise<string> {
        await sleep(app.clock, 100 * round);
        return `slow ${round}`;
      }
      @Join({ number: 'tick', text: 'slow' }) pair(parts: { number: number; text: string }): void {
        got.push(parts);
      }
    }
    const app: Wired = wired(open(), { Loop: new Loop() });
    const report = await app.report('Loop.tick');
    expect(report.status).toBe('completed');
    expect(got).toEqual([
      { number: 1, text: 'slow 1' },
      { number: 2, text: 'slow 2' },
      { number: 3, text: 'slow 3' },
    ]);
    expect(report.steps.filter(({ node }) => node === 'Loop.pair').map(({ round }) => round)).toEqual([1, 2, 3]);
  });

  test('R30: `any` runs on the first source; later arrivals of the same instance are swallowed', async () => {
    const got: unknown[] = [];
    class Race {
      @Job() go(): void {}
      @OnSuccess('go') async slow(): Promise<string> {
        await sleep(app.clock, 100);
        return 'slow';
      }
      @OnSuccess('go') async quick(): Promise<string> {
        await sleep(app.clock, 10);
        return 'quick';
      }
      @Join({ slow: 'slow', quick: 'quick' }, { mode: 'any' }) win(parts: { slow?: string; quick?: string }): void {
        got.push(parts, app.clock.now() - began);
      }
    }
    const app: Wired = wired(open(), { Race: new Race() });
    const began = app.clock.now();
    const report = await app.report('Race.go');
    expect(got).toEqual([{ quick: 'quick' }, 10]);
    expect(report.steps.filter(({ node }) => node === 'Race.win')).toHaveLength(1);
    expect(report).toMatchObject({ status: 'completed', endedAt: began + 100 });
  });

  test('R31: a join that misses a source is skipped with 206 when all else is over, and says which', async () => {
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order') async charge(): Promise<void> {
        await sleep(app.clock, 100);
        throw new Error('no money');
      }
      @OnSuccess('order', { when: 'never' }) reserve(): void {}
      @Join({ order: 'order', receipt: 'charge', shelf: 'reserve' }) ship(_parts: object): void {}
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const report = await app.report('Shop.order');
    expect(stepsOf(report)).toEqual(['Shop.order completed 0', 'Shop.charge failed 101', 'Shop.ship skipped 206']);
    expect(report.steps[2]).toMatchObject({ missing: ['receipt', 'shelf'], startedAt: report.startedAt + 100 });
    expect(report.status).toBe('failed');
  });

  test('R12: a skipped join fails no run', async () => {
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order', { when: 'never' }) reserve(): void {}
      @Join({ order: 'order', shelf: 'reserve' }) ship(_parts: object): void {}
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.order');
    expect(report).toMatchObject({ status: 'completed', code: 0, counts: { skipped: 1 } });
  });

  test('R31: of a join without any arrival nothing is recorded', async () => {
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order', { when: 'never' }) reserve(): void {}
      @Join({ shelf: 'reserve' }) ship(_parts: object): void {}
    }
    expect(stepsOf(await wired(open(), { Shop: new Shop() }).report('Shop.order'))).toEqual(['Shop.order completed 0']);
  });

  test('R31: joins behind a join that is given up are given up after it, in declared order', async () => {
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order', { when: 'never' }) reserve(): void {}
      @Join({ order: 'order', ship: 'ship' }) bill(_parts: object): void {}
      @Join({ order: 'order', shelf: 'reserve' }) ship(_parts: object): void {}
      @Join({ order: 'order', bill: 'bill' }) file(_parts: object): void {}
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.order');
    expect(report.steps.slice(1).map(({ node, code, missing }) => [node, code, missing])).toEqual([
      ['Shop.bill', 206, ['ship']],
      ['Shop.ship', 206, ['shelf']],
      ['Shop.file', 206, ['bill']],
    ]);
  });

  test('R32: with `onMissing: run` a join runs without what is missing, and what it causes goes on', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order', { when: 'never' }) reserve(): string {
        return 'shelf 4';
      }
      @Join({ order: 'order', shelf: 'reserve' }, { onMissing: 'run' }) ship(parts: {
        order?: string;
        shelf?: string;
      }): string {
        got.push(parts);
        return 'shipped';
      }
      @OnSuccess('ship') thank(text: string): void {
        got.push(text);
      }
      @Join({ order: 'order', shipped: 'ship' }) file({ shipped }: { order: string; shipped: string }): void {
        got.push(`filed ${shipped}`);
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.order');
    expect(got).toEqual([{ order: 'o1' }, 'shipped', 'filed shipped']);
    expect(report.status).toBe('completed');
  });

  test('R31: a join is not given up while anything may still arrive', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order', { after: '3d' }) survey(): string {
        return 'happy';
      }
      @Join({ order: 'order', answer: 'survey' }, { onMissing: 'run' }) file(parts: object): void {
        got.push(parts);
      }
    }
    await wired(open(), { Shop: new Shop() }).report('Shop.order');
    expect(got).toEqual([{ order: 'o1', answer: 'happy' }]);
  });

  test('R31: a join in a cancelled run is skipped, also with `onMissing: run`', async () => {
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order') charge(): Promise<string> {
        return new Promise(() => {});
      }
      @Join({ order: 'order', receipt: 'charge' }, { onMissing: 'run' }) ship(_parts: object): void {}
    }
    const app = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.order');
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    expect(stepsOf(await run.report())).toEqual([
      'Shop.order completed 0',
      'Shop.charge cancelled 203',
      'Shop.ship skipped 206',
    ]);
  });

  test('R29: `bind` lies over the values of the sources', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order') charge(): number {
        return 42;
      }
      @Join({ order: 'order', cents: 'charge' }, { bind: { template: 'vip' } })
      mail(parts: { order: string; cents: number; template: string }): void {
        got.push(parts);
      }
    }
    await wired(open(), { Shop: new Shop() }).report('Shop.order');
    expect(got).toEqual([{ order: 'o1', cents: 42, template: 'vip' }]);
  });

  test('R28: what a source completes as a child counts as well', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() async order(context: StepContext): Promise<string> {
        await context.spawn(Shop, 'reserve');
        return 'o1';
      }
      @Handler() reserve(): string {
        return 'shelf 4';
      }
      @Join({ order: 'order', shelf: 'reserve' }) ship(parts: object): void {
        got.push(parts);
      }
    }
    await wired(open(), { Shop: new Shop() }, { 'Shop.order': ['context'] }).report('Shop.order');
    expect(got).toEqual([{ order: 'o1', shelf: 'shelf 4' }]);
  });
});
