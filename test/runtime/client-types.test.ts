// What a client is to the compiler: the runtime of its graph, without what needs services.

import { expectTypeOf, test } from 'vitest';
import type { RuntimeOf } from 'onward';
import type { ClientOf } from 'onward/client';
import type { Graph, HandlerType, JobType } from 'onward/wiring/v1';

class Order {
  n!: number;
}
class Receipt {
  total!: number;
}
class Approval {
  by!: string;
}

interface Shop {
  sell(order: Order): Promise<Receipt>;
  approve(approval: Approval): string;
}
interface Nodes {
  readonly 'Shop.sell': JobType<Order, Shop['sell']>;
  readonly 'Shop.approve': HandlerType<Approval, Shop['approve'], { readonly waits: true }>;
}
type Client = ClientOf<Graph<Nodes, { readonly Shop: Shop }>>;

test('jobs, messages and values are those of the graph', () => {
  const use = async (client: Client): Promise<void> => {
    const run = await client.start('Shop.sell', { n: 1 });
    expectTypeOf(await run.value()).toEqualTypeOf<Receipt>();
    await run.send('Shop.approve', { by: 'ann' });
    // @ts-expect-error there is no such job
    await client.start('Shop.approve', { by: 'ann' });
    // @ts-expect-error the message has no such field
    await client.start('Shop.sell', { m: 1 });
    // @ts-expect-error it does not wait
    await run.send('Shop.sell', { n: 1 });
  };
  expectTypeOf(use).toBeFunction();
});

test('it has what a runtime has, but for what performs', () => {
  type Runtime = RuntimeOf<Graph<Nodes, { readonly Shop: Shop }>>;
  expectTypeOf<Exclude<keyof Runtime, keyof Client>>().toEqualTypeOf<'work' | 'schedule' | 'openSchedules'>();
  expectTypeOf<Runtime>().toExtend<Client>();
});
