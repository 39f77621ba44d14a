// Workers of two versions on the same runs in Redis: one after the other, and side by side.

import { expect, test } from 'vitest';
import { Job, OnSuccess, type Runtime } from 'onward';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { describeWithRedis } from '../support/redis.ts';
import { wire, type AnyNodes } from '../support/wired.ts';

class Old {
  @Job() order(): string {
    return 'ordered';
  }
  @OnSuccess('order') pack(): string {
    return 'packed';
  }
}

class New {
  readonly called: string[] = [];
  @Job() order(): string {
    this.called.push('order');
    return 'ordered';
  }
  @OnSuccess('order') wrap(): string {
    return 'wrapped';
  }
  @Job() refund(): string {
    return 'refunded';
  }
}

describeWithRedis('two versions', () => {
  const cases = casesOnRedis();
  function opened(shop: Old | New, graphHash: string): Runtime<AnyNodes> {
    const services = { Shop: shop };
    return cases.opened({ ...wire(services), graphHash }, services);
  }

  test('side by side, a node that only one version has is performed by that one', async () => {
    void opened(new Old(), 'old').work();
    const client = opened(new New(), 'new');
    const run = await client.start('Shop.refund');
    // Taken by the old one, and given back.
    const queue = cases.seen();
    await expect.poll(() => queue.getDelayedCount(), { interval: 10 }).toBe(1);
    void opened(new New(), 'new').work();
    expect(await run.value()).toBe('refunded');
  });

  test('side by side, a run of which only one version has the key is performed by that one', async () => {
    const [a, b] = ['5a'.repeat(32), 'c3'.repeat(32)];
    const withKeys = (shop: Old | New, current: string, keys: Record<string, string>): Runtime<AnyNodes> =>
      cases.opened(wire({ Shop: shop }), { Shop: shop }, { encryption: { current, keys } });
    const old = new New();
    void withKeys(old, 'a', { a }).work();
    const client = withKeys(new New(), 'b', { a, b });
    const run = await client.start('Shop.order');
    // Taken by the old one, and given back.
    const queue = cases.seen();
    await expect.poll(() => queue.getDelayedCount(), { interval: 10 }).toBe(1);
    void withKeys(new New(), 'b', { a, b }).work();
    expect(await run.value()).toBe('ordered');
    expect(old.called).toEqual([]);
  });

  test('a run that began with the old graph goes on by the names of nodes, with the edges of the new one', async () => {
    await opened(new Old(), 'old').start('Shop.order', undefined, { id: 'one' });
    const later = opened(new New(), 'new');
    void later.work();
    const report = await (await later.run('one'))?.report();
    expect(report?.steps.map(({ node, status }) => `${node} ${status}`)).toEqual([
      'Shop.order completed',
      'Shop.wrap completed',
    ]);
  });

  test('with `onGraphChange: raise` it is suspended before anything of it begins, until it is resumed', async () => {
    await opened(new Old(), 'old').start('Shop.order', undefined, { id: 'one', onGraphChange: 'raise' });
    const shop = new New();
    const later = opened(shop, 'new');
    void later.work();
    await expect.poll(async () => (await (await later.run('one'))?.inspect())?.status).toBe('suspended');
    expect(shop.called).toEqual([]);
    const run = await later.run('one');
    expect((await run?.inspect())?.graphChanged).toBe(true);
    expect((await run?.inspect())?.steps.map(({ status }) => status)).not.toContain('completed');
    await run?.resume();
    expect((await run?.report())?.status).toBe('completed');
    expect(await run?.inspect()).not.toHaveProperty('graphChanged');
  });
});
