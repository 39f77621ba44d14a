// Starting runs: names, messages, options, ids; and what a runtime says to data from outside.

import { IsInt, IsOptional, IsString, Min, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { describe, expect, test } from 'vitest';
import {
  createRuntime,
  Job,
  memoryEngine,
  OnSuccess,
  type OnwardError,
  type StartOptions,
  type StepContext,
} from 'onward';
import { virtualClock } from 'onward/testing';
import { ENGINES, rejectionOf, wire, wired } from '../support/wired.ts';

class Line {
  @IsInt() @Min(1) qty!: number;
}
class Order {
  @IsString() id!: string;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
  @IsOptional() @IsString() note?: string;
}

class Shop {
  calls = 0;
  @Job() sell(order: Order): string {
    this.calls++;
    return `${order.id} ${order.lines.length} ${order instanceof Order} ${order.lines.every((line) => line instanceof Line)}`;
  }
  @Job() tidy(): void {}
  @OnSuccess('sell') post(): void {}
}

const PARAMETERS = { 'Shop.sell': [Order] };
const ORDER = { id: 'o1', lines: [{ qty: 2 }, { qty: 3 }] };

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const shop = () => {
    const service = new Shop();
    return { service, ...wired(open(), { Shop: service }, PARAMETERS) };
  };

  test('a message is plain data; the body gets instances of its classes', async () => {
    const { report } = shop();
    expect((await report('Shop.sell', ORDER)).value).toBe('o1 2 true true');
  });

  test('a job without a message takes none: options in its place are refused, with where they go', async () => {
    const { report, start, runtime } = shop();
    expect(await report('Shop.tidy')).toMatchObject({ status: 'completed' });
    const refused = await rejectionOf(start('Shop.tidy', { stepLimit: 5 }));
    expect(refused).toMatchObject({ code: 'ONW3004' });
    expect(String(refused)).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: Shop.tidy takes no message, got an object; leave it out; options come after it: start('Shop.tidy', undefined, { … })"`,
    );
    const inPlans: (() => Promise<unknown>)[] = [
      () => runtime.parse('Shop.tidy', {}),
      () => runtime.start(runtime.sequence([{ job: 'Shop.tidy', message: { anything: 1 } }])),
      () => runtime.start(runtime.swarm().add('Shop.tidy', { anything: 1 })),
      () => runtime.start(runtime.sign('Shop.tidy'), { stepLimit: 5 }),
      () => runtime.schedule('Shop.tidy', '@daily', { message: {} }),
    ];
    // Only where options come after the message are they meant by it.
    for (const [at, begin] of inPlans.entries())
      expect(String(await rejectionOf(begin()))).toMatch(
        at === 3
          ? /Shop.tidy takes no message.*start\(…, undefined, \{ … \}\)$/
          : /Shop.tidy takes no message, got an object; leave it out$/,
      );
    expect(
      String(await rejectionOf(Reflect.apply(runtime.start, runtime, ['Shop.tidy', undefined, {}, {}]))),
    ).toContain('start takes a job, its message and options; got 4 arguments');
  });

  test('ONW3005: an unknown job is refused, with the nearest name; a handler with what it lacks', async () => {
    const { start } = shop();
    expect(String(await rejectionOf(start('Shop.sel', ORDER)))).toMatchInlineSnapshot(
      `"OnwardError: ONW3005: there is no job "Shop.sel"; did you mean Shop.sell?"`,
    );
    expect(String(await rejectionOf(start('x', ORDER)))).toMatchInlineSnapshot(
      `"OnwardError: ONW3005: there is no job "x"; the jobs are Shop.sell, Shop.tidy"`,
    );
    expect(String(await rejectionOf(start('Shop.post')))).toMatchInlineSnapshot(
      `"OnwardError: ONW3005: there is no job "Shop.post"; it is a handler: annotate it with @Job to start it"`,
    );
    for (const name of ['__proto__', 'toString', 'constructor', '', 'Shop.', '.sell', 'shop.sell']) {
      expect(await rejectionOf(start(name))).toMatchObject({ code: 'ONW3005' });
    }
  });

  test('isJob: only the ids of jobs are jobs', () => {
    const { runtime } = shop();
    expect(['Shop.sell', 'Shop.tidy'].map((id) => runtime.isJob(id))).toEqual([true, true]);
    for (const id of ['Shop.post', '__proto__', 'toString', 'hasOwnProperty', '', 'Shop.sell '])
      expect(runtime.isJob(id)).toBe(false);
  });

  test('a wrong message is refused with every issue, before anything is stored', async () => {
    const { service, start, runtime } = shop();
    const wrong = { id: 7, lines: [{ qty: 1 }, { qty: 0 }], more: true };
    const refused = await rejectionOf(start('Shop.sell', wrong, { id: 'one' }));
    expect(refused).toMatchObject({ code: 'ONW2003' });
    expect(issuesOf(refused)).toEqual(['id', 'lines[1].qty', 'more']);
    expect([service.calls, await runtime.run('one')]).toEqual([0, undefined]);
    await expect(start('Shop.sell')).rejects.toMatchObject({ code: 'ONW2001' });
    expect(await (await start('Shop.sell', ORDER, { id: 'one' })).value()).toBe('o1 2 true true');
  });

  test('parse: unknown in, a checked message out', async () => {
    const { runtime, service } = shop();
    const order = await runtime.parse('Shop.sell', JSON.parse(JSON.stringify(ORDER)));
    expect(order).toBeInstanceOf(Order);
    expect(order).toEqual(ORDER);
    expect(issuesOf(await rejectionOf(runtime.parse('Shop.sell', { lines: [] })))).toEqual(['id']);
    await expect(runtime.parse('Shop.sel', ORDER)).rejects.toMatchObject({ code: 'ONW3005' });
    expect(service.calls).toBe(0);
  });

  test('ONW3004: every option that is wrong, at once', async () => {
    const { start } = shop();
    const options = { id: '', tags: 'vip', stepLimit: 0, history: -1, priority: 3 } as unknown as StartOptions;
    const refused = await rejectionOf(start('Shop.sell', ORDER, options));
    expect(refused).toMatchObject({ code: 'ONW3004' });
    expect(String(refused)).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: the options of start are not valid: expected \`id\` to be a string of 1 to 512 characters, without control characters and half characters, got ""; expected \`tags\` to be an array of strings, got "vip"; expected \`stepLimit\` to be a whole number of at least 1, or null, got 0; expected \`history\` to be 'all', 'failures' or a whole number of at least 0, got -1; there is no option \`priority\`; the options are id, tags, stepLimit, maxPerRun, deadline, notBefore, suspended, observers, history, resume, fingerprint, onGraphChange"`,
    );
    for (const bad of [null, 7, 'id'] as unknown as StartOptions[]) {
      await expect(start('Shop.sell', ORDER, bad)).rejects.toMatchObject({ code: 'ONW3004' });
    }
  });

  test('ONW3004: a deadline that has passed, as a time from now or as a date, is refused alike', async () => {
    const { start, clock } = shop();
    await clock.advance(10_000);
    const now = clock.now();
    for (const deadline of [0, -1, new Date(now), new Date(now - 5_000), new Date(0)]) {
      const refused = await rejectionOf(start('Shop.sell', ORDER, { deadline }));
      expect(refused).toMatchObject({ code: 'ONW3004' });
      expect(String(refused)).toContain('expected `deadline` to be');
    }
    expect(String(await rejectionOf(start('Shop.sell', ORDER, { deadline: new Date(0) })))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: the options of start are not valid: expected \`deadline\` to be later than now, got 1970-01-01T00:00:00.000Z"`,
    );
    const run = await start('Shop.sell', ORDER, { deadline: new Date(now + 5_000) });
    await clock.runAll();
    expect((await run.report()).status).toBe('completed');
  });

  test('the same id and message join the run; the order of the fields does not matter', async () => {
    const { service, start, clock } = shop();
    const [first, second] = await Promise.all([
      start('Shop.sell', ORDER, { id: 'order-1' }),
      start('Shop.sell', { lines: [{ qty: 2 }, { qty: 3 }], id: 'o1' }, { id: 'order-1' }),
    ]);
    await clock.runAll();
    expect(second.id).toBe(first.id);
    expect(await second.value()).toBe(await first.value());
    const later = await start('Shop.sell', ORDER, { id: 'order-1' });
    expect(await later.report()).toEqual(await first.report());
    expect(service.calls).toBe(1);
  });

  test('ONW3033: the same id with another message or job is refused', async () => {
    const { service, start, clock } = shop();
    await start('Shop.sell', ORDER, { id: 'order-1' });
    await clock.runAll();
    const refused = await rejectionOf(start('Shop.sell', { ...ORDER, note: 'x' }, { id: 'order-1' }));
    expect(refused).toMatchObject({ code: 'ONW3033', details: { runId: 'order-1' } });
    expect(String(refused)).toMatchInlineSnapshot(
      `"OnwardError: ONW3033: run order-1 exists with another job or message; start it under another id, or join it with runtime.run(id)"`,
    );
    await expect(start('Shop.tidy', undefined, { id: 'order-1' })).rejects.toMatchObject({ code: 'ONW3033' });
    expect(service.calls).toBe(1);
  });

  test('an id stands for the message as it was given, whatever becomes of the object', async () => {
    const calls: string[] = [];
    class Till {
      @Job() sell({ lines }: Order): void {
        calls.push(`sell ${lines.length}`);
      }
      @Job() count({ qty }: Line): void {
        calls.push(`count ${qty}`);
      }
    }
    const { start, clock } = wired(open(), { Till: new Till() }, { 'Till.sell': [Order], 'Till.count': [Line] });
    const order = { id: 'o1', lines: [{ qty: 2 }] };
    const line = { qty: 2 };
    await start('Till.sell', order, { id: 'order' });
    await start('Till.count', line, { id: 'line' });
    order.lines.push({ qty: 3 });
    line.qty = 3;
    // While they are open, and once they are over.
    for (let round = 0; round < 2; round++) {
      await expect(start('Till.sell', order, { id: 'order' })).rejects.toMatchObject({ code: 'ONW3033' });
      await expect(start('Till.count', line, { id: 'line' })).rejects.toMatchObject({ code: 'ONW3033' });
      expect((await start('Till.sell', { lines: [{ qty: 2 }], id: 'o1' }, { id: 'order' })).id).toBe('order');
      expect((await start('Till.count', { qty: 2 }, { id: 'line' })).id).toBe('line');
      await clock.runAll();
    }
    expect(calls).toHaveLength(2);
  });

  test('without an id every start is a run of its own; `run(id)` finds what has one', async () => {
    const { runtime, start, clock } = shop();
    const ids = (await Promise.all([1, 2, 3].map(() => start('Shop.sell', ORDER)))).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => /^[A-Za-z][\w.~-]*$/.test(id))).toBe(true);
    await start('Shop.sell', ORDER, { id: 'my own' });
    await clock.runAll();
    expect(await (await runtime.run('my own'))?.value()).toBe('o1 2 true true');
    expect(await runtime.run('another')).toBeUndefined();
  });

  test('tags are one run’s own: neither the caller nor a body can change them', async () => {
    class Tagged {
      @Job() go(context: StepContext): readonly string[] {
        Reflect.set(context.tags, context.tags.length, 'spoilt');
        return context.tags;
      }
    }
    const { report, start } = wired(open(), { Tagged: new Tagged() }, { 'Tagged.go': ['context'] });
    expect((await report('Tagged.go')).value).toEqual([]);
    expect((await report('Tagged.go')).value).toEqual([]);
    const tags = ['vip'];
    const starting = start('Tagged.go', undefined, { tags });
    tags.push('late');
    expect(await (await starting).value()).toEqual(['vip']);
  });

  test('a validator that takes its time refuses and accepts like any other', async () => {
    const { IsLate } = await import('../support/late-validator.ts');
    class Late {
      @IsLate() value!: string;
    }
    class Slow {
      @Job() go(late: Late): string {
        return late.value;
      }
    }
    const { report, start } = wired(open(), { Slow: new Slow() }, { 'Slow.go': [Late] });
    expect((await report('Slow.go', { value: 'good' })).value).toBe('good');
    expect(issuesOf(await rejectionOf(start('Slow.go', { value: 'bad' })))).toEqual(['value']);
  });

  test('`validate: false` takes messages as they are', async () => {
    const services = { Shop: new Shop() };
    const runtime = createRuntime(wire(services, PARAMETERS), {
      services,
      engine: open(),
      clock: virtualClock(),
      messages: { validate: false },
    });
    expect(await (await runtime.start('Shop.sell', { id: 'x', lines: [], more: 1 })).value()).toBe('x 0 true true');
  });
});

