// The scenarios of plans of several jobs: S-D1 to S-D6, S-D10 and S-D11, and what S-P2, S-P6, S-P8 and S-P10 say of jobs
// in plans; beside them a run that waits for a message (R51). Generated and run.
//
// Left for durable engines: resume (S-D7, and in S-D10). S-D12 is in test/schedule.

import { describe, expect, test } from 'vitest';
import { ENGINES, rejectionOf, stepsOf } from '../support/wired.ts';
import { eventsOf, generated, told } from './generated.ts';

const project = await generated('plans');
const CALLBACKS = { onSuccess: 'Manager.success', onFailure: 'Manager.failure' } as const;
const THREE = [{ job: 'Manager.ok' }, { job: 'Manager.bad' }, { job: 'Manager.later' }] as const;

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('S-D1: after a failure the rest is not started; only onFailure is called, once, with all three records', async () => {
    const { runtime, clock, notes } = project.open(open());
    const run = await runtime.start(runtime.sequence(THREE, CALLBACKS));
    await clock.runAll();
    expect((await run.results()).map(({ status, code }) => `${status} ${code}`)).toEqual([
      'completed 0',
      'failed 101',
      'skipped 100',
    ]);
    expect(notes.lines).toEqual([
      'callback of Manager.ok',
      'callback of Manager.bad',
      'onFailure: Manager.ok completed, Manager.bad failed, Manager.later skipped',
    ]);
  });

  test('S-D2: with keepGoing the third runs and is told that there is no previous value', async () => {
    const { runtime, clock, notes } = project.open(open());
    const run = await runtime.start(runtime.sequence(THREE, { ...CALLBACKS, keepGoing: true }));
    await clock.runAll();
    expect([notes.seen, (await run.report()).status]).toEqual([[{ ok: false }], 'failed']);
    expect(notes.lines.slice(2)).toEqual([
      'later',
      'callback of Manager.later',
      'onFailure: Manager.ok completed, Manager.bad failed, Manager.later completed',
    ]);
  });

  test('S-D2: if all went well only onSuccess is called; a value of undefined is a value', async () => {
    const { runtime, clock, notes } = project.open(open());
    await runtime.start(runtime.sequence([{ job: 'Manager.nothing' }, { job: 'Manager.later' }], CALLBACKS));
    await clock.runAll();
    expect(notes.seen).toEqual([{ ok: true, value: undefined }]);
    expect(notes.lines).toEqual(['later', 'callback of Manager.later', 'onSuccess 4']);
  });

  test('S-D3: it fails twice and completes; its errors are numbered, and the events tell of each', async () => {
    const { runtime, clock } = project.open(open());
    const run = await runtime.start(runtime.sequence([{ job: 'Manager.twice' }]), { notBefore: 1_000 });
    expect((await run.inspect()).steps).toMatchObject([{ status: 'pending', code: -1 }]);
    await clock.runAll();
    const { steps } = await run.report();
    expect(steps).toMatchObject([
      {
        status: 'completed',
        attempts: [
          { number: 1, error: { message: 'error 1' } },
          { number: 2, error: { message: 'error 2' } },
          { number: 3, code: 0 },
        ],
      },
    ]);
    expect(told(await eventsOf(run))).toEqual([
      'run.started',
      'step.started Manager.twice',
      'step.retrying Manager.twice',
      'step.retrying Manager.twice',
      'step.completed Manager.twice',
      'entry.ended Manager.twice',
      'run.ended',
    ]);
    expect(await run.value()).toEqual(['third time']);
  });

  test('S-D4: three attempts run out of time, each is aborted, and the code is that of a timeout', async () => {
    const { runtime, clock, notes } = project.open(open());
    const run = await runtime.start(runtime.sequence([{ job: 'Manager.late' }, { job: 'Manager.ok' }]));
    await clock.runAll();
    expect(notes.lines).toEqual(['aborted 1', 'aborted 2', 'aborted 3']);
    expect(stepsOf(await run.report())).toEqual(['Manager.late failed 204', 'Manager.ok skipped 100']);
  });

  test('S-D5: callbacks throw: the next task runs, and the run ends as it would', async () => {
    const { runtime, clock, notes } = project.open(open());
    const run = await runtime.start(
      runtime.sequence([{ job: 'Fragile.work' }, { job: 'Manager.later' }], { onSuccess: 'Fragile.notify' }),
    );
    await clock.runAll();
    expect(notes.lines).toEqual(['task callback throws', 'later', 'callback of Manager.later', 'notifier throws']);
    const { status, callbackFailures } = await run.report();
    expect([status, callbackFailures.map(({ node }) => node)]).toEqual([
      'completed',
      ['Fragile.throwing', 'Fragile.notify'],
    ]);
  });

  test('S-D6: an unknown mode and an option that is wrong are refused before any event', async () => {
    const { runtime, notes } = project.open(open());
    const wrong = { keepGoing: 'yes', mode: 'sideways' };
    expect(() => Reflect.apply(runtime.sequence, runtime, [THREE, wrong])).toThrow(
      'ONW3004: the sequence is not valid: expected `keepGoing` to be true or false, got "yes"; there is no option `mode`; the options are keepGoing, onSuccess, onFailure',
    );
    const options = { id: 'refused', history: 'some' };
    const refused = Reflect.apply(runtime.start, runtime, [runtime.sequence(THREE), options]);
    expect(await rejectionOf(refused)).toMatchObject({ code: 'ONW3004' });
    expect([await runtime.run('refused'), notes.lines]).toEqual([undefined, []]);
  });

  test('S-D10: side by side all start together, and what they did is seen by who started them', async () => {
    const { runtime, clock, notes } = project.open(open());
    const run = await runtime.start(
      runtime.parallel([{ job: 'Manager.first' }, { job: 'Manager.second' }, { job: 'Manager.ok' }], CALLBACKS),
    );
    await clock.advance(1);
    expect(notes.lines).toEqual(['first begins', 'second begins', 'callback of Manager.ok']);
    await clock.runAll();
    expect(await run.value()).toEqual([1, 2, 'fine']);
    expect(notes.lines.slice(3)).toEqual(['onSuccess 5']);
  });

  test.each([{}, { keepGoing: true }])(
    'S-D11: a start returns at once, callbacks run once after the end, and a second start joins the run (%j)',
    async (config) => {
      const { runtime, clock, notes } = project.open(open());
      // Another one each time: it is its content that counts.
      const plan = () =>
        runtime.sequence([{ job: 'Manager.first' }, { job: 'Manager.ok' }], { ...CALLBACKS, ...config });
      const run = await runtime.start(plan(), { id: 'background' });
      expect((await run.inspect()).status).toBe('running');
      const again = await runtime.start(plan(), { id: 'background' });
      await clock.runAll();
      expect(notes.lines).toEqual(['first begins', 'callback of Manager.ok', 'onSuccess 4']);
      expect([again.id, await again.value()]).toEqual([run.id, [1, 'fine']]);
      const late = await runtime.start(plan(), { id: 'background' });
      expect(await late.value()).toEqual([1, 'fine']);
      await clock.runAll();
      expect(notes.count('onSuccess 4')).toBe(1);
      const other = runtime.start(runtime.sequence(THREE), { id: 'background' });
      expect(await rejectionOf(other)).toMatchObject({ code: 'ONW3033' });
    },
  );

  test('S-P2: [throws, plain, forced, plain] are 101, 100, 0 and 100, told in order', async () => {
    const { runtime, clock, notes } = project.open(open());
    const run = await runtime.start(
      runtime.sequence([
        { job: 'Manager.bad' },
        { job: 'Manager.first' },
        { job: 'Manager.nothing', always: true },
        { job: 'Manager.second' },
      ]),
    );
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([101, 100, 0, 100]);
    const report = await run.report();
    expect([report.status, report.code, report.failures.map(({ id }) => id)]).toEqual(['failed', 101, [1]]);
    const ended = (await eventsOf(run)).flatMap((event) => (event.type === 'entry.ended' ? [event.entry] : []));
    expect([ended, notes.lines]).toEqual([[0, 1, 2, 3], ['callback of Manager.bad']]);
  });

  test('S-P6: an entry whose tags the run lacks is refused with 105, and what follows is not started', async () => {
    const { runtime, clock, notes } = project.open(open());
    const plan = runtime.sequence([{ job: 'Manager.secret' }, { job: 'Manager.nothing' }]);
    const refused = await runtime.start(plan, { tags: ['day'] });
    await clock.runAll();
    expect(stepsOf(await refused.report())).toEqual(['Manager.secret failed 105', 'Manager.nothing skipped 100']);
    const run = await runtime.start(plan, { tags: ['day', 'night'] });
    await clock.runAll();
    expect([(await run.report()).status, notes.lines]).toEqual(['completed', ['opened']]);
  });

  test.each([
    ['a value', [false]],
    ['one of a list', [true, false, true]],
  ])('S-P8: %s is false: the entry has the code 110, the next one runs, and the run is a success', async (_, list) => {
    const { runtime, clock, notes } = project.open(open());
    const run = await runtime.start(
      runtime.sequence(
        [
          { job: 'Manager.bad', if: list.length === 1 ? list[0] === true : list },
          { job: 'Manager.nothing', if: [true, true] },
        ],
        CALLBACKS,
      ),
    );
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report).slice(0, 2)).toEqual(['Manager.bad skipped 110', 'Manager.nothing completed 0']);
    expect([report.status, report.failures, notes.lines]).toEqual(['completed', [], ['onSuccess 3']]);
  });

  test('S-P10: two runs of one plan share no state; the entries of one run share it', async () => {
    const { runtime, clock } = project.open(open());
    const plan = runtime.sequence([{ job: 'Manager.remember' }, { job: 'Manager.remember' }]);
    const [run, other] = [await runtime.start(plan), await runtime.start(plan)];
    await clock.runAll();
    expect([await run.value(), await other.value()]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect((await other.report()).steps.map(({ id, round }) => [id, round])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  test('a message into a run: typed, checked, once by its id, whoever looks the run up', async () => {
    const { runtime, clock, notes } = project.open(open());
    await runtime.start(runtime.sequence([{ job: 'Leave.ask' }, { job: 'Manager.later' }]), { id: 'leave' });
    await clock.advance(3_600_000);
    expect(notes.lines).toEqual([]);
    const run = await runtime.run('leave');
    if (run === undefined) throw new Error('it is known');
    const send = (message: object, id?: string): Promise<void> =>
      Reflect.apply(run.send, run, ['Leave.decide', message, id === undefined ? {} : { id }]);
    expect(await rejectionOf(send({ granted: 1, by: 'Ada' }))).toMatchObject({
      code: 'ONW2003',
      issues: [{ path: 'granted' }],
    });
    await send({ granted: true, by: 'Ada' }, 'form-7');
    await send({ granted: true, by: 'Ada' }, 'form-7');
    await clock.runAll();
    expect(notes.lines).toEqual(['Ada on 3 days: true', 'entered', 'later', 'callback of Manager.later']);
    expect((await run.report()).status).toBe('completed');
  });

  test('a message that never comes: the step that waits runs out of time', async () => {
    const { report, notes } = project.open(open());
    const ended = await report('Leave.ask');
    expect([stepsOf(ended), ended.endedAt - ended.startedAt]).toEqual([
      ['Leave.ask completed 0', 'Leave.decide failed 204'],
      2 * 86_400_000,
    ]);
    expect(notes.lines).toEqual([]);
  });
});
