// Entries that are refused, and conditions: R13 and P4 in plans.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Job, memoryEngine, OnStart, OnSuccess, type StepContext } from 'onward';
import { definition } from 'onward/definitions';
import { journaledEngine } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

class Amount {
  @IsInt() n!: number;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  interface Mill {
    readonly app: Wired;
    readonly log: string[];
  }
  function mill(): Mill {
    const log: string[] = [];
    class Wheel {
      @Job() turn(): { n: string } {
        log.push('turn');
        return { n: 'not a number' };
      }
      @Job({ maxRounds: 2 }) twice(): void {
        log.push('twice');
      }
      @Job({ tags: ['wind'] }) sail(): void {
        log.push('sail');
      }
      @Job() grind({ n }: Amount): number {
        log.push(`grind ${n}`);
        return n;
      }
      @Job() async slow(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('slow');
      }
      @OnStart('grind') oil(): void {
        log.push('oil');
      }
    }
    const app: Wired = wired(open(), { Wheel: new Wheel() }, { 'Wheel.grind': [Amount] });
    return { app, log };
  }
  const TURN = { job: 'Wheel.turn' };

  test('steps of a definition that have no value go by their ids, several of one job too', async () => {
    class Doors {
      @Job({ expose: true }) open({ n }: Amount): number {
        return n;
      }
    }
    const { runtime, clock } = wired(open(), { Doors: new Doors() }, { 'Doors.open': [Amount] });
    const steps = [
      { id: 'front', job: 'Doors.open', message: { n: 1 } },
      { id: 'back', job: 'Doors.open', message: { n: '${parameters.back}' } },
    ];
    const run = await runtime.start(definition({ steps }), {});
    await clock.runAll();
    expect(String(await rejectionOf(run.value()))).toMatchInlineSnapshot(`
      "OnwardError: ONW3050: 1 of 2 entries of definition have no value; \`results()\` says how each ended:
        entries[1] ("back", Doors.open) failed: OnwardError: ONW2003: the message does not fit Amount · n: expected an integer number, got nothing"
    `);
  });

  test('R36: after an exit a step of a definition that would be refused is skipped as the others are', async () => {
    class Doors {
      @Job({ expose: true }) leave(context: StepContext): void {
        context.exit('gone');
      }
    }
    const { runtime, clock } = wired(open(), { Doors: new Doors() }, { 'Doors.leave': ['context'] });
    const steps = [
      { id: 'out', job: 'Doors.leave' },
      { id: 'never', job: 'Doors.unknown' },
      { id: 'neither', job: 'Doors.unknown', always: true },
    ];
    const run = await runtime.start(definition({ steps }), {});
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([0, 100, 100]);
    expect((await run.report()).status).toBe('completed');
  });

