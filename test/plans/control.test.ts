// Plans that are ended early, cancelled, suspended or out of time: R36, R37, R39 to R42 and R49.

import { describe, expect, test } from 'vitest';
import { Job, OnCancel, OnRunEnd, OnRunError, OnRunSuccess, OnSuccess, type RunReport, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  interface Night {
    readonly app: Wired;
    readonly log: string[];
  }
  function night(): Night {
    const log: string[] = [];
    const say = (line: string): void => void log.push(`${app.clock.now() - began} ${line}`);
    class Watch {
      @Job() async look(context: StepContext): Promise<string> {
        say('look');
        await Promise.race([
          sleep(app.clock, 100),
          new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve())),
        ]);
        say(context.signal.aborted ? 'aborted' : 'looked');
        return 'stars';
      }
      @Job() find(context: StepContext): string {
        context.exit('comet');
        return 'found';
      }
      @OnSuccess('look') note(): void {
        say('note');
      }
      @OnCancel('look') cover(): void {
        say('cover');
      }
      @OnRunSuccess() cheer(): void {
        say('cheer');
      }
      @OnRunError() sigh(): void {
        say('sigh');
      }
      @OnRunEnd() sleep(report: RunReport): void {
        say(`sleep ${report.status}`);
      }
    }
    const app: Wired = wired(
      open(),
      { Watch: new Watch() },
      { 'Watch.look': ['context'], 'Watch.find': ['context'], 'Watch.sleep': ['any'] },
    );
    const began = app.clock.now();
    return { app, log };
  }
  const LOOK = { job: 'Watch.look' };

  test('R36: an exit in a sequence skips the entries after it, those that always run too, and its value counts', async () => {
    const { app, log } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.sequence([LOOK, { job: 'Watch.find' }, LOOK, { job: 'Watch.look', always: true }]),
    );
    await clock.runAll();
    expect(await run.value()).toBe('comet');
    expect((await run.results()).map(({ code }) => code)).toEqual([0, 0, 100, 100]);
    expect(log).toEqual(['0 look', '100 looked', '100 note', '100 cheer', '100 sleep completed']);
  });

  test('R36: an exit in a parallel plan lets what is live finish, and nothing it would cause begins', async () => {
    const { app, log } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.parallel([LOOK, { job: 'Watch.find' }]));
    await clock.runAll();
    expect(await run.value()).toBe('comet');
    expect(stepsOf(await run.report())).toEqual([
      'Watch.look completed 0',
      'Watch.find completed 0',
      'Watch.note skipped 100',
      'Watch.cheer completed 0',
      'Watch.sleep completed 0',
    ]);
    expect(log).toEqual(['0 look', '100 looked', '100 cheer', '100 sleep completed']);
  });

  test('R36: an exit in an open swarm ends it, though nobody closes it; nothing can be added any more', async () => {
    const { app } = night();
    const { runtime, clock } = app;
    const swarm = runtime.swarm({ concurrency: 1 }).add('Watch.find').add('Watch.look');
    const run = await runtime.start(swarm);
    await clock.runAll();
    expect(await run.value()).toBe('comet');
    expect((await run.results()).map(({ code }) => code)).toEqual([0, 100]);
    expect(await rejectionOf(run.add('Watch.look'))).toMatchObject({ code: 'ONW3053' });
  });

  test('R37, R39: a cancelled sequence stops what is under way and lists what never began; only run ends are called', async () => {
    const { app, log } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([LOOK, LOOK, LOOK]));
    await clock.advance(150);
    await run.cancel('clouds');
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual([
      'Watch.look completed 0',
      'Watch.note completed 0',
      'Watch.look cancelled 203',
      'Watch.cover completed 0',
      'Watch.look cancelled 203',
      'Watch.sleep completed 0',
    ]);
    expect(report).toMatchObject({ status: 'cancelled', code: 203, cancelReason: 'clouds' });
    expect(log.slice(3).toSorted()).toEqual(['100 look', '150 aborted', '150 cover', '150 sleep cancelled']);
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3020', details: { reason: 'clouds' } });
    expect((await run.results()).map(({ status }) => status)).toEqual(['completed', 'cancelled', 'cancelled']);
    expect(await rejectionOf(run.cancel())).toMatchObject({ code: 'ONW3030' });
  });

  test('R37: entries that always run are cancelled like the others', async () => {
    const { app } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([LOOK, { job: 'Watch.look', always: true }]));
    await clock.advance(50);
    await run.cancel();
    await clock.runAll();
    expect((await run.results()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });

  test('R38, R15: one entry is cancelled: its sequence has failed there, and was not cancelled itself', async () => {
    const { app } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([LOOK, LOOK]));
    await clock.advance(50);
    await run.cancelStep(1, 'enough');
    await clock.runAll();
    const results = await run.results();
    expect(results.map(({ status, code }) => `${status} ${code}`)).toEqual(['cancelled 203', 'skipped 100']);
    expect((await run.report()).status).toBe('failed');
    expect(await rejectionOf(run.value())).toMatchObject({
      code: 'ONW3050',
      message: expect.stringContaining('entries[0] (Watch.look) was cancelled (code 203)'),
    });
  });

  test('R39: an idle open swarm is cancelled at once; it is over, and takes nothing more', async () => {
    const { app, log } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm().add('Watch.look'));
    await clock.advance(1_000);
    await run.cancel('dawn');
    await clock.runAll();
    const report = await run.report();
    expect([report.status, report.endedAt - report.startedAt]).toEqual(['cancelled', 1_000]);
    expect(log.at(-1)).toBe('1000 sleep cancelled');
    expect((await run.results()).map(({ status }) => status)).toEqual(['completed']);
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3020' });
    expect(await rejectionOf(run.add('Watch.look'))).toMatchObject({ code: 'ONW3053' });
    await run.close();
  });

  test('R40: suspended between two entries, the next one waits for the resume', async () => {
    const { app, log } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([{ job: 'Watch.look' }, LOOK]));
    await clock.advance(50);
    await run.suspend();
    await clock.advance(10_000);
    expect(log).toEqual(['0 look', '100 looked']);
    expect(await run.inspect()).toMatchObject({ status: 'suspended', code: 202 });
    await run.resume();
    await clock.runAll();
    expect(log.slice(2)).toEqual([
      '10050 note',
      '10050 look',
      '10150 looked',
      '10150 note',
      '10150 cheer',
      '10150 sleep completed',
    ]);
  });

  test('R40: suspended from the start nothing runs; cancelled then, all is cancelled', async () => {
    const { app, log } = night();
    const { runtime, clock } = app;
    const plan = runtime.sequence([LOOK, LOOK]);
    const resumed = await runtime.start(plan, { suspended: true });
    const cancelled = await runtime.start(plan, { suspended: true });
    await clock.advance(60_000);
    expect([log, (await resumed.inspect()).status]).toEqual([[], 'suspended']);
    await cancelled.cancel();
    await resumed.resume();
    await clock.runAll();
    expect((await cancelled.results()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    expect((await resumed.report()).status).toBe('completed');
  });

  test('R40: what is added to a suspended swarm waits for the resume', async () => {
    const { app, log } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm());
    await run.suspend();
    await run.add('Watch.look');
    await run.add('Watch.look');
    await run.close();
    await clock.advance(1_000);
    expect(log).toEqual([]);
    await run.resume();
    await clock.runAll();
    expect(await run.value()).toEqual(['stars', 'stars']);
    expect(log.slice(0, 2)).toEqual(['1000 look', '1000 look']);
  });

  test('R41: a plan that is being cancelled or is over cannot be suspended', async () => {
    const { app } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([LOOK, LOOK]));
    await clock.advance(1);
    await run.cancel();
    expect(await rejectionOf(run.suspend())).toMatchObject({ code: 'ONW3037' });
    await clock.runAll();
    expect(await rejectionOf(run.suspend())).toMatchObject({ code: 'ONW3037' });
  });

  test('R42: a deadline in the middle of a sequence stops it; it has failed with 204, and the error callbacks run', async () => {
    const { app, log } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([LOOK, LOOK, LOOK]), { deadline: 150 });
    await clock.runAll();
    const report = await run.report();
    expect(report).toMatchObject({ status: 'failed', code: 204 });
    expect((await run.results()).map(({ status }) => status)).toEqual(['completed', 'cancelled', 'cancelled']);
    expect(log.slice(-2)).toEqual(['150 sigh', '150 sleep failed']);
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3047' });
  });

  test('R42: a deadline ends an open swarm that is idle, and one that is suspended', async () => {
    const { app } = night();
    const { runtime, clock } = app;
    const idle = await runtime.start(runtime.swarm(), { deadline: 1_000 });
    const held = await runtime.start(runtime.swarm().add('Watch.look'), { deadline: 1_000, suspended: true });
    await clock.runAll();
    expect([(await idle.report()).status, (await held.report()).status]).toEqual(['failed', 'failed']);
    expect(await rejectionOf(idle.value())).toMatchObject({ code: 'ONW3047' });
  });

  test('notBefore holds the first entry, and the others with it', async () => {
    const { app, log } = night();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([LOOK, LOOK]), { notBefore: 1_000 });
    const both = await runtime.start(runtime.parallel([LOOK, LOOK]), { notBefore: 2_000 });
    const swarm = await runtime.start(runtime.swarm().add('Watch.look').close(), { notBefore: 3_000 });
    await clock.runAll();
    await Promise.all([run.value(), both.value(), swarm.value()]);
    expect(log.filter((line) => line.endsWith(' look'))).toEqual([
      '1000 look',
      '1100 look',
      '2000 look',
      '2000 look',
      '3000 look',
    ]);
  });
});
