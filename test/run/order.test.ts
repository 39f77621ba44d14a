// In which order things happen: R1, R2, R4, R6, R12, R20, R21.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnError, OnSuccess, TerminalError } from 'onward';
import { ENGINES, stepsOf, wired } from '../support/wired.ts';

/** Everything writes down that it ran. */
class Log {
  readonly lines: string[] = [];
  add(line: string): void {
    this.lines.push(line);
  }
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R1: success callbacks run after the body, in declared order', async () => {
    const log = new Log();
    class Shop {
      @Job() async sell(): Promise<number> {
        log.add('sell');
        await Promise.resolve();
        log.add('sold');
        return 7;
      }
      @OnSuccess('sell') pack(value: number): void {
        log.add(`pack ${value}`);
      }
      @OnSuccess('sell') post(value: number): void {
        log.add(`post ${value}`);
      }
      @OnSuccess('pack') label(): void {
        log.add('label');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(log.lines).toEqual(['sell', 'sold', 'pack 7', 'post 7', 'label']);
    expect(stepsOf(report)).toEqual([
      'Shop.sell completed 0',
      'Shop.pack completed 0',
      'Shop.post completed 0',
      'Shop.label completed 0',
    ]);
    expect(report.status).toBe('completed');
  });

  test('R2: a failed step waits for its error callbacks, which run beside each other; success edges are not taken', async () => {
    const log = new Log();
    let goOn = (): void => {};
    class Shop {
      @Job() sell(): void {
        throw new Error('sold out');
      }
      @OnError('sell') async tell(): Promise<void> {
        log.add('tell');
        await new Promise<void>((resolve) => (goOn = resolve));
      }
      @OnError('sell') note(): void {
        log.add('note');
      }
      @OnSuccess('sell') post(): void {
        log.add('post');
      }
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    let entryIsOver = false;
    const entry = run.entry().catch(() => (entryIsOver = true));
    await clock.advance(0);
    expect(log.lines).toEqual(['tell', 'note']);
    expect(entryIsOver).toBe(false);
    goOn();
    await entry;
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Shop.sell failed 101', 'Shop.tell completed 0', 'Shop.note completed 0']);
    expect(report.status).toBe('failed');
  });

  test('R4: whoever waits for a step hears of it when its callbacks exist already', async () => {
    class Shop {
      @Job() sell(): void {}
      @OnSuccess('sell') post(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const { runtime, start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await run.entry();
    let isIdle = false;
    void runtime.idle().then(() => (isIdle = true));
    await clock.advance(60_000);
    expect(isIdle).toBe(false);
    await run.cancel();
    await clock.runAll();
    expect(isIdle).toBe(true);
    expect(stepsOf(await run.report())).toEqual(['Shop.sell completed 0', 'Shop.post cancelled 203']);
  });

  test('R6: steps that are ready at once are made and begun in declared order', async () => {
    const log = new Log();
    class Fan {
      @Job() go(): void {}
      @OnSuccess('go') async c(): Promise<void> {
        log.add('c');
        await Promise.resolve();
      }
      @OnSuccess('go') a(): void {
        log.add('a');
      }
      @OnSuccess('go') async b(): Promise<void> {
        log.add('b');
      }
    }
    const report = await wired(open(), { Fan: new Fan() }).report('Fan.go');
    expect(log.lines).toEqual(['c', 'a', 'b']);
    expect(report.steps.map(({ node }) => node)).toEqual(['Fan.go', 'Fan.c', 'Fan.a', 'Fan.b']);
  });

  test('R12: an edge that does not match fails nothing and is told', async () => {
    class Shop {
      @Job() sell(): string {
        return 'paid';
      }
      @OnSuccess('sell', { when: 'open' }) remind(): void {}
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.runAll();
    const types: string[] = [];
    for await (const event of run.events()) types.push(event.type);
    expect(types).toEqual(['run.started', 'step.started', 'step.completed', 'edge.unmatched', 'run.ended']);
    expect((await run.report()).status).toBe('completed');
  });

  test('R20: error callbacks run once, after the last attempt', async () => {
    const log = new Log();
    class Shop {
      @Job({ retry: { attempts: 3, delay: 10 } }) sell(): void {
        log.add('sell');
        throw new Error('sold out');
      }
      @OnError('sell') note(): void {
        log.add('note');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(log.lines).toEqual(['sell', 'sell', 'sell', 'note']);
    expect(report.steps[0]?.attempts.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  test('R21: callbacks are nodes: they have retries and edges of their own, and error callbacks of error callbacks', async () => {
    const log = new Log();
    class Shop {
      @Job() sell(): void {
        throw new Error('sold out');
      }
      @OnError('sell')
      @Handler({ retry: { attempts: 2, delay: '1s' } })
      mail(): void {
        log.add('mail');
        throw new Error('no network');
      }
      @OnError('mail') letter(): void {
        log.add('letter');
      }
      @OnSuccess('letter') file(): void {
        log.add('file');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.sell');
    expect(log.lines).toEqual(['mail', 'mail', 'letter', 'file']);
    expect(stepsOf(report)).toEqual([
      'Shop.sell failed 101',
      'Shop.mail failed 101',
      'Shop.letter completed 0',
      'Shop.file completed 0',
    ]);
    expect(report.callbackFailures.map(({ node, error }) => [node, String(error)])).toEqual([
      ['Shop.mail', 'Error: no network'],
    ]);
  });

  test('R21: error callbacks nested more than 64 deep are refused, and the run ends', async () => {
    class Shop {
      @OnError('again')
      @Job()
      again(): void {
        throw new TerminalError('again');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }).report('Shop.again');
    expect(report.status).toBe('failed');
    expect(report.steps).toHaveLength(66);
    expect(report.steps.at(-1)).toMatchObject({ status: 'failed', code: 108, error: { code: 'ONW3036' } });
    expect(report.steps[0]).toMatchObject({ status: 'failed', code: 101, error: { message: 'again' } });
  });
});
