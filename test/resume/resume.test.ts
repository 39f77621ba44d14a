// `resume` at the start: the same id goes on where it was, and what to do if its input has changed.

import { IsInt, IsOptional, IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Job, memoryEngine, OnSuccess, type Engine } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { journaledEngine } from 'onward/testing';
import { DRIVERS, storeFile } from '../support/sqlite.ts';
import { rejectionOf, wired, type Wired } from '../support/wired.ts';

class Order {
  @IsInt() n!: number;
  @IsOptional() @IsString() note?: string;
}

interface Life extends Wired {
  readonly called: string[];
}

/** A process of its own, as far as the engine is concerned. */
function life(engine: Engine, failing: readonly string[] = []): Life {
  const called: string[] = [];
  const act = (name: string): void => {
    called.push(name);
    if (failing.includes(name)) throw new Error(`${name} failed`);
  };
  class Shop {
    @Job() order({ n }: Order): number {
      act(`order ${n}`);
      return n;
    }
    @OnSuccess('order') pay(n: number): undefined {
      act(`pay ${n}`);
      return undefined;
    }
    @OnSuccess('pay') ship(): string {
      act('ship');
      return 'shipped';
    }
  }
  return { ...wired(engine, { Shop: new Shop() }, { 'Shop.order': [Order], 'Shop.pay': ['any'] }), called };
}

/** What is kept between two lives. */
const PLACES: [string, () => () => Engine][] = [
  [
    'on maps, with faults',
    () => {
      const engine = journaledEngine({ seed: 5, lose: 0.2, reorder: true });
      return () => engine;
    },
  ],
  ...DRIVERS.map((driver): [string, () => () => Engine] => [
    `on SQLite (${driver})`,
    () => {
      const file = storeFile();
      return () => sqliteEngine({ file, driver });
    },
  ]),
];

async function leave({ runtime, clock }: Life): Promise<void> {
  const closing = runtime.close({ drainMs: 1 });
  await clock.advance(1);
  await closing;
}

