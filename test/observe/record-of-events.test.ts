// What observers are called with: the record of each event, how bad a failure is, and what becomes of their own failures.

import { describe, expect, test } from 'vitest';
import {
  formatReport,
  Job,
  OnError,
  OnSuccess,
  RetryableError,
  type Observer,
  type RunEvent,
  type StepContext,
} from 'onward';
import { consoleObserver } from 'onward/observers';
import { Screen } from './shop.ts';
import { sleep } from '../support/sleep.ts';
import { eventsOf } from '../support/story.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('N9: each event has its run with its tags, its node, step, key and attempt, its time, its number and its data', async () => {
    class Shop {
      @Job({ retry: { attempts: 2, delay: 1_000, jitter: 0 } }) async sell(context: StepContext): Promise<void> {
        context.emit('asked', { cents: 300 });
        await sleep(app.clock, 50);
        if (context.step.attempt === 1) throw new Error('busy');
      }
      @OnSuccess('sell') pack(): void {}
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.sell': ['context'] });
    const began = app.clock.now();
    const seen: unknown[][] = [];
    app.runtime.observe({
      onRunEnd: () => void seen.push(['the hook of its kind first']),
      onEvent: (event: RunEvent) => {
        const { type, runId, tags, seq, at } = event;
        expect([runId, tags]).toEqual(['r', ['vip']]);
        const ofStep = 'node' in event ? [event.node, event.step, event.key, event.attempt] : [];
        const data = event.type === 'custom' ? [event.name, event.data] : [];
        if (type !== 'step.attempt') seen.push([seq, at - began, type, ...ofStep, ...data]);
      },
    });
    await app.start('Shop.sell', undefined, { id: 'r', tags: ['vip'] });
    await app.clock.runAll();
    const [sell, pack] = [
      ['Shop.sell', 1, 'r~Shop.sell.1'],
      ['Shop.pack', 2, 'r~Shop.pack.1'],
    ];
    expect(seen).toEqual([
      [1, 0, 'run.started'],
      [2, 0, 'step.started', ...sell, 1],
      [2, 0, 'custom', ...sell, 1, 'asked', { cents: 300 }],
      [3, 50, 'step.retrying', ...sell, 1],
      [3, 1_050, 'custom', ...sell, 2, 'asked', { cents: 300 }],
      [4, 1_100, 'step.completed', ...sell, 2],
      [5, 1_100, 'step.started', ...pack, 1],
      [6, 1_100, 'step.completed', ...pack, 1],
      ['the hook of its kind first'],
      [7, 1_100, 'run.ended'],
    ]);
  });

  test('N9: a failed attempt says when the next one is due, also to who asks late', async () => {
    class Shop {
      @Job({ retry: { attempts: 3, delay: 1_000, jitter: 0 } }) sell(context: StepContext): void {
        if (context.step.attempt === 1) throw new Error('busy');
        if (context.step.attempt === 2) throw new RetryableError('busier', { retryAfterMs: 3_600_000 });
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.sell': ['context'] });
    const began = app.clock.now();
    const heard: number[] = [];
    app.runtime.observe({
      onError: (event) => void (event.type === 'step.retrying' && heard.push(event.nextAt - began)),
    });
    const run = await app.start('Shop.sell');
    await app.clock.runAll();
    const told = (await eventsOf(run)).flatMap((event) => (event.type === 'step.retrying' ? event.nextAt - began : []));
    expect([heard, told]).toEqual([
      [1_000, 3_601_000],
      [1_000, 3_601_000],
    ]);
    const { steps } = await run.report();
    expect(steps[0]?.attempts.map(({ startedAt }) => startedAt - began)).toEqual([0, 1_000, 3_601_000]);
  });

  test('A3: an observer that comes while a run goes on is called from there on, next to those that the run has', async () => {
    class Shop {
      @Job() async sell(): Promise<void> {
        await sleep(app.clock, 100);
      }
      @OnSuccess('sell') pack(): void {}
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const seen: string[] = [];
    const bell = (name: string): Observer => ({ onStepEnd: ({ node }) => void seen.push(`${name} ${node}`) });
    const run = await app.start('Shop.sell', undefined, { observers: [bell('of the run')] });
    await app.clock.advance(50);
    app.runtime.observe(bell('of all'));
    app.runtime.observe(bell('of packing'), { nodes: 'Shop.pack' });
    await run.observe(bell('late'));
    await app.clock.runAll();
    expect(seen).toEqual([
      ...['of the run Shop.sell', 'of all Shop.sell', 'late Shop.sell'],
      ...['of the run Shop.pack', 'of all Shop.pack', 'of packing Shop.pack', 'late Shop.pack'],
    ]);
  });

  test('N1: an error may say itself how bad it is; else what failed says it', async () => {
    class Shop {
      @Job() sell(): void {
        throw Object.assign(new Error('no money'), { severity: 'critical' });
      }
      @OnError('sell') sorry(): void {
        throw new Error('no network');
      }
    }
    const { runtime, start, clock } = wired(open(), { Shop: new Shop() });
    const seen: string[] = [];
    runtime.observe({
      onError: (event) => void seen.push(`${event.type} ${'node' in event ? event.node : ''} ${event.severity}`),
    });
    await start('Shop.sell');
    await clock.runAll();
    expect(seen).toEqual([
      'step.failed Shop.sorry error',
      'callback.failed Shop.sorry warning',
      'step.failed Shop.sell critical',
      'run.ended  critical',
    ]);
  });

  test('N4: an observer for tags is called for the runs that hold all of them, and for no others', async () => {
    class Shop {
      @Job() sell(): void {}
    }
    const { runtime, start, clock } = wired(open(), { Shop: new Shop() });
    const seen: string[] = [];
    runtime.observe({ onRunEnd: ({ runId }) => void seen.push(runId) }, { tags: ['vip', 'night'] });
    await start('Shop.sell', undefined, { id: 'none' });
    await start('Shop.sell', undefined, { id: 'one', tags: ['vip'] });
    await start('Shop.sell', undefined, { id: 'all', tags: ['day', 'night', 'vip'] });
    await clock.runAll();
    expect(seen).toEqual(['all']);
  });

  test('N6: the first failure of an observer is reported with its name and the event, the others are counted', async () => {
    const logged: string[] = [];
    const log = { error: () => {}, warn: (text: string) => void logged.push(text) };
    class Shop {
      @Job() sell(): void {}
      @OnSuccess('sell') pack(): void {}
    }
    const { runtime, start, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
    const failing = {
      name: 'the bell',
      onStepEnd: (): void => {
        throw new Error('no sound');
      },
    };
    const remove = runtime.observe(failing);
    const run = await start('Shop.sell', undefined, { id: 'r' });
    await clock.runAll();
    expect((await run.report()).status).toBe('completed');
    remove();
    expect(logged).toEqual([
      'ONW3062: the bell failed at step.completed of run r; the run goes on as it was. Further failures of it are counted: Error: no sound',
      'ONW3062: the bell failed 2 times in all; only the first failure was reported',
    ]);
  });

  test('P7: the end of a run names its failed steps, the first failure first', async () => {
    class Shop {
      @Job() sell(): void {}
      @OnSuccess('sell') async pack(): Promise<void> {
        await sleep(app.clock, 20);
        throw new Error('no box');
      }
      @OnSuccess('sell') async pay(): Promise<void> {
        await sleep(app.clock, 10);
        throw new TypeError('no money');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const seen: unknown[] = [];
    app.runtime.observe({
      onRunEnd: ({ failures }) => void seen.push(failures.map(({ node, code, error }) => [node, code, String(error)])),
    });
    const run = await app.start('Shop.sell');
    await app.clock.runAll();
    const failures = [
      ['Shop.pay', 101, 'TypeError: no money'],
      ['Shop.pack', 101, 'Error: no box'],
    ];
    expect(seen).toEqual([failures]);
    const late: RunEvent[] = [];
    for await (const event of run.events()) late.push(event);
    expect(late.at(-1)).toMatchObject({ failures: [{ node: 'Shop.pay' }, { node: 'Shop.pack' }] });
  });

  test('the value of a step that was recovered names the callback that gave it, and the error that it replaces', async () => {
    class Shop {
      @Job() sell(): string {
        throw new Error('sold out');
      }
      @OnError('sell', { recover: true }) offer(): string {
        return 'another one';
      }
    }
    const { runtime, start, clock } = wired(open(), { Shop: new Shop() });
    const seen: unknown[] = [];
    const screen = new Screen();
    const live = new Screen();
    runtime.observe(consoleObserver({ stream: screen }));
    runtime.observe(consoleObserver({ style: 'live', stream: live }));
    runtime.observe({
      onStepEnd: (event) =>
        void seen.push(
          event.type === 'step.completed'
            ? [event.node, event.recoveredBy, event.recoveredFrom instanceof Error ? event.recoveredFrom.message : '']
            : event.type,
        ),
    });
    const run = await start('Shop.sell');
    await clock.runAll();
    const report = await run.report();
    expect(seen).toEqual([
      ['Shop.offer', undefined, ''],
      ['Shop.sell', 2, 'sold out'],
    ]);
    expect(report.steps[0]).toMatchObject({ code: 207, recoveredBy: 2 });
    expect(formatReport(report)).toContain('Error: sold out, recovered by Shop.offer');
    expect(screen.text).toContain('Error: sold out, recovered by Shop.offer');
    expect(live.text).toContain('Error: sold out, recovered');
    const late: RunEvent[] = [];
    for await (const event of run.events()) late.push(event);
    const recovered = late.find((event) => event.type === 'step.completed' && event.node === 'Shop.sell');
    expect(recovered).toMatchObject({ recoveredBy: 2, recoveredFrom: { message: 'sold out' } });
    const kept: unknown = JSON.parse(JSON.stringify(recovered));
    expect(kept).toMatchObject({ recoveredFrom: { message: 'sold out' } });
  });

  test('P7: an observer of the run hears of the end of each step, skipped ones too, and once of the end of the run', async () => {
    class Shop {
      @Job() sell(): void {
        throw new Error('sold out');
      }
      @Job() pack(): void {}
      @Job() sweep(): void {}
    }
    const { runtime, clock } = wired(open(), { Shop: new Shop() });
    const seen: string[] = [];
    const listening = {
      onStepEnd: async (event: { readonly type: string; readonly node: string; readonly code: number }) => {
        await sleep(clock, 10);
        seen.push(`${event.type} ${event.node} ${event.code}`);
      },
      onRunEnd: async (event: { readonly status: string }) => {
        await sleep(clock, 10);
        seen.push(`run ${event.status}`);
      },
    };
    const failing = {
      onStepEnd: (): void => {
        throw new Error('no');
      },
    };
    const plan = runtime.sequence([{ job: 'Shop.sell' }, { job: 'Shop.pack' }, { job: 'Shop.sweep', always: true }]);
    const run = await runtime.start(plan, { observers: [failing, listening] });
    await clock.runAll();
    const ended = ['step.failed Shop.sell 101', 'step.skipped Shop.pack 100', 'step.completed Shop.sweep 0'];
    const report = await run.report();
    expect(seen).toEqual([...ended, 'run failed']);
    expect(stepsOf(report)).toEqual(['Shop.sell failed 101', 'Shop.pack skipped 100', 'Shop.sweep completed 0']);
  });
});
