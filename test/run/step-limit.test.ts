// The limit of a run's steps holds: R56.

import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnEnd, OnError, OnRunEnd, OnRunError, OnStart, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, stepsOf, wired, type Parameters, type Wired } from '../support/wired.ts';

/** The types of a graph that is put together for a test know no node that waits. */
function sendTo(run: Awaited<ReturnType<Wired['start']>>, ...given: readonly unknown[]): Promise<void> {
  return Reflect.apply(run.send, run, given);
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R56: one step beyond is refused, whatever else would have followed; callbacks of what ran still run', async () => {
    const log: string[] = [];
    class Loop {
      @OnSuccess('tick')
      @Job()
      tick(context: StepContext): number[] {
        log.push(`tick ${context.step.round}`);
        return [1, 2, 3];
      }
      @OnSuccess('tick', { each: true }) item(): void {}
      @OnSuccess('tick') other(): void {}
      @OnStart('tick') begin(): void {
        log.push('begin');
      }
      @OnEnd('tick') end(): void {
        log.push('end');
      }
      @OnRunError() tell(): void {
        log.push('run error');
      }
      @OnRunEnd() over(): void {
        log.push('run end');
      }
    }
    const app = wired(open(), { Loop: new Loop() }, { 'Loop.tick': ['context'] });
    const report = await app.report('Loop.tick', undefined, { stepLimit: 2 });
    expect(log).toEqual(['begin', 'tick 1', 'end', 'run error', 'run end']);
    expect(report).toMatchObject({ status: 'failed', code: 108, counts: { completed: 5, failed: 1 } });
    expect(report.failures).toMatchObject([{ node: 'Loop.tick', code: 108, error: { code: 'ONW3043' } }]);
  });

  test('R56: a fan of a million items makes one refused step, not one for each', async () => {
    class Fan {
      @Job() open(): number[] {
        return Array.from({ length: 1_000_000 }, (_, at) => at);
      }
      @OnSuccess('open', { each: true, concurrency: 1_000_000 }) item(): void {}
      @Join({ items: 'item' }) join(): void {}
      @OnSuccess('open') after(): void {}
    }
    const report = await wired(open(), { Fan: new Fan() }).report('Fan.open', undefined, { stepLimit: 5 });
    expect(report).toMatchObject({ status: 'failed', code: 108, counts: { completed: 5, failed: 1, skipped: 0 } });
  });

  test('R56: the run fails with 108 although nobody else fails with the refused step', async () => {
    class Fleet {
      @Job() async go(context: StepContext): Promise<string> {
        await context.call(Fleet, 'sail').catch(() => undefined);
        return 'home';
      }
      @Handler() sail(): void {}
      @OnSuccess('go', { critical: false }) rest(): void {}
    }
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.go': ['context'] });
    const caught = await app.report('Fleet.go', undefined, { stepLimit: 1 });
    expect(stepsOf(caught)).toEqual(['Fleet.go completed 0', 'Fleet.sail failed 108']);
    expect(caught).toMatchObject({ status: 'failed', code: 108 });
    const behind = await app.report('Fleet.go', undefined, { stepLimit: 2 });
    expect(stepsOf(behind)).toEqual(['Fleet.go completed 0', 'Fleet.sail completed 0', 'Fleet.rest failed 108']);
    expect(behind).toMatchObject({ status: 'failed', code: 108 });
  });

  test('R56: a body that starts children for ever is refused from then on, without a step for each', async () => {
    let asked = 0;
    class Fleet {
      @Job() async go(context: StepContext): Promise<void> {
        for (asked = 0; asked < 1_000; asked++) {
          const key = `ship ${asked}`;
          await context.spawn(Fleet, 'sail', undefined, { key }).catch((error: unknown) => log.add(String(error)));
        }
      }
      @Handler() sail(): void {}
    }
    const log = new Set<string>();
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.go': ['context'] });
    const report = await app.report('Fleet.go', undefined, { stepLimit: 3 });
    expect(asked).toBe(1_000);
    expect(report.counts).toEqual({ completed: 2, failed: 2, skipped: 0, cancelled: 0 });
    expect([...log]).toEqual([
      'OnwardError: ONW3043: Fleet.sail was not run: the run has reached its stepLimit of 3; look for a loop without an end, or raise stepLimit',
    ]);
  });

  test('R56: what has not begun by then does not begin: what waits for its time, a message, or a suspended run', async () => {
    const log: string[] = [];
    class Depot {
      @Job() open(): number {
        return 1;
      }
      @OnSuccess('open', { after: '3d' }) later(): void {
        log.push('later');
      }
      @OnSuccess('open') @Handler({ waits: true, timeout: '30d' }) wait(): void {
        log.push('wait');
      }
      @OnSuccess('open') async work(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('work');
      }
      @OnSuccess('open') @Handler({ retry: { attempts: 2, delay: 500, jitter: 0 } }) again(
        _message: unknown,
        context: StepContext,
      ): void {
        log.push(`again ${context.step.attempt}`);
        if (context.step.attempt === 1) throw new Error('once more');
      }
      @OnSuccess('work') beyond(): void {}
      @OnError('beyond') tell(): void {
        log.push('tell');
      }
    }
    const parameters: Parameters = { 'Depot.again': ['any', 'context'] };
    const app: Wired = wired(open(), { Depot: new Depot() }, parameters);
    const report = await app.report('Depot.open', undefined, { stepLimit: 5 });
    expect(log).toEqual(['again 1', 'work', 'again 2']);
    expect(stepsOf(report)).toEqual([
      'Depot.open completed 0',
      'Depot.later skipped 100',
      'Depot.wait skipped 100',
      'Depot.work completed 0',
      'Depot.again completed 0',
      'Depot.beyond failed 108',
    ]);
    expect(report.endedAt - report.startedAt).toBe(500);
  });

  test('R56: neither an exit nor a join that waits in vain changes how the run ends, and no message is taken', async () => {
    class Depot {
      @Job() async open(context: StepContext): Promise<void> {
        await context.spawn(Depot, 'left');
        await sleep(app.clock, 100);
        context.exit('too late');
      }
      @Handler() left(): void {}
      @OnSuccess('left') right(): void {}
      @OnSuccess('left') beyond(): void {}
      @Handler() never(): void {}
      @Join({ left: 'left', never: 'never' }, { onMissing: 'run' }) both(): void {}
      @OnSuccess('never') @Handler({ waits: true }) wait(_message: unknown): void {}
    }
    const app: Wired = wired(open(), { Depot: new Depot() }, { 'Depot.open': ['context'] });
    const run = await app.start('Depot.open', undefined, { stepLimit: 3 });
    await app.clock.advance(50);
    await expect(sendTo(run, 'Depot.wait')).rejects.toMatchObject({ code: 'ONW3055' });
    await app.clock.runAll();
    const report = await run.report();
    expect(report).toMatchObject({ status: 'failed', code: 108 });
    expect(report.value).toBeUndefined();
    expect(report.steps.map(({ node }) => node)).toEqual(['Depot.open', 'Depot.left', 'Depot.right', 'Depot.beyond']);
    const types: string[] = [];
    for await (const event of run.events()) types.push(event.type);
    expect(types).toContain('exit.ignored');
  });

  test('R56: callbacks of callbacks beyond the limit end too', async () => {
    let told = 0;
    class Depot {
      @Job() open(): never {
        throw new Error('locked');
      }
      @OnError('open')
      @OnError('tell')
      @OnError('tellAgain')
      tell(): never {
        told++;
        throw new Error('nobody there');
      }
      @OnError('tell')
      @OnError('tellAgain')
      tellAgain(): never {
        told++;
        throw new Error('nobody there either');
      }
    }
    const report = await wired(open(), { Depot: new Depot() }).report('Depot.open', undefined, { stepLimit: 10 });
    expect(report.status).toBe('failed');
    expect(told).toBeLessThan(40);
  });

  test('R56: of a plan the entry beyond is refused, the others are skipped, and a swarm takes no more', async () => {
    class Wheel {
      @Job() turn(): void {}
    }
    const { runtime, clock } = wired(open(), { Wheel: new Wheel() });
    const turn = { job: 'Wheel.turn' };
    const options = { stepLimit: 2 };
    const always = { ...turn, always: true };
    const plan = await runtime.start(runtime.sequence([turn, turn, turn, turn, always], { keepGoing: true }), options);
    const beside = await runtime.start(runtime.parallel([turn, turn, turn, turn]), options);
    const swarm = await runtime.start(
      runtime.swarm().add('Wheel.turn').add('Wheel.turn').add('Wheel.turn').add('Wheel.turn'),
      options,
    );
    await clock.runAll();
    await expect(swarm.add('Wheel.turn')).rejects.toMatchObject({ code: 'ONW3053' });
    for (const run of [plan, beside, swarm]) {
      const codes = (await run.results()).map(({ code }) => code);
      expect(codes).toEqual(run === plan ? [0, 0, 108, 100, 100] : [0, 0, 108, 100]);
      expect(await run.report()).toMatchObject({ status: 'failed', code: 108 });
    }
  });
});
