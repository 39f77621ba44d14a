// One step for each item of a returned array: R27, and R6 for its items.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, Message, OnError, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

class Page {
  @IsInt() number!: number;
}

/** Lets a test see how many bodies run at a time. */
class Crowd {
  now = 0;
  most = 0;
  async stay(wait: Promise<void>): Promise<void> {
    this.most = Math.max(this.most, ++this.now);
    await wait;
    this.now--;
  }
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R27: each item is a step with the item as its message, its number and a key of its own', async () => {
    class Press {
      @Job() scan(): Page[] {
        return [{ number: 7 }, { number: 8 }];
      }
      @OnSuccess('scan', { each: true }) print(page: Page, context: StepContext): string {
        return `${page.number} as ${context.step.key}`;
      }
    }
    const app = wired(open(), { Press: new Press() }, { 'Press.print': [Page, 'context'] });
    const report = await app.report('Press.scan', undefined, { id: 'r1' });
    expect(report.status).toBe('completed');
    const items = report.steps.slice(1);
    expect(items.map(({ item, returnValue }) => [item, returnValue])).toEqual([
      [0, '7 as r1~Press.print.1.0'],
      [1, '8 as r1~Press.print.2.1'],
    ]);
    expect(items.map(({ message }) => message)).toEqual([{ number: 7 }, { number: 8 }]);
  });

  test('R6: items are made and begun in the order of the array', async () => {
    const log: number[] = [];
    class Press {
      @Job() scan(): number[] {
        return [3, 1, 2];
      }
      @OnSuccess('scan', { each: true }) async print(page: number): Promise<void> {
        log.push(page);
        await sleep(app.clock, page);
      }
    }
    const app: Wired = wired(open(), { Press: new Press() });
    const report = await app.report('Press.scan');
    expect(log).toEqual([3, 1, 2]);
    expect(report.steps.slice(1).map(({ message }) => message)).toEqual([3, 1, 2]);
  });

  test('R27: at most `concurrency` items are live at a time, and the group takes its time accordingly', async () => {
    const crowd = new Crowd();
    class Press {
      @Job() scan(): number[] {
        return Array.from({ length: 10 }, (_, at) => at);
      }
      @OnSuccess('scan', { each: true, concurrency: 3 }) print(_page: number): Promise<void> {
        return crowd.stay(sleep(app.clock, 100));
      }
    }
    const app: Wired = wired(open(), { Press: new Press() });
    const run = await app.start('Press.scan');
    await app.clock.advance(1);
    expect((await run.inspect()).steps.filter(({ node }) => node === 'Press.print')).toHaveLength(3);
    await app.clock.runAll();
    const report = await run.report();
    expect([crowd.most, report.endedAt - report.startedAt, report.counts.completed]).toEqual([3, 400, 11]);
  });

  test('R27: without `concurrency` 64 items are live at a time', async () => {
    const crowd = new Crowd();
    class Press {
      @Job() scan(): number[] {
        return Array.from({ length: 200 }, (_, at) => at);
      }
      @OnSuccess('scan', { each: true }) print(_page: number): Promise<void> {
        return crowd.stay(sleep(app.clock, 1));
      }
    }
    const app: Wired = wired(open(), { Press: new Press() });
    const report = await app.report('Press.scan');
    expect([crowd.most, report.counts.completed]).toEqual([64, 201]);
  });

  test('R27: a failed item does not stop the others; the run fails, and a join misses the source', async () => {
    class Press {
      @Job() scan(): number[] {
        return [1, 2, 3];
      }
      @OnSuccess('scan', { each: true, concurrency: 1 }) print(page: number): number {
        if (page === 2) throw new Error('paper jam');
        return page;
      }
      @Join({ cover: 'scan', pages: 'print' }) bind(_book: object): void {}
    }
    const report = await wired(open(), { Press: new Press() }).report('Press.scan');
    expect(stepsOf(report)).toEqual([
      'Press.scan completed 0',
      'Press.print completed 0',
      'Press.print failed 101',
      'Press.print completed 0',
      'Press.bind skipped 206',
    ]);
    expect(report.steps[4]?.missing).toEqual(['pages']);
    expect(report.status).toBe('failed');
  });

  test('R27: after `stopAfterFailures` no new items begin; what is live finishes', async () => {
    const log: number[] = [];
    class Press {
      @Job() scan(): number[] {
        return [1, 2, 3, 4, 5];
      }
      @OnSuccess('scan', { each: true, concurrency: 2, stopAfterFailures: 1 }) async print(
        page: number,
      ): Promise<void> {
        log.push(page);
        await sleep(app.clock, page * 10);
        if (page === 1) throw new Error('paper jam');
        log.push(-page);
      }
    }
    const app: Wired = wired(open(), { Press: new Press() });
    const report = await app.report('Press.scan');
    expect(log).toEqual([1, 2, -2]);
    expect(report.counts).toEqual({ completed: 2, failed: 1, skipped: 0, cancelled: 0 });
  });

  test('R27: a join on the node gets the values in the order of the array, once all items are over', async () => {
    const got: unknown[] = [];
    class Press {
      @Job() scan(): number[] {
        return [3, 1, 2];
      }
      @OnSuccess('scan', { each: true }) async print(page: number): Promise<string> {
        await sleep(app.clock, page * 10);
        return `page ${page}`;
      }
      @Join({ pages: 'print' }) bind({ pages }: { pages: string[] }): void {
        got.push(pages);
      }
    }
    const app: Wired = wired(open(), { Press: new Press() });
    await app.report('Press.scan');
    expect(got).toEqual([['page 3', 'page 1', 'page 2']]);
  });

  test('R27: the success callbacks of the node run for each item', async () => {
    const log: string[] = [];
    class Press {
      @Job() scan(): number[] {
        return [1, 2];
      }
      @OnSuccess('scan', { each: true }) print(page: number): string {
        return `page ${page}`;
      }
      @OnSuccess('print') fold(sheet: string, @Message() page: number): void {
        log.push(`${sheet} of ${page}`);
      }
    }
    await wired(open(), { Press: new Press() }).report('Press.scan');
    expect(log).toEqual(['page 1 of 1', 'page 2 of 2']);
  });

  test('R27: what is no array makes one step that has failed with 103; its body is not run', async () => {
    const log: string[] = [];
    class Press {
      @Job() scan(): number[] {
        return JSON.parse('"no pages"');
      }
      @OnSuccess('scan', { each: true })
      @Handler({ retry: { attempts: 3 } })
      print(_page: number): void {
        log.push('print');
      }
      @OnError('print') tell(): void {
        log.push('tell');
      }
    }
    const report = await wired(open(), { Press: new Press() }).report('Press.scan');
    expect(log).toEqual([]);
    expect(stepsOf(report)).toEqual(['Press.scan completed 0', 'Press.print failed 103']);
    expect(report).toMatchObject({ status: 'failed', code: 103, value: 'no pages' });
    expect(String(report.steps[1]?.error)).toMatchInlineSnapshot(
      `"InvalidArgument: Press.print runs for each item of what its target returns, and that was not an array"`,
    );
  });

  test('R27: an empty array completes its group with []', async () => {
    const got: unknown[] = [];
    class Press {
      @Job() scan(): number[] {
        return [];
      }
      @OnSuccess('scan', { each: true }) print(page: number): number {
        return page;
      }
      @Join({ pages: 'print' }) bind({ pages }: { pages: number[] }): void {
        got.push(pages);
      }
    }
    const report = await wired(open(), { Press: new Press() }).report('Press.scan');
    expect(got).toEqual([[]]);
    expect(stepsOf(report)).toEqual(['Press.scan completed 0', 'Press.bind completed 0']);
  });

  test('R27: an item that does not fit the message class fails with 107, the others run', async () => {
    class Press {
      @Job() scan(): Page[] {
        return JSON.parse('[{ "number": 1 }, { "number": "two" }]');
      }
      @OnSuccess('scan', { each: true }) print(page: Page): number {
        return page.number;
      }
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': [Page] }).report('Press.scan');
    expect(stepsOf(report)).toEqual(['Press.scan completed 0', 'Press.print completed 0', 'Press.print failed 107']);
  });

  test('R27: a cancel ends the items under way and makes no others', async () => {
    class Press {
      @Job() scan(): number[] {
        return [1, 2, 3];
      }
      @OnSuccess('scan', { each: true, concurrency: 2 }) print(_page: number): Promise<void> {
        return new Promise(() => {});
      }
    }
    const app = wired(open(), { Press: new Press() });
    const run = await app.start('Press.scan');
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    expect((await run.report()).counts).toEqual({ completed: 1, failed: 0, skipped: 0, cancelled: 2 });
  });
});
