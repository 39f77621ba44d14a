// Looking at a run from outside while it is on, and what its bodies tell: inspect, emit, progress, events.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnRunEnd, OnSuccess, type RunInspection, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { eventsOf, plain } from '../support/story.ts';
import { ENGINES, rejectionOf, wired, type Wired } from '../support/wired.ts';

class Page {
  @IsInt() number!: number;
}

function standingOf({ status, code, steps }: RunInspection): unknown[] {
  return [status, code, ...steps.map((step) => `${step.node} ${step.status} ${step.code}`)];
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('a run can be looked at in every phase, without waiting for it', async () => {
    class Press {
      @Job({ retry: { attempts: 2, delay: 1_000, jitter: 0 } }) async print(
        _page: Page,
        context: StepContext,
      ): Promise<string> {
        await sleep(app.clock, 100);
        if (context.step.attempt === 1) throw new Error('ink');
        return 'book';
      }
      @OnSuccess('print', { after: 1_000 }) post(): void {}
    }
    const app: Wired = wired(open(), { Press: new Press() }, { 'Press.print': [Page, 'context'] });
    const began = app.clock.now();
    const run = await app.start('Press.print', { number: 1 }, { id: 'r1' });
    await app.clock.advance(50);
    const running = await run.inspect();
    expect(standingOf(running)).toEqual(['running', 200, 'Press.print running 200']);
    expect(running).toMatchObject({ runId: 'r1', job: 'Press.print', startedAt: began, endedAt: 0, truncated: false });
    expect(running.steps[0]).toMatchObject({
      key: 'r1~Press.print.1',
      round: 1,
      parent: null,
      cause: null,
      endedAt: 0,
    });
    expect(running).not.toHaveProperty('value');
    await app.clock.advance(500);
    const waiting = await run.inspect();
    expect(standingOf(waiting)).toEqual(['running', 200, 'Press.print pending 201']);
    expect(waiting.steps[0]?.attempts).toMatchObject([
      { number: 1, code: 101, error: { message: 'ink' }, startedAt: began, endedAt: began + 100 },
    ]);
    await app.clock.advance(1_000);
    expect(standingOf(await run.inspect())).toEqual([
      'running',
      200,
      'Press.print completed 0',
      'Press.post pending -1',
    ]);
    await app.clock.runAll();
    const over = await run.inspect();
    expect(standingOf(over)).toEqual(['completed', 0, 'Press.print completed 0', 'Press.post completed 0']);
    expect(over).toMatchObject({ value: 'book', endedAt: began + 2_200 });
    expect(over).toEqual(await run.report());
  });

  test('a run that waits to begin, is held, or is being cancelled says so', async () => {
    class Press {
      @Job() print(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const app = wired(open(), { Press: new Press() });
    const run = await app.start('Press.print', undefined, { notBefore: '1h' });
    await app.clock.advance(1);
    expect((await run.inspect()).steps).toMatchObject([{ status: 'pending', attempts: [] }]);
    await run.suspend();
    await app.clock.advance(3_600_000);
    expect(standingOf(await run.inspect())).toEqual(['suspended', 202, 'Press.print pending 202']);
    await run.resume();
    await app.clock.advance(0);
    expect(standingOf(await run.inspect())).toEqual(['running', 200, 'Press.print running 200']);
    await run.cancel();
    await app.clock.runAll();
    expect(standingOf(await run.inspect())).toEqual(['cancelled', 203, 'Press.print cancelled 203']);
  });

  test('a run is found by its id, and seen the same', async () => {
    class Press {
      @Job() print(): Promise<void> {
        return sleep(app.clock, 100);
      }
    }
    const app: Wired = wired(open(), { Press: new Press() });
    const run = await app.start('Press.print', undefined, { id: 'r1' });
    await app.clock.advance(1);
    const found = await app.runtime.run('r1');
    expect(await found?.inspect()).toEqual(await run.inspect());
    expect(await app.runtime.run('r2')).toBeUndefined();
    await app.clock.runAll();
  });

  test('who watches a run hears what its bodies emit and how far they are, with step and attempt, in order', async () => {
    class Press {
      @Job({ retry: { attempts: 2, delay: 1 } }) async print(context: StepContext): Promise<void> {
        context.progress(0.5, 'half');
        context.emit('ink', { left: 3 });
        await context.call(Press, 'cut');
        if (context.step.attempt === 1) throw new Error('ink');
        context.progress(1);
      }
      @Handler() cut(context: StepContext): void {
        context.emit('cut');
      }
    }
    const app = wired(open(), { Press: new Press() }, { 'Press.print': ['context'], 'Press.cut': ['context'] });
    // Bodies that are told of before anybody listens are not told again: the run begins later.
    const run = await app.start('Press.print', undefined, { notBefore: 10 });
    const heard = eventsOf(run);
    await app.clock.runAll();
    const told = (await heard).filter(({ type }) => type === 'custom' || type === 'progress');
    expect(told).toMatchObject([
      { type: 'progress', node: 'Press.print', attempt: 1, done: 0.5, text: 'half' },
      { type: 'custom', node: 'Press.print', attempt: 1, name: 'ink', data: { left: 3 } },
      { type: 'custom', node: 'Press.cut', attempt: 1, name: 'cut' },
      { type: 'progress', node: 'Press.print', attempt: 2, done: 0.5 },
      { type: 'custom', node: 'Press.print', attempt: 2, name: 'ink' },
      { type: 'progress', node: 'Press.print', attempt: 2, done: 1 },
    ]);
  });

  test('what is no progress and no name is refused in the body', async () => {
    const errors: unknown[] = [];
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        for (const use of [() => context.progress(1.5), () => context.progress(Number.NaN), () => context.emit('')]) {
          errors.push(String(await rejectionOf(Promise.resolve().then(use))));
        }
      }
    }
    await wired(open(), { Press: new Press() }, { 'Press.print': ['context'] }).report('Press.print');
    expect(errors).toMatchInlineSnapshot(`
      [
        "TypeError: progress takes a number from 0 to 1, got 1.5",
        "TypeError: progress takes a number from 0 to 1, got NaN",
        "TypeError: emit takes the name of an event, got """,
      ]
    `);
  });

  test('two who watch hear the same; one who stops listening holds up nothing', async () => {
    class Press {
      @Job() async print(): Promise<void> {
        await sleep(app.clock, 100);
      }
      @OnRunEnd('print') bill(): void {}
    }
    const app: Wired = wired(open(), { Press: new Press() });
    const run = await app.start('Press.print');
    const first = eventsOf(run);
    const second = eventsOf(run);
    for await (const event of run.events()) if (event.type === 'run.started') break;
    await app.clock.runAll();
    expect(await first).toEqual(await second);
    expect((await first).map(({ type }) => type)).toEqual([
      'run.started',
      'step.started',
      'step.completed',
      'step.started',
      'step.completed',
      'run.ended',
    ]);
    expect(plain(await eventsOf(run)), 'and so does one who comes later').toEqual(plain(await first));
  });

  test('events are numbered without gaps', async () => {
    class Press {
      @Job({ retry: { attempts: 2, delay: 1 } }) async print(context: StepContext): Promise<number[]> {
        await context.spawn(Press, 'cut');
        if (context.step.attempt === 1) throw new Error('ink');
        return [1, 2, 3];
      }
      @Handler() cut(): void {}
      @OnSuccess('print', { each: true, critical: false }) fold(page: number): void {
        if (page === 2) throw new Error('torn');
      }
      @OnSuccess('print', { when: (pages: number[]) => pages.length > 9 }) bind(): void {}
    }
    const app = wired(open(), { Press: new Press() }, { 'Press.print': ['context'] });
    const run = await app.start('Press.print');
    await app.clock.runAll();
    const numbers = (await eventsOf(run)).map(({ seq }) => seq);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => at + 1));
  });
});
