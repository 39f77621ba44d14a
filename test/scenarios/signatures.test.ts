// The scenarios of signatures and their callbacks: S-M1 to S-M5, S-M8, S-M9 and S-M12, generated and run.
//
// How many attempts there were is told by the report, not by the error (S-M5). Signing by reference (S-M8) is in
// test/signatures/signatures.test.ts.

import { describe, expect, test } from 'vitest';
import { journaledEngine } from 'onward/testing';
import { projectOnDisk } from '../codegen/project-on-disk.ts';
import { ENGINES, rejectionOf, stepsOf } from '../support/wired.ts';
import { eventsOf, generated, told } from './generated.ts';

const project = await generated('plans');

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('S-M1: a marked field takes the value, a bound one what is bound, and nothing comes of the original message', async () => {
    const { runtime, clock, notes } = project.open(open());
    const signed = runtime.sign('Task.count').onSuccess(runtime.sign('Task.marked', { fieldInt: 7 }));
    const run = await runtime.start(signed, { x: 1 });
    await clock.runAll();
    expect(await run.value()).toEqual({ x: 1 });
    expect(notes.seen).toEqual([{ taskResult: { x: 1 }, fieldInt: 7 }]);
    expect(notes.seen.map((message) => message?.constructor.name)).toEqual(['Marked']);
  });

  test('S-M2: a field named returnValue takes the value; without any the value itself is the message', async () => {
    const { runtime, clock, notes } = project.open(open());
    const signed = runtime
      .sign('Task.count')
      .onSuccess(runtime.sign('Task.named', { fieldInt: 1 }))
      .onSuccess(runtime.sign('Task.unmarked', { fieldInt: 2 }))
      .onSuccess('Task.misfit');
    await runtime.start(signed, { x: 5 });
    await clock.runAll();
    expect(notes.seen).toEqual([
      { returnValue: { x: 5 }, fieldInt: 1 },
      { x: 5, fieldInt: 2 },
    ]);
    expect(notes.lines).toEqual(['count 5', 'misfit']);
  });

  test('S-M2: what a value does not fit ends with 107, and its body does not run', async () => {
    const { runtime, clock, notes } = project.open(open());
    const run = await runtime.start(runtime.sign('Task.count').onSuccess('Task.needs'), { x: 5 });
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Task.count completed 0', 'Task.needs failed 107']);
    expect([report.status, notes.lines]).toEqual(['failed', ['count 5']]);
  });

  test('S-M4: two success callbacks both run once, though the first throws; the task stays succeeded', async () => {
    const { runtime, clock, notes } = project.open(open());
    const signed = runtime
      .sign('Task.count')
      .onSuccess('Task.stumble')
      .onSuccess('Task.misfit')
      .onError('Task.regret')
      .onError('Task.regret');
    const run = await runtime.start(signed, { x: 1 });
    await clock.runAll();
    expect(notes.lines).toEqual(['count 1', 'stumble', 'misfit']);
    expect(await run.value()).toEqual({ x: 1 });
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Task.count completed 0', 'Task.stumble failed 101', 'Task.misfit completed 0']);
    expect(report.status).toBe('failed');
  });

  test('S-M5: an error callback runs once, after the last attempt, with the message as received and its own fields', async () => {
    const { runtime, clock, notes } = project.open(open());
    const signed = runtime
      .sign('Task.fail', { p: 1 })
      .onError(runtime.sign('Task.sorry', { fieldInt: 12345, fieldStr: 'test' }));
    const run = await runtime.start(signed, { id: 9 });
    await clock.runAll();
    expect(notes.lines).toEqual(['attempt 1', 'attempt 2', 'attempt 3', 'sorry Declined order 9 true']);
    expect(notes.seen).toEqual([{ id: 9, p: 1, fieldInt: 12345, fieldStr: 'test' }]);
    const { steps } = await run.report();
    expect(steps[0]?.attempts).toHaveLength(3);
    expect(await rejectionOf(run.value())).toMatchObject({ message: 'order 9' });
  });

  test('S-M5: what is not to be tried again calls its error callback after attempt 1', async () => {
    const { runtime, clock, notes } = project.open(open());
    await runtime.start(runtime.sign('Task.refuse').onError('Task.regret'));
    await clock.runAll();
    expect(notes.lines).toEqual(['refused', 'regret']);
  });

  test('S-M8: an unknown name is refused with the nearest, before anything starts', () => {
    const { runtime } = project.open(open());
    expect(() => runtime.sign('Task.cuont')).toThrow(
      'ONW3005: there is no node "Task.cuont"; did you mean Task.count?',
    );
  });

  test('S-M12: suspended before its start it never runs; resumed it runs once with its message', async () => {
    const { runtime, clock, notes } = project.open(open());
    const run = await runtime.start(runtime.sign('Task.slow', { x: 4 }), undefined, { suspended: true });
    await clock.advance(60_000);
    expect([notes.lines, (await run.inspect()).status]).toEqual([[], 'suspended']);
    await run.resume();
    await clock.runAll();
    expect(notes.lines).toEqual(['slow 4', 'slept']);
    expect(await run.value()).toBe(4);
  });

  test('S-M12: an interrupted one sees its signal aborted; neither success nor error callbacks are called', async () => {
    const { runtime, clock, notes } = project.open(open());
    const signed = runtime.sign('Task.slow').onSuccess('Task.misfit').onError('Task.regret');
    const run = await runtime.start(signed, { x: 4 });
    await clock.advance(10);
    await run.cancel('interrupted');
    await clock.runAll();
    expect(notes.lines.toSorted()).toEqual(['aborted', 'cancel event', 'slow 4']);
    const report = await run.report();
    expect([report.status, stepsOf(report)]).toEqual([
      'cancelled',
      ['Task.slow cancelled 203', 'Task.stopped completed 0'],
    ]);
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3020' });
    expect(told(await eventsOf(run))).toContain('step.cancelled Task.slow');
  });
});

test('S-M3: two marked fields are an error of the build, which shows the file and both fields', async () => {
  const files = {
    'src/twice.ts': `import { Job, OnSuccess, ReturnValue } from 'onward';

export class Both {
  @ReturnValue() one!: string;
  @ReturnValue() other!: string;
}
export class Shop {
  @Job() sell(): string { return 'sold'; }
  @OnSuccess('sell') pack(both: Both): void {}
}
`,
  };
  const { code, out, err } = await projectOnDisk(files).onward('generate');
  expect(code).toBe(1);
  expect(out + err).toMatch(/src\/twice\.ts:5:\d+ - error ONW1106.*@ReturnValue\(\) other!.*@ReturnValue\(\) one!/s);
});

test('S-M9: after a crash between the end of a task and its callback the callback runs once, its values intact', async () => {
  const engine = journaledEngine();
  const { runtime, clock, notes } = project.open(engine);
  const signed = runtime.sign('Ledger.book').onSuccess(runtime.sign('Task.marked', { fieldInt: 9 }));
  const run = await runtime.start(signed, { x: 6 });
  await clock.advance(20);
  const { steps } = await run.inspect();
  expect(steps.map(({ node, status }) => `${node} ${status}`)).toContain('Ledger.print pending');
  engine.restart();
  await clock.runAll();
  expect(notes.lines).toEqual(['booked', 'printed 6 3']);
  expect(notes.seen).toEqual([{ taskResult: { x: 6 }, fieldInt: 9 }]);
  expect((await run.report()).status).toBe('completed');
});
