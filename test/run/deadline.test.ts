// Deadlines of runs: R42.

import { describe, expect, test } from 'vitest';
import { Job, OnCancel, OnError, OnRunEnd, OnRunError, OnSuccess, type StepContext } from 'onward';
import { ENGINES, rejectionOf, wired } from '../support/wired.ts';

/** Returns when it is told to stop. */
function untilStopped({ signal }: StepContext): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R42: a run whose deadline passes is stopped as by a cancel, fails with 204, and run-error callbacks run', async () => {
    const log: string[] = [];
    class Fleet {
      @Job() async go(context: StepContext): Promise<void> {
        await untilStopped(context);
        log.push(String(context.signal.reason));
      }
      @OnCancel('go') tow(): void {
        log.push('tow');
      }
      @OnError('go') tell(): void {
        log.push('tell');
      }
      @OnRunError('go') mourn(): void {
        log.push('mourn');
      }
      @OnRunEnd('go') pay(): void {
        log.push('pay');
      }
    }
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.go': ['context'] });
    const run = await app.start('Fleet.go', undefined, { id: 'r1', deadline: '10s' });
    await app.clock.runAll();
    const report = await run.report();
    expect(log.filter((line) => !line.includes('ONW'))).toEqual(['tow', 'mourn', 'pay']);
    expect(report).toMatchObject({ status: 'failed', code: 204, endedAt: report.startedAt + 10_000 });
    expect(report.steps[0]).toMatchObject({ node: 'Fleet.go', status: 'cancelled', code: 203 });
    expect(String(await rejectionOf(run.value()))).toMatchInlineSnapshot(
      `"OnwardError: ONW3047: the deadline of run r1 passed before Fleet.go was over; start it with a later \`deadline\`"`,
    );
    expect(app.clock.waiting).toBe(0);
  });

  test('R42: a run that is over before its deadline leaves no timer; one that was not started in time ends as well', async () => {
    class Fleet {
      @Job() go(): string {
        return 'gone';
      }
      @OnSuccess('go', { after: '1h' }) sail(): void {}
      @Job() hop(): string {
        return 'hopped';
      }
    }
    const app = wired(open(), { Fleet: new Fleet() });
    const hopped = await app.start('Fleet.hop', undefined, { deadline: new Date(app.clock.now() + 1_000) });
    await app.clock.advance(0);
    expect(await hopped.value()).toBe('hopped');
    expect(app.clock.waiting).toBe(0);
    const run = await app.start('Fleet.go', undefined, { deadline: 60_000 });
    await app.clock.runAll();
    expect(await run.value(), 'the job itself was over in time').toBe('gone');
    expect(await run.report()).toMatchObject({ status: 'failed', code: 204, counts: { completed: 1, cancelled: 1 } });
  });

  test('R42: the deadline of a suspended run goes on', async () => {
    class Fleet {
      @Job() go(): void {}
      @OnSuccess('go', { after: 10 }) sail(): void {}
    }
    const app = wired(open(), { Fleet: new Fleet() });
    const run = await app.start('Fleet.go', undefined, { deadline: 1_000 });
    await app.clock.advance(1);
    await run.suspend();
    await app.clock.runAll();
    const report = await run.report();
    expect(report).toMatchObject({ status: 'failed', code: 204, endedAt: report.startedAt + 1_000 });
  });
});
