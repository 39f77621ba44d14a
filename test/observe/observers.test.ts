// Observers: which hooks are called, in which order, what waits for them, and that they never change a run.

import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import {
  chained,
  createRuntime,
  Job,
  OnError,
  OnSuccess,
  type Observer,
  type RunEvent,
  type StepContext,
} from 'onward';
import { virtualClock } from 'onward/testing';
import { ENGINES, rejectionOf, wire, wired } from '../support/wired.ts';

class Shop {
  tries = 0;

  @Job({ retry: { attempts: 2, delay: 10, jitter: 0 } })
  order(): { cents: number } {
    if (++this.tries === 1) throw new Error('busy');
    return { cents: 300 };
  }
  @OnSuccess('order') pack(): string {
    return 'packed';
  }
  @OnSuccess('order') pay(context: StepContext): never {
    context.emit('paying', { cents: 300 });
    throw new Error('declined');
  }
  @OnError('pay') sorry(): void {}
}

const PARAMETERS = { 'Shop.pay': ['context'] } as const;

/** Writes down each hook that is called. */
class Diary implements Observer {
  readonly lines: string[] = [];
  readonly #as: string;

  constructor(as = '') {
    this.#as = as;
  }

  #note(hook: string, event: RunEvent): void {
    this.lines.push(`${this.#as}${hook} ${event.type}${'node' in event ? ` ${event.node}` : ''}`);
  }
  onRunStart(event: RunEvent): void {
    this.#note('start', event);
  }
  onRunEnd(event: RunEvent): void {
    this.#note('end', event);
  }
  onStepStart(event: RunEvent): void {
    this.#note('begin', event);
  }
  onStepEnd(event: RunEvent): void {
    this.#note('over', event);
  }
  onError(event: RunEvent): void {
    this.#note('error', event);
  }
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const opened = (observers: readonly Observer[] = []) => {
    const clock = virtualClock();
    const services = { Shop: new Shop() };
    const runtime = createRuntime(wire(services, PARAMETERS), {
      services,
      clock,
      engine: open(),
      observers,
      log: false,
    });
    return { clock, runtime };
  };

  test('N1: the hooks are called in order, with typed events, and end with the run', async () => {
    const diary = new Diary();
    const { clock, runtime } = opened([diary]);
    const run = await runtime.start('Shop.order');
    await clock.runAll();
    await run.report();
    expect(diary.lines).toEqual([
      'start run.started',
      'begin step.started Shop.order',
      'error step.retrying Shop.order',
      'over step.completed Shop.order',
      'begin step.started Shop.pack',
      'begin step.started Shop.pay',
      'over step.completed Shop.pack',
      'begin step.started Shop.sorry',
      'over step.completed Shop.sorry',
      'over step.failed Shop.pay',
      'error step.failed Shop.pay',
      'end run.ended',
      'error run.ended',
    ]);
  });

  test('N2: observers of one start, of a run and of the runtime; what `observe` returns removes them', async () => {
    const { clock, runtime } = opened();
    const [all, one, other] = [new Diary('all '), new Diary('one '), new Diary('other ')];
    const remove = runtime.observe(all);
    const first = await runtime.start('Shop.order', undefined, { observers: [one] });
    const second = await runtime.start('Shop.order');
    await second.observe(other, { replay: true });
    await clock.runAll();
    await Promise.all([first.report(), second.report()]);
    const ends = (diary: Diary): number => diary.lines.filter((line) => line.includes('end run.ended')).length;
    expect([ends(all), ends(one), ends(other)]).toEqual([2, 1, 1]);
    expect(other.lines[0]).toBe('other start run.started');
    remove();
    remove();
    const third = await runtime.start('Shop.order');
    await clock.runAll();
    await third.report();
    expect(ends(all)).toBe(2);
  });

  test('N2, N3: higher priority first, ties by insertion; removal during an event skips nobody', async () => {
    const { clock, runtime } = opened();
    const called: string[] = [];
    const of = (name: string): Observer => ({ onRunStart: () => void called.push(name) });
    runtime.observe(of('a'));
    const removeSelf = runtime.observe({
      onRunStart: () => {
        called.push('self');
        removeSelf();
      },
    });
    runtime.observe(of('b'));
    runtime.observe(of('first'), { priority: 5 });
    await runtime.start('Shop.order');
    await runtime.start('Shop.order');
    await clock.runAll();
    expect(called).toEqual(['first', 'a', 'self', 'b', 'first', 'a', 'b']);
  });

  test('one that comes to a run that is over hears what has happened, and leaves', async () => {
    const { start, clock } = wired(open(), { Shop: new Shop() }, PARAMETERS);
    const run = await start('Shop.order');
    await clock.runAll();
    const at: string[] = [];
    const slow: Observer = {
      onEvent: async ({ type }) => {
        await Promise.resolve();
        at.push(type);
      },
      close: () => void at.push('closed'),
    };
    await run.observe(slow, { replay: true });
    // Its end is told behind the hooks that are pending.
    expect((await run.report()).status).toBe('failed');
    await clock.runAll();
    const events: string[] = [];
    for await (const { type } of run.events()) events.push(type);
    expect(at).toEqual([...events, 'closed']);
    expect(at.at(-2)).toBe('run.ended');
  });

  test('those of a start that is refused leave', async () => {
    const closed: unknown[] = [];
    const own = { observers: [{ onEvent: () => undefined, close: () => void closed.push('closed') }] };
    class Chain {
      @Job() async first(): Promise<string> {
        return String(await rejectionOf(runtime.start('Chain.second', undefined, own)));
      }
      @Job() second(): void {}
    }
    const services = { Chain: new Chain() };
    const clock = virtualClock();
    const runtime = createRuntime(wire(services), { services, clock, engine: open(), log: false, maxStarted: 1 });
    const run = await runtime.start('Chain.first');
    await clock.runAll();
    expect(await run.report()).toMatchObject({ status: 'completed', value: expect.stringContaining('ONW3036') });
    expect(closed).toEqual(['closed']);
    await runtime.close();
    expect(closed).toEqual(['closed']);
  });

  test('N4: `events`, `nodes`, `tags` and `when` apply to every hook', async () => {
    const { clock, runtime } = opened();
    const seen: string[] = [];
    const note = (event: RunEvent): void =>
      void seen.push('node' in event ? `${event.type} ${event.node}` : event.type);
    const observer: Observer = { onStepEnd: note, onRunEnd: note };
    runtime.observe(observer, { nodes: 'Shop.pa*' });
    runtime.observe(observer, { events: ['run.ended'], tags: ['vip'] });
    runtime.observe(observer, { when: (event) => event.type === 'step.failed' });
    await runtime.start('Shop.order', undefined, { tags: ['vip'] });
    await clock.runAll();
    expect(seen.toSorted()).toEqual([
      'run.ended',
      'run.ended',
      'step.completed Shop.pack',
      'step.failed Shop.pay',
      'step.failed Shop.pay',
    ]);
  });

  test('N4: `eventTypes` of an observer says which events `onEvent` is called with', async () => {
    const { clock, runtime } = opened();
    const seen: string[] = [];
    const onEvent = ({ type }: RunEvent): void => void seen.push(type);
    const some: Observer = { eventTypes: ['run.suspended', 'run.ended'], onEvent };
    runtime.observe(some);
    runtime.observe(chained(some, { eventTypes: ['run.started'], onEvent }));
    await runtime.start('Shop.order');
    await clock.runAll();
    expect(seen).toEqual(['run.started', 'run.ended', 'run.ended']);
  });

  test('N6: what an observer throws, rejects with or changes does not reach the run', async () => {
    const { clock, runtime } = opened();
    runtime.observe({
      onEvent: (event) => {
        if (event.type === 'step.completed' && event.node === 'Shop.order') {
          Object.assign(event.value ?? {}, { cents: 0 });
        }
      },
    });
    runtime.observe({ onStepStart: () => Promise.reject(new Error('late')) });
    const run = await runtime.start('Shop.order');
    await clock.runAll();
    const report = await run.report();
    expect(report.steps[0]?.returnValue).toEqual({ cents: 300 });
    expect(report.counts).toEqual({ completed: 3, failed: 1, skipped: 0, cancelled: 0 });
  });

  test('N7: an awaited hook holds the bodies of its run; in the background only the end waits', async () => {
    for (const mode of ['awaited', 'background'] as const) {
      const { clock, runtime } = opened();
      let letGo = (): void => {};
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      runtime.observe({ onRunStart: () => held }, { mode, limit: '1h' });
      const run = await runtime.start('Shop.order');
      await clock.advance(60_000);
      const { steps, status } = await run.inspect();
      expect([steps[0]?.attempts.length, status === 'running']).toEqual(mode === 'awaited' ? [0, true] : [2, false]);
      let isOver = false;
      void run.report().then(() => (isOver = true));
      await clock.advance(0);
      expect(isOver).toBe(false);
      letGo();
      await clock.runAll();
      expect((await run.report()).status).toBe('failed');
    }
  });

  test('a hook that hangs is released after its limit; three in a row put the observer into the background', async () => {
    const { clock, runtime } = opened();
    runtime.observe({ onStepStart: () => new Promise(() => {}) }, { limit: 100 });
    const run = await runtime.start('Shop.order');
    await clock.runAll();
    expect((await run.report()).counts.completed).toBe(3);
  });

  test('a mutation of an event’s value throws at the observer, and `data` is frozen', async () => {
    const { clock, runtime } = opened();
    const thrown: unknown[] = [];
    runtime.observe({
      onEvent: (event) => {
        const value = event.type === 'custom' ? event.data : event.type === 'step.completed' ? event.value : undefined;
        if (typeof value !== 'object' || value === null) return;
        try {
          Object.assign(value, { cents: 0 });
        } catch (error) {
          thrown.push(error);
        }
      },
    });
    await runtime.start('Shop.order');
    await clock.runAll();
    expect(thrown).toEqual([expect.any(TypeError), expect.any(TypeError)]);
  });

  test('`around` runs around each body, with its context in it; one that never calls the body changes nothing', async () => {
    const trace = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    class Traced {
      @Job()
      async go(): Promise<string> {
        seen.push(trace.getStore());
        await Promise.resolve();
        seen.push(trace.getStore());
        return 'value';
      }
      @OnSuccess('go') after(): void {
        seen.push(trace.getStore());
      }
    }
    const { runtime, clock } = wired(open(), { Traced: new Traced() });
    runtime.observe({ around: (attempt, body) => trace.run(attempt.node, body) });
    runtime.observe({ around: () => undefined });
    runtime.observe({
      around: (_attempt, body) => {
        body();
        body();
        throw new Error('no');
      },
    });
    const run = await runtime.start('Traced.go');
    await clock.runAll();
    expect(await run.value()).toBe('value');
    expect(seen).toEqual(['Traced.go', 'Traced.go', 'Traced.after']);
  });

  test('what `carry` gives travels with the run', async () => {
    const { clock, runtime } = opened();
    const carried: unknown[] = [];
    runtime.observe({
      carry: ({ runId }) => ({ traceparent: `of ${runId}` }),
      onRunStart: (event) => void carried.push(event.carried),
    });
    await runtime.start('Shop.order', undefined, { id: 'one' });
    await clock.runAll();
    expect(carried).toEqual([{ traceparent: 'of one' }]);
  });

  test('a reader that holds the run loses no event, however slow it is', async () => {
    class Counter {
      @OnSuccess('count', { when: (number: number) => number < 2_000 })
      @Job()
      count(context: StepContext): number {
        return context.step.round;
      }
    }
    const { runtime, clock } = wired(open(), { Counter: new Counter() }, { 'Counter.count': ['context'] });
    const run = await runtime.start('Counter.count', undefined, { suspended: true });
    const events = run.events({ hold: true })[Symbol.asyncIterator]();
    await run.resume();
    await clock.advance(0);
    expect((await run.inspect()).counts.completed).toBeLessThan(2_000);
    const types = new Set<string>();
    for (let next = await events.next(); next.done !== true; next = await events.next()) types.add(next.value.type);
    expect(types.has('gap')).toBe(false);
    expect((await run.report()).counts.completed).toBe(2_000);
  });
});

