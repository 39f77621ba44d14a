// Joins over the entries of a plan, and ends that come early: R28 to R32, R14 and R36 with plans.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnSuccess, type RunReport, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

class Size {
  @IsInt() n!: number;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  function port(): { readonly app: Wired; readonly log: string[] } {
    const log: string[] = [];
    class Port {
      @Job() async ship({ n }: Size): Promise<number> {
        await sleep(app.clock, n);
        return n;
      }
      @Job() crane(): string {
        return 'crane';
      }
      @Job() storm(): void {
        throw new Error('storm');
      }
      @Job() leave(context: StepContext): void {
        context.exit('left');
      }
      @Job() look(): void {
        log.push('look');
      }
      @Join({ ship: 'ship', crane: 'crane' }) async unload(both: object): Promise<void> {
        await sleep(app.clock, 5);
        log.push(`unload ${JSON.stringify(both)}`);
      }
      @Join({ ship: 'ship', storm: 'storm' }, { onMissing: 'run' }) wait(both: object): void {
        log.push(`wait ${JSON.stringify(both)}`);
      }
      @OnSuccess('wait') sail(): void {
        log.push('sail');
      }
      @Handler() told(report: RunReport): void {
        log.push(`told ${report.status}`);
      }
    }
    const app: Wired = wired(
      open(),
      { Port: new Port() },
      { 'Port.ship': [Size], 'Port.leave': ['context'], 'Port.told': ['any'] },
    );
    return { app, log };
  }
  const ship = (n: number): { job: string; message: object } => ({ job: 'Port.ship', message: { n } });
  const told = { onSuccess: 'Port.told', onFailure: 'Port.told' };

  test('R28: the k-th completions of entries side by side belong together', async () => {
    const { app, log } = port();
    const { runtime, clock } = app;
    await runtime.start(runtime.parallel([ship(20), ship(10), { job: 'Port.crane' }, { job: 'Port.crane' }]));
    await clock.runAll();
    expect(log.filter((line) => line.startsWith('unload'))).toEqual([
      'unload {"ship":10,"crane":"crane"}',
      'unload {"ship":20,"crane":"crane"}',
    ]);
  });

  test('R31, R32: what is missing is decided at the very end, after the last entry; what runs then is waited for', async () => {
    const { app, log } = port();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([ship(1), { job: 'Port.look' }], told));
    await clock.runAll();
    expect(log).toEqual(['look', 'wait {"ship":1}', 'sail', 'told completed']);
    expect(stepsOf(await run.report()).slice(2)).toEqual([
      'Port.unload skipped 206',
      'Port.wait completed 0',
      'Port.sail completed 0',
      'Port.told completed 0',
    ]);
  });

  test('R31: as long as a swarm is open nothing is given up', async () => {
    const { app, log } = port();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm(told).add('Port.ship', { n: 1 }));
    await clock.advance(1_000_000);
    expect(log).toEqual([]);
    await run.add('Port.crane');
    await clock.runAll();
    expect(log).toEqual(['unload {"ship":1,"crane":"crane"}']);
    await run.close();
    await clock.runAll();
    expect(log.slice(1)).toEqual(['wait {"ship":1}', 'sail', 'told completed']);
  });

  test('R14, R36: an exit in an entry that always runs completes a run that has failed; the failure stays listed', async () => {
    const { app, log } = port();
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.sequence(
        [{ job: 'Port.storm' }, { job: 'Port.leave', always: true }, { job: 'Port.look', always: true }],
        told,
      ),
    );
    await clock.runAll();
    const report = await run.report();
    expect([await run.value(), report.status, log]).toEqual(['left', 'completed', ['told completed']]);
    expect(report.failures.map(({ node }) => node)).toEqual(['Port.storm']);
    expect((await run.results()).map(({ code }) => code)).toEqual([101, 0, 100]);
  });

  test('a link may leave the value untaken, if all it needs is bound', async () => {
    const { app } = port();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.chain(['Port.look', runtime.sign('Port.ship', { n: 3 }), 'Port.look']));
    const bad = await runtime.start(runtime.chain(['Port.look', 'Port.ship']));
    await clock.runAll();
    expect((await run.results()).map(({ code }) => code)).toEqual([0, 0, 0]);
    expect((await bad.results()).map(({ code }) => code)).toEqual([0, 107]);
  });

  test('R57, M9: behind a link that lost a race nothing of its chain begins, and the run has not failed', async () => {
    const log: string[] = [];
    class Quotes {
      @Job() async ask(context: StepContext): Promise<string> {
        await context.spawn(Quotes, 'near', undefined, { detached: true });
        await sleep(app.clock, 1_000);
        return 'asked';
      }
      @Handler() async near(): Promise<void> {
        await sleep(app.clock, 100);
      }
      @Join({ near: 'near', ask: 'ask' }, { mode: 'any', cancelRest: true }) take(): void {
        log.push('take');
      }
      @Job() order(answer: unknown): void {
        log.push(`order ${String(answer)}`);
      }
    }
    const app: Wired = wired(open(), { Quotes: new Quotes() }, { 'Quotes.ask': ['context'] });
    const run = await app.runtime.start(app.runtime.chain(['Quotes.ask', 'Quotes.order', 'Quotes.order']));
    await app.clock.runAll();
    expect(log).toEqual(['take']);
    expect((await run.results()).map(({ status, code }) => `${status} ${code}`)).toEqual([
      'cancelled 203',
      'skipped 100',
      'skipped 100',
    ]);
    expect(await run.report()).toMatchObject({ status: 'completed', failures: [], callbackFailures: [] });
    expect(await rejectionOf(run.value())).toMatchObject({
      code: 'ONW3050',
      message: expect.stringContaining('entries[0] (Quotes.ask) was cancelled (code 203)'),
    });
  });

  test('overrides that are no record are refused', async () => {
    const { app } = port();
    const { runtime } = app;
    for (const override of [5, 'n', null, [1], () => ({})]) {
      const refused: Promise<unknown> = Reflect.apply(runtime.start, runtime, [
        runtime.sign('Port.ship', { n: 1 }),
        {},
        { override, id: 'refused' },
      ]);
      expect(await rejectionOf(refused), JSON.stringify(override)).toMatchObject({
        code: expect.stringMatching(/^ONW[23]00/),
      });
    }
    expect(await runtime.run('refused')).toBeUndefined();
  });

  test('R40: a suspended swarm that is closed ends after it goes on', async () => {
    const { app } = port();
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.swarm(), { suspended: true });
    await run.add('Port.look');
    await run.close();
    await clock.advance(1_000);
    expect((await run.inspect()).status).toBe('suspended');
    await run.resume();
    await clock.runAll();
    expect(await run.report()).toMatchObject({ status: 'completed', counts: { completed: 1 } });
    const empty = await runtime.start(runtime.swarm().close(), { suspended: true });
    await clock.advance(1_000);
    expect((await empty.inspect()).status).toBe('suspended');
    await empty.resume();
    await clock.runAll();
    expect((await empty.report()).status).toBe('completed');
  });
});
