// async.auto: tasks by name, each with the names of those whose values it takes.

import { auto } from 'async';
import { parts } from '../workloads/fan.js';

export function chain(service) {
  const names = Array.from({ length: 10 }, (_, at) => `step${at + 1}`);
  return async (count) => {
    const tasks = { step1: async () => service.step1(count) };
    for (let at = 1; at < names.length; at++) {
      const [before, name] = [names[at - 1], names[at]];
      tasks[name] = [before, async (values) => service[name](values[before])];
    }
    return (await auto(tasks)).step10;
  };
}

export function fan(service) {
  return async (split) => {
    const tasks = { split: async () => service.split(split) };
    for (const part of parts) tasks[part] = ['split', async (values) => service[part](values.split)];
    tasks.gather = [...parts, async (values) => service.gather(values)];
    await auto(tasks);
  };
}

/** It has no edge for errors: the hand-written code around it catches. */
export function callback(shop) {
  return async (order) => {
    const tasks = {
      charge: async () => shop.charge(order),
      settle: ['charge', async ({ charge }) => shop.settle(charge)],
    };
    try {
      await auto(tasks);
    } catch (error) {
      await shop.apologise(order, error);
      throw error;
    }
  };
}
