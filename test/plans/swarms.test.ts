// Swarms: entries that are added while the run is on, so many at a time, until it is closed.

import { IsInt, Max } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnRunEnd, OnSuccess, type RunReport } from 'onward';
import { sleep } from '../support/sleep.ts';
import { eventsOf } from '../support/story.ts';
import { ENGINES, rejectionOf, wired, type Wired } from '../support/wired.ts';

class Bee {
  @IsInt() n!: number;
}

interface Hive {
  readonly app: Wired;
  readonly log: string[];
  readonly peak: () => number;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  function hive(): Hive {
    const log: string[] = [];
    let live = 0;
    let peak = 0;
    class Bees {
      @Job() async fly({ n }: Bee): Promise<number> {
        peak = Math.max(peak, ++live);
        log.push(`fly ${n}`);
        await sleep(app.clock, 10);
        live--;
        if (n < 0) throw new Error(`lost ${n}`);
        return n * 2;
      }
      @OnSuccess('fly') async dance(): Promise<void> {
        await sleep(app.clock, 5);
      }
      @Job() rest(): string {
        return 'rested';
      }
      @Handler() count(report: RunReport): void {
        log.push(`${report.status} ${report.failures.length}`);
      }
      @OnRunEnd() night(): void {
        log.push('night');
      }
    }
    const app: Wired = wired(open(), { Bees: new Bees() }, { 'Bees.fly': [Bee], 'Bees.count': ['any'] });
    return { app, log, peak: () => peak };
  }

