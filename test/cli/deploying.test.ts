// What docs/deploying.md says of the order of things: the old version and the new one, and the file that they share or not.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { createRuntime, Handler, isOnwardError, Job, OnSuccess, type Runtime } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { storeFile } from '../support/sqlite.ts';
import { wire, type AnyNodes } from '../support/wired.ts';

class Order {
  @IsInt() cents!: number;
}

/** Both versions: what they do says which one it is. */
class Shop {
  readonly version: string;
  readonly done: string[] = [];
  readonly baked: Promise<void>;
  endBaking = (): void => undefined;
  constructor(version: string) {
    this.version = version;
    this.baked = new Promise((resolve) => {
      this.endBaking = resolve;
    });
  }
  @Job() charge(order: Order): Order {
    this.done.push(`charge ${this.version}`);
    return order;
  }
  @OnSuccess('charge', { after: '300ms' }) @Handler() pack(_order: Order): string {
    this.done.push(`pack ${this.version}`);
    return this.version;
  }
  /** Under way until the test lets it end. */
  @Job() async bake(): Promise<void> {
    this.done.push(`bake ${this.version}`);
    await this.baked;
  }
  @OnSuccess('bake') @Handler() serve(): void {
    this.done.push(`serve ${this.version}`);
  }
}

function version(name: string, file: string): { readonly shop: Shop; readonly runtime: Runtime<AnyNodes> } {
  const shop = new Shop(name);
  const graph = wire(
    { Shop: shop },
    { 'Shop.charge': [Order], 'Shop.pack': [Order], 'Shop.bake': [], 'Shop.serve': [] },
  );
  return {
    shop,
    runtime: createRuntime(graph, { services: { Shop: shop }, engine: sqliteEngine({ file }), log: false }),
  };
}

async function begun(shop: Shop): Promise<void> {
  await expect.poll(() => shop.done.length, { timeout: 20_000 }).toBe(1);
}

describe('one file', () => {
  test('a run that is open when the old version closes goes on in the new one', async () => {
    const file = storeFile();
    const old = version('old', file);
    await old.runtime.start('Shop.charge', { cents: 5 }, { id: 'a' });
    await begun(old.shop);
    await old.runtime.close({ drainMs: 0 });
    const next = version('new', file);
    void next.runtime.work();
    expect((await (await next.runtime.run('a'))?.report())?.status).toBe('completed');
    expect([old.shop.done, next.shop.done]).toEqual([['charge old'], ['pack new']]);
    await next.runtime.close();
  });

  test('with time to drain, the old version ends what is under way', async () => {
    const file = storeFile();
    const old = version('old', file);
    await old.runtime.start('Shop.bake', undefined, { id: 'a' });
    await begun(old.shop);
    const closed = old.runtime.close({ drainMs: 30_000 });
    old.shop.endBaking();
    await closed;
    expect(old.shop.done).toEqual(['bake old', 'serve old']);
  });

  test('the new version is refused until the old one has closed', async () => {
    const file = storeFile();
    const old = version('old', file);
    await old.runtime.start('Shop.charge', { cents: 5 }, { id: 'a' });
    const refusal = await Promise.resolve()
      .then(() => version('new', file))
      .catch((error: unknown) => error);
    expect(isOnwardError(refusal) && refusal.code).toBe('ONW4003');
    await old.runtime.close({ drainMs: 0 });
    const next = version('new', file);
    expect((await next.runtime.runs()).runs.map(({ id }) => id)).toEqual(['a']);
    await next.runtime.close({ drainMs: 0 });
  });
});

test('two versions side by side: each has a file of its own, and the old one ends its runs', async () => {
  const [old, next] = [version('old', storeFile()), version('new', storeFile())];
  const first = await old.runtime.start('Shop.charge', { cents: 5 }, { id: 'a' });
  const second = await next.runtime.start('Shop.charge', { cents: 5 }, { id: 'b' });
  await Promise.all([first.report(), second.report(), old.runtime.idle()]);
  expect(old.shop.done).toEqual(['charge old', 'pack old']);
  expect(next.shop.done).toEqual(['charge new', 'pack new']);
  await Promise.all([old.runtime.close(), next.runtime.close()]);
});
