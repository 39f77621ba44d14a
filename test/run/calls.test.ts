// Children that a body calls, and the keys of children: R9, and what CORE says of `context.call`.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnEnd, OnError, OnStart, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

class Page {
  @IsInt() number!: number;
}

class Torn extends Error {
  constructor(readonly page: number) {
    super(`page ${page} is torn`);
  }
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('a called node gives its value, and is over before its caller goes on', async () => {
    const log: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        const sheet = await context.call(Press, 'cut', { number: 7 });
        log.push(`got ${sheet}`);
        return sheet;
      }
      @Handler() async cut(page: Page): Promise<string> {
        await sleep(app.clock, 100);
        return `sheet ${page.number}`;
      }
      @OnStart('cut') sharpen(): void {
        log.push('sharpen');
      }
      @OnEnd('cut') clean(): void {
        log.push('clean');
      }
    }
    const app: Wired = wired(open(), { Press: new Press() }, { 'Press.print': ['context'], 'Press.cut': [Page] });
    const report = await app.report('Press.print');
    expect(log).toEqual(['sharpen', 'clean', 'got sheet 7']);
    expect(report).toMatchObject({ status: 'completed', value: 'sheet 7' });
    expect(report.steps[1]).toMatchObject({ node: 'Press.cut', parent: 1, returnValue: 'sheet 7' });
  });

  test('a call is recorded: a later attempt gets the value without another run', async () => {
    const log: string[] = [];
    class Press {
      @Job({ retry: { attempts: 3, delay: 1 } }) async print(context: StepContext): Promise<string> {
        const sheet = await context.call(Press, 'cut', { number: 7 });
        log.push(`${context.step.attempt}: ${sheet}`);
        if (context.step.attempt < 3) throw new Error('ink');
        return sheet;
      }
      @Handler() cut(page: Page): string {
        log.push('cut');
        return `sheet ${page.number}`;
      }
    }
    const parameters = { 'Press.print': ['context'], 'Press.cut': [Page] } as const;
    const report = await wired(open(), { Press: new Press() }, parameters).report('Press.print');
    expect(log).toEqual(['cut', '1: sheet 7', '2: sheet 7', '3: sheet 7']);
    expect(stepsOf(report)).toEqual(['Press.print completed 0', 'Press.cut completed 0']);
  });

  test('a call with another message in a later attempt runs; the same call twice in one attempt runs twice', async () => {
    const cut: number[] = [];
    class Press {
      @Job({ retry: { attempts: 2, delay: 1 } }) async print(context: StepContext): Promise<void> {
        await context.call(Press, 'cut', { number: context.step.attempt });
        await context.call(Press, 'cut', { number: 9 });
        await context.call(Press, 'cut', { number: 9 });
        if (context.step.attempt === 1) throw new Error('ink');
      }
      @Handler() cut(page: Page): void {
        cut.push(page.number);
      }
    }
    const parameters = { 'Press.print': ['context'], 'Press.cut': [Page] } as const;
    await wired(open(), { Press: new Press() }, parameters).report('Press.print');
    expect(cut).toEqual([1, 9, 9, 2]);
  });

  test('R9: a failed call is thrown into the body, whose problem it is; the run is not touched', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        const error = await rejectionOf(context.call(Press, 'cut', { number: 7 }));
        return error instanceof Error ? `${error.message}, ${String(Reflect.get(error, 'page'))}` : 'no error';
      }
      @Handler() cut(page: Page): void {
        throw new Torn(page.number);
      }
    }
    const parameters = { 'Press.print': ['context'], 'Press.cut': [Page] } as const;
    const report = await wired(open(), { Press: new Press() }, parameters).report('Press.print');
    expect(report).toMatchObject({ status: 'completed', code: 0, value: 'page 7 is torn, 7', callbackFailures: [] });
    expect(report.failures.map(({ node }) => node)).toEqual(['Press.cut']);
  });

  test('R9: a call that failed is made anew by the next attempt', async () => {
    let cuts = 0;
    class Press {
      @Job({ retry: { attempts: 2, delay: 1 } }) async print(context: StepContext): Promise<string> {
        return context.call(Press, 'cut');
      }
      @Handler() cut(): string {
        if (++cuts === 1) throw new Error('torn');
        return 'sheet';
      }
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': ['context'] }).report('Press.print');
    expect(report).toMatchObject({ status: 'completed', value: 'sheet' });
    expect(stepsOf(report)).toEqual(['Press.print completed 0', 'Press.cut failed 101', 'Press.cut completed 0']);
  });

  test('a called node has its own retries, recoveries and success callbacks', async () => {
    const log: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        return context.call(Press, 'cut');
      }
      @Handler({ retry: { attempts: 2, delay: '1m' } }) cut(): string {
        log.push('cut');
        throw new Error('torn');
      }
      @OnError('cut', { recover: true }) glue(): string {
        return 'glued sheet';
      }
      @OnSuccess('cut') praise(sheet: string): void {
        log.push(`praise ${sheet}`);
      }
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': ['context'] }).report('Press.print');
    expect(report).toMatchObject({ status: 'completed', value: 'glued sheet' });
    expect(log).toEqual(['cut', 'cut', 'praise glued sheet']);
    expect(report.steps.find(({ node }) => node === 'Press.praise')?.parent, 'as the called one').toBe(1);
  });

  test('a call needs no slot: even where one body at a time may run, a body may call its own node', async () => {
    class Press {
      @Job({ concurrency: 1 })
      print(context: StepContext): Promise<number> {
        return context.step.round < 5 ? context.call(Press, 'print') : Promise.resolve(5);
      }
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': ['context'] }).report('Press.print');
    expect(report).toMatchObject({ status: 'completed', value: 5, counts: { completed: 5 } });
  });

  test('ONW3034: a key that was used for another message is refused', async () => {
    const errors: unknown[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.call(Press, 'cut', { number: 1 }, { key: 'the cut' });
        errors.push(await rejectionOf(context.call(Press, 'cut', { number: 2 }, { key: 'the cut' })));
        errors.push(await rejectionOf(context.spawn(Press, 'fold', { number: 1 }, { key: 'the cut' })));
      }
      @Handler() cut(page: Page): number {
        return page.number;
      }
      @Handler() fold(_page: Page): void {}
    }
    const parameters = { 'Press.print': ['context'], 'Press.cut': [Page], 'Press.fold': [Page] } as const;
    const report = await wired(open(), { Press: new Press() }, parameters).report('Press.print');
    expect(errors).toMatchObject([{ code: 'ONW3034' }, { code: 'ONW3034' }]);
    expect(String(errors[0])).toMatchInlineSnapshot(
      `"OnwardError: ONW3034: Press.print has used the key 'the cut' for another target or message; give Press.cut a key of its own"`,
    );
    expect(stepsOf(report)).toEqual(['Press.print completed 0', 'Press.cut completed 0']);
  });

  test('the same key twice in one attempt is one child', async () => {
    const keys: string[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        keys.push((await context.spawn(Press, 'cut', { number: 1 }, { key: 'a' })).key);
        keys.push((await context.spawn(Press, 'cut', { number: 1 }, { key: 'a' })).key);
        keys.push((await context.spawn(Press, 'cut', { number: 1 }, { key: 'b' })).key);
      }
      @Handler() cut(_page: Page): void {}
    }
    const parameters = { 'Press.print': ['context'], 'Press.cut': [Page] } as const;
    const report = await wired(open(), { Press: new Press() }, parameters).report('Press.print', undefined, {
      id: 'r1',
    });
    expect(keys).toEqual(['r1~Press.print.1~a', 'r1~Press.print.1~a', 'r1~Press.print.1~b']);
    expect(report.counts.completed).toBe(3);
  });

  test('a call whose caller is cancelled is cancelled with it', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.call(Press, 'cut');
      }
      @Handler() cut(context: StepContext): Promise<void> {
        return new Promise((resolve) => context.signal.addEventListener('abort', () => resolve()));
      }
    }
    const app = wired(open(), { Press: new Press() }, { 'Press.print': ['context'], 'Press.cut': ['context'] });
    const run = await app.start('Press.print');
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    expect(stepsOf(await run.report())).toEqual(['Press.print cancelled 203', 'Press.cut cancelled 203']);
  });

  test('R38: a called step that is cancelled throws ONW3020 into its caller, which may go on', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<string> {
        const error = await rejectionOf(context.call(Press, 'cut'));
        return String(error);
      }
      @Handler() cut(context: StepContext): Promise<void> {
        return new Promise((resolve) => context.signal.addEventListener('abort', () => resolve()));
      }
    }
    const app = wired(open(), { Press: new Press() }, { 'Press.print': ['context'], 'Press.cut': ['context'] });
    const run = await app.start('Press.print');
    await app.clock.advance(1);
    await run.cancelStep(2, 'wrong page');
    await app.clock.runAll();
    expect(await run.value()).toBe('OnwardError: ONW3020: Press.cut was cancelled: wrong page');
    expect(stepsOf(await run.report())).toEqual(['Press.print completed 0', 'Press.cut cancelled 203']);
  });
});