function issuesOf(error: unknown): string[] {
  return (error as OnwardError).issues.map(({ path }) => path).sort();
}

test('starts keep their order while the engine is being opened', async () => {
  const begun: number[] = [];
  class Page {
    @IsInt() n!: number;
  }
  class Clerk {
    @Job() take(page: Page): void {
      begun.push(page.n);
    }
  }
  const services = { Clerk: new Clerk() };
  const engine = memoryEngine();
  const open = engine.open.bind(engine);
  const loaded = import('../../src/runtime/run-starts.ts');
  let goOn = (): void => undefined;
  const isAwaited = new Promise<void>((resolve) => (goOn = resolve));
  let opened: Promise<unknown> | undefined;
  engine.open = async (core) => void (await (opened = Promise.all([open(core), isAwaited])));
  const runtime = createRuntime(wire(services, { 'Clerk.take': [Page] }), { services, engine });
  const starting = [runtime.start('Clerk.take', { n: 0 })];
  await loaded;
  await expect.poll(() => opened !== undefined).toBe(true);
  goOn();
  await opened;
  // One in each of the turns around the one in which it is open.
  for (let n = 1; n <= 50; n++) {
    starting.push(runtime.start('Clerk.take', { n }));
    await Promise.resolve();
  }
  await Promise.all(starting);
  await runtime.close();
  expect(begun).toEqual(Array.from({ length: 51 }, (_, n) => n));
});

describe('the stack of an error', () => {
  const services = { Shop: new Shop() };
  const graph = wire(services, PARAMETERS);
  const { runtime } = wired(memoryEngine(), services, PARAMETERS);

  async function sellIt(...given: readonly [job: string, message?: unknown, options?: StartOptions]): Promise<void> {
    await runtime.start(...given);
  }
  function openIt(options: object): void {
    createRuntime(graph, { services, ...options });
  }

  test.each([
    ['a message that does not fit', 'sellIt', () => sellIt('Shop.sell', { id: 1 })],
    ['a job that there is not', 'sellIt', () => sellIt('Shop.sel', ORDER)],
    ['an option that there is not', 'sellIt', () => sellIt('Shop.sell', ORDER, Object({ idd: 'a' }))],
    ['an option of the runtime', 'openIt', async () => openIt({ engin: 1 })],
  ])('begins where the program called: %s', async (_what, caller, call) => {
    const error = await rejectionOf(call());
    const lines = String(error instanceof Error ? error.stack : '').split('\n');
    expect(lines.find((line) => line.startsWith('    at '))).toMatch(
      new RegExp(`^    at ${caller} .*start\\.test\\.ts:`),
    );
  });
});
