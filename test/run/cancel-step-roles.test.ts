// Cancelling one step where it is a callback, an entry, an item, or held: R38.

import { describe, expect, test } from 'vitest';
import {
  Handler,
  Job,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnRunError,
  OnStart,
  OnSuccess,
  type StepContext,
} from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

/** Returns when it is told to stop. */
function untilStopped({ signal }: StepContext): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R38: the started job is cancelled as a step: the run fails, and value() says which step and why', async () => {
    const log: string[] = [];
    class Fleet {
      @Job() go(context: StepContext): Promise<void> {
        return untilStopped(context);
      }
      @OnSuccess('go') sail(): void {
        log.push('sail');
      }
      @OnRunError('go') mourn(): void {
        log.push('mourn');
      }
    }
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.go': ['context'] });
    const run = await app.start('Fleet.go', undefined, { id: 'r1' });
    await app.clock.advance(1);
    await run.cancelStep(1, 'storm');
    await app.clock.runAll();
    expect(log).toEqual(['mourn']);
    expect(await run.report()).toMatchObject({ status: 'failed', code: 203 });
    expect(String(await rejectionOf(run.value()))).toBe('OnwardError: ONW3020: Fleet.go was cancelled: storm');
    expect(await rejectionOf(run.entry())).toMatchObject({ code: 'ONW3020', details: { reason: 'storm' } });
  });

  test('R38: a cancelled start callback lets the body begin; a cancelled end callback lets the step end', async () => {
    const log: string[] = [];
    class Fleet {
      @Job() go(): string {
        log.push('go');
        return 'gone';
      }
      @OnStart('go') weigh(context: StepContext): Promise<void> {
        return untilStopped(context);
      }
      @OnEnd('go') moor(context: StepContext): Promise<void> {
        return untilStopped(context);
      }
    }
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.weigh': ['context'], 'Fleet.moor': ['context'] });
    const run = await app.start('Fleet.go');
    await app.clock.advance(1);
    expect(log).toEqual([]);
    await run.cancelStep(2);
    await app.clock.advance(1);
    expect(log).toEqual(['go']);
    await run.cancelStep(3);
    await app.clock.runAll();
    expect(await run.value()).toBe('gone');
    const report = await run.report();
    expect(report.status).toBe('completed');
    expect(stepsOf(report)).toEqual(['Fleet.go completed 0', 'Fleet.weigh cancelled 203', 'Fleet.moor cancelled 203']);
  });

  test('R10, R38: a cancelled recoverer recovers nothing', async () => {
    class Fleet {
      @Job() go(): string {
        throw new Error('no wind');
      }
      @OnError('go', { recover: true }) async row(context: StepContext): Promise<string> {
        await untilStopped(context);
        return 'rowed';
      }
    }
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.row': ['context'] });
    const run = await app.start('Fleet.go');
    await app.clock.advance(1);
    await run.cancelStep(2);
    await app.clock.runAll();
    expect(stepsOf(await run.report())).toEqual(['Fleet.go failed 101', 'Fleet.row cancelled 203']);
    await expect(run.value()).rejects.toThrow('no wind');
  });

  test('R38: an item in back-off is cancelled at once, and the next item begins', async () => {
    const log: number[] = [];
    class Fleet {
      @Job() go(): number[] {
        return [1, 2];
      }
      @OnSuccess('go', { each: true, concurrency: 1 })
      @Handler({ retry: { attempts: 2, delay: '1h' } })
      sail(ship: number): void {
        log.push(ship);
        if (ship === 1) throw new Error('no wind');
      }
    }
    const app = wired(open(), { Fleet: new Fleet() });
    const run = await app.start('Fleet.go');
    await app.clock.advance(1);
    await run.cancelStep(2);
    await app.clock.advance(0);
    expect(log).toEqual([1, 2]);
    expect(stepsOf(await run.report())).toEqual([
      'Fleet.go completed 0',
      'Fleet.sail cancelled 203',
      'Fleet.sail completed 0',
    ]);
    expect(app.clock.waiting).toBe(0);
  });

  test('R38, R40: a held step of a suspended run is cancelled at once; the run stays suspended', async () => {
    class Fleet {
      @Job() go(): Promise<void> {
        return sleep(app.clock, 10);
      }
      @OnSuccess('go') sail(): void {}
      @OnSuccess('go') row(): void {}
    }
    const app: Wired = wired(open(), { Fleet: new Fleet() });
    const run = await app.start('Fleet.go');
    await app.clock.advance(1);
    await run.suspend();
    await app.clock.advance(100);
    await run.cancelStep(2);
    await app.clock.advance(0);
    expect((await run.inspect()).steps.map(({ status }) => status)).toEqual(['completed', 'cancelled', 'pending']);
    expect((await run.inspect()).status).toBe('suspended');
    await run.resume();
    await app.clock.runAll();
    expect(stepsOf(await run.report())).toEqual([
      'Fleet.go completed 0',
      'Fleet.sail cancelled 203',
      'Fleet.row completed 0',
    ]);
  });

  test('R37, R38: watchers are not cancelled by their step either', async () => {
    const log: string[] = [];
    class Fleet {
      @Job() go(): string {
        return 'gone';
      }
      @OnRunEnd('go') async pay(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('paid');
      }
    }
    const app: Wired = wired(open(), { Fleet: new Fleet() });
    const run = await app.start('Fleet.go');
    await app.clock.advance(1);
    await run.cancelStep(2).catch(() => undefined);
    await app.clock.runAll();
    expect(log).toEqual(['paid']);
    expect((await run.report()).status).toBe('completed');
  });

  test('R38: a step that waits for its children is cancelled with them, after the grace period of a body that hangs', async () => {
    const log: string[] = [];
    class Fleet {
      @Job() go(): void {}
      @OnSuccess('go') async sail(context: StepContext): Promise<void> {
        await context.spawn(Fleet, 'row');
      }
      @Handler() row(): Promise<void> {
        return new Promise(() => {});
      }
      @OnCancel('sail') tow(): void {
        log.push(`tow after ${app.clock.now() - began}`);
      }
      @OnSuccess('go') async fish(): Promise<void> {
        await sleep(app.clock, 10_000);
        log.push('fished');
      }
    }
    const app: Wired = wired(open(), { Fleet: new Fleet() }, { 'Fleet.sail': ['context'] });
    const began = app.clock.now();
    const run = await app.start('Fleet.go');
    await app.clock.advance(10);
    await run.cancelStep(2);
    await app.clock.runAll();
    expect(log).toEqual(['tow after 5010', 'fished']);
    const report = await run.report();
    expect(report.steps.find(({ node }) => node === 'Fleet.sail')).toMatchObject({
      status: 'cancelled',
      endedAt: began + 5_010,
    });
  });

  test('R38: an error callback of a cancelled child’s step is told of the cancel', async () => {
    const seen: unknown[] = [];
    class Fleet {
      @Job() async go(context: StepContext): Promise<void> {
        await context.spawn(Fleet, 'row');
      }
      @Handler() row(context: StepContext): Promise<void> {
        return untilStopped(context);
      }
      @OnError('go', { when: (error: Error) => seen.push(error.message) > 0, recover: true }) wait(): void {}
    }
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.go': ['context'], 'Fleet.row': ['context'] });
    const run = await app.start('Fleet.go');
    await app.clock.advance(1);
    await run.cancelStep(2, 'storm');
    await app.clock.runAll();
    expect(seen).toEqual(['ONW3020: Fleet.row was cancelled: storm']);
    expect((await run.report()).status).toBe('completed');
  });
});
