// An observer never changes a run, no matter what it does: to what it is handed, by what it throws, when it comes late.

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  chained,
  createRuntime,
  ErrorValue,
  Job,
  OnError,
  OnSuccess,
  type Observer,
  type RunEvent,
  type StepContext,
} from 'onward';
import { virtualClock } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { ENGINES, wire, wired, type Wired } from '../support/wired.ts';

class Money {
  cents = 300;
  parts = [100, 200];
  made = new Date(0);
  notes = new Map([['a', { text: 'kept' }]]);
  spend(): void {
    this.cents = 0;
  }
}

/** Changes everything that it can reach, as deep as it goes. */
function spoil(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  for (const part of Object.values(value)) spoil(part, seen);
  const attempts = [
    () => Object.assign(value, { cents: -1, text: 'spoilt', extra: true }),
    () => Array.isArray(value) && value.push(-1),
    () => value instanceof Map && value.set('b', { text: 'spoilt' }),
    () => value instanceof Map && [...value.values()].forEach((part) => spoil(part, seen)),
    () => value instanceof Date && value.setTime(1),
    () => value instanceof Money && value.spend(),
    () => value instanceof Error && (value.message = 'spoilt'),
    () => value instanceof Error && Object.assign(value, { code: 'SPOILT', cause: undefined }),
    () => value instanceof Error && spoil(value.cause, seen),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch {
      // It is frozen.
    }
  }
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('messages, values, data and what the run carries are copies to every depth, instances of classes too', async () => {
    class Shop {
      readonly got: unknown[] = [];
      @Job() sell(context: StepContext): Money {
        context.emit('data', { money: new Money() });
        return new Money();
      }
      @OnSuccess('sell') async keep(money: Money): Promise<Money> {
        await sleep(app.clock, 10);
        this.got.push(structuredClone({ ...money }));
        return money;
      }
    }
    const service = new Shop();
    const app: Wired = wired(
      open(),
      { Shop: service },
      { 'Shop.sell': ['context'], 'Shop.keep': ['any'] },
      { classes: { Money } },
    );
    const seen: RunEvent[] = [];
    const classes = new Set<unknown>();
    app.runtime.observe({
      carry: () => ({ trace: 'a' }),
      onEvent: (event) => {
        seen.push(event);
        for (const field of ['message', 'value', 'data', 'carried', 'counts', 'failures', 'tags']) {
          const value: unknown = Reflect.get(event, field);
          if (value instanceof Money) classes.add(value.constructor);
          spoil(value);
        }
      },
    });
    const report = await app.report('Shop.sell', undefined, { tags: ['vip'] });
    const whole = { ...new Money() };
    expect(service.got).toEqual([whole]);
    expect(report.steps.map(({ returnValue }) => returnValue)).toMatchObject([whole, whole]);
    expect(report.counts).toEqual({ completed: 2, failed: 0, skipped: 0, cancelled: 0 });
    expect(classes.has(Money) || open().constructor.name !== 'MemoryEngine').toBe(true);
    expect(seen.at(-1)?.tags).toEqual(['vip']);
  });

  test('errors are copies of their class, which read as the error does; predicates and callbacks get the error itself', async () => {
    class Fault extends Error {
      override name = 'Fault';
      readonly facts = { tried: [1] };
      readonly #status = 503;
      constructor(readonly code: string) {
        super('no', { cause: new TypeError('a cable') });
      }
      get status(): number {
        return this.#status;
      }
    }
    const got: unknown[] = [];
    const take = (error: unknown): boolean => {
      if (!(error instanceof Fault)) return false;
      got.push([error.message, error.code, structuredClone(error.facts), error.cause instanceof TypeError]);
      return error.code === 'EFIRE';
    };
    class Shop {
      @Job({ retry: { attempts: 2, delay: 5 } }) sell(): never {
        throw new Fault('EFIRE');
      }
      @OnError('sell', { when: take }) mend(@ErrorValue() error: unknown): void {
        take(error);
      }
    }
    const app = wired(open(), { Shop: new Shop() });
    const seen: [type: string, error: unknown][] = [];
    app.runtime.observe({
      onEvent: (event) => {
        const errors = [Reflect.get(event, 'error'), ...(event.type === 'run.ended' ? event.failures : [])];
        for (const error of errors) if (error !== undefined) seen.push([event.type, error]);
        spoil(errors);
      },
    });
    const report = await app.report('Shop.sell', undefined, {});
    const whole = ['no', 'EFIRE', { tried: [1] }, true];
    expect(got.length).toBeGreaterThan(0);
    for (const each of got) expect(each).toEqual(whole);
    expect(report.steps[0]?.error).toMatchObject({ message: 'no', code: 'EFIRE' });
    const [, error] = seen.find(([type]) => type === 'step.failed') ?? [];
    expect(error).toMatchObject({ name: 'Fault', message: 'no', code: 'EFIRE', facts: { tried: [1] } });
    expect(error instanceof Error && error.stack).toMatch(/never-changes\.test/);
    if (error instanceof Fault) expect(error.status).toBe(503);
    expect(error instanceof Fault).toBe(open().constructor.name === 'MemoryEngine');
    expect(inspect(error)).toContain('a cable');
  });

  test('an event that is kept shows no way to its run: its fields are strings, numbers and copies', async () => {
    class Shop {
      @Job() sell(): void {}
      @OnSuccess('sell') pack(): never {
        throw new Error('no');
      }
    }
    const { runtime, report } = wired(open(), { Shop: new Shop() });
    const seen: RunEvent[] = [];
    runtime.observe({ onEvent: (event) => void seen.push(event) });
    await report('Shop.sell', undefined, {});
    expect(seen.length).toBeGreaterThan(6);
    for (const event of seen) {
      for (const [field, value] of Object.entries(event)) {
        const isPlain =
          typeof value !== 'object' || value === null || ['tags', 'error', 'counts', 'failures'].includes(field);
        expect(isPlain ? '' : field).toBe('');
      }
    }
  });

  test('a hook that starts a run, cancels or asks for more leaves the order of a straight stretch as it is', async () => {
    class Line {
      readonly ran: string[] = [];
      @Job() async first(): Promise<void> {
        this.ran.push('first');
      }
      @OnSuccess('first') async second(): Promise<void> {
        this.ran.push('second');
      }
      @OnSuccess('second') async third(): Promise<void> {
        this.ran.push('third');
      }
      @Job() async other(): Promise<void> {
        this.ran.push('other');
      }
    }
    const service = new Line();
    const { runtime, clock, start } = wired(open(), { Line: service });
    const remove = runtime.observe({
      onStepEnd: ({ node }) => {
        if (node === 'Line.first') void runtime.start('Line.other');
      },
    });
    const run = await start('Line.first');
    await clock.runAll();
    expect((await run.report()).counts.completed).toBe(3);
    expect(service.ran.toSorted()).toEqual(['first', 'other', 'second', 'third']);
    remove();
    runtime.observe({
      onStepEnd: async ({ node, runId }) => {
        if (node === 'Line.first') await (await runtime.run(runId))?.cancel('enough');
      },
    });
    const cancelled = await start('Line.first');
    await clock.runAll();
    expect((await cancelled.report()).status).toBe('cancelled');
    expect(service.ran.filter((name) => name === 'third')).toHaveLength(1);
  });
});

