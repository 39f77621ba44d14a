// How runs end and what is told of it: R7, R8, R10, R11, R13, R14, R15, R16, R17.

import { IsInt, Min } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { ErrorValue, Handler, InvalidArgument, Job, OnError, OnSuccess } from 'onward';
import { ENGINES, rejectionOf, stepsOf, wired } from '../support/wired.ts';

class Bill {
  @IsInt() @Min(1) cents!: number;
}

describe.each(ENGINES)('$engine engine', ({ engine, open }) => {
  test('R7, R11: a failed success callback fails the run, and nothing else', async () => {
    class Shop {
      @Job() sell(): string {
        return 'receipt';
      }
      @OnSuccess('sell') pack(): void {
        throw new Error('no box');
      }
      @OnSuccess('sell') post(): string {
        return 'posted';
      }
      @OnSuccess('post') file(): void {}
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.runAll();
    expect(await run.value()).toBe('receipt');
    const report = await run.report();
    expect(report).toMatchObject({
      status: 'failed',
      value: 'receipt',
      counts: { completed: 3, failed: 1, skipped: 0, cancelled: 0 },
    });
    expect(report.failures.map(({ node, error }) => [node, String(error)])).toEqual([['Shop.pack', 'Error: no box']]);
    expect(report.callbackFailures).toEqual([]);
    expect(report).not.toHaveProperty('error');
  });

  test('R8: a failed error callback is listed once, told once, and changes nothing', async () => {
    class Shop {
      @Job() sell(): string {
        return 'receipt';
      }
      @OnSuccess('sell') pack(): void {
        throw new Error('no box');
      }
      @OnError('pack') tell(): void {
        throw new Error('no network');
      }
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.runAll();
    const report = await run.report();
    expect(report.callbackFailures).toMatchObject([
      { step: 3, node: 'Shop.tell', edge: 'Shop.pack>error>Shop.tell', error: { message: 'no network' } },
    ]);
    expect(report.failures.map(({ node }) => node)).toEqual(['Shop.pack', 'Shop.tell']);
    expect(report.steps[1]).toMatchObject({ node: 'Shop.pack', status: 'failed', error: { message: 'no box' } });
    const told: unknown[] = [];
    for await (const event of run.events()) if (event.type === 'callback.failed') told.push(event.node);
    expect(told).toEqual(['Shop.tell']);
  });

  test('R10: an error callback without `recover` handles the news, not the outcome', async () => {
    class Shop {
      @Job() sell(): string {
        throw new RangeError('too many');
      }
      @OnError('sell') sorry(@ErrorValue() error: Error): string {
        return `sorry: ${error.message}`;
      }
      @OnSuccess('sell') post(): void {}
      @OnSuccess('sorry') file(): void {}
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Shop.sell failed 103', 'Shop.sorry completed 0', 'Shop.file completed 0']);
    expect(report.steps[1]).toMatchObject({ returnValue: 'sorry: too many' });
    expect(report).toMatchObject({ status: 'failed', error: { name: 'RangeError', message: 'too many' } });
    await expect(run.value()).rejects.toThrow('too many');
  });

  test('R13: a callback whose message does not fit fails with 107: no body, no retry, no error callback', async () => {
    const ran: string[] = [];
    class Shop {
      @Job() sell(): Bill {
        return { cents: 0 };
      }
      @OnSuccess('sell')
      @Handler({ retry: { attempts: 5 } })
      bill(bill: Bill): void {
        ran.push(`bill ${bill.cents}`);
      }
      @OnError('bill') tell(): void {
        ran.push('tell');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }, { 'Shop.bill': [Bill] }).report('Shop.sell');
    expect(ran).toEqual([]);
    expect(stepsOf(report)).toEqual(['Shop.sell completed 0', 'Shop.bill failed 107']);
    expect(report.status).toBe('failed');
    expect(report.steps[1]).toMatchObject({ error: { code: 'ONW2003' }, attempts: [{ number: 1, code: 107 }] });
  });

  test('R13: the step beyond `stepLimit` fails with 108, and a loop without an end ends', async () => {
    class Clockwork {
      @OnSuccess('tick')
      @Job()
      tick(): void {}
    }
    const report = await wired(open(), { Clockwork: new Clockwork() }).report('Clockwork.tick', undefined, {
      stepLimit: 50,
    });
    expect(report).toMatchObject({ status: 'failed', counts: { completed: 50, failed: 1 } });
    expect(report.steps.at(-1)).toMatchObject({ round: 51, code: 108, error: { code: 'ONW3043' }, attempts: [] });
    expect(report.steps.map(({ key }) => key.split('.').at(-1)).slice(0, 3)).toEqual(['1', '2', '3']);
  });

  test('R14, R15: `value()` settles when the whole run is over', async () => {
    class Shop {
      @Job() async sell(): Promise<string> {
        return 'receipt';
      }
      @OnSuccess('sell')
      @Handler({ retry: { attempts: 2, delay: '1m', jitter: 0 } })
      post(): void {
        if (clock.now() < began + 60_000) throw new Error('the post office is closed');
      }
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const began = clock.now();
    const run = await start('Shop.sell');
    let value: unknown;
    void run.value().then((found) => (value = found));
    await clock.advance(59_999);
    expect(value).toBeUndefined();
    await clock.advance(1);
    expect(value).toBe('receipt');
    expect(await run.report()).toMatchObject({ status: 'completed', startedAt: began, endedAt: began + 60_000 });
  });

  test('R15: `value()` throws the job’s own error', async () => {
    class NoCredit extends InvalidArgument {
      constructor(readonly cents: number) {
        super('no credit');
      }
    }
    const thrown = new NoCredit(7);
    class Shop {
      @Job() sell(): void {
        throw thrown;
      }
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.runAll();
    const error = await rejectionOf(run.value());
    if (engine === 'memory') expect(error).toBe(thrown);
    expect(error).toMatchObject({ message: 'no credit', cents: 7 });
    expect(error).toBeInstanceOf(Error);
  });

  test('R16: `entry()` settles as soon as the started job is over', async () => {
    class Shop {
      @Job() sell(): string {
        return 'receipt';
      }
      @OnSuccess('sell') post(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const { start } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    expect(await run.entry()).toBe('receipt');
    expect(await run.entry()).toBe('receipt');
  });

  test('R17: `report()` does not reject, however the run went', async () => {
    class Shop {
      @Job() sell(): void {
        throw undefined;
      }
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.runAll();
    const report = await run.report();
    expect(report).toMatchObject({ status: 'failed', job: 'Shop.sell', error: undefined });
    expect(report).toHaveProperty('error');
    expect(await run.report()).toEqual(report);
  });
});