test('N5: chained observers are called in order, each for itself', async () => {
  const called: string[] = [];
  const failing: Observer = {
    onRunStart: () => {
      called.push('failing');
      throw new Error('no');
    },
  };
  const slow: Observer = {
    onRunStart: async () => {
      await Promise.resolve();
      called.push('slow');
    },
  };
  const { runtime, clock } = wired(ENGINES[0].open(), { Shop: new Shop() }, PARAMETERS);
  runtime.observe(chained(failing, slow, { onRunStart: () => void called.push('last') }));
  await runtime.start('Shop.order');
  await clock.runAll();
  expect(called).toEqual(['failing', 'slow', 'last']);
});

test('what is not an observer, and options that are wrong, are refused with the nearest name', async () => {
  const { runtime } = wired(ENGINES[0].open(), { Shop: new Shop() }, PARAMETERS);
  const observe = (observer: unknown, options?: unknown): Promise<unknown> =>
    rejectionOf(Promise.resolve().then(() => Reflect.apply(runtime.observe, runtime, [observer, options])));
  expect(String(await observe({ onStepFinish: () => {} }))).toMatchInlineSnapshot(
    `"OnwardError: ONW3060: there is no hook \`onStepFinish\`; did you mean \`onStepEnd\`?"`,
  );
  // One that is right does not make up for one that would never be called.
  expect(String(await observe({ onRunEnd: () => {}, onNodeStart: () => {}, onStepEnded: () => {} }))).toContain(
    'there is no hook `onNodeStart`; did you mean `onStepStart`?; there is no hook `onStepEnded`; did you mean `onStepEnd`?',
  );
  expect(String(await observe({ onRunEnd: () => {}, Around: () => {} }))).toContain('did you mean `around`?');
  expect(String(await observe({ onRunEnd: () => {}, onrunstart: () => {} }))).toContain('did you mean `onRunStart`?');
  for (const [member, value, wish] of [
    ['precise', 'yes', 'true or false, got "yes"'],
    ['eventTypes', 'run.ended', 'an array of strings, got "run.ended"'],
  ] as const) {
    expect(String(await observe({ onEvent: () => {}, [member]: value }))).toContain(`\`${member}\` to be ${wish}`);
  }
  expect(String(await observe({ onEvent: () => {}, eventTypes: ['run.end'] }))).toContain(
    '`eventTypes` names "run.end", which is no type of events; did you mean run.ended?',
  );
  expect(String(await observe({ onEvent: () => {}, showFailures: true, eventType: [] }))).toContain(
    'has `showFailures`, which nobody reads; did you mean `showsFailures`?; the observer has `eventType`, which',
  );
  // Members of its own are no hooks, and no options.
  const own = { onRunEnd: () => {}, onTimer: () => {}, closed: true, carried: {}, precision: 2, events: [] };
  expect(() => runtime.observe(own)).not.toThrow();
  expect(String(await observe({ onNodeStart: () => {} }))).toContain('did you mean `onStepStart`?');
  expect(String(await observe({ start: () => {} }))).toContain('the hooks are onRunStart, onRunEnd');
  expect(String(await observe(null))).toMatchInlineSnapshot(
    `"OnwardError: ONW3060: expected an observer, an object with hooks such as onRunStart, got null"`,
  );
  expect(
    String(await observe({ onRunEnd: () => {} }, { nodes: 'Shop.pcak', events: ['run.end'], mode: 'fast' })),
  ).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: the options of observe are not valid: expected \`mode\` to be 'awaited' or 'background', got "fast"; \`nodes\` names "Shop.pcak", which fits no node; did you mean Shop.pack?; \`events\` names "run.end", which is no type of events; did you mean run.ended?"`,
  );
});

