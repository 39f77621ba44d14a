// What goes wrong where nobody looks for it: listeners that throw, arrays that are none, keys that are used twice.

import { ValidateBy } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnError, OnRunEnd, OnStart, OnSuccess, type RunEvent, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { eventsOf, plain } from '../support/story.ts';
import { ENGINES, rejectionOf, stepsOf, wired } from '../support/wired.ts';

const IsNever = (): PropertyDecorator =>
  ValidateBy({ name: 'isNever', async: true, validator: { validate: () => new Promise(() => {}) } });

class Endless {
  @IsNever() text!: string;
}

/** It is an array to `Array.isArray`, and has no length to anybody. */
function withoutLength(): readonly number[] {
  return new Proxy([1], {
    get(target, field): unknown {
      if (field === 'length') throw new Error('no length');
      return Reflect.get(target, field);
    },
  });
}

/** Hears what happens in a run while it happens. */
function hear(events: AsyncIterable<RunEvent>): { readonly heard: RunEvent[]; readonly done: Promise<void> } {
  const heard: RunEvent[] = [];
  const listen = async (): Promise<void> => {
    for await (const event of events) heard.push(event);
  };
  return { heard, done: listen() };
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  describe('a signal', () => {
    test('a listener that throws or rejects is logged, and neither ends the process nor keeps others from being told', async () => {
      const logged: string[] = [];
      const log = { error: () => undefined, warn: (text: string) => void logged.push(text) };
      const told: string[] = [];
      class Waiting {
        @Job() go({ signal }: StepContext): Promise<void> {
          return new Promise((resolve) => {
            const removed = (): number => told.push('removed');
            signal.addEventListener('abort', removed);
            signal.removeEventListener('abort', removed);
            signal.addEventListener('abort', () => {
              throw new Error('thrown');
            });
            Reflect.apply(signal.addEventListener, signal, ['abort', () => Promise.reject(new Error('rejected'))]);
            signal.addEventListener('abort', {
              handleEvent() {
                throw new Error('handled');
              },
            });
            const set = (): never => {
              told.push('set');
              throw new Error('set');
            };
            Object.assign(signal, { onabort: set });
            signal.addEventListener('abort', () => resolve(void told.push('last')), { once: true });
          });
        }
      }
      const { start, clock } = wired(open(), { Waiting: new Waiting() }, { 'Waiting.go': ['context'] }, { log });
      const run = await start('Waiting.go', undefined, { id: 'one' });
      await clock.advance(0);
      await run.cancel();
      await clock.runAll();
      expect((await run.report()).status).toBe('cancelled');
      expect(told).toEqual(['set', 'last']);
      const listener = 'Waiting.go of run one (step one~Waiting.go.1): an abort listener threw: Error';
      const expected = ['thrown', 'rejected', 'handled', 'set'].map((text) => `${listener}: ${text}`);
      expect(logged.toSorted()).toEqual(expected.toSorted());
    });

    test.each([
      ['the deadline of the run', 'ONW3047: the deadline of run one passed before Waiting.go was over'],
      ['a cancel of the run', 'ONW3020: run one was cancelled: enough'],
      ['a cancel of the step', 'ONW3020: Waiting.go of run one was cancelled: enough'],
    ])('says why it was aborted: %s', async (why, text) => {
      let reason: unknown;
      class Waiting {
        @Job() go({ signal }: StepContext): Promise<void> {
          return new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              reason = signal.reason;
              resolve();
            });
          });
        }
      }
      const { start, clock } = wired(open(), { Waiting: new Waiting() }, { 'Waiting.go': ['context'] });
      const options = why.startsWith('the deadline') ? { id: 'one', deadline: 100 } : { id: 'one' };
      const run = await start('Waiting.go', undefined, options);
      await clock.advance(1);
      if (why === 'a cancel of the run') await run.cancel('enough');
      if (why === 'a cancel of the step') await run.cancelStep(1, 'enough');
      await clock.runAll();
      expect(String(reason)).toContain(text);
    });
  });

  test.each([
    ['the run', 'ONW3020: run one was cancelled: enough'],
    ['the step', 'ONW3020: Press.print of run one was cancelled: enough'],
  ])('a child that is asked for after a cancel of %s is refused with the reason of it', async (what, text) => {
    let caught: unknown;
    class Press {
      @Job() print(context: StepContext): Promise<void> {
        return new Promise((resolve) => {
          context.signal.addEventListener('abort', () => {
            void rejectionOf(context.spawn(Press, 'cut')).then((error) => {
              caught = error;
              resolve();
            });
          });
        });
      }
      @Handler() cut(): void {}
    }
    const { start, clock } = wired(open(), { Press: new Press() }, { 'Press.print': ['context'] });
    const run = await start('Press.print', undefined, { id: 'one' });
    await clock.advance(1);
    await (what === 'the run' ? run.cancel('enough') : run.cancelStep(1, 'enough'));
    await clock.runAll();
    expect(String(caught)).toContain(text);
  });

  test('R15: a run that was cancelled while its job was failing says that it was cancelled', async () => {
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.spawn(Press, 'cut');
      }
      @Handler({ tags: ['knife'] }) cut(): void {}
      @OnError('print') tell(): Promise<void> {
        return sleep(clock, 50);
      }
    }
    const { start, clock } = wired(open(), { Press: new Press() }, { 'Press.print': ['context'] });
    const run = await start('Press.print', undefined, { id: 'one' });
    await clock.advance(10);
    await run.cancel('enough');
    await clock.runAll();
    expect(stepsOf(await run.report())[0]).toBe('Press.print cancelled 203');
    expect(String(await rejectionOf(run.value()))).toContain('ONW3020: run one was cancelled: enough');
  });

  test('R27: an array whose length cannot be read is none, from a body as from what recovers one', async () => {
    class Sheet {
      @Job() read(): readonly number[] {
        return withoutLength();
      }
      @OnSuccess('read', { each: true }) row(_row: number): void {}
      @Job() guess(): readonly number[] {
        throw new Error('unreadable');
      }
      @OnError('guess', { recover: true }) instead(): readonly number[] {
        return withoutLength();
      }
      @OnSuccess('guess', { each: true }) line(_line: number): void {}
    }
    const { report } = wired(open(), { Sheet: new Sheet() });
    // On records what cannot be read cannot be kept: its step fails for that.
    expect((await report('Sheet.read')).status).toBe('failed');
    expect((await report('Sheet.guess')).status).toBe('failed');
  });

  test('ONW3034: what was spawned under a key cannot be called under it: nobody would tell how it ended', async () => {
    let caught: unknown;
    class Press {
      @Job() async print(context: StepContext): Promise<void> {
        await context.spawn(Press, 'cut', undefined, { key: 'the cut' });
        caught = await rejectionOf(context.call(Press, 'cut', undefined, { key: 'the cut' }));
      }
      @Handler() cut(): void {}
    }
    const report = await wired(open(), { Press: new Press() }, { 'Press.print': ['context'] }).report('Press.print');
    expect(caught).toMatchObject({ code: 'ONW3034' });
    expect(stepsOf(report)).toEqual(['Press.print completed 0', 'Press.cut completed 0']);
  });

  test('R22: validators ahead of start callbacks take their time from the attempt', async () => {
    class Shop {
      @Job() sell(): { text: string } {
        return { text: 'x' };
      }
      @OnSuccess('sell') next(_endless: unknown): void {}
      @OnStart('next') before(): void {}
    }
    const timed = new Shop();
    Reflect.getMetadata('onward:node', timed, 'next').options = { timeout: '2s', retry: { attempts: 2, delay: 1 } };
    const report = await wired(open(), { Shop: timed }, { 'Shop.next': [Endless] }).report('Shop.sell');
    expect(stepsOf(report)).toEqual(['Shop.sell completed 0', 'Shop.next failed 204']);
    expect(report.steps[1]?.attempts.map(({ code }) => code)).toEqual([204, 204]);
  });

  test('who listens while steps wait for slots hears of each start once, as who asks late does', async () => {
    class Rows {
      @Job() read(): number[] {
        return [1, 2, 3];
      }
      @OnSuccess('read', { each: true }) row(_row: number): Promise<void> {
        return sleep(clock, 10);
      }
    }
    const rows = new Rows();
    Reflect.getMetadata('onward:node', rows, 'row').options = { concurrency: 1 };
    const { start, clock } = wired(open(), { Rows: rows });
    const run = await start('Rows.read');
    const { heard, done } = hear(run.events());
    await clock.runAll();
    await done;
    expect(plain(heard)).toEqual(plain(await eventsOf(run)));
  });

  test('who listens hears that a step with start callbacks started when it did, as who asks late does', async () => {
    class Shop {
      @Job() sell(): void {}
      @OnStart('sell') before(): Promise<void> {
        return sleep(clock, 20);
      }
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    const { heard, done } = hear(run.events());
    await clock.runAll();
    await done;
    expect(plain(heard)).toEqual(plain(await eventsOf(run)));
  });

  test('who stops listening while nothing happens is not kept waiting, and hears no more', async () => {
    class Shop {
      @Job() sell(): Promise<void> {
        return sleep(clock, 20);
      }
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.advance(0);
    const events = run.events()[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { type: 'run.started' } });
    expect(await events.next()).toMatchObject({ value: { type: 'step.started' } });
    const third = events.next();
    await events.return?.();
    expect(await third).toEqual({ done: true, value: undefined });
    await clock.runAll();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('ONW3030: once the outcome of a run is fixed none of its steps can be cancelled', async () => {
    class Shop {
      @Job() sell(): void {}
      @OnRunEnd() close(): Promise<void> {
        return sleep(clock, 20);
      }
    }
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.advance(1);
    expect(await rejectionOf(run.cancelStep(2))).toMatchObject({ code: 'ONW3030' });
    await clock.runAll();
    expect(stepsOf(await run.report())).toEqual(['Shop.sell completed 0', 'Shop.close completed 0']);
  });

  test('`step.late` has the number of the event before it', async () => {
    let attempts = 0;
    class Slow {
      @Job({ timeout: 5, retry: { attempts: 2, delay: '1s', jitter: 0 } }) go(): Promise<void> {
        return attempts++ === 0 ? sleep(clock, 50) : Promise.resolve();
      }
    }
    const { start, clock } = wired(open(), { Slow: new Slow() });
    const run = await start('Slow.go');
    const { heard, done } = hear(run.events());
    await clock.runAll();
    await done;
    expect(heard.map(({ type, seq }) => `${seq} ${type}`)).toEqual([
      '1 run.started',
      '2 step.started',
      '3 step.retrying',
      '3 step.late',
      '4 step.completed',
      '5 run.ended',
    ]);
  });
});
