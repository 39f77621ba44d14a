// Several jobs as one run: R33 to R35, how a plan's value and report read, and how it is suspended and cancelled.

import { IsInt, Max } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { ErrorValue, Handler, Job, OnRunEnd, OnSuccess, type RunReport, type StepContext } from 'onward';
import { sleep } from './sleep.ts';
import { storyOf } from './story.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from './wired.ts';

class Amount {
  @IsInt() @Max(100) n!: number;
}

/** What has happened, with the time. */
class Log {
  readonly lines: string[] = [];
  app: Wired | undefined;

  write(line: string): void {
    this.lines.push(`${(this.app?.clock.now() ?? 0) - START} ${line}`);
  }

  async wait(ms: number): Promise<void> {
    if (this.app !== undefined) await sleep(this.app.clock, ms);
  }
}
let START = 0;

class Jobs {
  readonly log: Log;
  constructor(log: Log) {
    this.log = log;
  }
  @Job() async a(amount?: Amount): Promise<string> {
    this.log.write('a');
    await this.log.wait(100);
    this.log.write('a over');
    return `a${amount?.n ?? ''}`;
  }
  @Job() async b(context: StepContext): Promise<string> {
    this.log.write(`b after ${JSON.stringify(context.previous)}`);
    await this.log.wait(10);
    return 'b';
  }
  @Job() async bad(): Promise<string> {
    this.log.write('bad');
    throw new Error('no');
  }
  @OnSuccess('a') async late(): Promise<void> {
    await this.log.wait(500);
    this.log.write('late over');
  }
  @Handler() told(report: RunReport): void {
    this.log.write(`told ${report.status} ${report.steps.length}`);
  }
  @Handler() failed(report: RunReport): void {
    this.log.write(`failed ${report.failures.map(({ node }) => node).join()}`);
  }
}

function jobs(engine: (typeof ENGINES)[number]['open']): Wired & { readonly log: string[] } {
  const log = new Log();
  const app = wired(engine(), { Jobs: new Jobs(log) }, { 'Jobs.a': [Amount], 'Jobs.b': ['context'] });
  log.app = app;
  START = app.clock.now();
  return { ...app, log: log.lines };
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R33: an entry of a sequence begins when everything the one before has caused is over', async () => {
    const { runtime, clock, log } = jobs(open);
    const run = await runtime.start(
      runtime.sequence([{ job: 'Jobs.a', message: { n: 3 } }, { job: 'Jobs.b' }], {
        onSuccess: 'Jobs.told',
        onFailure: 'Jobs.failed',
      }),
    );
    await clock.runAll();
    expect(await run.value()).toEqual(['a3', 'b']);
    expect(log).toEqual([
      '0 a',
      '100 a over',
      '600 late over',
      '600 b after {"ok":true,"value":"a3"}',
      '610 told completed 4',
    ]);
  });
  test('R34: after a failure the entries that have not begun are skipped, except those that always run', async () => {
    const { runtime, clock, log } = jobs(open);
    const run = await runtime.start(
      runtime.sequence(
        [{ job: 'Jobs.bad' }, { job: 'Jobs.a', message: { n: 1 } }, { job: 'Jobs.b', always: true }, { job: 'Jobs.b' }],
        {
          onSuccess: 'Jobs.told',
          onFailure: 'Jobs.failed',
        },
      ),
    );
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual([
      'Jobs.bad failed 101',
      'Jobs.a skipped 100',
      'Jobs.b completed 0',
      'Jobs.b skipped 100',
      'Jobs.failed completed 0',
    ]);
    expect(report).toMatchObject({ status: 'failed', code: 101 });
    expect(log).toEqual(['0 bad', '0 b after {"ok":false}', '10 failed Jobs.bad']);
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3050' });
    expect(await run.results()).toMatchObject([
      { index: 0, status: 'failed', code: 101 },
      { status: 'skipped', code: 100 },
      { status: 'completed', value: 'b' },
      { status: 'skipped' },
    ]);
  });
  test('parallel: all begin together; groups one after another within', async () => {
    const { runtime, clock, log } = jobs(open);
    const run = await runtime.start(
      runtime.parallel([
        { job: 'Jobs.a', message: { n: 1 }, group: 'x' },
        { job: 'Jobs.b', group: 'x' },
        { job: 'Jobs.b' },
      ]),
    );
    await clock.runAll();
    expect(await run.value()).toEqual(['a1', 'b', 'b']);
    expect(log).toEqual([
      '0 a',
      '0 b after undefined',
      '100 a over',
      '600 late over',
      '600 b after {"ok":true,"value":"a1"}',
    ]);
  });
  test('swarm', async () => {
    const { runtime, clock, log } = jobs(open);
    const swarm = runtime.swarm({ concurrency: 2 });
    for (let n = 0; n < 4; n++) swarm.add('Jobs.b');
    const run = await runtime.start(swarm);
    await clock.runAll();
    expect(log.map((line) => line.split(' ')[0])).toEqual(['0', '0', '10', '10']);
    expect((await run.inspect()).status).toBe('running');
    await run.add('Jobs.b');
    await run.add('Jobs.bad');
    await clock.runAll();
    await run.close();
    await run.close();
    await clock.runAll();
    const results = await run.results();
    expect(results.map(({ status }) => status)).toEqual([
      'completed',
      'completed',
      'completed',
      'completed',
      'completed',
      'failed',
    ]);
    expect(await rejectionOf(run.add('Jobs.b'))).toMatchObject({ code: 'ONW3053' });
    const order: number[] = [];
    for await (const { index } of run.outcomes()) order.push(index);
    expect(order).toEqual([0, 1, 2, 3, 5, 4]);
    expect(await storyOf(run)).toContain('entry.ended Jobs.b');
  });
  test('if, cancel, suspend', async () => {
    const { runtime, clock, log } = jobs(open);
    const run = await runtime.start(
      runtime.sequence([
        { job: 'Jobs.b', if: false },
        { job: 'Jobs.b', if: [true, true] },
        { job: 'Jobs.a', message: { n: 1 } },
        { job: 'Jobs.b' },
      ]),
      { suspended: true },
    );
    await clock.runAll();
    expect(log).toEqual([]);
    await run.resume();
    await clock.advance(50);
    await run.cancel();
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual([
      'Jobs.b skipped 110',
      'Jobs.b completed 0',
      'Jobs.a cancelled 203',
      'Jobs.b cancelled 203',
    ]);
    expect(report.status).toBe('cancelled');
  });
});

