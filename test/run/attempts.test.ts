// Attempts: R18, R19, R22.

import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import {
  Handler,
  InvalidArgument,
  Job,
  OnError,
  OnSuccess,
  OnwardError,
  RetryableError,
  TerminalError,
  type StepContext,
} from 'onward';
import { ENGINES, stepsOf, wired } from '../support/wired.ts';

/** A job that fails as often as it is tried, and when it was tried. */
function failing(retry: object, error: () => unknown) {
  const at: number[] = [];
  class Flaky {
    now = (): number => 0;
    @Job({ retry }) go(): void {
      at.push(this.now());
      throw error();
    }
  }
  return { at, service: new Flaky() };
}

async function delaysOf(
  open: (typeof ENGINES)[number]['open'],
  retry: object,
  error: () => unknown = () => new Error('no'),
) {
  const { at, service } = failing(retry, error);
  const { report, clock } = wired(open(), { Flaky: service });
  service.now = clock.now;
  const result = await report('Flaky.go', undefined, { id: 'the-same' });
  return { delays: at.slice(1).map((time, index) => time - (at[index] ?? 0)), report: result };
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R18: the wait grows by the factor up to the longest, and `attempts` counts all tries', async () => {
    const { delays, report } = await delaysOf(open, {
      attempts: 5,
      delay: '100ms',
      factor: 3,
      maxDelay: '1s',
      jitter: 0,
    });
    expect(delays).toEqual([100, 300, 900, 1_000]);
    expect(stepsOf(report)).toEqual(['Flaky.go failed 101']);
    expect(report.steps[0]?.attempts.map(({ number, code }) => [number, code])).toEqual(
      [1, 2, 3, 4, 5].map((number) => [number, 101]),
    );
  });

  test('R18: a first wait that is longer than the longest by default is kept, and the longest starts at it', async () => {
    const minute = 60_000;
    const { delays } = await delaysOf(open, { attempts: 3, delay: '20m', jitter: 0 });
    expect(delays).toEqual([20 * minute, 20 * minute]);
    const bounded = await delaysOf(open, { attempts: 4, delay: '20m', maxDelay: '30m', jitter: 0 });
    expect(bounded.delays).toEqual([20 * minute, 30 * minute, 30 * minute]);
    const short = await delaysOf(open, { attempts: 3, maxDelay: '500ms', jitter: 0 });
    expect(short.delays, 'the first wait is not written: the longest counts').toEqual([500, 500]);
  });

  test('R18: the defaults are 1 s, doubled, with a jitter of a fifth', async () => {
    const { delays } = await delaysOf(open, { attempts: 4 });
    for (const [at, expected] of [1_000, 2_000, 4_000].entries()) {
      expect(delays[at]).toBeGreaterThanOrEqual(expected * 0.8);
      expect(delays[at]).toBeLessThanOrEqual(expected * 1.2);
    }
  });

  test('R18: jitter is the same for the same step, run and attempt, and another for each attempt', async () => {
    const retry = { attempts: 6, delay: '10s', factor: 1, jitter: 1 };
    const { delays } = await delaysOf(open, retry);
    expect((await delaysOf(open, retry)).delays).toEqual(delays);
    expect(new Set(delays).size).toBe(5);
  });

  test('R18: `retryAfterMs` replaces the wait, not the count', async () => {
    const { delays, report } = await delaysOf(
      open,
      { attempts: 3, delay: '1s' },
      () => new RetryableError('busy', { retryAfterMs: 77 }),
    );
    expect(delays).toEqual([77, 77]);
    expect(report.status).toBe('failed');
  });

  test('R18: `retry.when` decides, and one that throws or gives a promise says no', async () => {
    const transient = (error: Error): boolean => error.message === 'busy';
    expect((await delaysOf(open, { attempts: 3, when: transient }, () => new Error('busy'))).delays).toHaveLength(2);
    expect((await delaysOf(open, { attempts: 3, when: transient }, () => new Error('broken'))).delays).toHaveLength(0);
    const throws = (): never => {
      throw new Error('a bug');
    };
    expect((await delaysOf(open, { attempts: 3, when: throws })).delays).toHaveLength(0);
    const rejects = (): Promise<never> => Promise.reject(new Error('a bug'));
    expect((await delaysOf(open, { attempts: 3, when: rejects })).delays).toHaveLength(0);
  });

  test.each([
    ['TerminalError', 101, () => new TerminalError('never again')],
    [
      'a TerminalError of another copy of the package',
      101,
      () => Object.assign(new Error('never again'), { name: 'TerminalError' }),
    ],
    ['InvalidArgument (103)', 103, () => new InvalidArgument('no')],
    ['RangeError (103)', 103, () => new RangeError('no')],
    ['an assertion (106)', 106, () => new assert.AssertionError({ message: 'no' })],
    ['an invalid message (107)', 107, () => new OnwardError('ONW2003', 'no')],
  ])('R18: %s is not retried', async (_name, code, error) => {
    const { delays, report } = await delaysOf(open, { attempts: 3 }, error);
    expect(delays).toEqual([]);
    expect(report.steps[0]?.code).toBe(code);
  });

  test('R18: a success after failures is a success, with every attempt in the report', async () => {
    class Flaky {
      @Job({ retry: { attempts: 3, delay: '1s', jitter: 0 } }) go(context: StepContext): string {
        if (context.step.attempt < 3) throw new Error(`no ${context.step.attempt}`);
        return context.step.key;
      }
    }
    const report = await wired(open(), { Flaky: new Flaky() }, { 'Flaky.go': ['context'] }).report(
      'Flaky.go',
      undefined,
      { id: 'order 7' },
    );
    expect(report).toMatchObject({ status: 'completed', value: 'order_00207~Flaky.go.1' });
    expect(report.steps[0]?.key).toBe(report.value);
    expect(report.steps[0]?.attempts).toMatchObject([
      { number: 1, code: 101, error: { message: 'no 1' } },
      { number: 2, code: 101, error: { message: 'no 2' } },
      { number: 3, code: 0 },
    ]);
    expect(report.endedAt - report.startedAt).toBe(3_000);
  });

  test('R19: a retry gets the message of the first attempt; `bind` runs once', async () => {
    let bound = 0;
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(): Record<string, number> {
        return { cents: 7 };
      }
      @OnSuccess('sell', { bind: () => ({ number: ++bound }) })
      @Handler({ retry: { attempts: 3, delay: 1 } })
      post(message: Record<string, number>): void {
        seen.push({ ...message });
        throw new Error('no');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(seen).toEqual([
      { cents: 7, number: 1 },
      { cents: 7, number: 1 },
      { cents: 7, number: 1 },
    ]);
    expect(report.steps[1]?.message).toEqual({ cents: 7, number: 1 });
  });

  test('R22: an attempt that takes too long fails with 204, its signal aborts, the next attempt runs, what comes late is dropped', async () => {
    const signals: AbortSignal[] = [];
    const ends: ((value: string) => void)[] = [];
    class Slow {
      @Job({ timeout: '2s', retry: { attempts: 2, delay: '1s', jitter: 0 } }) go(
        context: StepContext,
      ): Promise<string> {
        signals.push(context.signal);
        return new Promise((resolve) => ends.push(resolve));
      }
    }
    const { start, clock } = wired(open(), { Slow: new Slow() }, { 'Slow.go': ['context'] });
    const run = await start('Slow.go');
    const told: string[] = [];
    const telling = (async () => {
      for await (const event of run.events()) told.push(event.type);
    })();
    await clock.advance(1_999);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    expect(signals[0]?.reason).toMatchObject({ code: 'ONW3041' });
    await clock.advance(1_000);
    expect(signals).toHaveLength(2);
    ends[0]?.('too late');
    await clock.advance(0);
    ends[1]?.('in time');
    await clock.runAll();
    await telling;
    const report = await run.report();
    expect(report.value).toBe('in time');
    expect(report.steps[0]?.attempts.map(({ number, code }) => [number, code])).toEqual([
      [1, 204],
      [2, 0],
    ]);
    expect(told).toEqual(['run.started', 'step.started', 'step.retrying', 'step.late', 'step.completed', 'run.ended']);
  });

  test('R22: the last timeout fails the step, and error callbacks run', async () => {
    const errors: unknown[] = [];
    class Slow {
      @Job({ timeout: 50 }) go(): Promise<never> {
        return new Promise(() => {});
      }
      @OnError('go', { when: (error) => error.message.includes('timeout') }) tell(): void {
        errors.push('told');
      }
    }
    const { report } = wired(open(), { Slow: new Slow() });
    const result = await report('Slow.go', undefined, { id: 'r' });
    expect(stepsOf(result)).toEqual(['Slow.go failed 204', 'Slow.tell completed 0']);
    expect(String(result.error)).toMatchInlineSnapshot(
      `"StepTimeout: ONW3041: attempt 1 of Slow.go (step r~Slow.go.1) took longer than its timeout of 50 ms"`,
    );
  });

  test('R22: a body that comes back in time leaves no timer behind', async () => {
    class Quick {
      @Job({ timeout: '1h' }) async go(): Promise<void> {}
    }
    const { start, clock } = wired(open(), { Quick: new Quick() });
    await (await start('Quick.go')).value();
    expect(clock.waiting).toBe(0);
  });
});
