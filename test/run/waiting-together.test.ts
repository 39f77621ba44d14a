// Waiting that meets other rules: queues for a slot, exits and joins of held runs, items behind `after` (R22, R27, R31, R36, R37, R40, R50).

import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnCancel, OnEnd, OnError, OnRunEnd, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R27, R50: items behind `after` wait each from when it is made', async () => {
    const at: string[] = [];
    class Press {
      @Job() scan(): number[] {
        return [1, 2, 3];
      }
      @OnSuccess('scan', { each: true, after: 100, concurrency: 2 }) print(page: number): void {
        at.push(`${page} after ${app.clock.now() - began}`);
      }
    }
    const app: Wired = wired(open(), { Press: new Press() });
    const began = app.clock.now();
    await app.report('Press.scan');
    expect(at).toEqual(['1 after 100', '2 after 100', '3 after 200']);
  });

  test('R24, R27: `when` of an `each` edge is asked about the whole array', async () => {
    const asked: unknown[] = [];
    class Press {
      @Job() scan(): number[] {
        return [1, 2];
      }
      @OnSuccess('scan', { each: true, when: (pages: number[]) => asked.push(pages) > 9 }) print(_page: number): void {}
      @OnSuccess('scan', { each: true, otherwise: true }) copy(_page: number): void {}
    }
    const report = await wired(open(), { Press: new Press() }).report('Press.scan');
    expect(asked).toEqual([[1, 2]]);
    expect(stepsOf(report)).toEqual(['Press.scan completed 0', 'Press.copy completed 0', 'Press.copy completed 0']);
  });

  test('R27, R40: a held run makes no further items; they go on in order', async () => {
    const log: number[] = [];
    class Press {
      @Job() scan(): number[] {
        return [1, 2, 3, 4];
      }
      @OnSuccess('scan', { each: true, concurrency: 1 }) async print(page: number): Promise<void> {
        await sleep(app.clock, 100);
        log.push(page);
      }
    }
    const app: Wired = wired(open(), { Press: new Press() });
    const run = await app.start('Press.scan');
    await app.clock.advance(150);
    await run.suspend();
    await app.clock.advance(10_000);
    expect(log).toEqual([1, 2]);
    await run.resume();
    await app.clock.runAll();
    expect(log).toEqual([1, 2, 3, 4]);
    expect((await run.report()).status).toBe('completed');
  });

  test('R31, R40: joins of a held run are given up only after it is resumed', async () => {
    class Shop {
      @Job() order(): Promise<string> {
        return sleep(app.clock, 10).then(() => 'o1');
      }
      @OnSuccess('order', { when: 'never' }) reserve(): void {}
      @Join({ order: 'order', shelf: 'reserve' }) ship(_parts: object): void {}
      @OnRunEnd('order') bill(): void {}
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.order');
    await app.clock.advance(1);
    await run.suspend();
    await app.clock.advance(1_000);
    expect((await run.inspect()).steps.map(({ node, status }) => `${node} ${status}`)).toEqual([
      'Shop.order completed',
    ]);
    await run.resume();
    await app.clock.runAll();
    expect(stepsOf(await run.report())).toEqual([
      'Shop.order completed 0',
      'Shop.ship skipped 206',
      'Shop.bill completed 0',
    ]);
  });

  test('R36, R40: a body that exits while the run is held: after resume nothing new starts', async () => {
    const log: string[] = [];
    class Shop {
      @Job() async order(context: StepContext): Promise<void> {
        await sleep(app.clock, 10);
        context.exit('left');
      }
      @OnEnd('order') lock(): void {
        log.push('lock');
      }
      @OnSuccess('order') ship(): void {
        log.push('ship');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.order': ['context'] });
    const run = await app.start('Shop.order');
    await app.clock.advance(1);
    await run.suspend();
    await app.clock.advance(100);
    expect(log).toEqual([]);
    await run.resume();
    await app.clock.runAll();
    expect(log).toEqual(['lock']);
    expect(stepsOf(await run.report())).toEqual([
      'Shop.order completed 0',
      'Shop.lock completed 0',
      'Shop.ship skipped 100',
    ]);
    expect(await run.value()).toBe('left');
  });

  test('R22, R37: a step that queues for a slot is cancelled without its body, and its place goes to the next', async () => {
    const log: string[] = [];
    class Dock {
      @Job({ concurrency: 1, timeout: '1h' }) async load(context: StepContext): Promise<void> {
        log.push(context.runId);
        await sleep(app.clock, 100);
      }
    }
    const app: Wired = wired(open(), { Dock: new Dock() }, { 'Dock.load': ['context'] });
    const [first, second, third] = [
      await app.start('Dock.load', undefined, { id: 'first' }),
      await app.start('Dock.load', undefined, { id: 'second' }),
      await app.start('Dock.load', undefined, { id: 'third' }),
    ];
    await app.clock.advance(10);
    await second.cancel();
    await app.clock.advance(0);
    expect((await second.report()).status).toBe('cancelled');
    await app.clock.runAll();
    expect(log).toEqual(['first', 'third']);
    expect((await first.report()).status).toBe('completed');
    expect((await third.report()).status).toBe('completed');
    expect(app.clock.waiting).toBe(0);
  });

  test('R22: the time in a queue does not count against the time limit of an attempt', async () => {
    class Dock {
      @Job({ concurrency: 1, timeout: 150 }) load(): Promise<void> {
        return sleep(app.clock, 100);
      }
    }
    const app: Wired = wired(open(), { Dock: new Dock() });
    const runs = [await app.start('Dock.load'), await app.start('Dock.load'), await app.start('Dock.load')];
    await app.clock.runAll();
    const reports = await Promise.all(runs.map((run) => run.report()));
    expect(reports.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  });

  test('a step in back-off, or one that waits for its children, holds no slot', async () => {
    const log: string[] = [];
    class Dock {
      @Job({ concurrency: 1, retry: { attempts: 2, delay: 1_000, jitter: 0 } }) async load(
        context: StepContext,
      ): Promise<void> {
        log.push(`${context.runId} ${context.step.attempt}`);
        if (context.runId === 'a' && context.step.attempt === 1) throw new Error('no crane');
        await context.spawn(Dock, 'stow');
      }
      @Handler() stow(): Promise<void> {
        return sleep(app.clock, 5_000);
      }
    }
    const app: Wired = wired(open(), { Dock: new Dock() }, { 'Dock.load': ['context'] });
    const runs = [];
    for (const id of ['a', 'b', 'c']) runs.push(await app.start('Dock.load', undefined, { id }));
    await app.clock.advance(10);
    expect(log).toEqual(['a 1', 'b 1', 'c 1']);
    await app.clock.runAll();
    expect(log).toEqual(['a 1', 'b 1', 'c 1', 'a 2']);
    for (const run of runs) expect((await run.report()).status).toBe('completed');
  });

  test('R22: a caller’s time passes while it waits for a called step, which finishes; what the caller then returns is dropped', async () => {
    const log: string[] = [];
    class Dock {
      @Job({ timeout: 100 }) async load(context: StepContext): Promise<void> {
        await context.call(Dock, 'stow');
        log.push('loaded');
      }
      @Handler() async stow(): Promise<string> {
        await sleep(app.clock, 1_000);
        log.push('stowed');
        return 'stowed';
      }
      @OnError('load') tell(): void {
        log.push(`tell after ${app.clock.now() - began}`);
      }
    }
    const app: Wired = wired(open(), { Dock: new Dock() }, { 'Dock.load': ['context'] });
    const began = app.clock.now();
    const run = await app.start('Dock.load');
    await app.clock.runAll();
    expect(log).toEqual(['tell after 100', 'stowed', 'loaded']);
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Dock.load failed 204', 'Dock.stow completed 0', 'Dock.tell completed 0']);
    expect(report.status).toBe('failed');
  });

  test('R37, R50: a child with a `delay` is cancelled at once, and its step tells its cancel callbacks', async () => {
    const log: string[] = [];
    class Dock {
      @Job() async load(context: StepContext): Promise<void> {
        await context.spawn(Dock, 'stow', undefined, { delay: '1d' });
      }
      @Handler() stow(): void {
        log.push('stow');
      }
      @OnCancel('stow') never(): void {
        log.push('never');
      }
      @OnCancel('load') unload(): void {
        log.push('unload');
      }
    }
    const app = wired(open(), { Dock: new Dock() }, { 'Dock.load': ['context'] });
    const run = await app.start('Dock.load');
    await app.clock.advance(10);
    await run.cancel();
    await app.clock.advance(0);
    expect(log).toEqual(['unload']);
    expect(stepsOf(await run.report())).toEqual([
      'Dock.load cancelled 203',
      'Dock.stow cancelled 203',
      'Dock.unload completed 0',
    ]);
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3020' });
    expect(app.clock.waiting).toBe(0);
  });
});
