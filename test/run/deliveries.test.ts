// Deliveries that come again, as bodies see them: R23, R48, R49. Only an engine that delivers can deliver twice.

import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnEnd, OnError, OnStart, OnSuccess, type StepContext } from 'onward';
import { journaledEngine } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { stepsOf, wired, type Wired } from '../support/wired.ts';

describe('journaled engine', () => {
  test('R23: a body that is delivered again after a crash is the same attempt of the same step', async () => {
    const seen: string[] = [];
    class Press {
      @Job({ retry: { attempts: 2, delay: 1 } }) print({ step }: StepContext): Promise<string> {
        seen.push(`${step.key} ${step.attempt}`);
        return seen.length === 1 ? new Promise(() => {}) : Promise.resolve('book');
      }
    }
    const engine = journaledEngine();
    const app = wired(engine, { Press: new Press() }, { 'Press.print': ['context'] });
    const run = await app.start('Press.print', undefined, { id: 'r1' });
    await app.clock.advance(1);
    engine.restart();
    await app.clock.runAll();
    expect(seen).toEqual(['r1~Press.print.1 1', 'r1~Press.print.1 1']);
    expect((await run.report()).steps[0]?.attempts).toMatchObject([{ number: 1 }]);
  });

  test('R23: a redelivered body gets the value of a call that was recorded before the crash', async () => {
    const log: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        const sheet = await context.call(Press, 'cut');
        log.push(sheet);
        return log.length < 3 ? new Promise<string>(() => {}) : sheet;
      }
      @Handler() cut(): string {
        log.push('cut');
        return 'sheet';
      }
    }
    const engine = journaledEngine();
    const app = wired(engine, { Press: new Press() }, { 'Press.print': ['context'] });
    const run = await app.start('Press.print');
    await app.clock.advance(1);
    engine.restart();
    await app.clock.runAll();
    expect(log).toEqual(['cut', 'sheet', 'sheet']);
    expect(await run.value()).toBe('sheet');
  });

  test('R48: with everything delivered twice, in any order and half of it lost, each moment, join and child counts once', async () => {
    class Press {
      @Job({ retry: { attempts: 2, delay: 10 } }) async print(context: StepContext): Promise<number[]> {
        await context.spawn(Press, 'cut');
        context.state.add('printed', 1);
        if (context.step.attempt === 1) throw new Error('ink');
        return [1, 2];
      }
      @Handler() async cut(context: StepContext): Promise<void> {
        await context.call(Press, 'measure');
      }
      @Handler() measure(): number {
        return 7;
      }
      @OnStart('print') unlock(): void {}
      @OnEnd('print') lock(): void {}
      @OnSuccess('print', { each: true }) fold({ state }: StepContext): void {
        state.add('folded', 1);
      }
      @OnSuccess('print') post(): void {
        throw new Error('closed');
      }
      @OnError('post', { recover: true }) keep(): void {}
      @Join({ pages: 'fold', posted: 'post' }) file(_parts: object): void {}
    }
    const parameters = Object.fromEntries(
      ['print', 'cut', 'fold'].map((method) => [`Press.${method}`, ['context'] as const]),
    );
    for (let seed = 1; seed <= 30; seed++) {
      const engine = journaledEngine({ seed, duplicate: 1, lose: 0.5, reorder: true });
      const report = await wired(engine, { Press: new Press() }, parameters).report('Press.print');
      expect(stepsOf(report).sort(), `seed ${seed}`).toEqual([
        'Press.cut completed 0',
        'Press.file completed 0',
        'Press.fold completed 0',
        'Press.fold completed 0',
        'Press.keep completed 0',
        'Press.lock completed 0',
        'Press.measure completed 0',
        'Press.post completed 207',
        'Press.print completed 0',
        'Press.unlock completed 0',
      ]);
      expect(report).toMatchObject({ status: 'completed', state: { printed: 1, folded: 2 } });
      expect(engine.statistics.duplicates).toBeGreaterThan(0);
    }
  });

  test.each([false, true])('R49: signals that are delivered twice count once (reordered: %s)', async (reorder) => {
    for (let seed = 1; seed <= 30; seed++) {
      class Press {
        @Job() print(): Promise<void> {
          return sleep(app.clock, 100);
        }
        @OnSuccess('print') post(): Promise<void> {
          return sleep(app.clock, 100);
        }
      }
      const engine = journaledEngine({ seed, duplicate: 1, reorder });
      const app: Wired = wired(engine, { Press: new Press() });
      const run = await app.start('Press.print');
      await app.clock.advance(10);
      await run.suspend();
      await app.clock.advance(200);
      expect((await run.inspect()).status).toBe('suspended');
      await run.resume();
      await app.clock.advance(10);
      expect((await run.inspect()).status, `seed ${seed}`).toBe('running');
      await run.cancel('first');
      await app.clock.runAll();
      expect(await run.report()).toMatchObject({ status: 'cancelled', cancelReason: 'first' });
    }
  });
});
