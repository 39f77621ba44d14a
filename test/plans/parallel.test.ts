// Jobs side by side, and groups of them.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnSuccess, type StepContext } from 'onward';
import { definition } from 'onward/definitions';
import { sleep } from '../support/sleep.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  interface Kitchen {
    readonly app: Wired;
    readonly log: string[];
  }
  function kitchen(): Kitchen {
    const log: string[] = [];
    const say = (line: string): void => void log.push(`${app.clock.now() - began} ${line}`);
    class Stove {
      @Job({ expose: true }) async slow(context: StepContext): Promise<string> {
        say(`slow after ${JSON.stringify(context.previous)}`);
        await sleep(app.clock, 100);
        return 'stew';
      }
      @Job({ expose: true }) async quick(context: StepContext): Promise<string> {
        say(`quick after ${JSON.stringify(context.previous)}`);
        await sleep(app.clock, 10);
        return 'salad';
      }
      @OnSuccess('slow') async rest(): Promise<void> {
        await sleep(app.clock, 500);
      }
      @Job({ expose: true }) async burn(): Promise<void> {
        say('burn');
        await sleep(app.clock, 5);
        throw new Error('smoke');
      }
    }
    const app: Wired = wired(open(), { Stove: new Stove() }, { 'Stove.slow': ['context'], 'Stove.quick': ['context'] });
    const began = app.clock.now();
    return { app, log };
  }

  test('all begin together, and the values are in the order of the plan', async () => {
    const { app, log } = kitchen();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.parallel([{ job: 'Stove.slow' }, { job: 'Stove.quick' }, { job: 'Stove.quick' }]),
    );
    await clock.runAll();
    expect(await run.value()).toEqual(['stew', 'salad', 'salad']);
    expect(log).toEqual(['0 slow after undefined', '0 quick after undefined', '0 quick after undefined']);
  });

  test('groups are side by side; within a group one waits for all that the one before has caused', async () => {
    const { app, log } = kitchen();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.parallel([
        { job: 'Stove.slow', group: 'hot' },
        { job: 'Stove.quick', group: 'cold' },
        { job: 'Stove.quick', group: 'hot' },
        { job: 'Stove.quick', group: 'cold' },
      ]),
    );
    await clock.runAll();
    expect(await run.value()).toEqual(['stew', 'salad', 'salad', 'salad']);
    expect(log).toEqual([
      '0 slow after undefined',
      '0 quick after undefined',
      '10 quick after {"ok":true,"value":"salad"}',
      '600 quick after {"ok":true,"value":"stew"}',
    ]);
  });

  test('R55: a failure stops the rest of its own group only', async () => {
    const { app } = kitchen();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.parallel([
        { job: 'Stove.burn', group: 'hot' },
        { job: 'Stove.quick', group: 'hot' },
        { job: 'Stove.quick', group: 'cold' },
        { job: 'Stove.quick', group: 'cold' },
        { job: 'Stove.quick', group: 'cold', always: true },
      ]),
    );
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([101, 100, 0, 0, 0]);
    expect(await run.report()).toMatchObject({ status: 'failed', code: 101 });
  });

  test('R55: what an entry has led to fails its own group too; what it detached fails the run and stops no group', async () => {
    const log: string[] = [];
    class Shop {
      @Job() order(): void {}
      @OnSuccess('order') charge(): never {
        throw new Error('no money');
      }
      @Job() async send(context: StepContext): Promise<void> {
        await context.spawn(Shop, 'track', undefined, { detached: true });
        await sleep(app.clock, 10);
      }
      @Handler() track(): never {
        throw new Error('lost');
      }
      @Job() async count(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('count');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.send': ['context'] });
    const { runtime, clock } = app;
    const counts = ['b', 'a', 'b'].map((group) => ({ job: 'Shop.count', group }));
    const led = await runtime.start(runtime.parallel([{ job: 'Shop.order', group: 'a' }, ...counts]));
    const freed = await runtime.start(runtime.parallel([{ job: 'Shop.send', group: 'a' }, ...counts]));
    await clock.runAll();
    expect((await led.results()).map(({ code }) => code)).toEqual([0, 0, 100, 0]);
    expect((await freed.results()).map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect([(await led.report()).status, (await freed.report()).status]).toEqual(['failed', 'failed']);
    expect(log).toHaveLength(5);
  });

  test('R55: groups of a definition are apart as well', async () => {
    const { app } = kitchen();
    const { runtime, clock } = app;
    const step = (id: string, job: string, group: string): object => ({ id, job, group });
    const steps = [
      step('a', 'Stove.burn', 'hot'),
      step('b', 'Stove.quick', 'hot'),
      step('c', 'Stove.slow', 'cold'),
      step('d', 'Stove.quick', 'cold'),
    ];
    const run = await runtime.start(definition({ mode: 'parallel', steps }));
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([101, 100, 0, 0]);
  });

  test('R34: with keepGoing every group runs to its end', async () => {
    const { app } = kitchen();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.parallel(
        [
          { job: 'Stove.burn', group: 'hot' },
          { job: 'Stove.quick', group: 'hot' },
          { job: 'Stove.quick', group: 'cold' },
          { job: 'Stove.quick', group: 'cold' },
        ],
        { keepGoing: true },
      ),
    );
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([101, 0, 0, 0]);
    expect((await run.report()).status).toBe('failed');
  });

  test('all fail together: each is told, and the run fails with the first of them', async () => {
    const { app } = kitchen();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.parallel([{ job: 'Stove.burn' }, { job: 'Stove.burn' }]));
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Stove.burn failed 101', 'Stove.burn failed 101']);
    expect([report.status, report.code, report.failures.length]).toEqual(['failed', 101, 2]);
  });

  test('groups are told apart by name, whatever it is', async () => {
    const { app, log } = kitchen();
    const { runtime, clock } = app;
    const groups = ['__proto__', '0', 'constructor', '0'];
    const run = await runtime.start(runtime.parallel(groups.map((group) => ({ job: 'Stove.quick', group }))));
    await clock.runAll();
    expect(await run.value()).toEqual(['salad', 'salad', 'salad', 'salad']);
    expect(log.map((line) => line.split(' ')[0])).toEqual(['0', '0', '0', '10']);
  });
});