class Steps {
  readonly log: string[] = [];
  @Job() extract(): { n: number } {
    return { n: 3 };
  }
  @Job() transform(amount: Amount): Amount {
    this.log.push(`transform ${JSON.stringify(amount)}`);
    return { n: amount.n * 2 };
  }
  @Job() save(amount: Amount): number {
    if (amount.n > 50) throw new Error('too much');
    return amount.n;
  }
  @Handler() mail(amount: Amount): void {
    this.log.push(`mail ${amount.n}`);
  }
  @Handler() sorry(amount: Amount, @ErrorValue() error: Error): void {
    this.log.push(`sorry ${amount.n} ${error.message}`);
  }
  @OnRunEnd() end(report: RunReport): void {
    this.log.push(`end ${report.job} ${report.status}`);
  }
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const steps = (): { app: Wired; log: string[] } => {
    const service = new Steps();
    return {
      log: service.log,
      app: wired(
        open(),
        { Steps: service },
        { 'Steps.transform': [Amount], 'Steps.save': [Amount], 'Steps.mail': [Amount], 'Steps.sorry': [Amount, 'any'] },
      ),
    };
  };
  test('chain', async () => {
    const { app, log } = steps();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.chain(['Steps.extract', 'Steps.transform', runtime.sign('Steps.transform', { n: 7 }), 'Steps.save']),
    );
    await clock.runAll();
    expect(await run.value()).toBe(14);
    expect(log).toEqual(['transform {"n":3}', 'transform {"n":7}', 'end chain completed']);
  });
  test('signatures with callbacks of callbacks', async () => {
    const { app, log } = steps();
    const { runtime, clock } = app;
    const signed = runtime
      .sign('Steps.transform', { n: 1 })
      .onSuccess('Steps.mail')
      .onSuccess(runtime.sign('Steps.save', { n: 60 }).onError('Steps.sorry'));
    const run = await runtime.start(signed, { n: 2 }, { override: { n: 5 } });
    await clock.runAll();
    expect(await run.value()).toEqual({ n: 10 });
    expect(log).toEqual(['transform {"n":5}', 'mail 10', 'sorry 60 too much', 'end Steps.transform failed']);
    expect(() => signed.bind({ n: 3 })).toThrow('ONW3052');
    expect((await run.report()).steps.map(({ cause }) => cause?.edge)).toMatchInlineSnapshot(`
      [
        undefined,
        "Steps.transform>success>Steps.mail@0.s0",
        "Steps.transform>success>Steps.save@0.s1",
        "Steps.save>error>Steps.sorry@0.s1.e0",
        "*>runEnd>Steps.end",
      ]
    `);
  });
});
