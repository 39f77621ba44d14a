// One job that throws every second time, and a callback for either end.

import { ErrorValue, Job, OnError, OnSuccess } from '../../dist/src/index.js';
import { edge, node, runtimeOf, wiringOf } from '../wiring.js';

class Order {
  /** @type {number} */
  id;
}

export class Shop {
  /** @type {Error | undefined} thrown each time, in place of a new one */
  shared;
  settled = 0;
  refused = 0;

  /** @param {Order} order */
  async charge(order) {
    if (order.id % 2 === 1) throw this.shared ?? new Error('declined');
    return { id: order.id, paid: true };
  }

  /** @param {{ id: number }} receipt */
  async settle(receipt) {
    if (receipt.id >= 0) this.settled++;
  }

  /** @param {Order} order @param {Error} error */
  async apologise(order, error) {
    if (order.id >= 0 && error.message === 'declined') this.refused++;
  }
}
Job()(Shop.prototype, 'charge');
OnSuccess(() => Shop, 'charge')(Shop.prototype, 'settle');
ErrorValue()(Shop.prototype, 'apologise', 1);
OnError(() => Shop, 'charge')(Shop.prototype, 'apologise');

const graph = wiringOf(
  'callback',
  [
    node('Shop.charge', 'job', (shop, order) => shop.charge(order), Order),
    node('Shop.settle', 'handler', (shop, receipt) => shop.settle(receipt), true),
    node('Shop.apologise', 'handler', (shop, order, { error }) => shop.apologise(order, error), true, { error: true }),
  ],
  [edge('success', 'Shop.charge', 'Shop.settle'), edge('error', 'Shop.charge', 'Shop.apologise')],
);

/** @param {Shop} shop @param {{ id: number }} order */
async function byHand(shop, order) {
  let receipt;
  try {
    receipt = await shop.charge(order);
  } catch (error) {
    await shop.apologise(order, error);
    throw error;
  }
  await shop.settle(receipt);
  return receipt;
}

/** @returns {import('../measure.js').Workload} */
export function callback({ isShared = false }) {
  const shop = new Shop();
  if (isShared) shop.shared = new Error('declined');
  const runtime = runtimeOf(graph, { Shop: shop }, false);
  /** Both ways answer with what is missing of the runs that went well. */
  const missing = (runs, paid, before) => {
    const half = Math.floor(runs / 2);
    return (
      Math.abs(runs - half - paid) +
      Math.abs(runs - half - (shop.settled - before.settled)) +
      Math.abs(half - (shop.refused - before.refused))
    );
  };
  return {
    stepsPerRun: 2,
    async byHand(runs) {
      const before = { settled: shop.settled, refused: shop.refused };
      let paid = 0;
      for (let id = 0; id < runs; id++) {
        try {
          if ((await byHand(shop, { id })).paid) paid++;
        } catch (error) {
          if (error.message !== 'declined') throw error;
        }
      }
      return missing(runs, paid, before);
    },
    async onward(runs) {
      const before = { settled: shop.settled, refused: shop.refused };
      let paid = 0;
      for (let id = 0; id < runs; id++) {
        const run = await runtime.start('Shop.charge', { id });
        try {
          if ((await run.value()).paid) paid++;
        } catch (error) {
          if (error.message !== 'declined') throw error;
        }
      }
      return missing(runs, paid, before);
    },
  };
}