class Shop {
  @Job() sell(): void {}
  @OnSuccess('sell') pack(): void {}
}

test('what an observer cannot be read for, or carries that is no string, is refused or reported, and changes nothing', async () => {
  const logged: string[] = [];
  const log = { error: () => {}, warn: (text: string) => void logged.push(text) };
  const { runtime, report } = wired(ENGINES[0].open(), { Shop: new Shop() }, {}, { log });
  runtime.observe({ name: 'heavy', carry: () => JSON.parse('{ "depth": 5 }') });
  runtime.observe(
    Object.assign(Object.create({ constructor: { name: 5 } }), { onRunEnd: () => Promise.reject(new Error('no')) }),
  );
  const seen: unknown[] = [];
  runtime.observe({ onRunStart: ({ carried }) => void seen.push(carried) });
  expect((await report('Shop.sell', undefined, { id: 'r' })).status).toBe('completed');
  expect(seen).toEqual([undefined]);
  expect(logged).toEqual([
    'ONW3062: heavy failed at `carry` of run r; the run starts without what it carries: TypeError: `carry` gives strings by names, such as { traceparent }',
    'ONW3062: an observer failed at run.ended of run r; the run goes on as it was. Further failures of it are counted: Error: no',
  ]);
});

test('after three late hooks in a row the bodies that wait for the observer begin: none of its other hooks holds them', async () => {
  class Wide {
    @Job() all(): string[] {
      return ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    }
    @OnSuccess('all', { each: true }) one(_item: string): void {}
  }
  const { runtime, clock, start } = wired(ENGINES[0].open(), { Wide: new Wide() }, { 'Wide.one': ['any'] });
  runtime.observe({ onStepStart: () => new Promise(() => {}) }, { limit: 1_000 });
  const run = await start('Wide.all');
  // One for the job, and two of its eight items.
  await clock.advance(3_000);
  expect((await run.inspect()).counts.completed).toBe(9);
  await clock.runAll();
  expect((await run.report()).status).toBe('completed');
});

