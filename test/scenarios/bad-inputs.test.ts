// Bodies that go wrong: D01 to D18, generated and run. D14 and D15 are in test/scale.

import { describe, expect, test } from 'vitest';
import { StepCode, type RunHandle } from 'onward';
import { ENGINES, rejectionOf, stepsOf } from '../support/wired.ts';
import { eventsOf, generated, told, type Opened } from './generated.ts';
import { unheardDuring } from './unheard.ts';

const project = await generated('bad-inputs');

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('D01: a job that throws has its attempts, then its error callbacks; its stack names the source', async () => {
    const { start, clock, notes } = project.open(open());
    const began = clock.now();
    const run = await start('Thrower.charge', { id: 'o1' });
    await clock.runAll();
    expect(notes.lines).toEqual(['charge o1', 'charge o1', 'charge o1', 'tell o1 the bank is closed']);
    expect(clock.now() - began).toBe(3_000);
    const report = await run.report();
    expect(report).toMatchObject({ status: 'failed', code: StepCode.UNHANDLED_EXCEPTION, callbackFailures: [] });
    expect(report.steps[0]?.attempts.map(({ code }) => code)).toEqual([101, 101, 101]);
    const error = await rejectionOf(run.value());
    expect(error instanceof Error ? error.stack : '').toMatch(/at Thrower\.charge .*troubled\.ts:\d+/);
  });

  test('D02: a job beyond its time fails with 204, sees its signal aborted, and what it does later is told as late', async () => {
    const { start, clock, notes } = project.open(open());
    const run = await start('Slow.limited');
    const events = eventsOf(run);
    await clock.advance(2_000);
    const signal = notes.seen.at(-1);
    expect(signal).toMatchObject({ aborted: true, reason: { code: 'ONW3041' } });
    notes.open('late');
    await clock.advance(0);
    notes.open('missed');
    await clock.runAll();
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3041' });
    expect(stepsOf(await run.report())).toEqual(['Slow.limited failed 204', 'Slow.missed completed 0']);
    expect(notes.lines).toEqual([]);
    expect(told(await events)).toEqual([
      'run.started',
      'step.started Slow.limited',
      'step.started Slow.missed',
      'step.late Slow.limited',
      'step.completed Slow.missed',
      'step.failed Slow.limited',
      'run.ended',
    ]);
  });

  test('D03: a job that never settles is seen running, with its age, and can be cancelled', async () => {
    const { start, clock, notes } = project.open(open());
    const run = await start('Slow.hang');
    await clock.advance(3_600_000);
    const { status, steps, startedAt } = await run.inspect();
    expect([status, steps[0]?.status, steps[0]?.code]).toEqual(['running', 'running', StepCode.RUNNING]);
    expect([clock.now() - startedAt, clock.now() - (steps[0]?.startedAt ?? 0)]).toEqual([3_600_000, 3_600_000]);
    await run.cancel('it hangs');
    expect(notes.seen.at(-1)).toMatchObject({ aborted: true });
    await clock.runAll();
    expect(await run.report()).toMatchObject({ status: 'cancelled', cancelReason: 'it hangs' });
  });

  test.each([
    ['rejects', ['nobody waits for this']],
    ['spawns', []],
    ['calls', []],
    ['fine', []],
  ])(
    'D05: what a body left behind (%s) changes no run; only its own rejections reach the process',
    async (how, heard) => {
      const { start, clock, notes } = project.open(open());
      const unheard = await unheardDuring(async () => {
        const run = await start('Leaky.leak', { how });
        await clock.runAll();
        expect(await run.report()).toMatchObject({ status: 'completed', value: 'done' });
        notes.open('late');
        await clock.runAll();
      });
      expect(unheard.map((reason) => (reason instanceof Error ? reason.message : reason))).toEqual(heard);
      expect(notes.lines).toEqual([]);
    },
  );

  test('D07: a success callback that throws is tried again and fails the run, not the job', async () => {
    const { start, clock, notes } = project.open(open());
    const run = await start('Five.sell');
    await clock.runAll();
    expect(notes.count('two')).toBe(2);
    expect(await run.value()).toBe('sold');
    expect(await run.entry()).toBe('sold');
    const { status, steps, failures } = await run.report();
    expect([status, steps[0]?.status]).toEqual(['failed', 'completed']);
    expect(failures).toMatchObject([{ node: 'Five.two', code: 101, error: { message: 'two fell' } }]);
  });

  test('D08: four of five callbacks run although one failed', async () => {
    const { report, notes } = project.open(open());
    const { status, counts } = await report('Five.sell');
    expect(new Set(notes.lines)).toEqual(new Set(['one', 'two', 'three', 'five', 'four']));
    expect([status, counts]).toEqual(['failed', { completed: 5, failed: 1, skipped: 0, cancelled: 0 }]);
  });

  test('D09: an error callback that throws is listed with the error it was told of', async () => {
    const { start, clock } = project.open(open());
    const run = await start('Thrower.post');
    await clock.runAll();
    expect(await rejectionOf(run.value())).toMatchObject({ message: 'no stamps' });
    const { status, callbackFailures } = await run.report();
    expect(status).toBe('failed');
    expect(callbackFailures).toMatchObject([
      { node: 'Thrower.complain', error: { name: 'TypeError', message: 'no pen' }, cause: { message: 'no stamps' } },
    ]);
  });

  describe('D10: a cancel', () => {
    async function cancelled(job: string, { start, clock }: Opened): Promise<RunHandle> {
      const run = await start(job);
      await clock.advance(10);
      await run.cancel();
      return run;
    }

    test('of a running body waits for it, but not longer than the grace period', async () => {
      const opened = project.open(open());
      const run = await cancelled('Slow.hang', opened);
      await opened.clock.advance(4_999);
      expect((await run.inspect()).status).toBe('running');
      await opened.clock.advance(1);
      expect(await run.report()).toMatchObject({ status: 'cancelled', steps: [{ status: 'cancelled', code: 203 }] });
      expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3020' });
    });

    test.each([
      ['in back-off', 'Slow.flaky', ['Slow.flaky cancelled 203'], ['flaky']],
      ['that waits for its time', 'Slow.quick', ['Slow.quick completed 0', 'Slow.later cancelled 203'], []],
    ])('of a step %s is at once', async (_what, job, steps, lines) => {
      const opened = project.open(open());
      const run = await cancelled(job, opened);
      await opened.clock.advance(0);
      const report = await run.report();
      expect([report.status, stepsOf(report)]).toEqual(['cancelled', steps]);
      expect([opened.notes.lines, opened.clock.waiting]).toEqual([lines, 0]);
    });

    test('of a run that is over is refused', async () => {
      const { start, clock, notes } = project.open(open());
      const run = await start('Scoped.begin');
      await clock.runAll();
      const before = await run.report();
      expect(await rejectionOf(run.cancel())).toMatchObject({ code: 'ONW3030' });
      expect(await run.report()).toEqual(before);
      expect(notes.lines).toContain('1 2');
    });
  });

  test('D16: a join whose source failed is skipped with what it missed, and the run ends', async () => {
    const { report, notes } = project.open(open());
    const { status, steps, callbackFailures } = await report('Warehouse.order');
    expect(status).toBe('completed');
    expect(steps.find(({ node }) => node === 'Warehouse.ship')).toMatchObject({
      status: 'skipped',
      code: StepCode.JOIN_UNREACHABLE,
      missing: ['charge'],
      attempts: [],
    });
    expect(callbackFailures).toMatchObject([{ node: 'Warehouse.charge', error: { message: 'declined' } }]);
    expect(notes.lines).toEqual([]);
  });

  test('D18: a runtime has one instance of a service, for all its runs; another runtime has its own', async () => {
    const { report, notes } = project.open(open());
    await report('Scoped.begin');
    await report('Scoped.begin');
    expect([notes.lines, notes.seen]).toEqual([['1 2', '3 4'], ['made']]);
    const other = project.open(open());
    await other.report('Scoped.begin');
    expect([other.notes.lines, other.notes.seen]).toEqual([['1 2'], ['made']]);
  });
});
