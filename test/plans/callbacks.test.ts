// What runs when a plan is over: its own callbacks, and those of runs that name a job. R43 and R44 for plans.

import { IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnRunEnd, OnRunError, OnRunSuccess, OnSuccess, type RunReport, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

class Notice {
  @IsString() to!: string;
  @IsString() status!: string;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  function fair(): { readonly app: Wired; readonly log: string[] } {
    const log: string[] = [];
    class Fair {
      @Job() async ride(): Promise<string> {
        await sleep(app.clock, 10);
        return 'whee';
      }
      @Job() sing(): string {
        return 'la';
      }
      @Job() fall(): void {
        throw new Error('ouch');
      }
      @OnRunSuccess('ride') clap(report: RunReport): void {
        log.push(`clap ${report.job}`);
      }
      @OnRunError('sing') boo(): void {
        log.push('boo');
      }
      @OnRunEnd('sing') hush(): void {
        log.push('hush');
      }
      @OnRunEnd() lights(): void {
        log.push('lights');
      }
      @Handler() good(report: RunReport): void {
        log.push(`good ${report.status}, with ${report.steps[0]?.node}`);
      }
      @Handler() bad(report: RunReport, context: StepContext): void {
        log.push(`bad ${report.failures.map(({ node }) => node).join()} in ${context.step.node}`);
      }
      @Handler() notify(notice: Notice): void {
        log.push(`notify ${notice.to} of ${notice.status}`);
      }
      @Handler({ retry: { attempts: 3, delay: 100 } }) fails(): void {
        log.push('fails');
        throw new Error('no paper');
      }
      @Handler() mend(): void {
        log.push('mend');
      }
    }
    const app: Wired = wired(
      open(),
      { Fair: new Fair() },
      {
        'Fair.clap': ['any'],
        'Fair.good': ['any'],
        'Fair.bad': ['any', 'context'],
        'Fair.notify': [Notice],
      },
    );
    return { app, log };
  }
  const [RIDE, SING, FALL] = [{ job: 'Fair.ride' }, { job: 'Fair.sing' }, { job: 'Fair.fall' }];

  test.each(['sequence', 'parallel'] as const)(
    'D4: exactly one callback of a %s runs, once, with the report, after those of the annotations',
    async (kind) => {
      const { app, log } = fair();
      const { runtime, clock } = app;
      const callbacks = { onSuccess: 'Fair.good', onFailure: 'Fair.bad' };
      await runtime.start(runtime[kind]([RIDE], callbacks));
      await clock.runAll();
      expect(log).toEqual([`clap ${kind}`, 'good completed, with Fair.ride', 'lights']);
      log.length = 0;
      await runtime.start(runtime[kind]([FALL, RIDE], callbacks));
      await clock.runAll();
      expect(log).toEqual(['bad Fair.fall in Fair.bad', 'lights']);
    },
  );

  test('callbacks of runs that name a job run if the plan has it, once, wherever it stands and whether it ran', async () => {
    const { app, log } = fair();
    const { runtime, clock } = app;
    await runtime.start(runtime.sequence([FALL, SING, SING]));
    await clock.runAll();
    expect(log).toEqual(['boo', 'hush', 'lights']);
    log.length = 0;
    await runtime.start(runtime.sequence([{ ...SING, if: false }, RIDE]));
    await clock.runAll();
    expect(log).toEqual(['clap sequence', 'hush', 'lights']);
    log.length = 0;
    const swarm = await runtime.start(runtime.swarm());
    await swarm.add('Fair.sing');
    await swarm.close();
    await clock.runAll();
    expect(log).toEqual(['hush', 'lights']);
    log.length = 0;
    await runtime.start(runtime.chain(['Fair.ride', runtime.sign('Fair.sing')]));
    await clock.runAll();
    expect(log).toEqual(['clap chain', 'hush', 'lights']);
  });

  test('a callback of runs does not run for a job that is only a child or a callback in it', async () => {
    const log: string[] = [];
    class Fair {
      @Job() ride(): void {}
      @Job() sing(): void {}
      @OnSuccess('ride') after(): void {}
      @OnRunEnd('sing') hush(): void {
        log.push('hush');
      }
    }
    const { runtime, clock } = wired(open(), { Fair: new Fair() });
    await runtime.start(runtime.sign('Fair.ride').onSuccess('Fair.sing'));
    await clock.runAll();
    expect(log).toEqual([]);
    await runtime.start(runtime.sign('Fair.sing'));
    await clock.runAll();
    expect(log).toEqual(['hush']);
  });

  test('D4: a signature as the callback of a plan: what is bound to it lies over the report, and it has callbacks', async () => {
    const { app, log } = fair();
    const { runtime, clock } = app;
    const notify = runtime.sign('Fair.notify', { to: 'Ada' });
    await runtime.start(runtime.sequence([RIDE], { onSuccess: notify, onFailure: notify }));
    const failed = await runtime.start(runtime.sequence([FALL], { onSuccess: notify, onFailure: notify }));
    await clock.runAll();
    expect((await failed.report()).callbackFailures).toEqual([]);
    expect(log.filter((line) => line.startsWith('notify')).toSorted()).toEqual([
      'notify Ada of completed',
      'notify Ada of failed',
    ]);
  });

  test('R8, R44: a callback that fails is tried again, is listed with its own callbacks, and changes no outcome', async () => {
    const { app, log } = fair();
    const { runtime, clock } = app;
    const fails = runtime.sign('Fair.fails').onError('Fair.mend');
    const run = await runtime.start(runtime.sequence([SING], { onSuccess: fails }));
    await clock.runAll();
    expect(log).toEqual(['fails', 'fails', 'fails', 'mend', 'hush', 'lights']);
    const report = await run.report();
    expect([report.status, await run.value()]).toEqual(['completed', ['la']]);
    expect(report.callbackFailures).toMatchObject([{ node: 'Fair.fails', error: { message: 'no paper' } }]);
  });

  test('R39: neither callback of a plan runs if it was cancelled; after its deadline the one for failures does', async () => {
    const { app, log } = fair();
    const { runtime, clock } = app;
    const plan = runtime.sequence([RIDE, RIDE], { onSuccess: 'Fair.good', onFailure: 'Fair.bad' });
    const cancelled = await runtime.start(plan);
    await clock.advance(1);
    await cancelled.cancel();
    await clock.runAll();
    expect(log).toEqual(['lights']);
    log.length = 0;
    await runtime.start(plan, { deadline: 15 });
    await clock.runAll();
    expect(log).toEqual(['bad  in Fair.bad', 'lights']);
  });

  test('D4: the report of a callback has all entries, those that never began too, as many as the history keeps', async () => {
    const seen: unknown[] = [];
    class Fair {
      @Job() ride(): void {}
      @Job() fall(): void {
        throw new Error('ouch');
      }
      @Handler() bad(report: RunReport): void {
        seen.push([stepsOf(report), report.counts, report.truncated]);
      }
    }
    const { runtime, clock } = wired(open(), { Fair: new Fair() }, { 'Fair.bad': ['any'] });
    const entries = [{ job: 'Fair.ride' }, { job: 'Fair.fall' }, { job: 'Fair.ride' }, { job: 'Fair.ride' }];
    await runtime.start(runtime.sequence(entries, { onFailure: 'Fair.bad' }));
    await runtime.start(runtime.sequence(entries, { onFailure: 'Fair.bad' }), { history: 1 });
    await clock.runAll();
    const counts = { completed: 1, failed: 1, skipped: 2, cancelled: 0 };
    expect(seen[0]).toEqual([
      [
        'Fair.ride completed 0',
        'Fair.fall failed 101',
        'Fair.ride skipped 100',
        'Fair.ride skipped 100',
        'Fair.bad running 200',
      ],
      counts,
      false,
    ]);
    expect(seen[1]).toMatchObject([{ length: 3 }, counts, true]);
  });

  test('results and the value of a plan are whole, whatever its history keeps', async () => {
    const { app } = fair();
    const { runtime, clock } = app;
    const plan = runtime.sequence(Array.from({ length: 30 }, () => SING));
    const run = await runtime.start(plan, { history: 2 });
    await clock.runAll();
    const report = await run.report();
    expect([report.truncated, report.counts.completed]).toEqual([true, 32]);
    expect(await run.value()).toEqual(Array.from({ length: 30 }, () => 'la'));
    expect((await run.results()).map(({ index }) => index)).toEqual(Array.from({ length: 30 }, (_, at) => at));
    const order: number[] = [];
    for await (const { index } of run.outcomes()) order.push(index);
    expect(order).toEqual(Array.from({ length: 30 }, (_, at) => at));
  });
});
