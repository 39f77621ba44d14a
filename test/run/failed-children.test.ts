// What the failure of a child means to the step that waits for it: R2, R3, R9, R10, R24 together.

import { describe, expect, test } from 'vitest';
import { ErrorValue, Handler, Job, OnEnd, OnError, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

class Torn extends Error {}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R3, R24: the error edges are asked about the child’s error, once all children are over', async () => {
    const asked: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut');
        return 'book';
      }
      @Handler() cut(): void {
        throw new Torn('torn');
      }
      @OnError('print', { when: (error: Error) => asked.push(error.message) > 0 }) tell(
        @ErrorValue() error: Error,
      ): void {
        asked.push(`tell ${error.message}`);
      }
      @OnError('print', { when: RangeError }) never(): void {}
      @OnError('print', { otherwise: true }) rest(): void {}
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': ['context'] }).report('Press.print');
    expect(asked).toEqual(['torn', 'tell torn']);
    expect(stepsOf(report)).toEqual(['Press.print failed 101', 'Press.cut failed 101', 'Press.tell completed 0']);
  });

  test('R3, R10: a step that failed by its child is recovered like any other', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut');
        return 'book';
      }
      @Handler() cut(): void {
        throw new Torn('torn');
      }
      @OnError('print', { recover: true }) lend(): string {
        return 'a lent book';
      }
      @OnSuccess('print', { when: 'a lent book' }) sign(): void {}
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': ['context'] }).report('Press.print');
    expect(stepsOf(report)).toEqual([
      'Press.print completed 207',
      'Press.cut failed 101',
      'Press.lend completed 0',
      'Press.sign completed 0',
    ]);
    expect(report).toMatchObject({ status: 'completed', value: 'a lent book' });
  });

  test('R3, R10: a child that is recovered has not failed', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut');
        return 'book';
      }
      @Handler() cut(): void {
        throw new Torn('torn');
      }
      @OnError('cut', { recover: true }) glue(): void {}
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': ['context'] }).report('Press.print');
    expect(report).toMatchObject({ status: 'completed', value: 'book', counts: { completed: 3, failed: 0 } });
  });

  test('R2: where the body failed and a child as well, the step fails with the body’s error', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut');
        throw new Error('ink');
      }
      @Handler() cut(): void {
        throw new Torn('torn');
      }
      @OnEnd('print') clean(): void {}
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': ['context'] }).report('Press.print');
    expect(report).toMatchObject({ status: 'failed', error: { message: 'ink' }, counts: { completed: 1, failed: 2 } });
  });

  test('R9, R47: a child of a failed attempt that fails, fails the step although a later attempt succeeds', async () => {
    class Press {
      @Job({ retry: { attempts: 2, delay: 1_000, jitter: 0 } }) async print(context: StepContext): Promise<string> {
        if (context.step.attempt === 2) return 'book';
        await context.spawn(Press, 'cut');
        throw new Error('ink');
      }
      @Handler() async cut(): Promise<void> {
        await sleep(app.clock, 10);
        throw new Torn('torn');
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, { 'Press.print': ['context'] });
    const report = await app.report('Press.print');
    expect(stepsOf(report)).toEqual(['Press.print failed 101', 'Press.cut failed 101']);
    expect(report).toMatchObject({ error: { message: 'torn' } });
    expect(report.steps[0]).toMatchObject({
      failedChild: 2,
      attempts: [
        { number: 1, code: 101, error: { message: 'ink' } },
        { number: 2, code: 0 },
      ],
    });
  });

  test('R9: of several failed children the first one to fail is the reason', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.spawn(Press, 'cut', 20);
        await context.spawn(Press, 'cut', 10);
      }
      @Handler() async cut(ms: number): Promise<void> {
        await sleep(app.clock, ms);
        throw new Torn(`torn after ${ms}`);
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, { 'Press.print': ['context'] });
    const report = await app.report('Press.print');
    expect(report.steps[0]).toMatchObject({ failedChild: 3, error: { message: 'torn after 10' } });
  });

  test('R10: a step whose body failed is recovered although a child of it failed too', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut');
        throw new Error('ink');
      }
      @Handler() async cut(): Promise<void> {
        await sleep(app.clock, 100);
        throw new Torn('torn');
      }
      @OnError('print', { recover: true }) lend(): string {
        return 'a lent book';
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, { 'Press.print': ['context'] });
    const report = await app.report('Press.print');
    expect(report).toMatchObject({ status: 'completed', value: 'a lent book', counts: { completed: 2, failed: 1 } });
    expect(report.endedAt - report.startedAt).toBe(100);
  });
});
