// `onGraphChange`: a later process has another graph than an open run began with.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnStart, OnSuccess, type Engine } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { journaledEngine } from 'onward/testing';
import { DRIVERS, storeFile } from '../support/sqlite.ts';
import { DUE_MS, newShop, oldShop, SHOP_PARAMETERS } from '../support/two-versions.ts';
import { wired, type Wired } from '../support/wired.ts';

interface Life extends Wired {
  readonly called: string[];
}

/** Before the deployment, `pay` never ends. */
function before(engine: Engine): Life {
  const called: string[] = [];
  class Shop {
    @Job() order(): string {
      called.push('order');
      return 'o';
    }
    @OnStart('pay') open(): void {
      called.push('open');
    }
    @OnSuccess('order') async pay(): Promise<string> {
      called.push('pay');
      await new Promise(() => undefined);
      return 'never';
    }
    @OnSuccess('order', { after: '1h' }) remind(): void {
      called.push('remind');
    }
  }
  return { ...wired(engine, { Shop: new Shop() }), called };
}

/** After it, `pay` ends and is followed by something. */
function after(engine: Engine): Life {
  const called: string[] = [];
  class Shop {
    @Job() order(): string {
      called.push('order');
      return 'o';
    }
    @OnStart('pay') open(): void {
      called.push('open');
    }
    @OnSuccess('order') pay(): string {
      called.push('pay');
      return 'p';
    }
    @OnSuccess('order', { after: '1h' }) remind(): void {
      called.push('remind');
    }
    @OnSuccess('pay') @Handler() thank(): void {
      called.push('thank');
    }
  }
  return { ...wired(engine, { Shop: new Shop() }), called };
}

async function leave({ runtime, clock }: Life): Promise<void> {
  const closing = runtime.close({ drainMs: 1 });
  await clock.advance(1);
  await closing;
}

describe.each(DRIVERS)('%s', (driver) => {
  async function deployed(onGraphChange: 'reuse' | 'raise' | 'reset', next = after): Promise<Life> {
    const file = storeFile();
    const old = before(sqliteEngine({ file, driver }));
    await old.start('Shop.order', undefined, { id: 'a', onGraphChange });
    await old.clock.advance(1);
    expect(old.called).toEqual(['order', 'open', 'pay']);
    await leave(old);
    const app = next(sqliteEngine({ file, driver }));
    void app.runtime.work();
    await app.clock.advance(10);
    return app;
  }

  test('the run goes on by the names of its nodes', async () => {
    const app = await deployed('reuse');
    expect(app.called).toEqual(['pay', 'thank']);
    await leave(app);
  });

  test('the run is held until it is resumed, and goes on with the new graph then', async () => {
    const app = await deployed('raise');
    await app.clock.runAll();
    expect(app.called).toEqual([]);
    const run = await app.runtime.run('a');
    expect((await run?.inspect())?.status).toBe('suspended');
    await run?.resume();
    await app.clock.runAll();
    expect((await run?.report())?.status).toBe('completed');
    expect(app.called).toEqual(
      ['pay', 'remind', 'thank'].toSorted((a, b) => app.called.indexOf(a) - app.called.indexOf(b)),
    );
    await leave(app);
  });

  test('the run is not held by the graph that it began with', async () => {
    const app = await deployed('raise', before);
    expect(app.called).toEqual(['pay']);
    await leave(app);
  });

  test('the run starts over', async () => {
    const app = await deployed('reset');
    await app.clock.runAll();
    const run = await app.runtime.run('a');
    expect((await run?.report())?.status).toBe('completed');
    expect(app.called).toEqual(['order', 'open', 'pay', 'thank', 'remind']);
    await leave(app);
  });
});

// The process dies with a body under way; when the new version comes, a timer is due and somebody sends a message at once.
describe.each([
  ['without faults', {}],
  ['with faults', { seed: 7, lose: 0.3, reorder: true, slow: 0.3 }],
])('on maps %s, what comes first', (_, faults) => {
  async function overtaken(onGraphChange: 'raise' | 'reset'): Promise<Life> {
    const engine = journaledEngine(faults);
    const old = wired(engine, { Shop: oldShop(() => undefined) }, SHOP_PARAMETERS);
    await old.start('Shop.order', undefined, { id: 'a', onGraphChange });
    await old.clock.advance(1);
    const called: string[] = [];
    const app = wired(engine, { Shop: newShop((body) => called.push(body)) }, SHOP_PARAMETERS);
    await app.clock.advance(DUE_MS);
    const run = await app.runtime.run('a');
    const sent: unknown = run && Reflect.apply(run.send, run, ['Shop.approve', 'the boss']);
    engine.restart();
    await app.clock.advance(1);
    await sent;
    return { ...app, called };
  }

  test('is held with the run', async () => {
    const { runtime, clock, called } = await overtaken('raise');
    expect(called).toEqual([]);
    const run = await runtime.run('a');
    expect((await run?.inspect())?.status).toBe('suspended');
    await run?.resume();
    await clock.runAll();
    expect((await run?.report())?.status).toBe('completed');
    expect(called.toSorted()).toEqual(['approve', 'pay', 'remind', 'thank']);
  });

  test('finds the run started over', async () => {
    const { runtime, clock, called } = await overtaken('reset');
    await clock.runAll();
    expect((await (await runtime.run('a'))?.report())?.status).toBe('completed');
    expect(called.toSorted()).toEqual(['approve', 'order', 'pay', 'remind', 'thank']);
  });
});