describe.each(PLACES)('%s', (_, place) => {
  /** One life after another in one place. */
  function lives(): (failing?: readonly string[]) => Promise<Life> {
    const open = place();
    let before: Life | undefined;
    return async (failing) => {
      if (before !== undefined) await leave(before);
      before = life(open(), failing);
      return before;
    };
  }

  async function report(app: Life, message: object, options: object): Promise<Awaited<ReturnType<Wired['report']>>> {
    return app.report('Shop.order', message, { id: 'any id: ü/1', ...options });
  }

  test('S-D7: only what failed runs, with the exact values before it; a third time nothing runs', async () => {
    const next = lives();
    const first = await next(['ship']);
    expect((await report(first, { n: 1 }, {})).status).toBe('failed');
    expect(first.called).toEqual(['order 1', 'pay 1', 'ship']);
    const second = await next();
    const ended = await report(second, { n: 1 }, { resume: true });
    expect(second.called).toEqual(['ship']);
    expect(ended.steps.map(({ code, returnValue }) => [code, returnValue])).toEqual([
      [208, 1],
      [208, undefined],
      [0, 'shipped'],
    ]);
    const third = await next();
    const same = await report(third, { n: 1 }, { resume: true });
    expect(third.called).toEqual([]);
    expect(JSON.stringify(same)).toBe(JSON.stringify(ended));
    await leave(third);
  });

  test('a run that is new begins, one that is open is joined', async () => {
    const next = lives();
    const app = await next();
    const start = { id: 'a', resume: true, suspended: true };
    const run = await app.start('Shop.order', { n: 1 }, start);
    const joined = await app.start('Shop.order', { n: 1 }, start);
    expect(joined.id).toBe(run.id);
    await run.resume();
    await app.clock.runAll();
    expect((await joined.report()).status).toBe('completed');
    expect(app.called).toEqual(['order 1', 'pay 1', 'ship']);
    await leave(app);
  });

  test('D7: the run goes on with what it began with', async () => {
    const next = lives();
    await report(await next(['ship']), { n: 1 }, {});
    const app = await next();
    expect(await rejectionOf(report(app, { n: 2 }, {}))).toMatchObject({ code: 'ONW3033' });
    const ended = await report(app, { n: 2 }, { resume: true });
    expect(ended.steps[0]).toMatchObject({ message: { n: 1 }, returnValue: 1, code: 208 });
    expect(app.called).toEqual(['ship']);
    // The old fingerprint stays.
    expect(await rejectionOf(report(app, { n: 2 }, {}))).toMatchObject({ code: 'ONW3033' });
    expect((await report(app, { n: 1 }, {})).status).toBe('completed');
    await leave(app);
  });

  test('D7: it is refused, and nothing is touched', async () => {
    const next = lives();
    const first = await report(await next(['ship']), { n: 1 }, {});
    const app = await next();
    const raise = { resume: { onInputChange: 'raise' } };
    expect(await rejectionOf(report(app, { n: 2 }, raise))).toMatchObject({ code: 'ONW3039' });
    expect(app.called).toEqual([]);
    const found = await app.runtime.run('any id: ü/1');
    expect(JSON.stringify(await found?.report())).toBe(JSON.stringify(first));
    expect((await report(app, { n: 1 }, raise)).status).toBe('completed');
    await leave(app);
  });

  test('D7: it starts over, and no other run is touched', async () => {
    const next = lives();
    const before = await next(['ship']);
    await report(before, { n: 1 }, {});
    const other = await before.report('Shop.order', { n: 9 }, { id: 'other' });
    const app = await next();
    const reset = { resume: { onInputChange: 'reset' } } as const;
    const ended = await report(app, { n: 2 }, reset);
    expect(app.called).toEqual(['order 2', 'pay 2', 'ship']);
    expect(ended.steps.map(({ code }) => code)).toEqual([0, 0, 0]);
    const found = await app.runtime.run('other');
    expect(JSON.stringify(await found?.report())).toBe(JSON.stringify(other));
    expect((await report(app, { n: 2 }, {})).status).toBe('completed');
    expect(await rejectionOf(report(app, { n: 1 }, {}))).toMatchObject({ code: 'ONW3033' });
    const open = await app.start('Shop.order', { n: 3 }, { id: 'open', suspended: true });
    expect(await rejectionOf(app.start('Shop.order', { n: 4 }, { id: 'open', ...reset }))).toMatchObject({
      code: 'ONW3031',
    });
    await open.cancel();
    await leave(app);
  });

  test('the order of fields does not count, and an own fingerprint stands for the message', async () => {
    const next = lives();
    await report(await next(['ship']), { n: 1, note: 'x' }, {});
    const app = await next();
    const raise = { resume: { onInputChange: 'raise' } };
    expect((await report(app, { note: 'x', n: 1 }, raise)).status).toBe('completed');
    const own = { id: 'own', fingerprint: 'v1' };
    await app.report('Shop.order', { n: 1 }, own);
    expect((await app.report('Shop.order', { n: 2 }, own)).steps[0]).toMatchObject({ message: { n: 1 } });
    const other = { ...own, fingerprint: 'v2' };
    expect(await rejectionOf(app.start('Shop.order', { n: 1 }, other))).toMatchObject({ code: 'ONW3033' });
    await leave(app);
  });

  test('a history that has dropped steps is named, with the one that would have kept them', async () => {
    const next = lives();
    await report(await next(['ship']), { n: 1 }, { history: 1 });
    const app = await next();
    const refusal = { code: 'ONW3032', details: { history: 1, steps: 3 } };
    expect(await rejectionOf(report(app, { n: 1 }, { resume: true }))).toMatchObject(refusal);
    const refused = await rejectionOf(app.runtime.retry('any id: ü/1'));
    expect(String(refused)).toContain('`history: 3`');
    await leave(app);
  });
});

test('without an id there is nothing to go on with', async () => {
  const app = life(journaledEngine());
  expect(await rejectionOf(app.start('Shop.order', { n: 1 }, { resume: true, fingerprint: 'x' }))).toMatchObject({
    code: 'ONW3004',
    message: expect.stringContaining('`resume` needs an `id`; `fingerprint` needs an `id`'),
  });
  expect(await rejectionOf(app.runtime.retry('nobody'))).toMatchObject({ code: 'ONW3035' });
  const odd: unknown = Reflect.apply(app.runtime.retry, app.runtime, [{ id: 'nobody' }]);
  expect(String(await rejectionOf(Promise.resolve(odd)))).toContain(
    'ONW3035: there is no run an object; retry takes the id of a run',
  );
});

test('in memory nothing is kept', async () => {
  const app = life(memoryEngine());
  const resumed = app.start('Shop.order', { n: 1 }, { id: 'a', resume: true });
  expect(await rejectionOf(resumed)).toMatchObject({ code: 'ONW3032' });
  expect(await rejectionOf(app.runtime.retry('a'))).toMatchObject({ code: 'ONW3032' });
});
