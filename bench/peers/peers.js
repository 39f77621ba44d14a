// The tables: what is to be done, and who does it.

/**
 * `row` is the row of ../rows.js that has the hand-written code and Onward's. `slower` divides the runs of a slice for
 * peers that would take minutes.
 *
 * @typedef {{
 *   title: string, runsPerSlice: number, peers: readonly string[],
 *   row?: string, isValid?: boolean, slower?: Readonly<Record<string, number>>,
 * }} Table
 */

export const names = {
  onward: 'Onward',
  nest: 'Nest CQRS',
  eventEmitter: 'EventEmitter2',
  effect: 'Effect',
  pGraph: 'p-graph',
  asyncAuto: 'async.auto',
  xstate: 'XState',
  classValidator: 'class-validator and class-transformer',
  typebox: 'TypeBox, compiled',
  ajv: 'ajv',
  zod: 'Zod',
};

/** @type {Readonly<Record<string, () => Promise<any>>>} */
export const loaders = {
  nest: () => import('./nest.js'),
  eventEmitter: () => import('./event-emitter.js'),
  effect: () => import('./effect.js'),
  pGraph: () => import('./p-graph.js'),
  asyncAuto: () => import('./async-auto.js'),
  xstate: () => import('./xstate.js'),
};

const graphs = ['onward', ...Object.keys(loaders)];
const messages = ['onward', 'classValidator', 'typebox', 'ajv', 'zod'];

/** @type {Readonly<Record<string, Table>>} */
export const tables = {
  chain: {
    title: 'chain of 10, a step',
    row: 'chain',
    runsPerSlice: 10_000,
    peers: graphs,
    slower: { pGraph: 5, asyncAuto: 5, xstate: 50 },
  },
  fan: {
    title: 'fan, 1 to 100 to a join, a step',
    row: 'fanBare',
    runsPerSlice: 1_000,
    peers: graphs,
    slower: { pGraph: 5, asyncAuto: 10, xstate: 50 },
  },
  callback: {
    title: 'callback, every second run throws, a step',
    row: 'callback',
    runsPerSlice: 20_000,
    peers: graphs,
    slower: { pGraph: 5, asyncAuto: 2, xstate: 50 },
  },
  valid: {
    title: 'a nested message that fits',
    isValid: true,
    runsPerSlice: 10_000,
    peers: messages,
    slower: { classValidator: 10 },
  },
  invalid: {
    title: 'a nested message with four problems',
    isValid: false,
    runsPerSlice: 5_000,
    peers: messages,
    slower: { classValidator: 5, typebox: 5 },
  },
};
