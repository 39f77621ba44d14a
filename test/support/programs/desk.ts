// Keeps runs in a file and works on them until it is ended: one waits for an approval, one has failed, one is under way.

import { IsInt, IsString } from 'class-validator';
import { createRuntime, Handler, Job, OnSuccess, type Sent, type StepContext } from 'onward';
import { sqliteEngine, type SqliteEngineOptions } from 'onward/engines/sqlite';
import { wire } from '../wired.ts';

interface Given {
  readonly engine: SqliteEngineOptions;
  /** Starts the runs; otherwise it carries on what is there. */
  readonly starts: boolean;
  /** The version in which the bank takes the order. */
  readonly isRepaired?: boolean;
}

class Order {
  @IsInt() cents!: number;
}

class Approval {
  @IsString() by!: string;
}

class Orders {
  @Job()
  quote(order: Order): Order {
    return order;
  }

  @OnSuccess('quote')
  @Handler({ waits: true })
  approve(approval: Sent<Approval>): string {
    return approval.by;
  }

  @Job()
  charge(order: Order): void {
    if (!isRepaired) throw new Error(`the bank declined ${order.cents}`);
  }

  /** Ends when it is cancelled. */
  @Job()
  async bake(_order: Order, { signal }: StepContext): Promise<void> {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
}

const { engine, starts, isRepaired = false }: Given = JSON.parse(process.argv[2] ?? '{}');
const services = { Orders: new Orders() };
const parameters = {
  'Orders.quote': [Order],
  'Orders.approve': [Approval],
  'Orders.charge': [Order],
  'Orders.bake': [Order, 'context'],
} as const;
const runtime = createRuntime(wire(services, parameters), { services, engine: sqliteEngine(engine), log: false });
if (starts) {
  await runtime.start('Orders.quote', { cents: 4_200 }, { id: 'order-1', tags: ['gold'] });
  await (await runtime.start('Orders.charge', { cents: 9_900 }, { id: 'order-2' })).report();
  await runtime.start('Orders.bake', { cents: 700 }, { id: 'order-3' });
}
// What others do is seen in the file only.
setTimeout(() => console.log('open'), 100);
await runtime.work();
