// The scenarios of steps and their codes: S-P1 and S-P3 to S-P10, generated and run.
//
// S-P2, S-P6 and S-P8 in plans are in flows.test.ts; in JSON, with the codes 102 and 104 of S-P4 and S-P5, in
// definitions.test.ts. Left for observers: the throwing and the awaited listeners of S-P10. S-P11 is in test/scale.

import { describe, expect, test } from 'vitest';
import { StepCode } from 'onward';
import { projectOnDisk } from '../codegen/project-on-disk.ts';
import { ENGINES, rejectionOf, stepsOf } from '../support/wired.ts';
import { eventsOf, generated } from './generated.ts';

const project = await generated('jobs');

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('S-P1: a fresh step has the code -1, one that went well 0', async () => {
    const { start, clock } = project.open(open());
    const run = await start('Demo.run', { how: 'well' }, { notBefore: 1_000 });
    expect((await run.inspect()).steps).toMatchObject([{ status: 'pending', code: StepCode.NONE, attempts: [] }]);
    await clock.advance(1_000);
    expect((await run.report()).steps).toMatchObject([
      { status: 'completed', code: StepCode.DONE, returnValue: 'well' },
    ]);
  });

  test.each([
    ['range', 103, 'RangeError', 'out of range'],
    ['argument', 103, 'InvalidArgument', 'not this one'],
    ['assertion', 106, 'AssertionError', expect.any(String)],
    ['type', 101, 'TypeError', 'not a function'],
    ['other', 101, 'Error', 'unexpected'],
  ])('S-P3: a body that throws (%s) ends with the code %i, and the error is kept', async (how, code, name, message) => {
    const { start, clock, notes } = project.open(open());
    const run = await start('Demo.run', { how });
    await clock.runAll();
    const error = { name, message };
    expect(await rejectionOf(run.value())).toMatchObject(error);
    const report = await run.report();
    expect(report.steps[0]).toMatchObject({ status: 'failed', code, error });
    expect([report.code, notes.lines]).toEqual([code, ['told']]);
  });

  test.each([
    ['a value of the wrong type', '{ "cents": "many" }'],
    ['a value that lacks a field', '{}'],
    ['no object', 'null'],
  ])('S-P3: %s is refused with 107, before the body', async (_what, name) => {
    const { report, notes } = project.open(open());
    const { steps, status } = await report('Demo.price', { name });
    expect(steps[1]).toMatchObject({ node: 'Demo.charge', status: 'failed', code: StepCode.INVALID_TYPE });
    expect([notes.lines, status]).toEqual([[], 'failed']);
  });

  test.each([[{}], [{ how: 5 }], [{ how: 'badly' }], [undefined], [null]])(
    'S-P3: a start with %j is refused before there is a run',
    async (message) => {
      const { start, runtime, notes } = project.open(open());
      const refusal = await rejectionOf(start('Demo.run', message, { id: 'refused' }));
      expect(refusal).toMatchObject({ code: expect.stringMatching(/^ONW200[13]$/) });
      expect(await runtime.run('refused')).toBeUndefined();
      expect(notes.lines).toEqual([]);
    },
  );

  test('S-P4: names are case-sensitive, and an unknown one is refused with the nearest', async () => {
    const { start, runtime } = project.open(open());
    expect([runtime.isJob('Demo.run'), runtime.isJob('demo.RUN'), runtime.isJob('Demo.tell')]).toEqual([
      true,
      false,
      false,
    ]);
    const refusal = await rejectionOf(start('Demo.Run', { how: 'well' }));
    expect(String(refusal)).toBe('OnwardError: ONW3005: there is no job "Demo.Run"; did you mean Demo.run?');
  });

  test('S-P6: a run without all the tags of a node is refused it with 105, one with more of them is not', async () => {
    const { report, notes } = project.open(open());
    for (const tags of [[], ['night'], ['admin'], ['Night', 'Admin']]) {
      const refused = await report('Demo.secret', undefined, { tags });
      expect(refused).toMatchObject({
        status: 'failed',
        steps: [{ status: 'failed', code: StepCode.FORBIDDEN_BLOCK }],
      });
    }
    expect(notes.lines).toEqual([]);
    expect((await report('Demo.secret', undefined, { tags: ['day', 'admin', 'night'] })).value).toBe('opened');
  });

  test('S-P10: a run ends once, and neither another job nor another run of the job knows its state', async () => {
    const { start, report, clock, notes } = project.open(open());
    const run = await start('Demo.remember');
    await clock.runAll();
    const events = await eventsOf(run);
    expect(events.filter(({ type }) => type === 'run.ended')).toHaveLength(1);
    expect([await run.value(), notes.count('over')]).toEqual(['nothing', 1]);
    const again = await report('Demo.remember');
    expect(again.value).toBe('nothing');
    expect(stepsOf(again)).toEqual(['Demo.remember completed 0', 'Demo.over completed 0']);
    expect(again.steps[0]).toMatchObject({ id: 1, round: 1, attempts: [{ number: 1 }] });
  });
});

test('S-P5: two nodes of one name are an error of the build, told at both places', async () => {
  const files = {
    'src/a.ts': `import { Job } from 'onward';
export class Twice {
  @Job({ name: 'same' }) one(): void {}
  @Job({ name: 'same' }) other(): void {}
}
`,
  };
  const { code, out, err } = await projectOnDisk(files).onward('generate');
  expect(code).toBe(1);
  expect(out + err).toMatch(/a\.ts:4:\d+ - error ONW1102.*Twice\.same/);
  expect(out + err).toContain('a.ts:3');
});
