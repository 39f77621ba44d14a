// The same start is the same start: what tells two of them apart is what was given, not what classes fill in.

import { IsInt, IsOptional } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, type RunHandle, type StepContext } from 'onward';
import { ENGINES, rejectionOf, wired, type Wired } from '../support/wired.ts';

let made = 0;
class Order {
  @IsInt() cups!: number;
  @IsOptional() note?: string;
  readonly at = new Date();
  readonly number = ++made;
}

const prints: number[] = [];
class Shop {
  @Job() order({ cups }: Order): number {
    return cups;
  }
  @Job({ retry: { attempts: 2, delay: 1 } }) async brew(context: StepContext): Promise<void> {
    await context.call(Shop, 'print', { cups: 2 });
    await context.spawn(Shop, 'print', { cups: 3 });
    if (context.step.attempt === 1) throw new Error('spilt');
  }
  @Handler() print({ cups }: Order): void {
    prints.push(cups);
  }
}
const PARAMETERS = { 'Shop.order': [Order], 'Shop.print': [Order], 'Shop.brew': ['context'] } as const;

type Begin = (app: Wired, cups: number) => Promise<Pick<RunHandle, 'id'>>;
const options = { id: 'day' };
const STARTS: [name: string, begin: Begin][] = [
  ['a job', ({ start }, cups) => start('Shop.order', { cups }, options)],
  ['a signature', ({ runtime }, cups) => runtime.start(runtime.sign('Shop.order', { cups }), {}, options)],
  [
    'a signature with an override',
    ({ runtime }, cups) => runtime.start(runtime.sign('Shop.order'), { cups: 0 }, { ...options, override: { cups } }),
  ],
  [
    'a sequence',
    ({ runtime }, cups) =>
      runtime.start(
        runtime.sequence([
          { job: 'Shop.order', message: { cups: 1 } },
          { job: 'Shop.order', message: { cups } },
        ]),
        options,
      ),
  ],
  [
    'groups',
    ({ runtime }, cups) =>
      runtime.start(
        runtime.parallel([
          { job: 'Shop.order', message: { cups: 1 }, group: 'a' },
          { job: 'Shop.order', message: { cups }, group: 'b' },
          { job: 'Shop.order', message: { cups: 3 }, group: 'a' },
        ]),
        options,
      ),
  ],
  ['a swarm', ({ runtime }, cups) => runtime.start(runtime.swarm().add('Shop.order', { cups }).close(), options)],
];

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test.each(STARTS)('%s: a class with the time of day in it makes no other start of it', async (_what, begin) => {
    const app = wired(open(), { Shop: new Shop() }, PARAMETERS);
    const first = await begin(app, 2);
    expect((await begin(app, 2)).id).toBe(first.id);
    expect(await rejectionOf(begin(app, 4))).toMatchObject({ code: 'ONW3033' });
    await app.clock.runAll();
  });

  test('a job and a signature of it with the same message are the same start; an undefined field is none', async () => {
    const app = wired(open(), { Shop: new Shop() }, PARAMETERS);
    const { runtime, start } = app;
    const first = await start('Shop.order', { cups: 2 }, options);
    for (const same of [
      await runtime.start(runtime.sign('Shop.order'), { cups: 2 }, options),
      await runtime.start(runtime.sign('Shop.order', { cups: 2 }), {}, options),
      await start('Shop.order', { note: undefined, cups: 2 }, options),
    ])
      expect(same.id).toBe(first.id);
    await app.clock.runAll();
  });

  test('what counts is the message as it is at the call, also if its owner changes it meanwhile', async () => {
    const app = wired(open(), { Shop: new Shop() }, PARAMETERS);
    const message = { cups: 2 };
    const first = app.start('Shop.order', message, options);
    message.cups = 3;
    await first;
    expect((await app.start('Shop.order', { cups: 2 }, options)).id).toBe('day');
    expect(await rejectionOf(app.start('Shop.order', message, options))).toMatchObject({ code: 'ONW3033' });
    await app.clock.runAll();
  });

  test('a retried body that calls or spawns the same gets the child that is there', async () => {
    prints.splice(0);
    const report = await wired(open(), { Shop: new Shop() }, PARAMETERS).report('Shop.brew');
    expect(report).toMatchObject({ status: 'completed' });
    expect(prints.toSorted((a, b) => a - b)).toEqual([2, 3]);
  });
});
