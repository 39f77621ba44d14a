// Ending a run early: R36, and what R14 and R15 say of it.

import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnEnd, OnError, OnRunEnd, OnRunSuccess, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { eventsOf } from '../support/story.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R36: what is live finishes with its callbacks; what it would cause is skipped with 100', async () => {
    const log: string[] = [];
    class Search {
      @Job() go(): void {}
      @OnSuccess('go') async deep(): Promise<string> {
        await sleep(app.clock, 100);
        log.push('deep');
        return 'treasure';
      }
      @OnEnd('deep') rise(): void {
        log.push('rise');
      }
      @OnSuccess('deep') sell(): void {
        log.push('sell');
      }
      @OnSuccess('go') async near(context: StepContext): Promise<string> {
        await sleep(app.clock, 10);
        context.exit('coin');
        return 'found';
      }
      @OnSuccess('near') polish(): void {
        log.push('polish');
      }
      @Join({ far: 'deep', close: 'near' }) compare(_parts: object): void {
        log.push('compare');
      }
    }
    const app: Wired = wired(open(), { Search: new Search() }, { 'Search.near': ['context'] });
    const run = await app.start('Search.go');
    await app.clock.runAll();
    expect(await run.value()).toBe('coin');
    expect(log).toEqual(['deep', 'rise']);
    const report = await run.report();
    expect(stepsOf(report)).toEqual([
      'Search.go completed 0',
      'Search.deep completed 0',
      'Search.near completed 0',
      'Search.polish skipped 100',
      'Search.rise completed 0',
      'Search.sell skipped 100',
      'Search.compare skipped 100',
    ]);
    expect(report).toMatchObject({ status: 'completed', code: 0, value: 'coin' });
  });

  test('R14, R36: an exited run is completed, also if steps failed; their failures stay listed', async () => {
    const log: string[] = [];
    class Search {
      @Job() go(): void {
        throw new Error('no map');
      }
      @OnError('go') ask(context: StepContext): void {
        context.exit('found by asking');
      }
      @OnRunSuccess('go') rejoice(): void {
        log.push('rejoice');
      }
    }
    const app = wired(open(), { Search: new Search() }, { 'Search.ask': ['context'] });
    const run = await app.start('Search.go');
    await app.clock.runAll();
    expect(await run.value()).toBe('found by asking');
    const report = await run.report();
    expect(report).toMatchObject({ status: 'completed', value: 'found by asking' });
    expect(report.failures.map(({ node }) => node)).toEqual(['Search.go']);
    expect(log).toEqual(['rejoice']);
  });

  test('R36: the first exit counts; a later one is told as ignored', async () => {
    class Search {
      @Job() go(): number[] {
        return [20, 10];
      }
      @OnSuccess('go', { each: true }) async look(ms: number, context: StepContext): Promise<void> {
        await sleep(app.clock, ms);
        context.exit(ms);
      }
    }
    const app: Wired = wired(open(), { Search: new Search() }, { 'Search.look': ['any', 'context'] });
    const run = await app.start('Search.go');
    await app.clock.runAll();
    expect(await run.value()).toBe(10);
    const ignored = (await eventsOf(run)).filter(({ type }) => type === 'exit.ignored');
    expect(ignored).toMatchObject([{ node: 'Search.look', step: 2 }]);
  });

  test('R36: of one attempt the first exit counts; a body that exits and then throws has failed', async () => {
    class Search {
      @Job({ retry: { attempts: 2, delay: 1 } }) go(context: StepContext): string {
        context.exit(`attempt ${context.step.attempt}`);
        context.exit('again');
        if (context.step.attempt === 1) throw new Error('a slip');
        return 'went';
      }
    }
    const app = wired(open(), { Search: new Search() }, { 'Search.go': ['context'] });
    const run = await app.start('Search.go');
    expect(await Promise.all([run.value(), app.clock.runAll()])).toEqual(['attempt 2', undefined]);
    expect(await run.entry(), 'the job’s own value').toBe('went');
  });

  test('R36: items of an `each` that have not begun do not begin', async () => {
    const log: number[] = [];
    class Search {
      @Job() go(): number[] {
        return [1, 2, 3, 4];
      }
      @OnSuccess('go', { each: true, concurrency: 1 }) look(item: number, context: StepContext): void {
        log.push(item);
        if (item === 2) context.exit('enough');
      }
    }
    const app = wired(open(), { Search: new Search() }, { 'Search.look': ['any', 'context'] });
    const report = await app.report('Search.go');
    expect(log).toEqual([1, 2]);
    expect(report).toMatchObject({ status: 'completed', value: 'enough' });
  });

  test('R18, R36: a step in back-off makes its waiting attempt, and no other', async () => {
    let tries = 0;
    class Search {
      @Job() go(): void {}
      @OnSuccess('go')
      @Handler({ retry: { attempts: 9, delay: 100, factor: 1, jitter: 0 } })
      dig(): void {
        tries++;
        throw new Error('stone');
      }
      @OnSuccess('go') async near(context: StepContext): Promise<void> {
        await sleep(app.clock, 10);
        context.exit('coin');
      }
    }
    const app: Wired = wired(open(), { Search: new Search() }, { 'Search.near': ['context'] });
    const report = await app.report('Search.go');
    expect(tries).toBe(2);
    expect(report).toMatchObject({ status: 'completed', value: 'coin' });
    expect(report.failures.map(({ node, attempts }) => [node, attempts.length])).toEqual([['Search.dig', 2]]);
  });

  test('R36: a child that is asked for after the exit is skipped; a call that is made then throws', async () => {
    const errors: unknown[] = [];
    class Search {
      @Job() go(): void {}
      @OnSuccess('go') async deep(context: StepContext): Promise<void> {
        await sleep(app.clock, 100);
        await context.spawn(Search, 'dive');
        errors.push(await rejectionOf(context.call(Search, 'dive')));
      }
      @Handler() dive(): void {}
      @OnSuccess('go') near(context: StepContext): void {
        context.exit('coin');
      }
    }
    const app: Wired = wired(
      open(),
      { Search: new Search() },
      { 'Search.deep': ['context'], 'Search.near': ['context'] },
    );
    const report = await app.report('Search.go');
    expect(errors).toMatchObject([{ code: 'ONW3021' }]);
    expect(stepsOf(report)).toEqual([
      'Search.go completed 0',
      'Search.deep completed 0',
      'Search.near completed 0',
      'Search.dive skipped 100',
      'Search.dive skipped 100',
    ]);
    expect(report.status).toBe('completed');
  });

  test('R36: an exit of a run callback is ignored: the outcome is fixed', async () => {
    class Search {
      @Job() go(): string {
        return 'value';
      }
      @OnRunEnd('go') late(context: StepContext): void {
        context.exit('too late');
      }
    }
    const app = wired(open(), { Search: new Search() }, { 'Search.late': ['context'] });
    const run = await app.start('Search.go');
    await app.clock.runAll();
    expect(await run.value()).toBe('value');
    expect((await eventsOf(run)).map(({ type }) => type)).toContain('exit.ignored');
  });

  test('R14, R15: an exited run that is cancelled or runs out of time afterwards is still completed', async () => {
    for (const how of ['cancel', 'deadline']) {
      class Search {
        @Job() go(context: StepContext): string {
          context.exit('coin');
          return 'went';
        }
        @OnEnd('go') rest(): Promise<void> {
          return sleep(app.clock, 60_000);
        }
      }
      const app: Wired = wired(open(), { Search: new Search() }, { 'Search.go': ['context'] });
      const run = await app.start('Search.go', undefined, { deadline: how === 'deadline' ? '1s' : '1h' });
      await app.clock.advance(1);
      if (how === 'cancel') await run.cancel();
      await app.clock.runAll();
      expect(await run.report(), how).toMatchObject({ status: 'completed', code: 0, value: 'coin' });
    }
  });
});
