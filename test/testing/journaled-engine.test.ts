// The journaled engine's own promises: what is delivered twice counts once, what was lost is found, and runs go on
// from their records after a restart, with another graph too.

import { describe, expect, test } from 'vitest';
import { createRuntime, Handler, Job, OnError, OnSuccess, type RunReport, type StepContext } from 'onward';
import { journaledEngine, virtualClock } from 'onward/testing';
import { stepsOf, wire, wired } from '../support/wired.ts';

/** Every call gives another value. */
class Dice {
  rolls = 0;
  readonly seen: unknown[] = [];
  @Job() async roll(): Promise<number> {
    return ++this.rolls;
  }
  @OnSuccess('roll') first(value: number): void {
    this.seen.push(value);
  }
  @OnSuccess('roll') second(value: number): void {
    this.seen.push(value);
  }
}

describe('deliveries', () => {
  test('a message that cannot be kept is refused and leaves no run open', async () => {
    class Keeper {
      @Job() go(_message: Dice): void {}
    }
    const services = { Keeper: new Keeper() };
    const runtime = createRuntime(wire(services, { 'Keeper.go': [Dice] }), {
      services,
      clock: virtualClock(),
      engine: journaledEngine(),
      log: false,
      messages: { validate: false },
    });
    await expect(runtime.start('Keeper.go', { send: () => 1 })).rejects.toMatchObject({ code: 'ONW3045' });
    await runtime.close();
  });

  test('what was lost is found beside a body that waits for it', async () => {
    class Waiting {
      @Job() go(context: StepContext): Promise<void> {
        return new Promise((resolve) => {
          context.signal.addEventListener('abort', () => resolve());
        });
      }
    }
    const { start, clock } = wired(
      journaledEngine({ lose: 1 }),
      { Waiting: new Waiting() },
      { 'Waiting.go': ['context'] },
    );
    const run = await start('Waiting.go');
    await clock.advance(0);
    await run.cancel();
    await clock.advance(0);
    expect(stepsOf(await run.report())).toEqual(['Waiting.go cancelled 203']);
  });

  test('R48: everything delivered twice: bodies run again, the run goes by what came first', async () => {
    const dice = new Dice();
    const engine = journaledEngine({ duplicate: 1 });
    const report = await wired(engine, { Dice: dice }).report('Dice.roll');
    expect(dice.rolls).toBe(2);
    expect(stepsOf(report)).toEqual(['Dice.roll completed 0', 'Dice.first completed 0', 'Dice.second completed 0']);
    expect(new Set(dice.seen)).toEqual(new Set([report.value]));
    expect(engine.statistics.duplicates).toBeGreaterThan(0);
  });

  test('whatever the order of deliveries, one value wins for the whole run', async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const dice = new Dice();
      const engine = journaledEngine({ seed, duplicate: 0.8, reorder: true, lose: 0.2 });
      const report = await wired(engine, { Dice: dice }).report('Dice.roll');
      expect([...new Set(dice.seen)]).toEqual([report.value]);
      expect(report.counts).toEqual({ completed: 3, failed: 0, skipped: 0, cancelled: 0 });
    }
  });

  test('the same seed gives the same schedule', async () => {
    const play = async (): Promise<unknown> => {
      const engine = journaledEngine({ seed: 9, duplicate: 0.5, reorder: true, lose: 0.3 });
      await wired(engine, { Dice: new Dice() }).report('Dice.roll');
      return engine.statistics;
    };
    expect(await play()).toEqual(await play());
  });
});

class Flaky {
  tries = 0;
  @Job() go(): string {
    return 'gone';
  }
  @OnSuccess('go')
  @Handler({ retry: { attempts: 2, delay: '1h', jitter: 0 } })
  after(): void {
    if (++this.tries === 1) throw new Error('again');
  }
  @OnError('after') tell(): void {}
}

describe('a restart', () => {
  test('goes on with what is live: back-off included, bodies that hung are called again', async () => {
    let calls = 0;
    class Hanging {
      @Job() go(): Promise<string> {
        calls++;
        return calls === 1 ? new Promise(() => {}) : Promise.resolve('at last');
      }
    }
    const engine = journaledEngine();
    const services = { Hanging: new Hanging(), Flaky: new Flaky() };
    const { start, clock } = wired(engine, services);
    const runs = [await start('Hanging.go'), await start('Flaky.go')];
    await clock.advance(1);
    engine.restart();
    await clock.runAll();
    const reports = await Promise.all(runs.map((run): Promise<RunReport> => run.report()));
    expect(reports.map(({ status, value }) => [status, value])).toEqual([
      ['completed', 'at last'],
      ['completed', 'gone'],
    ]);
    expect([calls, services.Flaky.tries]).toEqual([2, 2]);
  });

  test('R13: with a graph that has lost the node, its live step fails with 102', async () => {
    class Smaller {
      @Job() go(): string {
        return 'gone';
      }
    }
    const engine = journaledEngine();
    const before = wired(engine, { Flaky: new Flaky() });
    const run = await before.start('Flaky.go');
    await before.clock.advance(1);
    const clock = virtualClock(before.clock.now());
    const services = { Flaky: new Smaller() };
    createRuntime(wire(services), { services, clock, engine, log: false });
    engine.restart();
    await clock.runAll();
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Flaky.go completed 0', 'Flaky.after failed 102']);
    expect(report).toMatchObject({ status: 'failed', failures: [{ error: { code: 'ONW3044' } }] });
  });
});

test('options that make no sense are refused, all at once', () => {
  const given: object = { lose: 2, duplicate: '0.5', reordr: true };
  expect(() => journaledEngine(given)).toThrow(
    'ONW3004: the options of journaledEngine are not valid: expected `lose` to be a share from 0 to 1, got 2; expected `duplicate` to be a share from 0 to 1, got "0.5"; there is no option `reordr`; did you mean `reorder`?',
  );
});
