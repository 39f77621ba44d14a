// Children that a body spawns: R1, R3, R9, R46, R47.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnError, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

class Page {
  @IsInt() number!: number;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R1: a step is over when its children are; what it causes comes after them', async () => {
    const log: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'cut', { number: 1 });
        await context.spawn(Press, 'cut', { number: 2 });
        log.push('printed');
        return 'book';
      }
      @Handler() async cut(page: Page): Promise<void> {
        await sleep(app.clock, 100);
        log.push(`cut ${page.number}`);
      }
      @OnSuccess('print') post(): void {
        log.push('post');
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, { 'Press.print': ['context'], 'Press.cut': [Page] });
    const report = await app.report('Press.print');
    expect(log).toEqual(['printed', 'cut 1', 'cut 2', 'post']);
    expect(report.steps.map(({ node, parent, cause }) => [node, parent, cause?.edge])).toEqual([
      ['Press.print', null, undefined],
      ['Press.cut', 1, undefined],
      ['Press.cut', 1, undefined],
      ['Press.post', null, 'Press.print>success>Press.post'],
    ]);
  });

  test('R3, R9: a failed child fails its step with the child’s error once all children are over; the body is not run again', async () => {
    const log: string[] = [];
    class Press {
      @Job({ retry: { attempts: 3, delay: 1 } }) async print(context: StepContext): Promise<string> {
        log.push('print');
        await context.spawn(Press, 'cut', { number: 1 });
        await context.spawn(Press, 'cut', { number: 2 });
        await context.spawn(Press, 'cut', { number: 3 });
        return 'book';
      }
      @Handler() async cut(page: Page): Promise<void> {
        await sleep(app.clock, page.number * 100);
        log.push(`cut ${page.number}`);
        if (page.number < 3) throw new Error(`page ${page.number} is torn`);
      }
      @OnError('print') tell(): void {
        log.push('tell');
      }
      @OnSuccess('print') post(): void {
        log.push('post');
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, { 'Press.print': ['context'], 'Press.cut': [Page] });
    const run = await app.start('Press.print');
    await app.clock.runAll();
    expect(log).toEqual(['print', 'cut 1', 'cut 2', 'cut 3', 'tell']);
    await expect(run.value()).rejects.toThrow('page 1 is torn');
    const report = await run.report();
    expect(report.steps[0]).toMatchObject({ status: 'failed', failedChild: 2, error: { message: 'page 1 is torn' } });
    expect(report.status).toBe('failed');
  });

  test('R9: a failed child of a child fails everybody up to the job', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.spawn(Press, 'bind');
      }
      @Handler() async bind(context: StepContext): Promise<void> {
        await context.spawn(Press, 'cut');
      }
      @Handler() cut(): void {
        throw new Error('torn');
      }
    }
    const parameters = { 'Press.print': ['context'], 'Press.bind': ['context'] } as const;
    const report = await wired(open(), { Press: new Press() }, parameters).report('Press.print');
    expect(report.steps.map(({ node, status, failedChild }) => [node, status, failedChild])).toEqual([
      ['Press.print', 'failed', 2],
      ['Press.bind', 'failed', 3],
      ['Press.cut', 'failed', undefined],
    ]);
  });

  test('R9: a detached child belongs to the run: its step neither waits for it nor fails with it, the run does', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        await context.spawn(Press, 'advertise', undefined, { detached: true });
        return 'book';
      }
      @Handler() async advertise(): Promise<void> {
        await sleep(app.clock, 100);
        throw new Error('no paper');
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, { 'Press.print': ['context'] });
    const run = await app.start('Press.print');
    expect(await run.entry()).toBe('book');
    await app.clock.runAll();
    expect(await run.value()).toBe('book');
    const report = await run.report();
    expect(stepsOf(report)).toEqual(['Press.print completed 0', 'Press.advertise failed 101']);
    expect(report).toMatchObject({ status: 'failed', endedAt: report.startedAt + 100 });
    expect(report.steps[1]?.parent).toBeNull();
  });

  test('R46: a body that spawns after its attempt is over is refused with ONW3038; the run goes on', async () => {
    const refused: Promise<unknown>[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        const leaked = async (): Promise<unknown> => {
          await sleep(app.clock, 10);
          return context.spawn(Press, 'cut');
        };
        refused.push(rejectionOf(leaked()));
        await context.spawn(Press, 'fold');
        return 'book';
      }
      @Handler() cut(): void {}
      @Handler() fold(): Promise<void> {
        return sleep(app.clock, 100);
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, { 'Press.print': ['context'] });
    const report = await app.report('Press.print');
    const error = await refused[0];
    expect(error).toMatchObject({ code: 'ONW3038' });
    expect(String(error)).toMatchInlineSnapshot(
      `"OnwardError: ONW3038: Press.print cannot spawn a node any more: its attempt is over; await everything in the body before it returns"`,
    );
    expect(stepsOf(report)).toEqual(['Press.print completed 0', 'Press.fold completed 0']);
    expect(report.status).toBe('completed');
  });

  test('R46: nothing else of a context works either once the attempt is over', async () => {
    const errors: unknown[] = [];
    let kept: StepContext | undefined;
    class Press {
      @Job() print(context: StepContext): void {
        kept = context;
      }
      @Handler() cut(): void {}
    }
    const app = wired(open(), { Press: new Press() }, { 'Press.print': ['context'] });
    const report = await app.report('Press.print');
    for (const use of [
      () => kept?.state.set('field', 1),
      () => kept?.state.get('field'),
      () => kept?.emit('note'),
      () => kept?.progress(0.5),
      () => kept?.exit('value'),
    ]) {
      try {
        use();
      } catch (error) {
        errors.push(Reflect.get(Object(error), 'code'));
      }
    }
    errors.push(Reflect.get(Object(await rejectionOf(Promise.resolve(kept?.call(Press, 'cut')))), 'code'));
    expect(errors).toEqual(Array.from({ length: 6 }, () => 'ONW3038'));
    expect(report).toMatchObject({ status: 'completed', state: {} });
  });

  test('R47: a child of an attempt that failed keeps running, the step waits for it, and the next attempt gets it', async () => {
    const log: string[] = [];
    class Press {
      @Job({ retry: { attempts: 2, delay: 10, jitter: 0 } }) async print(context: StepContext): Promise<string> {
        log.push(`print ${context.step.attempt}`);
        const child = await context.spawn(Press, 'cut', { number: 1 });
        log.push(child.key);
        if (context.step.attempt === 1) throw new Error('ink');
        return 'book';
      }
      @Handler() async cut(page: Page): Promise<void> {
        log.push(`cut ${page.number}`);
        await sleep(app.clock, 1_000);
        log.push('cut');
      }
      @OnSuccess('print') post(): void {
        log.push('post');
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, { 'Press.print': ['context'], 'Press.cut': [Page] });
    const report = await app.report('Press.print', undefined, { id: 'r1' });
    expect(log.filter((line) => !line.includes('~'))).toEqual(['print 1', 'cut 1', 'print 2', 'cut', 'post']);
    const keys = log.filter((line) => line.includes('~'));
    expect(new Set(keys).size, 'the same child').toBe(1);
    expect(keys[0]).toBe(report.steps[1]?.key);
    expect(stepsOf(report)).toEqual(['Press.print completed 0', 'Press.cut completed 0', 'Press.post completed 0']);
  });

  test('R47: a child that was asked for and not awaited is started, also by an attempt that fails', async () => {
    const log: string[] = [];
    class Press {
      @Job() print(context: StepContext): void {
        void context.spawn(Press, 'cut', { number: 1 });
        throw new Error('ink');
      }
      @Handler() cut(page: Page): void {
        log.push(`cut ${page.number}`);
      }
    }
    const parameters = { 'Press.print': ['context'], 'Press.cut': [Page] } as const;
    const report = await wired(open(), { Press: new Press() }, parameters).report('Press.print');
    expect(log).toEqual(['cut 1']);
    expect(report.steps[0]).toMatchObject({ status: 'failed', error: { message: 'ink' } });
  });
});
