// Jobs one after another: R33 to R35.

import { describe, expect, test } from 'vitest';
import { Job, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { storyOf } from '../support/story.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R33: an entry begins when everything that the one before has caused is over', async () => {
    const log: string[] = [];
    const say = (line: string): void => void log.push(`${app.clock.now() - began} ${line}`);
    class Bakery {
      @Job() async knead(): Promise<string> {
        await sleep(app.clock, 100);
        return 'dough';
      }
      @OnSuccess('knead') async rise(): Promise<void> {
        await sleep(app.clock, 500);
        say('risen');
      }
      @OnSuccess('rise', { after: '1s' }) fold(): void {
        say('folded');
      }
      @Job() bake(): void {
        say('bake');
      }
    }
    const app: Wired = wired(open(), { Bakery: new Bakery() });
    const began = app.clock.now();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([{ job: 'Bakery.knead' }, { job: 'Bakery.bake' }]));
    await clock.runAll();
    expect(log).toEqual(['600 risen', '1600 folded', '1600 bake']);
    expect(stepsOf(await run.report())).toEqual([
      'Bakery.knead completed 0',
      'Bakery.rise completed 0',
      'Bakery.fold completed 0',
      'Bakery.bake completed 0',
    ]);
  });

  test('R33: groups run one after another, in the order in which they appear, whatever stands between', async () => {
    const log: string[] = [];
    class Bakery {
      @Job() a(): string {
        log.push('a');
        return 'a';
      }
      @Job() b(): string {
        log.push('b');
        return 'b';
      }
      @Job() c(): string {
        log.push('c');
        return 'c';
      }
    }
    const { runtime, clock } = wired(open(), { Bakery: new Bakery() });
    const run = await runtime.start(
      runtime.sequence([
        { job: 'Bakery.a', group: 'dough' },
        { job: 'Bakery.b' },
        { job: 'Bakery.c', group: 'dough' },
        { job: 'Bakery.b', group: 'fire' },
      ]),
    );
    await clock.runAll();
    expect(log).toEqual(['a', 'c', 'b', 'b']);
    // Ahead of `results`, which look at the run.
    expect(await run.value()).toEqual(['a', 'b', 'c', 'b']);
    expect((await run.results()).map(({ index, job, step }) => [index, job, step])).toEqual([
      [0, 'Bakery.a', 1],
      [1, 'Bakery.b', 3],
      [2, 'Bakery.c', 2],
      [3, 'Bakery.b', 4],
    ]);
  });

  test('R34: after a failure what has not begun is skipped in order, entries that always run do so in their place', async () => {
    const log: unknown[] = [];
    class Bakery {
      @Job() burn(): void {
        throw new Error('smoke');
      }
      @Job() bake(): void {
        log.push('bake');
      }
      @Job() async clean(context: StepContext): Promise<void> {
        await sleep(app.clock, 10);
        log.push(context.previous);
      }
    }
    const app: Wired = wired(open(), { Bakery: new Bakery() }, { 'Bakery.clean': ['context'] });
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.sequence([
        { job: 'Bakery.burn' },
        { job: 'Bakery.bake' },
        { job: 'Bakery.clean', always: true },
        { job: 'Bakery.bake' },
        { job: 'Bakery.clean', always: true },
      ]),
    );
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual([
      'Bakery.burn failed 101',
      'Bakery.bake skipped 100',
      'Bakery.clean completed 0',
      'Bakery.bake skipped 100',
      'Bakery.clean completed 0',
    ]);
    expect(report).toMatchObject({ status: 'failed', code: 101 });
    expect(log).toEqual([{ ok: false }, { ok: false }]);
    expect((await storyOf(run)).filter((line) => line.startsWith('entry'))).toHaveLength(5);
  });

  test('R34: with keepGoing the rest runs, and the outcome stays failed', async () => {
    class Bakery {
      @Job() burn(): void {
        throw new Error('smoke');
      }
      @Job() bake(): string {
        return 'bread';
      }
    }
    const { runtime, clock } = wired(open(), { Bakery: new Bakery() });
    const run = await runtime.start(
      runtime.sequence([{ job: 'Bakery.burn' }, { job: 'Bakery.bake' }, { job: 'Bakery.burn' }], { keepGoing: true }),
    );
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Bakery.burn failed 101', 'Bakery.bake completed 0', 'Bakery.burn failed 101']);
    expect([report.status, report.failures.map(({ id }) => id)]).toEqual(['failed', [1, 3]]);
  });

  test('R35: each entry sees how the one before ended: a value, none after a failure or a skip, nothing if it is the first', async () => {
    class Bakery {
      @Job() look(context: StepContext): unknown {
        return context.previous ?? 'nothing before';
      }
      @Job() burn(): void {
        throw new Error('smoke');
      }
    }
    const { runtime, clock } = wired(open(), { Bakery: new Bakery() }, { 'Bakery.look': ['context'] });
    const run = await runtime.start(
      runtime.sequence(
        [
          { job: 'Bakery.look' },
          { job: 'Bakery.look' },
          { job: 'Bakery.burn' },
          { job: 'Bakery.look' },
          { job: 'Bakery.burn', if: false },
          { job: 'Bakery.look' },
        ],
        { keepGoing: true },
      ),
    );
    await clock.runAll();
    const results = await run.results();
    expect(results.map((result) => (result.status === 'completed' ? result.value : result.code))).toEqual([
      'nothing before',
      { ok: true, value: 'nothing before' },
      101,
      { ok: false },
      110,
      { ok: false },
    ]);
  });

  test('an empty plan is over at once, with an empty list', async () => {
    class Bakery {
      @Job() bake(): void {}
    }
    const { runtime, clock } = wired(open(), { Bakery: new Bakery() });
    for (const plan of [runtime.sequence([]), runtime.parallel([]), runtime.swarm().close()]) {
      const run = await runtime.start(plan);
      await clock.runAll();
      expect([await run.value(), (await run.report()).status, await run.results()]).toEqual([[], 'completed', []]);
    }
  });
});