  test('what is added while it is on begins at once if there is room, else when there is', async () => {
    const { app, log, peak } = hive();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm({ concurrency: 2 }).add('Bees.fly', { n: 0 }));
    await run.add('Bees.fly', { n: 1 });
    await run.add('Bees.fly', { n: 2 });
    await clock.advance(1);
    expect(log).toEqual(['fly 0', 'fly 1']);
    // Its place is free when all that it has caused is over.
    await clock.advance(12);
    expect(log).toEqual(['fly 0', 'fly 1']);
    await clock.advance(5);
    expect(log).toEqual(['fly 0', 'fly 1', 'fly 2']);
    await run.close();
    await clock.runAll();
    expect([await run.value(), peak()]).toEqual([[0, 2, 4], 2]);
  });

  test('a swarm that has all the entries that `maxSteps` allows ends without being closed', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const full = await runtime.start(runtime.swarm({ maxSteps: 1 }).add('Bees.rest'));
    const filled = await runtime.start(runtime.swarm({ maxSteps: 2 }).add('Bees.rest'));
    await filled.add('Bees.rest');
    await clock.runAll();
    expect([await full.value(), await filled.value()]).toEqual([['rested'], ['rested', 'rested']]);
    expect(String(await rejectionOf(filled.add('Bees.rest')))).toContain('`maxSteps`');
  });

  test('the value of a first entry is an error if there is none', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    await runtime.start(runtime.swarm().close(), { id: 'empty' });
    const open = await runtime.start(runtime.swarm(), { id: 'open' });
    const waiting = rejectionOf((await runtime.run('open'))?.entry() ?? Promise.resolve());
    await open.close();
    await clock.runAll();
    expect(await rejectionOf((await runtime.run('empty'))?.entry() ?? Promise.resolve())).toMatchObject({
      code: 'ONW3050',
    });
    expect(await waiting).toMatchObject({ code: 'ONW3050' });
  });

  test('an idle swarm is on; what is added later runs, and it ends with its close', async () => {
    const { app, log } = hive();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm());
    await clock.advance(3_600_000);
    expect((await run.inspect()).status).toBe('running');
    await run.add('Bees.rest');
    await clock.advance(3_600_000);
    await run.add('Bees.fly', { n: 4 });
    await clock.advance(3_600_000);
    expect(log).toEqual(['fly 4']);
    const over = run.value();
    await run.close();
    await clock.runAll();
    expect([await over, log]).toEqual([
      ['rested', 8],
      ['fly 4', 'night'],
    ]);
  });

  test('closed before its start, it takes nothing; closed twice it is closed once', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const swarm = runtime.swarm().add('Bees.rest').close().close();
    expect(() => swarm.add('Bees.rest')).toThrow(
      'ONW3053: nothing can be added to the swarm any more: it was closed; start another one',
    );
    const run = await runtime.start(swarm);
    await clock.runAll();
    await run.close();
    expect(await run.value()).toEqual(['rested']);
    const ends = (await eventsOf(run)).filter(({ type }) => type === 'run.ended');
    expect(ends).toHaveLength(1);
  });

  test('an entry that is added during the close is in it or refused, never lost', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm().add('Bees.fly', { n: 1 }));
    const asked = [
      run.add('Bees.fly', { n: 2 }),
      run.close(),
      run.add('Bees.fly', { n: 3 }),
      run.close(),
      run.add('Bees.fly', { n: 4 }),
    ];
    const settled = await Promise.allSettled(asked);
    await clock.runAll();
    const values = await run.value();
    const accepted = settled.filter(({ status }, at) => status === 'fulfilled' && at % 2 === 0).length;
    expect(values).toHaveLength(1 + accepted);
    for (const [at, outcome] of settled.entries()) {
      if (outcome.status === 'rejected') expect([at % 2, outcome.reason]).toMatchObject([0, { code: 'ONW3053' }]);
    }
  });

  test('adds at once keep their order, and each is there once', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm({ concurrency: 3 }));
    await Promise.all(Array.from({ length: 50 }, (_, n) => run.add('Bees.fly', { n })));
    await run.close();
    await clock.runAll();
    expect(await run.value()).toEqual(Array.from({ length: 50 }, (_, n) => n * 2));
  });

  test('a message that does not fit is refused, and nothing is added', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm());
    expect(await rejectionOf(run.add('Bees.fly', { n: 'one' }))).toMatchObject({
      code: 'ONW2003',
      issues: [{ path: 'n' }],
    });
    expect(await rejectionOf(run.add('Bees.fyl', { n: 1 }))).toMatchObject({ code: 'ONW3005' });
    expect(await rejectionOf(run.add('Bees.count'))).toMatchObject({ code: 'ONW3005' });
    await run.close();
    await clock.runAll();
    expect(await run.value()).toEqual([]);
  });

  test('signatures can be added, each with its callbacks', async () => {
    const { app, log } = hive();
    const { runtime, clock } = app;
    const signed = runtime.sign('Bees.fly', { n: 3 }).onSuccess('Bees.rest');
    const run = await runtime.start(runtime.swarm().add(signed));
    await run.add(signed);
    await run.add(runtime.sign('Bees.fly').onSuccess('Bees.rest'), { n: 5 });
    await run.close();
    await clock.runAll();
    expect([await run.value(), log]).toEqual([
      [6, 6, 10],
      ['fly 3', 'fly 3', 'fly 5', 'night'],
    ]);
    expect((await run.report()).steps.filter(({ node }) => node === 'Bees.rest')).toHaveLength(3);
  });

  test('a failure stops nothing; after so many nothing begins and nothing is taken, and what is on goes on', async () => {
    const { app, log } = hive();
    const { runtime, clock } = app;
    const swarm = runtime.swarm({ concurrency: 2, stopAfterFailures: 2, onFailure: 'Bees.count' });
    for (const n of [-1, 1, -2, 2, 3, 4]) swarm.add('Bees.fly', { n });
    const run = await runtime.start(swarm);
    await clock.advance(1_000);
    expect((await run.report()).status).toBe('failed');
    expect((await run.results()).map(({ status }) => status)).toEqual([
      'failed',
      'completed',
      'failed',
      'completed',
      'skipped',
      'skipped',
    ]);
    expect(log.slice(4)).toEqual(['failed 2', 'night']);
    expect(await rejectionOf(run.add('Bees.rest'))).toMatchObject({ code: 'ONW3053' });
  });

  test('a swarm that has stopped ends by itself, though it was never closed', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm({ stopAfterFailures: 1 }).add('Bees.fly', { n: -1 }));
    await clock.advance(9);
    await run.add('Bees.rest');
    await clock.runAll();
    expect(await rejectionOf(run.add('Bees.rest'))).toMatchObject({ code: 'ONW3053' });
    expect((await run.report()).endedAt).toBeGreaterThan(0);
    expect((await run.results()).map(({ status }) => status)).toEqual(['failed', 'completed']);
  });

  test('maxSteps counts every entry, before and after the start', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const swarm = runtime.swarm({ maxSteps: 2 }).add('Bees.rest');
    const run = await runtime.start(swarm);
    await run.add('Bees.rest');
    expect(String(await rejectionOf(run.add('Bees.rest')))).toBe(
      'OnwardError: ONW3053: nothing can be added to the swarm any more: it has as many entries as its `maxSteps` allows; start another one',
    );
    const full = runtime.swarm({ maxSteps: 1 }).add('Bees.rest');
    expect(() => full.add('Bees.rest')).toThrow('its `maxSteps` allows 1');
    await run.close();
    await clock.runAll();
    expect(await run.value()).toEqual(['rested', 'rested']);
  });

  test('a draft can be started twice; entries added to one run are not in the other', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const swarm = runtime.swarm().add('Bees.rest');
    const [one, other] = [await runtime.start(swarm), await runtime.start(swarm)];
    await one.add('Bees.fly', { n: 1 });
    await Promise.all([one.close(), other.close()]);
    await clock.runAll();
    expect([await one.value(), await other.value()]).toEqual([['rested', 2], ['rested']]);
    expect(() => swarm.add('Bees.rest')).toThrow('ONW3052');
  });

  test('once it was started, `close` is refused, also right behind the start: its run is what can be closed', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const swarm = runtime.swarm().add('Bees.rest');
    const starting = runtime.start(swarm);
    const refused = 'ONW3052: the swarm was started already; close the run that `start` gave back';
    expect(() => swarm.close()).toThrow(refused);
    const run = await starting;
    await run.add('Bees.fly', { n: 1 });
    expect(() => swarm.close()).toThrow(refused);
    await run.close();
    await clock.runAll();
    expect(await run.value()).toEqual(['rested', 2]);
    const closed = runtime.swarm().add('Bees.rest').close();
    await runtime.start(closed);
    expect(closed.close()).toBe(closed);
  });

  test('an id joins the swarm that is there, with what was added meanwhile', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const make = () => runtime.swarm({ concurrency: 1 }).add('Bees.rest');
    const run = await runtime.start(make(), { id: 'hive' });
    await run.add('Bees.fly', { n: 1 });
    const joined = await runtime.start(make(), { id: 'hive' });
    await joined.add('Bees.fly', { n: 2 });
    const found = await runtime.run('hive');
    await found?.add('Bees.fly', { n: 3 });
    await found?.close();
    await clock.runAll();
    expect(await joined.value()).toEqual(['rested', 2, 4, 6]);
    expect(await rejectionOf(runtime.start(runtime.swarm().add('Bees.rest'), { id: 'hive' }))).toMatchObject({
      code: 'ONW3033',
    });
  });

  test('nothing is added to a run that is no swarm, and closing it does nothing', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    await runtime.start('Bees.fly', { n: 1 }, { id: 'single' });
    await runtime.start(runtime.sequence([{ job: 'Bees.fly', message: { n: 1 } }]), { id: 'sequence' });
    for (const id of ['single', 'sequence']) {
      const run = await runtime.run(id);
      expect(await rejectionOf(run?.add('Bees.rest') ?? Promise.resolve())).toMatchObject({ code: 'ONW3053' });
      await run?.close();
    }
    await clock.runAll();
    expect(await (await runtime.run('sequence'))?.value()).toEqual([2]);
  });

  test('a runtime is not idle while a swarm is open', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm());
    let isIdle = false;
    const idle = runtime.idle().then(() => (isIdle = true));
    await clock.advance(1_000);
    expect(isIdle).toBe(false);
    await run.close();
    await idle;
    expect((await run.report()).status).toBe('completed');
  });

  test('validation by another class holds for what is added, before and after the start', async () => {
    class Worker {
      @IsInt() @Max(5) n!: number;
    }
    const { app } = hive();
    const { runtime, clock } = app;
    const signed = runtime.sign('Bees.fly').validateWith(Worker);
    const run = await runtime.start(runtime.swarm().add(signed, { n: 5 }));
    expect(await rejectionOf(run.add(signed, { n: 6 }))).toMatchObject({ code: 'ONW2003', issues: [{ path: 'n' }] });
    expect(await rejectionOf(runtime.start(runtime.swarm().add(signed, { n: 6 })))).toMatchObject({ code: 'ONW2003' });
    await run.close();
    await clock.runAll();
    expect(await run.value()).toEqual([10]);
  });

  test('a runtime that closes cancels a swarm that nobody closes', async () => {
    const { app } = hive();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm().add('Bees.rest'));
    const closed = runtime.close({ drainMs: 100 });
    await clock.runAll();
    await closed;
    expect((await run.report()).status).toBe('cancelled');
  });
});
