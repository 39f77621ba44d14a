// What a run may hold and how much of it: R13, R26, the history, and concurrency of nodes.

import { IsInt, Max } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnEnd, OnError, OnStart, OnSuccess, type RunReport, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

/** Executions of a node, in the order of the run: their rounds, and the codes of those that failed. */
function roundsOf(report: RunReport, node: string): string[] {
  const steps = report.steps.filter((step) => step.node === node);
  return steps.map(({ round, status, code }) => (status === 'completed' ? `${round}` : `${round}: ${code}`));
}

class Course {
  @IsInt() @Max(360) degrees!: number;
}

class Loop {
  @OnSuccess('tick')
  @Job()
  tick(): void {}
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R26: each round of a loop is a step of its own, with its round and a key', async () => {
    class Counter {
      @OnSuccess('count', { when: (number: number) => number < 3 })
      @Job()
      count(context: StepContext): number {
        return context.step.round;
      }
    }
    const app = wired(open(), { Counter: new Counter() }, { 'Counter.count': ['context'] });
    const report = await app.report('Counter.count', undefined, { id: 'r1' });
    expect(report.steps.map(({ id, round, key }) => [id, round, key])).toEqual([
      [1, 1, 'r1~Counter.count.1'],
      [2, 2, 'r1~Counter.count.2'],
      [3, 3, 'r1~Counter.count.3'],
    ]);
  });

  test.each(['maxRounds', 'maxPerRun'] as const)(
    'R13, R26: with `%s` the execution beyond is refused with 109: no body, no callbacks, the run fails',
    async (limit) => {
      const log: string[] = [];
      class Bounded {
        @OnSuccess('tick')
        @Job({ [limit]: 3, retry: { attempts: 5 } })
        tick(): void {
          log.push('tick');
        }
        @OnStart('tick') begin(): void {
          log.push('begin');
        }
        @OnError('tick') tell(): void {
          log.push('tell');
        }
        @OnEnd('tick') end(): void {
          log.push('end');
        }
      }
      const report = await wired(open(), { Bounded: new Bounded() }).report('Bounded.tick');
      expect(log).toEqual(['begin', 'tick', 'end', 'begin', 'tick', 'end', 'begin', 'tick', 'end']);
      expect(roundsOf(report, 'Bounded.tick')).toEqual(['1', '2', '3', '4: 109']);
      expect(report).toMatchObject({ status: 'failed', code: 109 });
      expect(report.steps.at(-1)).toMatchObject({ attempts: [], error: { code: 'ONW3043' } });
    },
  );

  test('R26: the texts say which limit it was and how to raise it', async () => {
    class Bounded {
      @OnSuccess('a')
      @Job({ maxRounds: 1 })
      a(): void {}
      @OnSuccess('b')
      @Job({ maxPerRun: 2 })
      b(): void {}
    }
    const app = wired(open(), { Bounded: new Bounded() });
    expect(String((await app.report('Bounded.a')).failures[0]?.error)).toMatchInlineSnapshot(
      `"OnwardError: ONW3043: Bounded.a was not run: its maxRounds allows 1 execution per run; look for a loop without an end, or raise \`maxRounds\` of Bounded.a"`,
    );
    expect(String((await app.report('Bounded.b')).failures[0]?.error)).toMatchInlineSnapshot(
      `"OnwardError: ONW3043: Bounded.b was not run: its maxPerRun allows 2 executions per run; look for a loop without an end, or raise it with the start option \`maxPerRun\`"`,
    );
  });

  test('R26: a start overrides `maxPerRun` by name or pattern, the last that fits counts, `null` is any number', async () => {
    class Bounded {
      @OnSuccess('tick', { when: (round: number) => round < 10 })
      @Job({ maxPerRun: 3 })
      tick(context: StepContext): number {
        return context.step.round;
      }
    }
    const app = wired(open(), { Bounded: new Bounded() }, { 'Bounded.tick': ['context'] });
    const countOf = async (maxPerRun: Record<string, number | null>): Promise<number> =>
      (await app.report('Bounded.tick', undefined, { maxPerRun })).counts.completed;
    expect(await countOf({})).toBe(3);
    expect(await countOf({ 'Bounded.tick': 5 })).toBe(5);
    expect(await countOf({ 'Bounded.*': 2 })).toBe(2);
    expect(await countOf({ '*': 2, 'Bounded.tick': null })).toBe(10);
    expect(await countOf({ 'Bounded.tick': null, 'Bounded.*': 4 })).toBe(4);
  });

  test('R26: `maxRounds` is fixed in the code: a start cannot raise it', async () => {
    class Bounded {
      @OnSuccess('tick')
      @Job({ maxRounds: 3 })
      tick(): void {}
    }
    const report = await wired(open(), { Bounded: new Bounded() }).report('Bounded.tick', undefined, {
      maxPerRun: { '*': null },
    });
    expect(report.counts).toMatchObject({ completed: 3, failed: 1 });
  });

  test('R26: items and children count as executions of their node', async () => {
    class Bounded {
      @Job() async go(context: StepContext): Promise<number[]> {
        await context.spawn(Bounded, 'work', 0);
        return [1, 2, 3];
      }
      @OnSuccess('go', { each: true }) @Handler({ maxPerRun: 3 }) work(_item: number): void {}
    }
    const report = await wired(open(), { Bounded: new Bounded() }, { 'Bounded.go': ['context'] }).report('Bounded.go');
    expect(roundsOf(report, 'Bounded.work')).toEqual(['1', '2', '3', '4: 109']);
  });

  test('R13: `stepLimit` is exact, over steps of every kind; `null` is no limit', async () => {
    const app = wired(open(), { Loop: new Loop() });
    for (const stepLimit of [1, 2, 10]) {
      const report = await app.report('Loop.tick', undefined, { stepLimit });
      expect(report.counts).toEqual({ completed: stepLimit, failed: 1, skipped: 0, cancelled: 0 });
      expect(report).toMatchObject({ status: 'failed', code: 108 });
    }
    const report = await app.report('Loop.tick', undefined, { stepLimit: null, maxPerRun: { 'Loop.tick': 20 } });
    expect(report.counts.completed).toBe(20);
  });

  test('R13: a child beyond `stepLimit` is refused and fails its step', async () => {
    class Fleet {
      @Job() async go(context: StepContext): Promise<void> {
        await context.spawn(Fleet, 'sail');
        await context.spawn(Fleet, 'sail');
      }
      @Handler() sail(): void {}
    }
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.go': ['context'] });
    const report = await app.report('Fleet.go', undefined, { stepLimit: 2 });
    expect(stepsOf(report)).toEqual(['Fleet.go failed 101', 'Fleet.sail completed 0', 'Fleet.sail failed 108']);
    expect(report.steps[0]).toMatchObject({ failedChild: 3, error: { code: 'ONW3043' } });
  });

  test('R13: a node whose tags the run does not hold is refused with 105; with them it runs and sees them', async () => {
    const log: string[] = [];
    class Fleet {
      @Job() go(): void {}
      @OnSuccess('go') @Handler({ tags: ['admiral', 'flag'] }) sail(context: StepContext): void {
        log.push(context.tags.join(' '));
      }
      @OnError('sail') tell(): void {
        log.push('tell');
      }
    }
    const app = wired(open(), { Fleet: new Fleet() }, { 'Fleet.sail': ['context'] });
    const refused = await app.report('Fleet.go', undefined, { tags: ['admiral'] });
    expect(log).toEqual([]);
    expect(stepsOf(refused)).toEqual(['Fleet.go completed 0', 'Fleet.sail failed 105']);
    expect(refused).toMatchObject({ status: 'failed', code: 105 });
    expect(String(refused.steps[1]?.error)).toMatchInlineSnapshot(
      `"OnwardError: ONW3046: Fleet.sail was not run: the run does not hold 'flag'; start it with \`tags\` that Fleet.sail asks for"`,
    );
    const held = await app.report('Fleet.go', undefined, { tags: ['flag', 'admiral', 'red'] });
    expect(log).toEqual(['flag admiral red']);
    expect(held.status).toBe('completed');
  });

  test('R13: a job that is refused itself throws the error of the refusal', async () => {
    class Fleet {
      @Job({ tags: ['admiral'] }) go(): void {}
    }
    const app = wired(open(), { Fleet: new Fleet() });
    const run = await app.start('Fleet.go');
    await app.clock.runAll();
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3046', details: { tags: ['admiral'] } });
    expect((await run.report()).steps).toMatchObject([{ status: 'failed', code: 105, attempts: [] }]);
  });

  test('R13: a message that does not fit is refused before the start callbacks', async () => {
    const log: string[] = [];
    class Fleet {
      @Job() go(): Course {
        return { degrees: 361 };
      }
      @OnSuccess('go') sail(_course: Course): void {}
      @OnStart('sail') weigh(): void {
        log.push('weigh');
      }
      @OnEnd('sail') moor(): void {
        log.push('moor');
      }
    }
    const report = await wired(open(), { Fleet: new Fleet() }, { 'Fleet.sail': [Course] }).report('Fleet.go');
    expect([log, stepsOf(report)]).toEqual([[], ['Fleet.go completed 0', 'Fleet.sail failed 107']]);
  });

  test('`concurrency` of a node holds over all runs of the runtime, in the order in which they came', async () => {
    const log: string[] = [];
    let now = 0;
    let most = 0;
    class Dock {
      @Job({ concurrency: 2 }) async load(context: StepContext): Promise<void> {
        most = Math.max(most, ++now);
        log.push(context.runId);
        await sleep(app.clock, 100);
        now--;
      }
    }
    const app: Wired = wired(open(), { Dock: new Dock() }, { 'Dock.load': ['context'] });
    const runs = [];
    for (const id of ['a', 'b', 'c', 'd', 'e']) runs.push(await app.start('Dock.load', undefined, { id }));
    await app.clock.runAll();
    expect([most, log]).toEqual([2, ['a', 'b', 'c', 'd', 'e']]);
    const reports = await Promise.all(runs.map((run) => run.report()));
    expect(reports.map(({ status, endedAt, startedAt }) => [status, endedAt - startedAt])).toEqual([
      ['completed', 100],
      ['completed', 100],
      ['completed', 200],
      ['completed', 200],
      ['completed', 300],
    ]);
  });

  test('a report keeps as many steps as the history says, says that it is truncated, and counts all the same', async () => {
    const app = wired(open(), { Loop: new Loop() });
    const lengthsOf = async (history: 'all' | 'failures' | number | undefined): Promise<unknown[]> => {
      const options = { maxPerRun: { '*': 1_500 }, ...(history !== undefined && { history }) };
      const { steps, truncated, counts } = await app.report('Loop.tick', undefined, options);
      expect(counts).toEqual({ completed: 1_500, failed: 1, skipped: 0, cancelled: 0 });
      expect(steps.at(-1), 'failed steps are kept always').toMatchObject({ status: 'failed', code: 109 });
      return [steps.length, truncated];
    };
    expect(await lengthsOf('all')).toEqual([1_501, false]);
    expect(await lengthsOf(undefined)).toEqual([1_001, true]);
    expect(await lengthsOf(10)).toEqual([11, true]);
    expect(await lengthsOf(0)).toEqual([1, true]);
    expect(await lengthsOf('failures')).toEqual([1, true]);
  });
});
