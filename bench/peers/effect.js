// Effect: the methods as effects, composed once or per message, and run as a promise.

import { Effect } from 'effect';
import { parts } from '../workloads/fan.js';

export function chain(service) {
  const names = Array.from({ length: 10 }, (_, at) => `step${at + 1}`);
  const steps = names.map((name) => (count) => Effect.promise(() => service[name](count)));
  return (count) =>
    Effect.runPromise(steps.reduce((before, step) => Effect.flatMap(before, step), Effect.succeed(count)));
}

export function fan(service) {
  const split = (message) => Effect.promise(() => service.split(message));
  const all = (given) =>
    Effect.all(
      parts.map((part) => Effect.promise(() => service[part](given))),
      { concurrency: 'unbounded' },
    );
  const gather = (values) => Effect.promise(() => service.gatherAll(values));
  return (message) => Effect.runPromise(split(message).pipe(Effect.flatMap(all), Effect.flatMap(gather)));
}

export function callback(shop) {
  return (order) =>
    Effect.runPromise(
      Effect.tryPromise({ try: () => shop.charge(order), catch: (error) => error }).pipe(
        Effect.tapError((error) => Effect.promise(() => shop.apologise(order, error))),
        Effect.tap((receipt) => Effect.promise(() => shop.settle(receipt))),
      ),
    );
}
