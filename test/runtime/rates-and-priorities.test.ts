// `rateLimit` and `priority` of a node: when bodies begin, on every engine.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { createRuntime, Handler, Job, OnSuccess, OnwardError, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, stepsOf, wire, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  interface Mailing extends Wired {
    /** When the bodies began, in milliseconds from the beginning. */
    readonly begun: number[];
  }

  const mailing = (): Mailing => {
    const begun: number[] = [];
    class Mail {
      @Job({ rateLimit: { max: 2, per: '1s' } }) send(): void {
        begun.push(app.clock.now() - from);
      }
      @Job({ rateLimit: { max: 1, per: 100 }, retry: { attempts: 3, delay: 0 } }) flaky(): void {
        begun.push(app.clock.now() - from);
        if (begun.length < 3) throw new Error('again');
      }
      @Job() letter(): void {
        begun.push(-1);
      }
    }
    const app = wired(open(), { Mail: new Mail() });
    const from = app.clock.now();
    return { ...app, begun };
  };

  test('at most `max` bodies of a node begin in `per`, over all runs', async () => {
    const { start, clock, begun } = mailing();
    const runs = await Promise.all(Array.from({ length: 5 }, () => start('Mail.send')));
    await clock.runAll();
    expect(begun).toEqual([0, 0, 1_000, 1_000, 2_000]);
    for (const run of runs) expect(stepsOf(await run.report())).toEqual(['Mail.send completed 0']);
  });

  test('the span moves: a begin counts for `per` from then on', async () => {
    const { start, clock, begun } = mailing();
    await start('Mail.send');
    await clock.advance(600);
    await start('Mail.send');
    await start('Mail.send');
    await start('Mail.send');
    await clock.runAll();
    expect(begun).toEqual([0, 600, 1_000, 1_600]);
  });

  test('every attempt counts', async () => {
    const { start, clock, begun } = mailing();
    const run = await start('Mail.flaky');
    await clock.runAll();
    expect(begun).toEqual([0, 100, 200]);
    expect((await run.report()).status).toBe('completed');
  });

  test('others go on, and `waiting` says what waits, where and since when', async () => {
    const { start, clock, begun, runtime } = mailing();
    const since = clock.now();
    for (const id of ['one', 'two']) await start('Mail.send', undefined, { id });
    const third = await start('Mail.send', undefined, { id: 'three' });
    await start('Mail.letter');
    await clock.advance(10);
    expect(begun).toEqual([0, 0, -1]);
    const { steps } = await third.inspect();
    expect(await runtime.waiting()).toEqual([
      { for: 'rateLimit', runId: 'three', node: 'Mail.send', key: steps[0]?.key, since },
    ]);
    await clock.runAll();
    expect(await runtime.waiting()).toEqual([]);
  });

  test('a cancel ends the wait at once, and no body begins', async () => {
    const { start, clock, begun, runtime } = mailing();
    await start('Mail.send');
    await start('Mail.send');
    const [third, fourth] = [await start('Mail.send'), await start('Mail.send')];
    await clock.advance(10);
    await third.cancel();
    await clock.advance(0);
    expect(stepsOf(await third.report())).toEqual(['Mail.send cancelled 203']);
    expect(await runtime.waiting()).toHaveLength(1);
    await clock.runAll();
    expect(begun).toEqual([0, 0, 1_000]);
    expect((await fourth.report()).status).toBe('completed');
  });

  test('a deadline ends the wait', async () => {
    const { start, clock, begun } = mailing();
    await start('Mail.send');
    await start('Mail.send');
    const late = await start('Mail.send', undefined, { deadline: 300 });
    await clock.advance(300);
    expect((await late.report()).status).toBe('failed');
    await clock.runAll();
    expect(begun).toEqual([0, 0]);
  });

  test('what waits when the runtime closes is cancelled with the rest', async () => {
    const { start, clock, begun, runtime } = mailing();
    await start('Mail.send');
    await start('Mail.send');
    const third = await start('Mail.send');
    await clock.advance(10);
    const closed = runtime.close({ drainMs: 100 });
    await clock.runAll();
    await closed;
    expect(begun).toEqual([0, 0]);
    expect((await third.report()).status).toBe('cancelled');
  });

  test('a paused node stays paused when its time has come', async () => {
    const { start, clock, begun, runtime } = mailing();
    for (let at = 0; at < 3; at++) await start('Mail.send');
    await clock.advance(10);
    await runtime.pause('Mail.send');
    await clock.advance(5_000);
    expect(begun).toEqual([0, 0]);
    await runtime.resume('Mail.send');
    await clock.runAll();
    expect(begun).toEqual([0, 0, 5_010]);
  });

  test('what a body calls counts too, and never waits behind what waits for its caller', async () => {
    const begun: number[] = [];
    class Depth {
      @IsInt() depth = 0;
    }
    class Forest {
      @Job({ concurrency: 1, rateLimit: { max: 1, per: 100 } }) async grow(
        { depth }: Depth,
        context: StepContext,
      ): Promise<number> {
        begun.push(app.clock.now() - from);
        return depth === 0 ? 0 : 1 + (await context.call(Forest, 'grow', { depth: depth - 1 }));
      }
    }
    const app = wired(open(), { Forest: new Forest() }, { 'Forest.grow': [Depth, 'context'] });
    const from = app.clock.now();
    const [first, second] = [
      await app.start('Forest.grow', { depth: 2 }),
      await app.start('Forest.grow', { depth: 0 }),
    ];
    await app.clock.runAll();
    expect(await first.value()).toBe(2);
    expect(await second.value()).toBe(0);
    expect(begun).toEqual([0, 100, 200, 300]);
  });

  test('of callbacks that are ready at the same time the lower number begins first', async () => {
    const begun: string[] = [];
    class Desk {
      @Job() open(): void {}
      @OnSuccess('open') @Handler({ priority: 10 }) tidy(): void {
        begun.push('tidy');
      }
      @OnSuccess('open') @Handler({ priority: 2 }) answer(): void {
        begun.push('answer');
      }
      @OnSuccess('open') phone(): void {
        begun.push('phone');
      }
      @OnSuccess('open') @Handler({ priority: 2 }) write(): void {
        begun.push('write');
      }
    }
    const app = wired(open(), { Desk: new Desk() });
    await app.start('Desk.open');
    await app.clock.runAll();
    expect(begun).toEqual(['phone', 'answer', 'write', 'tidy']);
  });

  test('a step with a priority that waits is cancelled like any other', async () => {
    class Slow {
      @Job({ priority: 5, concurrency: 1 }) async work(): Promise<void> {
        await sleep(app.clock, 100);
      }
    }
    const app = wired(open(), { Slow: new Slow() });
    const [first, second] = [await app.start('Slow.work'), await app.start('Slow.work')];
    await app.clock.advance(10);
    await second.cancel();
    await app.clock.runAll();
    expect([(await first.report()).status, (await second.report()).status]).toEqual(['completed', 'cancelled']);
  });
});

