// A plan of a thousand jobs: one after another, and as a swarm with so many at a time.

import { Job } from '../../dist/src/index.js';
import { node, runtimeOf, wiringOf } from '../wiring.js';

const ENTRIES = 1_000;
const AT_A_TIME = 16;

class Parcel {
  /** @type {number} */
  number;
}

class Depot {
  sent = 0;

  /** @param {Parcel} parcel */
  async send(parcel) {
    this.sent++;
    return parcel.number;
  }
}
Job()(Depot.prototype, 'send');

const graph = wiringOf('plan', [node('Depot.send', 'job', (depot, parcel) => depot.send(parcel), Parcel)], []);
const messages = Array.from({ length: ENTRIES }, (_, number) => ({ number }));

/** One after another, each awaited before the next. */
async function inTurn(depot) {
  const values = [];
  for (const message of messages) values.push(await depot.send(message));
  return values;
}

/** So many at a time: as many loops over one list. */
async function together(depot) {
  const values = [];
  let next = 0;
  const worker = async () => {
    while (next < ENTRIES) {
      const at = next++;
      values[at] = await depot.send(messages[at]);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return values;
}

/** @param {(depot: Depot) => Promise<number[]>} byHand @param {(runtime: any) => any} planOf */
function planned(byHand, planOf) {
  const depot = new Depot();
  const runtime = runtimeOf(graph, { Depot: depot }, false);
  const missing = async (runs, run) => {
    const before = depot.sent;
    for (let at = 0; at < runs; at++) if ((await run()).length !== ENTRIES) throw new Error('values are missing');
    return depot.sent - before - runs * ENTRIES;
  };
  return {
    stepsPerRun: ENTRIES,
    byHand: (runs) => missing(runs, () => byHand(depot)),
    onward: (runs) => missing(runs, async () => (await runtime.start(planOf(runtime))).value()),
  };
}

/** The same jobs without a plan: what its entries are compared with. @returns {import('../measure.js').Workload} */
export function separate() {
  const depot = new Depot();
  const runtime = runtimeOf(graph, { Depot: depot }, false);
  const missing = async (runs, once) => {
    const before = depot.sent;
    for (let at = 0; at < runs; at++) await once();
    return depot.sent - before - runs * ENTRIES;
  };
  const inRuns = async () => {
    for (const message of messages) await (await runtime.start('Depot.send', message)).value();
  };
  return {
    stepsPerRun: ENTRIES,
    byHand: (runs) => missing(runs, () => inTurn(depot)),
    onward: (runs) => missing(runs, inRuns),
  };
}

/** @returns {import('../measure.js').Workload} */
export function sequence() {
  return planned(inTurn, (runtime) => runtime.sequence(messages.map((message) => ({ job: 'Depot.send', message }))));
}

/** @returns {import('../measure.js').Workload} */
export function swarm() {
  return planned(together, (runtime) => {
    const made = runtime.swarm({ concurrency: AT_A_TIME });
    for (const message of messages) made.add('Depot.send', message);
    return made.close();
  });
}
