// The example on a clock that takes no time: what is shipped, what is not, and what is left behind.

import { expect, test } from 'vitest';
import type { RunReport } from 'onward';
import { virtualClock } from 'onward/testing';
import { ORDERS, outside } from './src/outside.ts';
import { ship, type Shipped } from './src/ship.ts';

async function shipAll(): Promise<Shipped & ReturnType<typeof outside>> {
  const clock = virtualClock();
  const world = outside();
  const day = { isOver: false };
  const shipping = ship(ORDERS, { ...world, clock }).finally(() => (day.isOver = true));
  while (!day.isOver) await clock.runAll();
  return { ...world, ...(await shipping) };
}

const stepsOf = (report: RunReport | undefined, node: string): string[] =>
  (report?.steps ?? [])
    .filter((step) => step.node === node)
    .map(({ status, code, attempts }) => `${status} ${code} after ${attempts.length}`);

test('an order is packed when every line is picked, it is paid and a carrier is booked', async () => {
  const { reports, journal } = await shipAll();
  const [first] = reports;
  expect(stepsOf(first, 'Warehouse.pick')).toHaveLength(3);
  expect(stepsOf(first, 'Warehouse.pack')).toEqual(['completed 0 after 1']);
  expect(journal[0]).toBe('order-1 by bicycle: 1 teapot, 4 cup, 4 spoon (1520 g)');
  expect(first?.state).toMatchObject({ grams: 1_520 });
});

test('prices are asked once, though booking takes a second attempt', async () => {
  const { reports, asked } = await shipAll();
  expect(stepsOf(reports[0], 'Carriers.book')).toEqual(['completed 0 after 2']);
  expect(asked.slice(0, 3)).toEqual(['bicycle to Bath', 'rail to Bath', 'van to Bath']);
  expect(asked).toHaveLength(3 * ORDERS.length);
});

test('the carriers are asked three times in 40 ms, and no more', async () => {
  const clock = virtualClock();
  const world = outside();
  const askedAt: number[] = [];
  const line = {
    ...world.line,
    price(carrier: string, town: string): number {
      askedAt.push(clock.now());
      return world.line.price(carrier, town);
    },
  };
  const day = { isOver: false };
  const shipping = ship(ORDERS, { ...world, line, clock }).finally(() => (day.isOver = true));
  while (!day.isOver) await clock.runAll();
  await shipping;
  expect(askedAt.length).toBeGreaterThan(3);
  const soonest = askedAt.slice(3).map((at, before) => at - (askedAt[before] ?? 0));
  expect(Math.min(...soonest)).toBeGreaterThanOrEqual(40);
});

test('when the bank is silent an invoice stands for the receipt, and the order is shipped', async () => {
  const { reports, letters, printed } = await shipAll();
  expect(reports[1]?.status).toBe('completed');
  expect(stepsOf(reports[1], 'Billing.charge')).toEqual(['completed 207 after 3']);
  expect(printed).toContain('paid with invoice-order-2');
  expect(letters[0]).toBe('order-2: please pay 900 cents within 14 days');
});

test('when the card is declined packing is skipped, and says what it lacks', async () => {
  const { reports } = await shipAll();
  expect(reports[2]?.status).toBe('failed');
  const pack = reports[2]?.steps.find((step) => step.node === 'Warehouse.pack');
  expect(pack).toMatchObject({ status: 'skipped', code: 206, missing: ['receipt'] });
});

test('packing fails with its sticker', async () => {
  const { reports } = await shipAll();
  const [sticker, pack] = [...(reports[4]?.failures ?? [])].toReversed();
  expect(sticker).toMatchObject({ node: 'Warehouse.sticker', attempts: [{ number: 1 }, { number: 2 }] });
  expect(pack).toMatchObject({ node: 'Warehouse.pack', failedChild: sticker?.id });
});

test('an order that failed leaves nothing beside the shelves, and no table taken', async () => {
  const { stock, tablesInUse } = await shipAll();
  const counts = [...stock].map(([sku, { count }]) => `${count} ${sku}`);
  expect(counts).toEqual(['4 teapot', '35 cup', '36 spoon', '0 plate']);
  expect(tablesInUse).toBe(0);
});

test('the journal has a line for the end of each run', async () => {
  const { journal } = await shipAll();
  const ends = journal.filter((line) => line.includes('steps completed')).map((line) => line.split(':')[0]);
  expect(ends).toEqual([
    'order-1 completed',
    'order-2 completed',
    'order-3 failed',
    'order-4 failed',
    'order-5 failed',
  ]);
});