test('all observers of a list that are none are refused at once, each at its place', async () => {
  const services = { Shop: new Shop() };
  const open = (observers: unknown[]): unknown =>
    Reflect.apply(createRuntime, undefined, [wire(services, PARAMETERS), { services, observers }]);
  const factory = (): object => ({});
  expect(() => open([factory, { onRunEnd: () => {} }, [{ onRunEnded: () => {} }, {}]])).toThrow(
    'ONW3060: observers[0]: expected an observer, an object with hooks such as onRunStart, got a function; call it, or make an instance of it; observers[2]: there is no hook `onRunEnded`; did you mean `onRunEnd`?',
  );
  const { runtime } = wired(ENGINES[0].open(), services, PARAMETERS);
  const start = Reflect.apply(runtime.start, runtime, ['Shop.order', undefined, { observers: [5, 6] }]);
  const refused = await rejectionOf(start);
  expect(String(refused)).toMatch(/ONW3060: observers\[0\]: .* got 5; observers\[1\]: .* got 6$/);
});

test('times are those of the turn of the event loop, unless an observer asks for precise ones', async () => {
  for (const precise of [undefined, false, true]) {
    const turn = virtualClock();
    let ms = 0;
    // Computing takes time, which a turn does not see.
    const clock = { ...turn, now: () => turn.now() + ms };
    class Mill {
      @Job() grind(): void {
        ms += 40;
      }
      @OnSuccess('grind') sieve(): void {
        ms += 7;
      }
    }
    const services = { Mill: new Mill() };
    const runtime = createRuntime(wire(services), { services, clock });
    const seen: number[] = [];
    const timing: Observer = {
      ...(precise !== undefined && { precise }),
      onStepEnd: ({ at, startedAt }) => void seen.push(at - startedAt),
    };
    runtime.observe(precise === true ? chained({ onRunEnd() {} }, timing) : timing);
    const run = await runtime.start('Mill.grind', undefined);
    await turn.runAll();
    await run.report();
    expect(seen).toEqual(precise === true ? [40, 7] : [0, 0]);
  }
});
