// The rows of the table: a workload, how it is varied, and the goal for its ratio.

import { callback } from './workloads/callback.js';
import { chain, concurrentChains } from './workloads/chain.js';
import { classes } from './workloads/classes.js';
import { identified, signalled } from './workloads/context.js';
import { dag } from './workloads/dag.js';
import { fan } from './workloads/fan.js';
import { loop } from './workloads/loop.js';
import { message } from './workloads/message.js';
import { separate, sequence, swarm } from './workloads/plan.js';

/** @type {Readonly<Record<string, import('./measure.js').Row>>} */
export const rows = {
  chain: { title: 'chain', goal: 'x2.2', runsPerSlice: 20_000, open: () => chain({}) },
  watched: {
    title: 'chain, a consumer of run.events()',
    goal: '400 ns a step more than chain',
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
  observedAwaited: {
    title: 'chain, an observer of step ends that is awaited',
    goal: '-',
    runsPerSlice: 4_000,
    open: () => chain({ observed: { hooks: ['onStepEnd'], perRun: 10, isAwaited: true } }),
  },
  identified: {
    title: 'chain, started with an id',
    goal: '150 ns a step more than chain',
    runsPerSlice: 10_000,
    open: () => chain({ hasId: true }),
  },
  classes: {
    title: 'chain, classes of three fields, not checked',
    goal: '-',
    runsPerSlice: 10_000,
    open: () => classes({ validated: false }),
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
  validated: {
    title: 'chain, classes of three fields, validated',
    goal: 'x5.5',
    runsPerSlice: 2_000,
    open: () => classes({ validated: true }),
  },
  check: {
    title: 'chain, classes of three fields, validated, beside the same not checked',
    goal: '-',
    runsPerSlice: 4_000,
    open: () => classes({ validated: true, isBesideUnchecked: true }),
  },
  context: {
    title: 'chain, bodies that read the id of the run',
    goal: 'x3',
    runsPerSlice: 10_000,
    open: () => identified(),
  },
  signal: {
    title: 'chain, bodies that read a signal',
    goal: 'x1.5',
    runsPerSlice: 2_000,
    open: () => signalled(),
  },
  callback: { title: 'callback', goal: 'x1.7', runsPerSlice: 30_000, open: () => callback({}) },
  callbackShared: {
    title: 'callback, one error thrown again',
    goal: '-',
    runsPerSlice: 30_000,
    open: () => callback({ isShared: true }),
  },
  fan: { title: 'fan, 1 to 100 to a join', goal: 'x2.2', runsPerSlice: 1_000, open: () => fan({}) },
  fanBare: {
    title: 'fan, no record by hand',
    goal: '-',
    runsPerSlice: 1_000,
    open: () => fan({ isBare: true }),
  },
  dag: { title: 'dag, 1,000 nodes', goal: 'x1.0', runsPerSlice: 50, open: () => dag() },
  loop: { title: 'loop, 100,000 rounds in one run', goal: 'x4', runsPerSlice: 2, open: () => loop() },
  separate: {
    title: '1,000 jobs, each a run of its own',
    goal: '-',
    runsPerSlice: 40,
    open: () => separate(),
  },
  sequence: { title: 'sequence of 1,000 jobs', goal: '1.5 runs', runsPerSlice: 40, open: () => sequence() },
  swarm: { title: 'swarm of 1,000 jobs, 16 at a time', goal: '1.5 runs', runsPerSlice: 40, open: () => swarm() },
  concurrent: {
    title: 'concurrent, 10,000 chains at once',
    goal: 'x3',
    runsPerSlice: 10_000,
    open: () => concurrentChains(),
  },
  million: {
    title: 'million, as chains',
    goal: '5 M/s',
    runsPerSlice: 20_000,
    slices: 5,
    memory: true,
    open: () => chain({}),
  },
};
