// Measures one peer at one workload, in a process of its own: slices of hand-written code and of the peer's in turn.
//
//   node bench/peers/peer.js chain nest [quick]

import { measure } from '../measure.js';
import { rows } from '../rows.js';
import { message } from './messages.js';
import { loaders, tables } from './peers.js';

const [workload = '', peer = '', mode] = process.argv.slice(2);
const { title, runsPerSlice, slower = {} } = tables[workload];
const runs = Math.max(20, Math.round(runsPerSlice / (slower[peer] ?? 1)));
const { stepsPerRun, byHand, way } = await open();

// The rows call what is measured beside hand-written code `onward`.
const row = { title, goal: '-', runsPerSlice: runs, open: () => ({ stepsPerRun, byHand, onward: way }) };
const { byHandNs, onwardNs, ratio } = await measure(row, mode === 'quick');
process.stdout.write(JSON.stringify({ byHandNs, ns: onwardNs, ratio }));

async function open() {
  const isMessage = tables[workload].isValid !== undefined;
  if (isMessage) {
    const { isValid } = tables[workload];
    return { stepsPerRun: 1, byHand: await message('hand', isValid), way: await message(peer, isValid) };
  }
  const { row: name } = tables[workload];
  const { stepsPerRun: steps, byHand: hand, onward } = rows[name].open();
  if (peer === 'onward') return { stepsPerRun: steps, byHand: hand, way: onward };
  const { workloads } = await import('./workloads.js');
  return { stepsPerRun: steps, byHand: hand, way: await workloads[workload](await loaders[peer]()) };
}