test('observers of a start that joins a run leave with it, also if it was over: nothing of them is kept', async () => {
  const { runtime, clock } = wired(ENGINES[0].open(), { Shop: new Shop() });
  const closed: string[] = [];
  const bell = (name: string): Observer => ({ onRunEnd: () => {}, close: () => void closed.push(name) });
  await runtime.start('Shop.sell', undefined, { id: 'r', observers: [bell('first')] });
  await clock.runAll();
  expect(closed).toEqual(['first']);
  await runtime.start('Shop.sell', undefined, { id: 'r', observers: [bell('second')] });
  await clock.runAll();
  expect(closed).toEqual(['first', 'second']);
});

test('a `close` that takes longer than its limit is reported', async () => {
  const logged: string[] = [];
  const clock = virtualClock();
  const services = { Shop: new Shop() };
  const log = { error: () => {}, warn: (text: string) => void logged.push(text) };
  const runtime = createRuntime(wire(services), { services, clock, log });
  runtime.observe({ name: 'slow', onRunEnd: () => {}, close: () => new Promise(() => {}) }, { limit: '1s' });
  const closing = runtime.close();
  await clock.runAll();
  await closing;
  expect(logged).toEqual([
    'ONW3061: slow took longer than its limit of 1000 ms for `close`, and what it held may be lost: give the observer a larger `limit`',
  ]);
});

test('chained observers are isolated in `around` and `carry`, too', async () => {
  const logged: string[] = [];
  const log = { error: () => {}, warn: (text: string) => void logged.push(text) };
  const { runtime, report } = wired(ENGINES[0].open(), { Shop: new Shop() }, {}, { log });
  const seen: unknown[] = [];
  const failing: Observer = {
    name: 'failing',
    around: () => {
      throw new Error('around');
    },
    carry: () => {
      throw new Error('carry');
    },
  };
  const working: Observer = {
    name: 'working',
    around: (attempt, body) => {
      seen.push(attempt.node);
      body();
      seen.push('over');
    },
    carry: () => ({ trace: 'a' }),
    onRunStart: ({ carried }) => void seen.push(carried),
  };
  runtime.observe(chained(failing, working));
  await report('Shop.sell', undefined, { id: 'r' });
  expect(seen).toEqual([{ trace: 'a' }, 'Shop.sell', 'over', 'Shop.pack', 'over']);
  expect(logged.map((text) => text.replace(/; .*: Error/, ' … Error'))).toEqual([
    'ONW3062: chained(failing, working) failed at `carry` of run r … Error: carry',
    'ONW3062: chained(failing, working) failed at `around` of run r … Error: around',
  ]);
});
