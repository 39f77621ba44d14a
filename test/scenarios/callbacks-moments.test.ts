// The scenarios of callbacks around a body: S-A1 to S-A4, generated and run.
//
// Left for observers: callbacks added at run time (row A3), and what they are told. An unknown moment (S-A3) is an error
// of the compiler: there is no annotation for it.

import { describe, expect, test } from 'vitest';
import { ENGINES, rejectionOf, stepsOf } from '../support/wired.ts';
import { eventsOf, generated, told } from './generated.ts';

const project = await generated('callbacks');

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('S-A1: a job starts, its children run, it ends while its result is visible, it completes, the run ends', async () => {
    const { start, clock, notes } = project.open(open());
    const run = await start('Parent.work');
    await clock.advance(49);
    expect(notes.lines).toEqual(['P start', 'P body', 'C body']);
    await clock.advance(1);
    expect(notes.lines.slice(3)).toEqual(['H done', 'P end worked']);
    const { steps, status } = await run.inspect();
    expect([status, steps[0]?.node, steps[0]?.status]).toEqual(['running', 'Parent.work', 'running']);
    notes.open('end');
    await clock.runAll();
    expect(notes.lines.slice(5)).toEqual(['P completed worked', 'flow end completed']);
    expect(await run.value()).toBe('worked');
    const ends = told(await eventsOf(run)).filter(
      (line) => line === 'step.completed Parent.work' || line === 'run.ended',
    );
    expect(ends).toEqual(['step.completed Parent.work', 'run.ended']);
  });

  test('S-A2: a failed job starts, fails, ends, and so does the run; another job still runs', async () => {
    const { start, report, clock, notes } = project.open(open());
    const run = await start('Failing.work');
    await clock.runAll();
    expect(notes.lines).toEqual(['start', 'body', 'exception E', 'end E', 'flow end']);
    const { steps, status } = await run.report();
    expect(status).toBe('failed');
    expect(steps.find(({ node }) => node === 'Failing.work')).toMatchObject({
      status: 'failed',
      error: { message: 'E' },
    });
    expect(String(await rejectionOf(run.value()))).toBe('RangeError: E');
    expect(await report('Failing.other')).toMatchObject({ status: 'completed', value: 'ran' });
  });

  test('S-A3: each start callback is called once with what it asks for, one after the other, before the body', async () => {
    const { report, notes } = project.open(open());
    await report('Courier.send', { to: 'Rome' });
    expect(notes.lines).toEqual([
      'everything Rome fragile Courier.everything of Courier.send',
      'message Rome',
      'context Courier.send',
      'nothing 0',
      'body Rome',
    ]);
  });

  describe('S-A4: a callback throws; its sibling runs, the run ends, and the failure is listed once', () => {
    const failing = (moment: string): string[] => [`${moment} throws`, moment];

    test('at the start and the end of a job, of a handler and of the run', async () => {
      const { report, clock, notes } = project.open(open());
      const began = clock.now();
      const { status, callbackFailures, steps, value } = await report('Fragile.go', { to: 'home' });
      expect([status, value]).toEqual(['completed', 'home']);
      const moments = ['job start', 'job end', 'handler start', 'handler end', 'run end'];
      expect(notes.lines).toEqual(moments.flatMap(failing));
      const errors = callbackFailures.map(({ error }) => (error instanceof Error ? error.message : error));
      expect(new Set(errors)).toEqual(new Set(moments));
      expect(errors).toHaveLength(moments.length);
      expect(steps.filter(({ node }) => /\.(go|handle)$/.test(node)).map(({ status: end }) => end)).toEqual([
        'completed',
        'completed',
      ]);
      expect(clock.now() - began).toBeLessThan(1_000);
    });

    test('at the exception of a job', async () => {
      const { report, notes } = project.open(open());
      const { status, callbackFailures } = await report('Fragile.go', { to: 'nowhere' });
      expect(status).toBe('failed');
      expect(notes.lines).toEqual(['job start', 'exception', 'job end', 'run end'].flatMap(failing));
      expect(callbackFailures.filter(({ node }) => node === 'Fragile.badException')).toHaveLength(1);
    });

    test('at the termination of a handler', async () => {
      const { start, clock, notes } = project.open(open());
      const run = await start('Fragile.go', { to: 'far' });
      await clock.advance(0);
      await run.cancel();
      await clock.runAll();
      const report = await run.report();
      expect(report.status).toBe('cancelled');
      expect(stepsOf(report)).toContain('Fragile.travel cancelled 203');
      expect(notes.lines).toEqual(['job start', 'job end', 'terminate', 'run end'].flatMap(failing));
      expect(report.callbackFailures.filter(({ node }) => node === 'Fragile.badTerminate')).toHaveLength(1);
    });
  });
});
