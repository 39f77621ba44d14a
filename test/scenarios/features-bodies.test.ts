// What must work, row by row: children, shared data, stops, runtimes, codes and limits (A10 to A13, P1, P6, D8).

import { describe, expect, test } from 'vitest';
import { StepCode } from 'onward';
import { ENGINES, rejectionOf, stepsOf } from '../support/wired.ts';
import { eventsOf, generated, told } from './generated.ts';

const project = await generated('features');

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('A10: a step knows the steps around it, and is over when its children are', async () => {
    const { report, notes } = project.open(open());
    expect((await report('Tree.grow', { depth: 3 })).status).toBe('completed');
    expect(notes.lines.filter((line) => line.includes('in'))).toEqual(['3 in 0', '2 in 1', '1 in 2', '0 in 3']);
    expect(notes.lines.filter((line) => line.includes('grown'))).toEqual(['0 grown', '1 grown', '2 grown', '3 grown']);
  });

  test.each([
    ['child', 'failed', ['Tree.ask failed 101', 'Tree.rot failed 101'], undefined],
    ['detached', 'failed', ['Tree.ask completed 0', 'Tree.rot failed 101'], 'asked'],
    ['called', 'failed', ['Tree.ask failed 101', 'Tree.rot failed 101'], undefined],
    ['caught', 'completed', ['Tree.ask completed 0', 'Tree.rot failed 101'], 'caught rotten'],
  ])('A10: the failure of what was asked for (%s) reaches who asked for it', async (kind, status, steps, value) => {
    const { report } = project.open(open());
    const result = await report('Tree.ask', { kind });
    expect([result.status, stepsOf(result), result.value]).toEqual([status, steps, value]);
  });

  test('A11: the state is what successful attempts made of it; each sees it as it was when it began', async () => {
    const { report, notes } = project.open(open());
    const { state, status } = await report('Shared.begin');
    expect(status).toBe('completed');
    expect(state).toEqual({ count: 9, names: ['attempt 2', 'by 5', 'by 3'], most: 5, least: 3, last: 'begin' });
    expect(notes.lines[0]).toBe('Shared.one sees 1 begin');
    expect((await report('Shared.begin')).state).toEqual(state);
  });

  test('A12: a cancelled step takes its children with it, each is told once', async () => {
    const { start, clock, notes } = project.open(open());
    const run = await start('Stopping.parent');
    await clock.advance(0);
    await Promise.all([run.cancelStep(1, 'enough'), run.cancelStep(1, 'and again')]);
    await clock.runAll();
    const { status, steps } = await run.report();
    expect(notes.lines.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['child cancelled', 'parent cancelled']);
    expect(notes.seen).toMatchObject([{ aborted: true }]);
    expect(steps.slice(0, 2)).toMatchObject([{ status: 'cancelled' }, { status: 'cancelled' }]);
    expect(status).not.toBe('completed');
  });

  test('A12: the first exit of a successful attempt counts; later ones are told as ignored', async () => {
    const { start, clock } = project.open(open());
    const run = await start('Stopping.leave');
    await clock.runAll();
    expect(await run.value()).toEqual({ by: 'first' });
    const events = told(await eventsOf(run));
    expect(events.filter((line) => line.startsWith('exit.ignored'))).toEqual(['exit.ignored Stopping.second']);
    expect((await run.report()).status).toBe('completed');
  });

  test('A13: runs are started while others run, idle when none is left, and refused once it is closed', async () => {
    const { runtime, start, clock } = project.open(open());
    const flow: string[] = [];
    await start('Stopping.parent', undefined, { id: 'long' });
    await clock.advance(1);
    void runtime.idle().then(() => flow.push('idle'));
    const beside = await start('Tree.grow', { depth: 0 });
    await clock.advance(0);
    expect(await beside.value()).toBe(0);
    expect(flow).toEqual([]);
    const closed = runtime.close({ drainMs: 500 }).then(() => flow.push('closed'));
    expect(await rejectionOf(start('Tree.grow', { depth: 0 }))).toMatchObject({ code: 'ONW3040' });
    await clock.advance(499);
    expect(flow).toEqual([]);
    await clock.runAll();
    await closed;
    expect(new Set(flow)).toEqual(new Set(['idle', 'closed']));
    expect(await (await runtime.run('long'))?.report()).toMatchObject({ status: 'cancelled' });
  });

  test('P1: a step that is not over says why, too', async () => {
    const { start, clock } = project.open(open());
    const codes = async (run: Awaited<ReturnType<typeof start>>): Promise<unknown> =>
      (await run.inspect()).steps.map(({ status, code }) => [status, code]);
    const run = await start('Limits.flaky', { times: 2 }, { notBefore: 10 });
    expect(await codes(run)).toEqual([['pending', StepCode.NONE]]);
    await clock.advance(10);
    expect(await codes(run)).toEqual([['pending', StepCode.RETRYING]]);
    await run.suspend();
    expect(await codes(run)).toEqual([['pending', StepCode.SUSPENDED]]);
    await run.resume();
    await clock.advance(1_000);
    expect(await codes(run)).toEqual([['running', StepCode.RUNNING]]);
    await run.cancel();
    await clock.runAll();
    expect(await codes(run)).toEqual([['cancelled', StepCode.CANCELLED]]);
  });

  test.each([
    [{}, 4, 109],
    [{ maxPerRun: { 'Limits.again': 2 } }, 2, 109],
    [{ maxPerRun: { 'Limits.*': 1 } }, 1, 109],
    [{ maxPerRun: { '*': 6, 'Lim*': 3 } }, 3, 109],
    [{ maxPerRun: { 'Limits.again': null }, stepLimit: 9 }, 9, 108],
    [{ stepLimit: 1 }, 1, 108],
  ])(
    'P6: with %j a loop runs exactly %i times, and the one beyond is refused with %i',
    async (options, times, code) => {
      const { report, notes } = project.open(open());
      const { steps, status } = await report('Limits.again', undefined, options);
      expect([notes.lines.length, steps.length, status]).toEqual([times, times + 1, 'failed']);
      expect(steps.at(-1)).toMatchObject({ status: 'failed', code, attempts: [] });
    },
  );

  test('D8: attempts, back-off and the time of one attempt are bounded, and every attempt is kept', async () => {
    const { report, clock, notes } = project.open(open());
    const began = clock.now();
    const { steps, status } = await report('Limits.flaky', { times: 3 });
    expect(status).toBe('completed');
    const attempts = steps[0]?.attempts.map(({ number, code, startedAt, endedAt }) => [
      number,
      code,
      startedAt - began,
      endedAt - began,
    ]);
    expect(attempts).toEqual([
      [1, StepCode.UNHANDLED_EXCEPTION, 0, 0],
      [2, StepCode.TIMEOUT, 1_000, 3_000],
      [3, StepCode.UNHANDLED_EXCEPTION, 6_000, 6_000],
      [4, StepCode.DONE, 11_000, 11_000],
    ]);
    expect(notes.seen).toMatchObject([{ aborted: false }, { aborted: true }, { aborted: false }, { aborted: false }]);
    expect(await report('Limits.flaky', { times: 4 })).toMatchObject({
      status: 'failed',
      error: { message: 'attempt 4' },
    });
  });
});
