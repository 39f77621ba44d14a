// Bytes of heap that a run of a row allocates, as JSON: steadier than its time.
//
//   node --expose-gc --min-semi-space-size=128 --max-semi-space-size=128 bench/bytes.js chain 2000
//
// Nothing is collected meanwhile: the young generation has room for all of it.

import { rows } from './rows.js';

const [name = 'chain', count = '2000'] = process.argv.slice(2);
const runs = Number(count);
const workload = rows[name].open();

/** @param {(runs: number) => Promise<number>} way */
async function bytesOf(way) {
  await way(runs);
  await way(runs);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await way(runs);
  return (process.memoryUsage().heapUsed - before) / runs;
}

const byHand = await bytesOf(workload.byHand);
const onward = await bytesOf(workload.onward);
process.stdout.write(JSON.stringify({ byHand, onward }));
