// Items that meet other rules: recoveries, loops, joins, retries (R7, R10, R18, R27, R28, R30).

import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnError, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R10, R27: an item that is recovered has not failed; a join gets the recovered value in its place', async () => {
    const got: unknown[] = [];
    class Press {
      @Job() scan(): number[] {
        return [1, 2, 3];
      }
      @OnSuccess('scan', { each: true, stopAfterFailures: 1, concurrency: 1 }) print(page: number): string {
        if (page === 2) throw new Error('paper jam');
        return `page ${page}`;
      }
      @OnError('print', { recover: true }) blank(): string {
        return 'blank';
      }
      @Join({ pages: 'print' }) bind({ pages }: { pages: string[] }): void {
        got.push(pages);
      }
    }
    const report = await wired(open(), { Press: new Press() }).report('Press.scan');
    expect(got).toEqual([['page 1', 'blank', 'page 3']]);
    expect(report.status).toBe('completed');
  });

  test('R18, R27: an item in back-off keeps its place among the items', async () => {
    const log: string[] = [];
    class Press {
      @Job() scan(): number[] {
        return [1, 2, 3];
      }
      @OnSuccess('scan', { each: true, concurrency: 1 })
      @Handler({ retry: { attempts: 2, delay: 100, jitter: 0 } })
      print(page: number, context: StepContext): void {
        log.push(`${page}.${context.step.attempt}`);
        if (page === 2 && context.step.attempt === 1) throw new Error('paper jam');
      }
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': ['any', 'context'] }).report(
      'Press.scan',
    );
    expect(log).toEqual(['1.1', '2.1', '2.2', '3.1']);
    expect(report).toMatchObject({ status: 'completed', endedAt: report.startedAt + 100 });
  });

  test('R27, R28: in a loop each round has a group of its own, and a join pairs round by round', async () => {
    const got: unknown[] = [];
    class Press {
      #round = 0;
      @OnSuccess('bind', { when: (pages: number) => pages < 3 })
      @Job()
      scan(): number[] {
        return Array.from({ length: ++this.#round }, (_, at) => at);
      }
      @OnSuccess('scan', { each: true }) print(page: number): number {
        return page * 10;
      }
      @Join({ plan: 'scan', pages: 'print' }) bind(parts: { plan: number[]; pages: number[] }): number {
        got.push(parts);
        return parts.pages.length;
      }
    }
    const report = await wired(open(), { Press: new Press() }).report('Press.scan');
    expect(got).toEqual([
      { plan: [0], pages: [0] },
      { plan: [0, 1], pages: [0, 10] },
      { plan: [0, 1, 2], pages: [0, 10, 20] },
    ]);
    expect(report.status).toBe('completed');
  });

  test('R27: items of items: a group in a group', async () => {
    const got: unknown[] = [];
    class Press {
      @Job() scan(): number[][] {
        return [[1, 2], [], [3]];
      }
      @OnSuccess('scan', { each: true }) sheet(pages: number[]): number[] {
        return pages;
      }
      @OnSuccess('sheet', { each: true }) print(page: number): number {
        return page;
      }
      @Join({ pages: 'print' }) bind({ pages }: { pages: number[] }): void {
        got.push(pages);
      }
    }
    const report = await wired(open(), { Press: new Press() }).report('Press.scan');
    expect(got.map((pages) => JSON.stringify(pages)).sort()).toEqual(['[1,2]', '[3]', '[]']);
    expect(report.status).toBe('completed');
  });

  test('R30: `any` in a loop runs once a round', async () => {
    const got: unknown[] = [];
    class Race {
      #round = 0;
      @OnSuccess('win', { when: (round: number) => round < 3 })
      @Job()
      go(): number {
        return ++this.#round;
      }
      @OnSuccess('go') a(round: number): string {
        return `a${round}`;
      }
      @OnSuccess('go') async b(round: number): Promise<string> {
        await sleep(app.clock, 10);
        return `b${round}`;
      }
      @Join({ a: 'a', b: 'b' }, { mode: 'any' }) win(parts: { a?: string; b?: string }): number {
        got.push(parts);
        return got.length;
      }
    }
    const app: Wired = wired(open(), { Race: new Race() });
    await app.report('Race.go');
    expect(got).toEqual([{ a: 'a1' }, { a: 'a2' }, { a: 'a3' }]);
  });

  test('R7: a failed join behind `critical: false` fails no run', async () => {
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @Join({ order: 'order' }, { critical: false }) ship(_parts: object): void {
        throw new Error('no van');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.order');
    expect(report.status).toBe('completed');
    expect(report.callbackFailures).toMatchObject([{ node: 'Shop.ship', edge: 'join>Shop.ship' }]);
  });
});
