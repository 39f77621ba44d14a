// EventEmitter2: a listener a method, and code that emits one event after another and waits for its listeners.

import eventEmitter from 'eventemitter2';
import { parts } from '../workloads/fan.js';

const { EventEmitter2 } = eventEmitter;

export function chain(service) {
  const emitter = new EventEmitter2();
  const names = Array.from({ length: 10 }, (_, at) => `step${at + 1}`);
  for (const name of names) emitter.on(name, (count) => service[name](count));
  return async (count) => {
    let last = count;
    for (const name of names) [last] = await emitter.emitAsync(name, last);
    return last;
  };
}

export function fan(service) {
  const emitter = new EventEmitter2({ maxListeners: 0 });
  emitter.on('started', (split) => service.split(split));
  for (const part of parts) emitter.on('split', (split) => service[part](split));
  emitter.on('gathered', (values) => service.gatherAll(values));
  return async (split) => {
    const [given] = await emitter.emitAsync('started', split);
    await emitter.emitAsync('gathered', await emitter.emitAsync('split', given));
  };
}

export function callback(shop) {
  const emitter = new EventEmitter2();
  emitter.on('ordered', (order) => shop.charge(order));
  emitter.on('charged', (receipt) => shop.settle(receipt));
  emitter.on('declined', (order, error) => shop.apologise(order, error));
  return async (order) => {
    let receipt;
    try {
      [receipt] = await emitter.emitAsync('ordered', order);
    } catch (error) {
      await emitter.emitAsync('declined', order, error);
      throw error;
    }
    await emitter.emitAsync('charged', receipt);
  };
}