test('everything that is wrong with them is said at once', () => {
  class Wrong {
    @Job({ rateLimit: { max: 0, per: '1 second', every: 3 }, priority: -1 } as never) one(): void {}
    @Job({ rateLimit: { max: 5 }, priority: 2_097_153 } as never) two(): void {}
    @Job({ rateLimit: 5, priority: 1.5 } as never) three(): void {}
  }
  const services = { Wrong: new Wrong() };
  const { details } = thrownBy(() => createRuntime(wire(services), { services }));
  const per = "more than 0: milliseconds, or a string such as '20s' (ms, s, m, h or d)";
  expect(details?.['problems']).toEqual([
    'Wrong.one: expected `rateLimit.max` to be a whole number of at least 1, got 0',
    `Wrong.one: expected \`rateLimit.per\` to be ${per}, got "1 second"`,
    'Wrong.one: there is no option `rateLimit.every`; the options are max, per',
    'Wrong.one: expected `priority` to be a whole number from 0, which goes first, to 2097152, got -1',
    `Wrong.two: expected \`rateLimit.per\` to be ${per}, got nothing`,
    'Wrong.two: expected `priority` to be a whole number from 0, which goes first, to 2097152, got 2097153',
    "Wrong.three: expected `rateLimit` to be an object such as { max: 10, per: '1s' }, got 5",
    'Wrong.three: expected `priority` to be a whole number from 0, which goes first, to 2097152, got 1.5',
  ]);
});

function thrownBy(call: () => unknown): OnwardError {
  try {
    call();
  } catch (error) {
    if (error instanceof OnwardError) return error;
  }
  throw new Error('nothing was thrown');
}