  test('`notBefore` holds the entry behind one that was refused, and what is added', async () => {
    const { app } = mill();
    const { runtime, clock } = app;
    const options = { notBefore: 10_000 };
    const twice = { job: 'Wheel.twice' };
    const run = await runtime.start(runtime.sequence([twice, twice, twice, TURN], { keepGoing: true }), options);
    const swarm = await runtime.start(runtime.swarm().add('Wheel.turn'), options);
    await swarm.add('Wheel.turn');
    await run.cancelStep(1);
    await clock.advance(9_000);
    for (const held of [run, swarm]) {
      const { steps } = await held.inspect();
      expect(steps.filter(({ status }) => status === 'completed')).toEqual([]);
    }
    await swarm.close();
    await clock.runAll();
    expect((await run.results()).map(({ status }) => status)).toContain('completed');
    expect((await swarm.results()).map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  test('R13, R56: the entry beyond the stepLimit is refused with 108, those after it are skipped', async () => {
    const { app, log } = mill();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([TURN, TURN, TURN, TURN]), { stepLimit: 2 });
    const all = await runtime.start(runtime.parallel([TURN, TURN, TURN]), { stepLimit: 2 });
    const kept = await runtime.start(runtime.sequence([TURN, TURN, TURN, TURN], { keepGoing: true }), { stepLimit: 2 });
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([0, 0, 108, 100]);
    expect((await all.results()).map(({ code }) => code)).toEqual([0, 0, 108]);
    expect((await kept.results()).map(({ code }) => code)).toEqual([0, 0, 108, 100]);
    expect(log).toHaveLength(6);
    expect(await run.report()).toMatchObject({ status: 'failed', code: 108 });
  });

  test('R13: the execution beyond a limit of its node is refused with 109, the limit of the start counts', async () => {
    const { app, log } = mill();
    const { runtime, clock } = app;
    const three = Array.from({ length: 3 }, () => ({ job: 'Wheel.twice' }));
    const run = await runtime.start(runtime.sequence(three));
    const once = await runtime.start(runtime.sequence(three, { keepGoing: true }), { maxPerRun: { 'Wheel.*': 1 } });
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([0, 0, 109]);
    expect((await once.results()).map(({ code }) => code)).toEqual([0, 109, 109]);
    expect(log).toHaveLength(3);
  });

  test('R13: without its tags an entry is refused with 105; a signature of it likewise', async () => {
    const { app, log } = mill();
    const { runtime, clock } = app;
    const signed = runtime.sign('Wheel.turn').onSuccess('Wheel.sail');
    const run = await runtime.start(runtime.sequence([{ job: signed }, { job: 'Wheel.sail' }], { keepGoing: true }));
    await clock.runAll();
    expect(stepsOf(await run.report())).toEqual([
      'Wheel.turn completed 0',
      'Wheel.sail failed 105',
      'Wheel.sail failed 105',
    ]);
    expect(log).toEqual(['turn']);
  });

  test('R13: a link whose message does not fit is refused with 107, before its start callbacks', async () => {
    const { app, log } = mill();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.chain(['Wheel.turn', 'Wheel.grind', 'Wheel.turn']));
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([0, 107, 100]);
    expect(log).toEqual(['turn']);
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW2003', issues: [{ path: 'n' }] });
  });

  test('P4: all of a list have to hold; what does not run has the code 110, is no failure, and takes no step of a limit', async () => {
    const { app, log } = mill();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.sequence([
        { ...TURN, if: true },
        { ...TURN, if: false },
        { ...TURN, if: [] },
        { ...TURN, if: [true, false] },
        { ...TURN, always: true, if: false },
        { job: 'Wheel.grind', message: { n: 1 }, if: false },
      ]),
    );
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([0, 110, 0, 110, 110, 110]);
    expect([log, (await run.report()).status]).toEqual([['turn', 'turn'], 'completed']);
  });

  test('P4: an entry that is left out is no execution of its job: neither its limits nor its rounds know of it', async () => {
    const { app, log } = mill();
    const { runtime, clock } = app;
    const left = { ...TURN, if: false };
    const run = await runtime.start(runtime.sequence([left, TURN, left, { ...TURN, if: true }, TURN]), {
      id: 'r',
      maxPerRun: { 'Wheel.turn': 2 },
    });
    await clock.runAll();
    const { steps } = await run.report();
    expect(steps.map(({ code, round, key }) => [code, round, key])).toEqual([
      [110, 0, 'r~Wheel.turn.0.1'],
      [0, 1, 'r~Wheel.turn.1'],
      [110, 0, 'r~Wheel.turn.0.3'],
      [0, 2, 'r~Wheel.turn.2'],
      [109, 3, 'r~Wheel.turn.3'],
    ]);
    expect(log).toEqual(['turn', 'turn']);
  });

  test('P4: one that is left out is not told as started, one that runs is, after its condition was asked', async () => {
    const { app } = mill();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.sequence([
        { ...TURN, if: false },
        { ...TURN, if: true },
      ]),
    );
    const heard: string[] = [];
    const listening = (async () => {
      for await (const event of run.events())
        if ('step' in event) heard.push(`${event.type} ${event.step} ${event.key}`);
    })();
    await clock.runAll();
    await listening;
    const key = (rest: string): string => `${run.id}~Wheel.turn.${rest}`;
    expect(heard.filter((line) => !line.startsWith('entry'))).toEqual([
      `step.skipped 1 ${key('0.1')}`,
      `step.started 2 ${key('1')}`,
      `step.completed 2 ${key('1')}`,
    ]);
    const again: string[] = [];
    for await (const event of run.events()) if ('step' in event) again.push(`${event.type} ${event.step} ${event.key}`);
    expect(again).toEqual(heard);
  });

  test('P3, P4: entries that a failure or an exit leaves out count for nothing either', async () => {
    const { app, log } = mill();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.sequence([{ job: 'Wheel.grind', message: { n: 1 } }, TURN, { ...TURN, always: true }]),
      { maxPerRun: { 'Wheel.turn': 1, 'Wheel.grind': 1 } },
    );
    const failing = await runtime.start(
      runtime.sequence([{ job: 'Wheel.sail' }, TURN, TURN, { ...TURN, always: true }]),
      { maxPerRun: { 'Wheel.turn': 1 } },
    );
    await clock.runAll();
    expect((await run.results()).at(-1)).toMatchObject({ code: 109 });
    expect((await failing.results()).map(({ code }) => code)).toEqual([105, 100, 100, 0]);
    expect(log.filter((line) => line === 'turn')).toHaveLength(2);
  });
});

