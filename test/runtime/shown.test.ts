// What a console and JSON show of runs, reports and runtimes.

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { formatReport, Job, OnError, OnSuccess } from 'onward';
import { ENGINES, wired } from '../support/wired.ts';

class Declined extends Error {
  override readonly name = 'Declined';
  readonly cents: number;
  constructor(cents: number, cause: unknown) {
    super('the card was declined', { cause });
    this.cents = cents;
  }
}
class Shop {
  @Job() order(): { readonly ids: bigint[] } {
    return { ids: [12n] };
  }
  @OnSuccess('order') charge(): never {
    throw new Declined(300, new Error('limit reached'));
  }
  @OnError('charge') sorry(): void {}
  @OnSuccess('order') pack(): void {}
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const shop = () => wired(open(), { Shop: new Shop() });

  test('JSON of a report has its errors whole, with their fields and their causes', async () => {
    const report = await shop().report('Shop.order', undefined, { id: 'o1' });
    const read: unknown = JSON.parse(JSON.stringify(report));
    expect(read).toMatchObject({
      runId: 'o1',
      status: 'failed',
      counts: { completed: 3, failed: 1 },
      value: { ids: ['12n'] },
      failures: [
        {
          node: 'Shop.charge',
          error: {
            name: 'Declined',
            message: 'the card was declined',
            cents: 300,
            cause: { name: 'Error', message: 'limit reached' },
            stack: expect.stringContaining('the card was declined'),
          },
        },
      ],
    });
  });

  test('JSON of a report never throws: circles, functions and getters that throw are written in words', async () => {
    class Odd {
      @Job() go(): never {
        const error = Object.assign(new Error('odd'), { self: {}, call: () => 1 });
        error.self = error;
        throw Object.defineProperty(error, 'broken', {
          enumerable: true,
          get: () => {
            throw new Error('no');
          },
        });
      }
    }
    const report = await wired(open(), { Odd: new Odd() }).report('Odd.go');
    expect(() => JSON.stringify(report)).not.toThrow();
  });

  test('a console shows a report as a tree: who caused whom, how it went, and why', async () => {
    const report = await shop().report('Shop.order', undefined, { id: 'o1' });
    expect(inspect(report)).toBe(formatReport(report));
    expect(formatReport(report).split('\n')).toEqual([
      '✗ Shop.order  o1  failed in 0 ms  3 completed · 1 failed',
      ' └─ ✓ Shop.order                                 0 ms',
      '    ├─ ✗ Shop.charge                             0 ms  Declined: the card was declined',
      '    │  └─ ✓ Shop.sorry                           0 ms',
      '    └─ ✓ Shop.pack                               0 ms',
    ]);
  });

  test('a tree is cut to the width of the terminal and to the most steps, and counts what it leaves out', async () => {
    const report = await shop().report('Shop.order', undefined, { id: 'o1' });
    const lines = formatReport(report, { width: 30, most: 2 }).split('\n');
    expect(lines.every((line) => [...line].length <= 30)).toBe(true);
    expect(lines).toHaveLength(4);
    expect(lines[3]).toMatch(/2 more steps/);
    expect(formatReport(report, { colour: true })).toContain('\u001B[31m✗\u001B[39m');
    expect(formatReport(report)).not.toContain('\u001B');
  });

  test('ids and texts of errors cannot write control characters or further lines', async () => {
    class Odd {
      @Job() go(): never {
        throw new Error('a\u001B[2Jb\nc');
      }
    }
    const report = await wired(open(), { Odd: new Odd() }).report('Odd.go', undefined, { id: 'x\u202Ey\u200B' });
    const text = formatReport(report);
    const lines = text.split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });

  test('a console shows a run and a runtime in a line, and JSON of a run says which one it is', async () => {
    const { runtime, start, clock } = shop();
    const run = await start('Shop.order', undefined, { id: 'o1' });
    await clock.runAll();
    expect(inspect(run)).toBe('Run { o1, Shop.order, failed }');
    expect(JSON.stringify({ run })).toBe('{"run":{"id":"o1","job":"Shop.order","status":"failed"}}');
    expect(inspect(runtime)).toBe('Runtime { 1 job, 4 nodes }');
    await runtime.close();
    expect(inspect(runtime)).toBe('Runtime { 1 job, 4 nodes, closed }');
  });
});
