// The heap that 10,000 chains hold while all of them are under way, by hand and as runs.
//
//   npm run build && node --expose-gc bench/concurrent-memory.js
//
// Every chain stands still in the fifth of its ten bodies while the heap is collected and read. What is left of it after
// all have ended is printed, too.

import { Chain, chainByHand, chainGraph } from './workloads/chain.js';
import { runtimeOf } from './wiring.js';

const CHAINS = 10_000;
const GOAL = 3;

let open = () => undefined;
let gate = Promise.resolve();

let waiting = 0;
let allArrived = () => undefined;
class Halting extends Chain {
  async step5(count) {
    waiting++;
    if (waiting === CHAINS) allArrived();
    await gate;
    return { n: count.n + 1 };
  }
}

const service = new Halting();
const runtime = runtimeOf(chainGraph(), { Chain: service }, false);
const ways = {
  'by hand': (n) => chainByHand(service, { n }),
  onward: async (n) => (await runtime.start('Chain.step1', { n })).value(),
};

const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

/** @param {(n: number) => Promise<unknown>} way */
async function held(way) {
  gate = new Promise((resolve) => (open = () => resolve(undefined)));
  const before = heap();
  const arrived = new Promise((resolve) => (allArrived = () => resolve(undefined)));
  waiting = 0;
  const all = Array.from({ length: CHAINS }, (_, n) => way(n));
  await arrived;
  const underWay = heap() - before;
  open();
  await Promise.all(all);
  all.length = 0;
  return { underWay, left: heap() - before };
}

// The first round also holds what the process makes once.
for (const way of Object.values(ways)) await held(way);
const [byHand, onward] = [await held(ways['by hand']), await held(ways.onward)];
for (const [name, { underWay, left }] of Object.entries({ 'by hand': byHand, onward })) {
  const kept = `${(left / CHAINS).toFixed(0)} left behind it`;
  console.log(`${name.padEnd(8)} ${(underWay / CHAINS).toFixed(0).padStart(6)} bytes a chain under way, ${kept}`);
}
console.log(`x${(onward.underWay / byHand.underWay).toFixed(2)}   goal x${GOAL}`);