describe('predicates', () => {
  interface Scale {
    readonly app: Wired;
    readonly log: unknown[];
  }
  function scale(): Scale {
    const log: unknown[] = [];
    class Scales {
      @Job() weigh(): number {
        return 7;
      }
      @Job({ timeout: 1_000 }) load(): void {
        log.push('load');
      }
      @OnSuccess('load') note(): void {}
    }
    return { app: wired(memoryEngine(), { Scales: new Scales() }), log };
  }

  test('P4: a predicate is given what the entry before came to; it may take its time; the first no counts', async () => {
    const { app, log } = scale();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.sequence([
        { job: 'Scales.load', if: ({ previous }) => log.push(previous) > 0 },
        { job: 'Scales.weigh' },
        {
          job: 'Scales.load',
          if: async ({ previous }) => {
            await sleep(clock, 100);
            return previous?.ok === true && previous.value === 7;
          },
        },
        { job: 'Scales.load', if: [() => Promise.resolve(false), () => log.push('asked')] },
        { job: 'Scales.load', if: [true, () => 0] },
      ]),
    );
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([0, 0, 0, 110, 110]);
    expect(log).toEqual([undefined, 'load', 'load']);
  });

  test('P4: a predicate is asked when its turn comes, once, and not at all for what is skipped or cancelled', async () => {
    const { app, log } = scale();
    const { runtime, clock } = app;
    const ask = (): boolean => log.push('asked') > 0;
    const run = await runtime.start(
      runtime.sequence([
        { job: 'Scales.load', if: ask },
        {
          job: 'Scales.load',
          if: [
            ask,
            () => {
              throw new Error('torn');
            },
          ],
        },
        { job: 'Scales.load', if: ask },
      ]),
      { suspended: true },
    );
    await clock.runAll();
    expect(log).toEqual([]);
    await run.resume();
    await clock.runAll();
    expect(log).toEqual(['asked', 'load', 'asked']);
    expect((await run.results()).map(({ code }) => code)).toEqual([0, 101, 100]);
  });

  test('P4: what a predicate throws, or rejects with, fails the entry; its body does not run', async () => {
    const { app, log } = scale();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.parallel([
        {
          job: 'Scales.load',
          if: () => {
            throw new Error('torn');
          },
        },
        { job: 'Scales.load', if: () => Promise.reject(new TypeError('worn')) },
      ]),
    );
    await clock.runAll();
    expect(log).toEqual([]);
    expect(await run.results()).toMatchObject([
      { status: 'failed', code: 101, error: { message: 'torn' } },
      { status: 'failed', code: 101, error: { message: 'worn' } },
    ]);
  });

  test('a predicate that never settles: a cancel ends it, and a deadline does', async () => {
    const { app, log } = scale();
    const { runtime, clock } = app;
    const never = (): Promise<boolean> => new Promise(() => {});
    const plan = runtime.sequence([{ job: 'Scales.load', if: never }, { job: 'Scales.load' }]);
    const cancelled = await runtime.start(plan);
    const late = await runtime.start(plan, { deadline: 10_000 });
    await clock.advance(10);
    await cancelled.cancel('enough');
    await clock.runAll();
    expect((await cancelled.report()).status).toBe('cancelled');
    expect(await late.report()).toMatchObject({ status: 'failed', code: 204 });
    expect((await cancelled.results()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    expect(log).toEqual([]);
  });

  test('a predicate that takes longer than the timeout of its job is given up like an attempt', async () => {
    const { app, log } = scale();
    const { runtime, clock } = app;
    const never = (): Promise<boolean> => new Promise(() => {});
    const run = await runtime.start(runtime.sequence([{ job: 'Scales.load', if: never }]));
    await clock.advance(60_000);
    const { status } = await run.inspect();
    await run.cancel().catch(() => undefined);
    await clock.runAll();
    expect([status, log]).toEqual(['failed', []]);
  });

  test('P4: a predicate whose attempt ran out of time is asked again, and one that answers late is not heard', async () => {
    const log: string[] = [];
    let answers = 0;
    class Scales {
      @Job({ timeout: 50, retry: { attempts: 3, delay: 10 } }) async weigh(): Promise<void> {
        log.push(`weigh ${app.clock.now()}`);
        await sleep(app.clock, 30);
      }
    }
    const app: Wired = wired(memoryEngine(), { Scales: new Scales() });
    const { runtime, clock } = app;
    const slowly = (answer: boolean) => async (): Promise<boolean> => {
      answers++;
      await sleep(clock, 100);
      return answer;
    };
    const plan = [
      { job: 'Scales.weigh', if: slowly(false) },
      { job: 'Scales.weigh', if: slowly(true) },
    ] as const;
    const run = await runtime.start(runtime.sequence(plan, { keepGoing: true }));
    const heard: string[] = [];
    void run.observe({ onEvent: ({ type }) => void heard.push(type) });
    await clock.runAll();
    // `step.late` is about a body, and none has run.
    expect(heard).toContain('step.retrying');
    expect(heard).not.toContain('step.late');
    expect((await run.results()).map(({ code }) => code)).toEqual([204, 204]);
    expect([answers, log]).toEqual([6, []]);
    const quick = async (): Promise<boolean> => {
      await sleep(clock, answers++ === 6 ? 60 : 10);
      return true;
    };
    const again = await runtime.start(runtime.sequence([{ job: 'Scales.weigh', if: quick }]));
    await clock.runAll();
    expect((await again.report()).steps[0]).toMatchObject({
      status: 'completed',
      attempts: [{ code: 204 }, { code: 0 }],
    });
    expect(log).toHaveLength(1);
  });

  test('P4: a predicate that says no too late frees no slot but its own', async () => {
    let [live, peak] = [0, 0];
    class Scales {
      @Job({ timeout: 50, concurrency: 1, retry: { attempts: 2, delay: 0 } }) async weigh(): Promise<void> {
        peak = Math.max(peak, ++live);
        await sleep(app.clock, 40);
        live--;
      }
    }
    const app: Wired = wired(memoryEngine(), { Scales: new Scales() });
    const { runtime, clock } = app;
    let asked = 0;
    const late = async (): Promise<boolean> => {
      const isFirst = asked++ === 0;
      await sleep(clock, isFirst ? 60 : 5);
      return !isFirst;
    };
    const entries = [{ job: 'Scales.weigh', if: late }, { job: 'Scales.weigh' }, { job: 'Scales.weigh' }] as const;
    const run = await runtime.start(runtime.parallel(entries));
    await clock.runAll();
    expect((await run.report()).status).toBe('completed');
    expect(peak).toBe(1);
  });

  test('P4: an engine that keeps records refuses a predicate before anything is stored', async () => {
    class Scales {
      @Job() load(): void {}
    }
    const { runtime, clock } = wired(journaledEngine(), { Scales: new Scales() });
    const plan = runtime.sequence([{ job: 'Scales.load' }, { job: 'Scales.load', if: [true, () => true] }]);
    const refused = await rejectionOf(runtime.start(plan, { id: 'torn' }));
    expect(String(refused)).toMatchInlineSnapshot(
      `"OnwardError: ONW3045: \`entries[1].if[1]\` cannot be kept in a record: it is a function; engines that keep records take values only: decide ahead of the start, or in the job"`,
    );
    expect(await runtime.run('torn')).toBeUndefined();
    const run = await runtime.start(runtime.sequence([{ job: 'Scales.load' }]), { id: 'torn' });
    await clock.runAll();
    expect((await run.report()).status).toBe('completed');
  });
});
