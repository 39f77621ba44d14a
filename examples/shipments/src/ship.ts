// Ships orders, one after another, and tells what came of them.

import { createRuntime, type Clock, type RunReport } from 'onward';
import { Billing, type Gateway } from './billing.ts';
import { Carriers, type Switchboard } from './carriers.ts';
import { Journal } from './journal.ts';
import { graph } from './onward.gen.ts';
import { type Order, Shop } from './order.ts';
import { Warehouse, type Stock } from './warehouse.ts';

export interface Outside {
  readonly gateway: Gateway;
  readonly line: Switchboard;
  readonly stock: Stock;
  readonly print: (text: string) => void;
  /** @default the clock of the computer */
  readonly clock?: Clock;
}

export interface Shipped {
  readonly reports: readonly RunReport<Order>[];
  readonly journal: readonly string[];
  readonly letters: readonly string[];
  readonly tablesInUse: number;
}

export async function ship(
  orders: readonly Order[],
  { gateway, line, stock, print, clock }: Outside,
): Promise<Shipped> {
  const billing = new Billing(gateway);
  const warehouse = new Warehouse(stock, print);
  const journal = new Journal();
  const runtime = createRuntime(graph, {
    services: {
      Billing: billing,
      Carriers: new Carriers(line),
      Journal: journal,
      Shop: new Shop(),
      Warehouse: warehouse,
    },
    ...(clock !== undefined && { clock }),
  });
  const reports: RunReport<Order>[] = [];
  for (const order of orders) {
    const run = await runtime.start('Shop.order', order, { id: order.id });
    reports.push(await run.report());
  }
  await runtime.close();
  return { reports, journal: journal.lines, letters: billing.letters, tablesInUse: warehouse.tablesInUse };
}
