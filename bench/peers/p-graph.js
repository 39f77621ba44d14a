// p-graph: a graph of functions a run, which hand their values on through what they close over.

import { PGraph } from 'p-graph';
import { parts } from '../workloads/fan.js';

const names = Array.from({ length: 10 }, (_, at) => `step${at + 1}`);
const inARow = names.slice(1).map((name, at) => [names[at], name]);
const outAndIn = parts.flatMap((part) => [
  ['split', part],
  [part, 'gather'],
]);

export function chain(service) {
  return async (count) => {
    let last = count;
    const steps = names.map((name) => [name, { run: async () => void (last = await service[name](last)) }]);
    await new PGraph(Object.fromEntries(steps), inARow).run();
    return last;
  };
}

export function fan(service) {
  return async (split) => {
    let given;
    const values = [];
    const nodes = {
      split: { run: async () => void (given = await service.split(split)) },
      gather: { run: () => service.gatherAll(values) },
    };
    parts.forEach((part, at) => {
      nodes[part] = { run: async () => void (values[at] = await service[part](given)) };
    });
    await new PGraph(nodes, outAndIn).run();
  };
}

/** It has no edge for errors: the hand-written code around it catches. */
export function callback(shop) {
  return async (order) => {
    let receipt;
    const nodes = {
      charge: { run: async () => void (receipt = await shop.charge(order)) },
      settle: { run: () => shop.settle(receipt) },
    };
    try {
      await new PGraph(nodes, [['charge', 'settle']]).run();
    } catch (failure) {
      const [error = failure] = failure.taskErrors ?? [];
      await shop.apologise(order, error);
      throw error;
    }
  };
}
