// Cancelling one step: R38.

import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnCancel, OnEnd, OnError, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

/** Returns when it is told to stop. */
function untilStopped({ signal }: StepContext): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R38: one step is cancelled with its callbacks and children; the others go on, and the run fails', async () => {
    const log: string[] = [];
    class Fleet {
      @Job() go(): void {}
      @OnSuccess('go') async a(context: StepContext): Promise<void> {
        await context.spawn(Fleet, 'row');
        await untilStopped(context);
      }
      @Handler() async row(context: StepContext): Promise<void> {
        await untilStopped(context);
      }
      @OnCancel('a') tow(): void {
        log.push('tow');
      }
      @OnError('a') tell(): void {
        log.push('tell');
      }
      @OnEnd('a') land(): void {
        log.push('land');
      }
      @OnSuccess('go') async b(): Promise<void> {
        await sleep(app.clock, 100);
      }
      @OnSuccess('b') c(): void {
        log.push('c');
      }
    }
    const app: Wired = wired(open(), { Fleet: new Fleet() }, { 'Fleet.a': ['context'], 'Fleet.row': ['context'] });
    const run = await app.start('Fleet.go');
    await app.clock.advance(10);
    const a = (await run.inspect()).steps.find(({ node }) => node === 'Fleet.a');
    await run.cancelStep(a?.key ?? '', 'storm');
    await app.clock.runAll();
    expect(log).toEqual(['tow', 'c']);
    const report = await run.report();
    expect(report.status).toBe('failed');
    expect(new Set(stepsOf(report))).toEqual(
      new Set([
        'Fleet.go completed 0',
        'Fleet.a cancelled 203',
        'Fleet.b completed 0',
        'Fleet.row cancelled 203',
        'Fleet.tow completed 0',
        'Fleet.c completed 0',
      ]),
    );
  });

  test('R38: a cancelled child counts as a failed one: its step fails with ONW3020 and the reason', async () => {
    class Fleet {
      @Job() async go(context: StepContext): Promise<void> {
        await context.spawn(Fleet, 'row');
      }
      @Handler() row(context: StepContext): Promise<void> {
        return untilStopped(context);
      }
      @OnError('go') tell(): void {}
    }
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.go': ['context'], 'Fleet.row': ['context'] });
    const run = await app.start('Fleet.go');
    await app.clock.advance(10);
    await run.cancelStep(2, 'storm');
    await app.clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Fleet.go failed 101', 'Fleet.row cancelled 203', 'Fleet.tell completed 0']);
    expect(report.steps[0]).toMatchObject({ failedChild: 2, error: { code: 'ONW3020' } });
    expect(String(await rejectionOf(run.value()))).toMatchInlineSnapshot(
      `"OnwardError: ONW3020: Fleet.row was cancelled: storm"`,
    );
  });

  test('R38: a detached child that is cancelled fails the run, not its step', async () => {
    class Fleet {
      @Job() async go(context: StepContext): Promise<string> {
        await context.spawn(Fleet, 'row', undefined, { detached: true });
        return 'gone';
      }
      @Handler() row(context: StepContext): Promise<void> {
        return untilStopped(context);
      }
    }
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.go': ['context'], 'Fleet.row': ['context'] });
    const run = await app.start('Fleet.go');
    await app.clock.advance(10);
    await run.cancelStep(2);
    await app.clock.runAll();
    expect(await run.value()).toBe('gone');
    expect(await run.report()).toMatchObject({ status: 'failed', code: 203, counts: { completed: 1, cancelled: 1 } });
  });

  test('R38: a cancelled item counts as failed: the group goes on, a join misses it', async () => {
    class Fleet {
      @Job() go(): number[] {
        return [1, 2];
      }
      @OnSuccess('go', { each: true }) async sail(ship: number, context: StepContext): Promise<number> {
        if (ship === 1) await untilStopped(context);
        await sleep(app.clock, 100);
        return ship;
      }
      @Join({ plan: 'go', ships: 'sail' }) land(_parts: object): void {}
    }
    const app: Wired = wired(open(), { Fleet: new Fleet() }, { 'Fleet.sail': ['any', 'context'] });
    const run = await app.start('Fleet.go');
    await app.clock.advance(10);
    await run.cancelStep(2);
    await app.clock.runAll();
    expect(stepsOf(await run.report())).toEqual([
      'Fleet.go completed 0',
      'Fleet.sail cancelled 203',
      'Fleet.sail completed 0',
      'Fleet.land skipped 206',
    ]);
  });

  test('R38: a step that waits is cancelled at once and without a moment', async () => {
    class Fleet {
      @Job() go(): void {}
      @OnSuccess('go', { after: '1h' }) sail(): void {}
      @OnCancel('sail') tow(): void {}
    }
    const app = wired(open(), { Fleet: new Fleet() });
    const run = await app.start('Fleet.go');
    await app.clock.advance(10);
    await run.cancelStep(2);
    await app.clock.advance(0);
    expect(stepsOf(await run.report())).toEqual(['Fleet.go completed 0', 'Fleet.sail cancelled 203']);
    expect(app.clock.waiting).toBe(0);
  });

  test('R38: an unknown step is ONW3049, one that is over ONW3030; cancelling twice is once', async () => {
    class Fleet {
      @Job() go(): void {}
      @OnSuccess('go') sail(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const app = wired(open(), { Fleet: new Fleet() });
    const run = await app.start('Fleet.go', undefined, { id: 'r1' });
    await app.clock.advance(10);
    expect(await rejectionOf(run.cancelStep(7))).toMatchObject({ code: 'ONW3049', details: { runId: 'r1', step: 7 } });
    expect(String(await rejectionOf(run.cancelStep('r1~Fleet.nothing.1')))).toMatchInlineSnapshot(
      `"OnwardError: ONW3049: run r1 has no step "r1~Fleet.nothing.1"; inspect() lists its steps by number and key"`,
    );
    expect(String(await rejectionOf(run.cancelStep(1)))).toMatchInlineSnapshot(
      `"OnwardError: ONW3030: step 1 of run r1 is already over and cannot be cancelled"`,
    );
    await run.cancelStep(2, 'first');
    await run.cancelStep(2, 'second');
    await app.clock.runAll();
    expect(stepsOf(await run.report())).toEqual(['Fleet.go completed 0', 'Fleet.sail cancelled 203']);
    expect(await rejectionOf(run.cancelStep(2))).toMatchObject({ code: 'ONW3030' });
  });
});
