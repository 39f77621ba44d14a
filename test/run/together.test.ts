// Rules that meet: exits with end callbacks, children of watchers, limits of callbacks (R1, R13, R18, R22, R36, R37, R39, R44, R53).

import { describe, expect, test } from 'vitest';
import {
  Handler,
  Job,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnRunSuccess,
  OnStart,
  OnSuccess,
  type StepContext,
} from 'onward';
import { sleep } from '../support/sleep.ts';
import { storyOf } from '../support/story.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R36: exit(undefined) is an exit: its value is undefined', async () => {
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order') leave(context: StepContext): void {
        context.exit();
      }
    }
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.leave': ['context'] });
    const run = await app.start('Shop.order');
    await app.clock.runAll();
    expect(await run.value()).toBeUndefined();
    expect(await run.report()).toHaveProperty('value', undefined);
  });

  test('R36: children of a step that has exited finish before it, and start and error callbacks of live steps still run', async () => {
    const log: string[] = [];
    class Shop {
      @Job() async order(context: StepContext): Promise<void> {
        await context.spawn(Shop, 'wrap');
        context.exit('left');
      }
      @Handler() async wrap(): Promise<void> {
        await sleep(app.clock, 100);
        throw new Error('no paper');
      }
      @OnError('wrap', { recover: true }) async tape(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('tape');
      }
      @OnEnd('order') lock(): void {
        log.push('lock');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.order': ['context'] });
    const run = await app.start('Shop.order');
    await app.clock.runAll();
    expect(log).toEqual(['tape', 'lock']);
    expect(await run.report()).toMatchObject({ status: 'completed', value: 'left', counts: { completed: 4 } });
  });

  test('R44: a critical run-success callback of an exited run that fails turns it; the exit value stays', async () => {
    class Shop {
      @Job() order(context: StepContext): void {
        context.exit('left');
      }
      @OnRunSuccess('order', { critical: true }) bill(): void {
        throw new Error('no printer');
      }
    }
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.order': ['context'] });
    const run = await app.start('Shop.order');
    await app.clock.runAll();
    expect(await run.value()).toBe('left');
    expect(await run.report()).toMatchObject({ status: 'failed', code: 101, value: 'left' });
  });

  test('R1, R18: a start callback may be tried again; the body waits, and its own attempts are not touched', async () => {
    const log: string[] = [];
    class Shop {
      @Job({ retry: { attempts: 2, delay: 1 } }) order(context: StepContext): void {
        log.push(`order ${context.step.attempt}`);
      }
      @OnStart('order') @Handler({ retry: { attempts: 2, delay: '1m', jitter: 0 } }) unlock(
        context: StepContext,
      ): void {
        log.push(`unlock ${context.step.attempt}`);
        if (context.step.attempt === 1) throw new Error('jammed');
      }
    }
    const parameters = { 'Shop.order': ['context'], 'Shop.unlock': ['context'] } as const;
    const report = await wired(open(), { Shop: new Shop() }, parameters).report('Shop.order');
    expect(log).toEqual(['unlock 1', 'unlock 2', 'order 1']);
    expect(report).toMatchObject({ status: 'completed', endedAt: report.startedAt + 60_000 });
  });

  test('R22: the time limit is the body’s: start callbacks do not count', async () => {
    class Shop {
      @Job({ timeout: 50 }) async order(): Promise<string> {
        await sleep(app.clock, 40);
        return 'o1';
      }
      @OnStart('order') unlock(): Promise<void> {
        return sleep(app.clock, 1_000);
      }
      @OnEnd('order') lock(): Promise<void> {
        return sleep(app.clock, 1_000);
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const report = await app.report('Shop.order');
    expect(report).toMatchObject({ status: 'completed', value: 'o1', endedAt: report.startedAt + 2_040 });
  });

  test('R37: a cancel callback may have children; no cancel reaches them', async () => {
    const log: string[] = [];
    class Shop {
      @Job() order(): Promise<void> {
        return new Promise(() => {});
      }
      @OnCancel('order') async refund(context: StepContext): Promise<void> {
        await context.spawn(Shop, 'pay');
        log.push(`called ${await context.call(Shop, 'letter')}`);
      }
      @Handler() async pay(context: StepContext): Promise<void> {
        await sleep(app.clock, 10_000);
        log.push(`paid, ${context.signal.aborted ? 'aborted' : 'not aborted'}`);
      }
      @Handler() letter(): string {
        return 'letter';
      }
    }
    const parameters = { 'Shop.refund': ['context'], 'Shop.pay': ['context'] } as const;
    const app: Wired = wired(open(), { Shop: new Shop() }, parameters);
    const run = await app.start('Shop.order');
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    expect(log).toEqual(['called letter', 'paid, not aborted']);
    expect((await run.report()).status).toBe('cancelled');
  });

  test('R39: a run whose outcome is fixed is not cancelled any more; its callbacks run to their end', async () => {
    const log: string[] = [];
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnRunEnd('order') async bill(context: StepContext): Promise<void> {
        await sleep(app.clock, 100);
        log.push(context.signal.aborted ? 'aborted' : 'billed');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.bill': ['context'] });
    const run = await app.start('Shop.order', undefined, { deadline: 50 });
    await app.clock.advance(10);
    expect(await rejectionOf(run.cancel())).toMatchObject({ code: 'ONW3030' });
    expect(await rejectionOf(run.suspend())).toMatchObject({ code: 'ONW3037' });
    await app.clock.runAll();
    expect(log).toEqual(['billed']);
    expect(await run.report()).toMatchObject({ status: 'completed', value: 'o1' });
    expect(app.clock.waiting).toBe(0);
  });

  test('R37, R50: a run that is cancelled before it begins has no moment but its end', async () => {
    const log: string[] = [];
    class Shop {
      @Job() order(): void {
        log.push('order');
      }
      @OnStart('order') unlock(): void {
        log.push('unlock');
      }
      @OnCancel('order') refund(): void {
        log.push('refund');
      }
      @OnRunEnd('order') bill(): void {
        log.push('bill');
      }
    }
    const app = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.order', undefined, { notBefore: '1h' });
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    expect(log).toEqual(['bill']);
    expect(await rejectionOf(run.value())).toMatchObject({ code: 'ONW3020' });
    expect((await run.report()).endedAt - (await run.report()).startedAt).toBe(1);
  });

  test('R53: what an error and an end callback cause is flow of the run', async () => {
    class Shop {
      @Job() order(): string {
        throw new Error('sold out');
      }
      @OnError('order', { recover: true }) substitute(): string {
        return 'film';
      }
      @OnSuccess('substitute') announce(): void {}
      @OnEnd('order') lock(): string {
        return 'locked';
      }
      @OnSuccess('lock') guard(): void {}
    }
    const app = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.order');
    await app.clock.runAll();
    const report = await run.report();
    expect(stepsOf(report).sort()).toEqual([
      'Shop.announce completed 0',
      'Shop.guard completed 0',
      'Shop.lock completed 0',
      'Shop.order completed 207',
      'Shop.substitute completed 0',
    ]);
    expect(report.status).toBe('completed');
    expect((await storyOf(run)).at(-1)).toBe('run.ended');
  });

  test('R13: a callback that is refused by a limit is listed and changes nothing; `critical` it fails the run', async () => {
    for (const critical of [false, true]) {
      class Shop {
        @Job() order(): string {
          return 'o1';
        }
        @OnEnd('order', { critical }) @Handler({ tags: ['key'] }) lock(): void {}
      }
      const report = await wired(open(), { Shop: new Shop() }).report('Shop.order');
      expect(stepsOf(report)).toEqual(['Shop.order completed 0', 'Shop.lock failed 105']);
      expect(report.status).toBe(critical ? 'failed' : 'completed');
      expect(report.callbackFailures).toMatchObject([{ node: 'Shop.lock', error: { code: 'ONW3046' } }]);
    }
  });

  test('state: what a body changed before it failed is lost, also if its step is recovered; its recoverer’s counts', async () => {
    class Shop {
      @Job() order({ state }: StepContext): string {
        state.set('by', 'order');
        throw new Error('sold out');
      }
      @OnError('order', { recover: true }) substitute({ state }: StepContext): string {
        state.add('substitutes', 1);
        return 'film';
      }
    }
    const parameters = { 'Shop.order': ['context'], 'Shop.substitute': ['context'] } as const;
    const report = await wired(open(), { Shop: new Shop() }, parameters).report('Shop.order');
    expect(report).toMatchObject({ status: 'completed', state: { substitutes: 1 } });
    expect(report.state).not.toHaveProperty('by');
  });
});
