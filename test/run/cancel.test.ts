// Cancelling: R37, R38 and R39.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnError, OnSuccess, type StepContext } from 'onward';
import { IsLate } from '../support/late-validator.ts';
import { ENGINES, rejectionOf, stepsOf, wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R37: a running body sees its signal aborted, and is cancelled when it returns; what it returns is dropped', async () => {
    const reasons: unknown[] = [];
    class Slow {
      @Job() go(context: StepContext): Promise<string> {
        return new Promise((resolve) => {
          context.signal.addEventListener('abort', () => {
            reasons.push(context.signal.reason);
            resolve('given up');
          });
        });
      }
      @OnSuccess('go') next(): void {}
    }
    const { start, clock } = wired(open(), { Slow: new Slow() }, { 'Slow.go': ['context'] });
    const run = await start('Slow.go', undefined, { id: 'r7' });
    await clock.advance(0);
    await run.cancel('no longer wanted');
    await clock.advance(0);
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Slow.go cancelled 203']);
    expect(report).toMatchObject({
      status: 'cancelled',
      cancelReason: 'no longer wanted',
      counts: { cancelled: 1, completed: 0 },
    });
    expect(String(reasons[0])).toMatchInlineSnapshot(`"OnwardError: ONW3020: run r7 was cancelled: no longer wanted"`);
    expect(clock.waiting).toBe(0);
  });

  test('R37: a body that does not return is given 5 seconds; its late outcome is dropped', async () => {
    let finish = (_value: string): void => {};
    class Slow {
      @Job({ timeout: '1h' }) go(): Promise<string> {
        return new Promise((resolve) => (finish = resolve));
      }
      @OnSuccess('go') next(): void {}
    }
    const { start, clock } = wired(open(), { Slow: new Slow() });
    const began = clock.now();
    const run = await start('Slow.go');
    await clock.advance(0);
    await run.cancel();
    await clock.advance(4_999);
    let isOver = false;
    void run.report().then(() => (isOver = true));
    await clock.advance(0);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(isOver).toBe(true);
    finish('too late');
    await clock.advance(0);
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Slow.go cancelled 203']);
    expect(report.endedAt - began).toBe(5_000);
    expect(clock.waiting, 'the time limit of the body was called off').toBe(0);
  });

  test('R37: a step in back-off is cancelled at once, and not tried again', async () => {
    let tries = 0;
    class Flaky {
      @Job({ retry: { attempts: 5, delay: '1h' } }) go(): void {
        tries++;
        throw new Error('no');
      }
      @OnError('go') tell(): void {}
    }
    const { start, clock } = wired(open(), { Flaky: new Flaky() });
    const run = await start('Flaky.go');
    await clock.advance(1);
    await run.cancel();
    await clock.advance(0);
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Flaky.go cancelled 203']);
    expect(report.steps[0]?.attempts).toMatchObject([{ number: 1, code: 101 }]);
    expect([tries, clock.waiting]).toEqual([1, 0]);
  });

  test('R37: a failed step whose callbacks run is cancelled after them, and no moment of it follows', async () => {
    class Shop {
      @Job() sell(): void {
        throw new Error('sold out');
      }
      @OnError('sell') tell(): Promise<void> {
        return new Promise(() => {});
      }
      @OnError('tell') letter(): void {}
      @OnSuccess('tell') file(): void {}
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.advance(10);
    await run.cancel();
    await clock.runAll();
    expect(stepsOf(await run.report())).toEqual(['Shop.sell cancelled 203', 'Shop.tell cancelled 203']);
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3020' });
  });

  test('R37: what was over stays as it was; a run cancelled after its job still gives the job’s value', async () => {
    class Shop {
      @Job() sell(): string {
        return 'receipt';
      }
      @OnSuccess('sell')
      @Handler({ retry: { attempts: 9, delay: '1m' } })
      post(): void {
        throw new Error('closed');
      }
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.advance(1);
    await run.cancel();
    await clock.runAll();
    expect(await run.value()).toBe('receipt');
    expect(await run.report()).toMatchObject({ status: 'cancelled', value: 'receipt' });
  });

  test('R37: a body that fails after the cancel is cancelled; its error callbacks do not run', async () => {
    const asked: string[] = [];
    class Slow {
      @Job({ retry: { attempts: 3, when: () => asked.push('retry') > 0 } }) go(context: StepContext): Promise<string> {
        return new Promise((_resolve, reject) =>
          context.signal.addEventListener('abort', () => reject(context.signal.reason)),
        );
      }
      @OnError('go', { when: () => asked.push('when') > 0 }) tell(): void {}
    }
    const { start, clock } = wired(open(), { Slow: new Slow() }, { 'Slow.go': ['context'] });
    const run = await start('Slow.go');
    await run.cancel();
    await clock.runAll();
    expect(stepsOf(await run.report())).toEqual(['Slow.go cancelled 203']);
    expect(asked, 'user code is not asked about a cancelled step').toEqual([]);
  });

  test('R38: every live step of the run is cancelled', async () => {
    class Fan {
      @Job() go(): void {}
      @OnSuccess('go') a(): Promise<void> {
        return new Promise(() => {});
      }
      @OnSuccess('go')
      @Handler({ retry: { attempts: 2, delay: '1h' } })
      b(): void {
        throw new Error('no');
      }
      @OnSuccess('go') c(): void {
        throw new Error('no');
      }
      @OnError('c') d(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const { start, clock } = wired(open(), { Fan: new Fan() });
    const run = await start('Fan.go');
    await clock.advance(1);
    await run.cancel();
    await clock.advance(5_000);
    expect(stepsOf(await run.report())).toEqual([
      'Fan.go completed 0',
      'Fan.a cancelled 203',
      'Fan.b cancelled 203',
      'Fan.c cancelled 203',
      'Fan.d cancelled 203',
    ]);
    expect(clock.waiting).toBe(0);
  });

  test('R39: cancelling a run that is over is ONW3030; cancelling twice is once', async () => {
    class Slow {
      @Job() go(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const { start, clock } = wired(open(), { Slow: new Slow() });
    const run = await start('Slow.go', undefined, { id: 'slow' });
    await run.cancel('first');
    await run.cancel('second');
    await clock.runAll();
    expect((await run.report()).cancelReason).toBe('first');
    const refused = await rejectionOf(run.cancel());
    expect(refused).toMatchObject({ code: 'ONW3030' });
    expect(String(refused)).toMatchInlineSnapshot(
      `"OnwardError: ONW3030: run slow is already over and cannot be cancelled"`,
    );
    expect(String(await rejectionOf(run.value()))).toMatchInlineSnapshot(
      `"OnwardError: ONW3020: run slow was cancelled: first"`,
    );
  });

  test('R37: a body whose message is still being checked is not called', async () => {
    let calls = 0;
    class Late {
      @IsLate() value!: string;
    }
    class Slow {
      @Job() go(): Late {
        return { value: 'good' };
      }
      @OnSuccess('go') @Handler({ timeout: '1h' }) next(late: Late): void {
        calls += late.value.length;
      }
    }
    const { start, clock } = wired(open(), { Slow: new Slow() }, { 'Slow.next': [Late] });
    const run = await start('Slow.go');
    await run.entry();
    await run.cancel();
    await clock.advance(0);
    await clock.advance(0);
    expect(stepsOf(await run.report())).toEqual(['Slow.go completed 0', 'Slow.next cancelled 203']);
    expect([calls, clock.waiting]).toEqual([0, 0]);
  });

  test('a body may cancel its own run', async () => {
    class Own {
      cancel: (runId: string) => Promise<void> = async () => {};
      @Job() async go(context: StepContext): Promise<string> {
        await this.cancel(context.runId);
        return context.signal.aborted ? 'aborted' : 'not told';
      }
      @OnSuccess('go') next(): void {}
    }
    const own = new Own();
    const { runtime, start, clock } = wired(open(), { Own: own }, { 'Own.go': ['context'] });
    own.cancel = async (id) => (await runtime.run(id))?.cancel('by myself');
    const run = await start('Own.go');
    await clock.runAll();
    expect(await run.report()).toMatchObject({
      status: 'cancelled',
      cancelReason: 'by myself',
      counts: { cancelled: 1 },
    });
  });
});
