// How long a load of runs that never wait holds the event loop, and what is left in the process behind it.
//
//   npm run build && node --expose-gc bench/loop-delay.js
//
// 1,000 runs with a hundred items each, started at once, of bodies that return at once; then 20,000 runs of mixed kinds.
// Printed: the delay of the event loop (median, 99 %, most), the heap before and after, and active resources after close.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Job, OnSuccess } from '../dist/src/index.js';
import { edge, node, runtimeOf, wiringOf } from './wiring.js';

const ITEMS = Array.from({ length: 100 }, (_, at) => at);

class Mill {
  async sheet() {
    return ITEMS;
  }
  async row(item) {
    return item;
  }
  async single() {
    return 1;
  }
}
for (const name of ['sheet', 'single'])
  Job()(Mill.prototype, name, Object.getOwnPropertyDescriptor(Mill.prototype, name));
OnSuccess('sheet', { each: true })(Mill.prototype, 'row', Object.getOwnPropertyDescriptor(Mill.prototype, 'row'));

const graph = wiringOf(
  'loop-delay',
  [
    node('Mill.sheet', 'job', (service) => service.sheet()),
    node('Mill.row', 'handler', (service, item) => service.row(item), true),
    node('Mill.single', 'job', (service) => service.single()),
  ],
  [{ ...edge('success', 'Mill.sheet', 'Mill.row'), each: true }],
);
const runtime = runtimeOf(graph, { Mill: new Mill() }, false);

const heapMb = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024 / 1024;
};

async function runAll(count, jobOf) {
  const runs = [];
  for (let at = 0; at < count; at++) runs.push(await runtime.start(jobOf(at)));
  await Promise.all(runs.map((run) => run.value()));
}

await runAll(50, () => 'Mill.sheet');
const before = heapMb();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
await runAll(1_000, () => 'Mill.sheet');
delay.disable();
const ms = (ns) => `${(ns / 1e6).toFixed(1)} ms`;
console.log(
  `1,000 runs of 101 steps: the loop waits ${ms(delay.percentile(50))} (median), ${ms(delay.percentile(99))} (99 %), ${ms(delay.max)} (most)`,
);
for (let part = 0; part < 20; part++) await runAll(1_000, (at) => (at % 10 === 0 ? 'Mill.sheet' : 'Mill.single'));
await runtime.close();
// A last look of the engine may wait for the next turn.
await new Promise((next) => setImmediate(next));
const after = heapMb();
console.log(
  `20,000 mixed runs: heap ${before.toFixed(1)} MB before, ${after.toFixed(1)} MB after; active resources ${process.getActiveResourcesInfo().filter((name) => !/TTY|Pipe|FSReq/.test(name)).length}`,
);
