// XState: a state a method, invoked as a promise; an actor a run.

import { assign, createActor, createMachine, fromPromise, toPromise } from 'xstate';
import { parts } from '../workloads/fan.js';

const invoked = (call, onDone, input = ({ context }) => context.last) => ({
  src: fromPromise(({ input: given }) => call(given)),
  input,
  onDone: { target: onDone, actions: assign({ last: ({ event }) => event.output }) },
});

export function chain(service) {
  const states = { done: { type: 'final' } };
  for (let at = 1; at <= 10; at++) {
    const name = `step${at}`;
    states[name] = { invoke: invoked((count) => service[name](count), at === 10 ? 'done' : `step${at + 1}`) };
  }
  return (count) => outcomeOf(states, 'step1', count);
}

export function fan(service) {
  const regions = parts.map((part, at) => {
    const invoke = {
      src: fromPromise(({ input }) => service[part](input)),
      input: ({ context }) => context.last,
      onDone: { target: 'done', actions: assign({ values: keptAt(at) }) },
    };
    return [part, { initial: 'at', states: { at: { invoke }, done: { type: 'final' } } }];
  });
  const states = {
    split: { invoke: invoked((split) => service.split(split), 'all') },
    all: { type: 'parallel', states: Object.fromEntries(regions), onDone: 'gather' },
    gather: {
      invoke: invoked(
        (values) => service.gatherAll(values),
        'done',
        ({ context }) => context.values,
      ),
    },
    done: { type: 'final' },
  };
  return (split) => outcomeOf(states, 'split', split);
}

export function callback(shop) {
  const states = {
    charge: {
      invoke: {
        ...invoked((order) => shop.charge(order), 'settle'),
        onError: { target: 'apologise', actions: assign({ error: ({ event }) => event.error }) },
      },
    },
    settle: { invoke: invoked((receipt) => shop.settle(receipt), 'done') },
    apologise: {
      invoke: invoked(
        ({ order, error }) => shop.apologise(order, error),
        'done',
        ({ context }) => ({ order: context.last, error: context.error }),
      ),
    },
    done: { type: 'final' },
  };
  return (order) => outcomeOf(states, 'charge', order);
}

const keptAt =
  (at) =>
  ({ context, event }) => {
    const values = [...context.values];
    values[at] = event.output;
    return values;
  };

const machines = new Map();

async function outcomeOf(states, initial, last) {
  let machine = machines.get(states);
  if (machine === undefined) {
    machine = createMachine({
      initial,
      context: ({ input }) => ({ last: input, values: [], error: undefined }),
      output: ({ context }) => context.last,
      states,
    });
    machines.set(states, machine);
  }
  return toPromise(createActor(machine, { input: last }).start());
}
