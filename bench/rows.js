// The rows of the table: a workload, how it is varied, and the goal for its ratio.

import { callback } from './workloads/callback.js';
import { chain, concurrentChains } from './workloads/chain.js';
import { dag } from './workloads/dag.js';
import { fan } from './workloads/fan.js';
import { loop } from './workloads/loop.js';
import { message } from './workloads/message.js';
import { sequence, swarm } from './workloads/plan.js';

/** @type {Readonly<Record<string, import('./measure.js').Row>>} */
export const rows = {
  chain: { title: 'chain', goal: 'x1.25', runsPerSlice: 20_000, open: () => chain({}) },
  watched: {
    title: 'chain, a consumer of run.events()',
    goal: 'x1.4',
    runsPerSlice: 4_000,
    open: () => chain({ watched: true }),
  },
  observedRuns: {
    title: 'chain, an observer of run starts and ends',
    goal: 'x1.05 of chain',
    runsPerSlice: 20_000,
    open: () => chain({ observed: { hooks: ['onRunStart', 'onRunEnd'], perRun: 2 } }),
  },
  observedAll: {
    title: 'chain, an observer of every event',
    goal: '150 ns a step more than chain',
    runsPerSlice: 10_000,
    // Three of each of the ten steps.
    open: () => chain({ observed: { hooks: ['onEvent'], perRun: 32 } }),
  },
  validated: {
    title: 'chain, every message validated',
    goal: '-',
    runsPerSlice: 2_000,
    open: () => chain({ validated: true }),
  },
  order: {
    title: 'message, nested, beside a check by hand',
    goal: 'x3',
    runsPerSlice: 200_000,
    open: () => message({ kind: 'order', isValid: true, against: 'hand' }),
  },
  flat: {
    title: 'message, flat, beside a check by hand',
    goal: 'x3',
    runsPerSlice: 400_000,
    open: () => message({ kind: 'flat', isValid: true, against: 'hand' }),
  },
  orderLibrary: {
    title: 'message, nested, beside class-validator',
    goal: '1/80',
    runsPerSlice: 10_000,
    open: () => message({ kind: 'order', isValid: true, against: 'library' }),
  },
  flatLibrary: {
    title: 'message, flat, beside class-validator',
    goal: '1/50',
    runsPerSlice: 20_000,
    open: () => message({ kind: 'flat', isValid: true, against: 'library' }),
  },
  badOrderLibrary: {
    title: 'message that does not fit, nested, beside class-validator',
    goal: '1/45',
    runsPerSlice: 10_000,
    open: () => message({ kind: 'order', isValid: false, against: 'library' }),
  },
  badFlatLibrary: {
    title: 'message that does not fit, flat, beside class-validator',
    goal: '1/45',
    runsPerSlice: 20_000,
    open: () => message({ kind: 'flat', isValid: false, against: 'library' }),
  },
  callback: { title: 'callback', goal: 'x1.3', runsPerSlice: 30_000, open: () => callback() },
  fan: { title: 'fan, 1 to 100 to a join', goal: 'x1.5', runsPerSlice: 1_000, open: () => fan() },
  dag: { title: 'dag, 1,000 nodes', goal: 'x0.5', runsPerSlice: 50, open: () => dag() },
  loop: { title: 'loop, 100,000 rounds in one run', goal: 'x4', runsPerSlice: 2, open: () => loop() },
  sequence: { title: 'sequence of 1,000 jobs', goal: '-', runsPerSlice: 40, open: () => sequence() },
  swarm: { title: 'swarm of 1,000 jobs, 16 at a time', goal: '-', runsPerSlice: 40, open: () => swarm() },
  concurrent: {
    title: 'concurrent, 10,000 chains at once',
    goal: 'x3',
    runsPerSlice: 10_000,
    open: () => concurrentChains(),
  },
  million: {
    title: 'million, as chains',
    goal: '3 M/s',
    runsPerSlice: 20_000,
    slices: 5,
    memory: true,
    open: () => chain({}),
  },
};
