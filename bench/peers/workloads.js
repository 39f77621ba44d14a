// What every peer is given to do: the bodies of the rows, called through the peer.
//
// W1. A peer calls the same methods in the same order as the hand-written code of the row, and hands their values on.
// W2. What it must have done is counted afterwards: a peer that leaves out a step is an error, not a figure.

import { Shop } from '../workloads/callback.js';
import { Chain } from '../workloads/chain.js';
import { Fan } from '../workloads/fan.js';

/** @type {Readonly<Record<string, (peer: any) => Promise<(runs: number) => Promise<number>>>>} */
export const workloads = {
  async chain(peer) {
    const once = await peer.chain(new Chain());
    return async (runs) => {
      let sum = 0;
      for (let n = 0; n < runs; n++) sum += (await once({ n })).n;
      return sum - (runs * (runs - 1)) / 2 - runs * 10;
    };
  },

  async fan(peer) {
    const service = new Fan();
    const once = await peer.fan(service);
    return async (runs) => {
      const before = service.total;
      for (let n = 0; n < runs; n++) await once({ n });
      return service.total - before - (100 * runs * (runs - 1)) / 2 - (runs * 100 * 99) / 2;
    };
  },

  async callback(peer) {
    const shop = new Shop();
    const once = await peer.callback(shop);
    return async (runs) => {
      const before = { settled: shop.settled, refused: shop.refused };
      for (let id = 0; id < runs; id++) {
        try {
          await once({ id });
        } catch (error) {
          if (error.message !== 'declined') throw error;
        }
      }
      const half = Math.floor(runs / 2);
      return Math.abs(shop.settled - before.settled - (runs - half)) + Math.abs(shop.refused - before.refused - half);
    };
  },
};
