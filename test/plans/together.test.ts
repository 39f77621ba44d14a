// Plans beside everything else: recovery, cancelled entries, signed nodes that wait, slow listeners, starts at once.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnError, OnSuccess, ReturnValue, type Sent, type StartedRun, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { eventsOf } from '../support/story.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

class Size {
  @IsInt() n!: number;
}

/** As callers without types do. */
function send(run: StartedRun, ...given: readonly unknown[]): Promise<void> {
  return Reflect.apply(run.send, run, given);
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('a recovered entry has the value of its callback, is no failure, and the next one sees it', async () => {
    class Oven {
      @Job() bake(): string {
        throw new Error('burned');
      }
      @OnError('bake', { recover: true }) buy(): string {
        return 'bought';
      }
      @Job() look(context: StepContext): unknown {
        return context.previous;
      }
    }
    const { runtime, clock } = wired(open(), { Oven: new Oven() }, { 'Oven.look': ['context'] });
    const run = await runtime.start(runtime.sequence([{ job: 'Oven.bake' }, { job: 'Oven.look' }]));
    await clock.runAll();
    expect(await run.results()).toMatchObject([
      { status: 'completed', code: 207, value: 'bought' },
      { status: 'completed', code: 0, value: { ok: true, value: 'bought' } },
    ]);
  });

  test('R38: a cancelled entry of a swarm counts as a failed one', async () => {
    class Oven {
      @Job() bake({ n }: Size, { signal }: StepContext): Promise<void> {
        return Promise.race([
          sleep(app.clock, n),
          new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
        ]);
      }
    }
    const app: Wired = wired(open(), { Oven: new Oven() }, { 'Oven.bake': [Size, 'context'] });
    const { runtime, clock } = app;
    const swarm = runtime.swarm({ concurrency: 2, stopAfterFailures: 1 });
    for (const n of [100, 10, 10]) swarm.add('Oven.bake', { n });
    const run = await runtime.start(swarm);
    await clock.advance(5);
    await run.cancelStep(1);
    await clock.runAll();
    // Nobody closes it: it has stopped.
    expect((await run.results()).map(({ code }) => code)).toEqual([203, 0, 100]);
    expect((await run.report()).status).toBe('failed');
  });

  test('a signed node that waits takes its message from outside, its marks from what it is behind', async () => {
    const log: string[] = [];
    class Oven {
      @Job() bake(): string {
        return 'bread';
      }
      @Job() serve(): void {
        log.push('serve');
      }
      @OnSuccess('never')
      @Handler({ waits: true })
      taste(size: Sent<Size>, @ReturnValue() what: string): number {
        log.push(`${what} ${size.n}`);
        return size.n;
      }
      @Job() never(): string {
        return '';
      }
      @Handler() thank(n: unknown): void {
        log.push(`thanks for ${String(n)}`);
      }
    }
    const app = wired(open(), { Oven: new Oven() }, { 'Oven.taste': [Size, 'any'], 'Oven.thank': ['any'] });
    const { runtime, clock } = app;
    const taste = runtime.sign('Oven.taste').onSuccess('Oven.thank');
    const bake = runtime.sign('Oven.bake').onSuccess(taste);
    const run = await runtime.start(runtime.sequence([{ job: bake }, { job: bake }, { job: 'Oven.serve' }]));
    await clock.advance(1_000);
    await send(run, 'Oven.taste', { n: 1 });
    await clock.advance(1_000);
    expect(log).toEqual(['bread 1', 'thanks for 1']);
    await send(run, 'Oven.taste', { n: 2 });
    await clock.runAll();
    expect(log.slice(2)).toEqual(['bread 2', 'thanks for 2', 'serve']);
    expect((await run.report()).status).toBe('completed');
  });

  test('a slow listener is told of every entry once, however many have ended meanwhile', async () => {
    class Oven {
      @Job() bake({ n }: Size): number {
        return n;
      }
    }
    const { runtime, clock } = wired(open(), { Oven: new Oven() }, { 'Oven.bake': [Size] });
    const swarm = runtime.swarm({ concurrency: 1 });
    for (let n = 0; n < 1_500; n++) swarm.add('Oven.bake', { n });
    const run = await runtime.start(swarm.close());
    const outcomes = run.outcomes()[Symbol.asyncIterator]();
    const first = outcomes.next();
    await clock.runAll();
    const indexes = [await first].map(({ value }) => value?.index);
    for (let next = await outcomes.next(); next.done !== true; next = await outcomes.next()) {
      indexes.push(next.value.index);
    }
    expect(indexes).toEqual(Array.from({ length: 1_500 }, (_, n) => n));
  });

  test('two starts at once under one id are one run', async () => {
    let baked = 0;
    class Oven {
      @Job() bake(): number {
        return ++baked;
      }
    }
    const { runtime, clock } = wired(open(), { Oven: new Oven() });
    const plan = (): Parameters<typeof runtime.sequence>[0] => [{ job: 'Oven.bake' }, { job: 'Oven.bake' }];
    const [one, other] = await Promise.all([
      runtime.start(runtime.sequence(plan()), { id: 'day' }),
      runtime.start(runtime.sequence(plan()), { id: 'day' }),
    ]);
    await clock.runAll();
    expect([await one.value(), await other.value(), baked]).toEqual([[1, 2], [1, 2], 2]);
    const different = [
      runtime.sequence(plan(), { keepGoing: true }),
      runtime.sequence(plan(), { onSuccess: 'Oven.bake' }),
      runtime.parallel(plan()),
      runtime.sequence([...plan(), { job: 'Oven.bake' }]),
      runtime.sequence([{ job: 'Oven.bake', if: true }, { job: 'Oven.bake' }]),
      runtime.sequence([{ job: 'Oven.bake', always: true }, { job: 'Oven.bake' }]),
      runtime.sequence([{ job: runtime.sign('Oven.bake').onSuccess('Oven.bake') }, { job: 'Oven.bake' }]),
    ];
    for (const [at, plan0] of different.entries()) {
      expect(await rejectionOf(runtime.start(plan0, { id: 'day' })), String(at)).toMatchObject({ code: 'ONW3033' });
    }
  });

  test('R16: the entry of a run that is looked up is its first one', async () => {
    class Oven {
      @Job() async bake({ n }: Size): Promise<number> {
        await sleep(app.clock, n);
        return n;
      }
    }
    const app: Wired = wired(open(), { Oven: new Oven() }, { 'Oven.bake': [Size] });
    const { runtime, clock } = app;
    const entries = [20, 10].map((n) => ({ job: 'Oven.bake', message: { n } }));
    await runtime.start(runtime.parallel(entries), { id: 'both' });
    const run = await runtime.run('both');
    let isOver = false;
    const entry = run?.entry().then((value) => {
      isOver = true;
      return value;
    });
    await clock.advance(15);
    expect(isOver).toBe(false);
    await clock.runAll();
    expect(await entry).toBe(20);
  });

  test('entries share the state of the run; tags, keys and rounds are those of the run', async () => {
    class Oven {
      @Job() bake(context: StepContext<{ baked: number }>): string {
        context.state.add('baked', 1);
        return context.tags.join();
      }
    }
    const { runtime, clock } = wired(open(), { Oven: new Oven() }, { 'Oven.bake': ['context'] });
    const bake = { job: 'Oven.bake' };
    const run = await runtime.start(runtime.parallel([bake, bake, { ...bake, group: 'x' }, { ...bake, group: 'x' }]), {
      tags: ['night'],
    });
    await clock.runAll();
    const report = await run.report();
    expect(report.state).toEqual({ baked: 4 });
    expect(new Set(report.steps.map(({ key }) => key)).size).toBe(4);
    expect(report.steps.map(({ round }) => round)).toEqual([1, 2, 3, 4]);
    expect(await run.value()).toEqual(['night', 'night', 'night', 'night']);
  });

  test('what is told of a plan begins with its kind and ends once', async () => {
    class Oven {
      @Job() bake(): void {}
    }
    const { runtime, clock } = wired(open(), { Oven: new Oven() });
    const bake = { job: 'Oven.bake' };
    const plans = [
      runtime.sequence([bake]),
      runtime.parallel([bake]),
      runtime.chain(['Oven.bake', 'Oven.bake']),
      runtime.swarm().add('Oven.bake').close(),
      runtime.sign('Oven.bake'),
    ];
    const jobs: unknown[] = [];
    for (const plan of plans) {
      const run: StartedRun = await Reflect.apply(runtime.start, runtime, [plan]);
      await clock.runAll();
      const events = await eventsOf(run);
      const [first] = events;
      jobs.push(first?.type === 'run.started' && first.job);
      expect(events.filter(({ type }) => type === 'run.ended')).toHaveLength(1);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
      expect((await run.report()).job).toBe(jobs.at(-1));
    }
    expect(jobs).toEqual(['sequence', 'parallel', 'chain', 'swarm', 'Oven.bake']);
  });

  test('a close of the runtime in the middle of a sequence cancels the rest of it', async () => {
    class Oven {
      @Job() bake(): Promise<void> {
        return sleep(app.clock, 100);
      }
    }
    const app: Wired = wired(open(), { Oven: new Oven() });
    const { runtime, clock } = app;
    const bake = { job: 'Oven.bake' };
    const run = await runtime.start(runtime.sequence([bake, bake, bake]));
    const closed = runtime.close({ drainMs: 150 });
    await clock.runAll();
    await closed;
    expect(stepsOf(await run.report())).toEqual([
      'Oven.bake completed 0',
      'Oven.bake cancelled 203',
      'Oven.bake cancelled 203',
    ]);
    expect(await rejectionOf(runtime.start(runtime.sequence([bake])))).toMatchObject({ code: 'ONW3040' });
  });

  test('what a body does to the value before it reaches nobody else', async () => {
    class Oven {
      @Job() bake(): { crumbs: number } {
        return { crumbs: 1 };
      }
      @Job() eat({ previous }: StepContext): string {
        if (previous?.ok === true) Object.assign(Object(previous.value), { crumbs: 0 });
        return 'eaten';
      }
    }
    const { runtime, clock } = wired(open(), { Oven: new Oven() }, { 'Oven.eat': ['context'] });
    const run = await runtime.start(runtime.sequence([{ job: 'Oven.bake' }, { job: 'Oven.eat' }]));
    await clock.runAll();
    expect(await run.value()).toEqual([{ crumbs: 1 }, 'eaten']);
  });
});
