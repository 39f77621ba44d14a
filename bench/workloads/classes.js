// Ten asynchronous jobs in a row, the message of each a class of three fields, checked or not. By hand nothing is checked.

import { IsBoolean, IsInt, IsString } from 'class-validator';
import { Job, OnSuccess } from '../../dist/src/index.js';
import { edge, node, runtimeOf, wiringOf } from '../wiring.js';

const LENGTH = 10;

class Parcel {
  /** @type {number} */
  n;
  /** @type {string} */
  to;
  /** @type {boolean} */
  paid;
}
IsInt()(Parcel.prototype, 'n');
IsString()(Parcel.prototype, 'to');
IsBoolean()(Parcel.prototype, 'paid');

class Depot {
  seen = 0;
  async step1(parcel) {
    this.seen++;
    return { n: parcel.n + 1, to: parcel.to, paid: parcel.paid };
  }
  async step2(parcel) {
    this.seen++;
    return { n: parcel.n + 1, to: parcel.to, paid: parcel.paid };
  }
  async step3(parcel) {
    this.seen++;
    return { n: parcel.n + 1, to: parcel.to, paid: parcel.paid };
  }
  async step4(parcel) {
    this.seen++;
    return { n: parcel.n + 1, to: parcel.to, paid: parcel.paid };
  }
  async step5(parcel) {
    this.seen++;
    return { n: parcel.n + 1, to: parcel.to, paid: parcel.paid };
  }
  async step6(parcel) {
    this.seen++;
    return { n: parcel.n + 1, to: parcel.to, paid: parcel.paid };
  }
  async step7(parcel) {
    this.seen++;
    return { n: parcel.n + 1, to: parcel.to, paid: parcel.paid };
  }
  async step8(parcel) {
    this.seen++;
    return { n: parcel.n + 1, to: parcel.to, paid: parcel.paid };
  }
  async step9(parcel) {
    this.seen++;
    return { n: parcel.n + 1, to: parcel.to, paid: parcel.paid };
  }
  async step10(parcel) {
    this.seen++;
    return { n: parcel.n + 1, to: parcel.to, paid: parcel.paid };
  }
}
Job()(Depot.prototype, 'step1');
for (let at = 2; at <= LENGTH; at++) OnSuccess(() => Depot, `step${at - 1}`)(Depot.prototype, `step${at}`);

/** Each call written out, as generated wiring has it. */
const calls = {
  step1: (depot, parcel) => depot.step1(parcel),
  step2: (depot, parcel) => depot.step2(parcel),
  step3: (depot, parcel) => depot.step3(parcel),
  step4: (depot, parcel) => depot.step4(parcel),
  step5: (depot, parcel) => depot.step5(parcel),
  step6: (depot, parcel) => depot.step6(parcel),
  step7: (depot, parcel) => depot.step7(parcel),
  step8: (depot, parcel) => depot.step8(parcel),
  step9: (depot, parcel) => depot.step9(parcel),
  step10: (depot, parcel) => depot.step10(parcel),
};

async function byHand(depot, parcel) {
  const parcel1 = await depot.step1(parcel);
  const parcel2 = await depot.step2(parcel1);
  const parcel3 = await depot.step3(parcel2);
  const parcel4 = await depot.step4(parcel3);
  const parcel5 = await depot.step5(parcel4);
  const parcel6 = await depot.step6(parcel5);
  const parcel7 = await depot.step7(parcel6);
  const parcel8 = await depot.step8(parcel7);
  const parcel9 = await depot.step9(parcel8);
  return depot.step10(parcel9);
}

/**
 * What the call costs is measured beside the code by hand, what the check adds beside the same runs without it.
 *
 * @param {{ validated: boolean, isBesideUnchecked?: boolean }} variant @returns {import('../measure.js').Workload}
 */
export function classes({ validated, isBesideUnchecked = false }) {
  const names = Object.keys(calls);
  const nodes = names.map((step, at) => node(`Depot.${step}`, at === 0 ? 'job' : 'handler', calls[step], Parcel));
  const edges = names.slice(1).map((step, at) => edge('success', `Depot.${names[at]}`, `Depot.${step}`));
  const depot = new Depot();
  const graph = wiringOf('classes', nodes, edges);
  const wayOf = (runtime) => async (parcel) => (await runtime.start('Depot.step1', parcel)).value();
  const onward = wayOf(runtimeOf(graph, { Depot: depot }, validated));
  const beside = isBesideUnchecked
    ? wayOf(runtimeOf(graph, { Depot: depot }, false))
    : (parcel) => byHand(depot, parcel);
  const missing = async (runs, way) => {
    const before = depot.seen;
    for (let n = 0; n < runs; n++) await way({ n, to: 'Oslo', paid: true });
    return depot.seen - before - runs * LENGTH;
  };
  return {
    stepsPerRun: LENGTH,
    byHand: (runs) => missing(runs, beside),
    onward: (runs) => missing(runs, onward),
  };
}
