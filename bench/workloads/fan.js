// One job, a hundred handlers of its value at once, and a join of what they return.

import { Job, Join, OnSuccess } from '../../dist/src/index.js';
import { edge, joinEdges, node, runtimeOf, wiringOf } from '../wiring.js';

const WIDTH = 100;
export const parts = Array.from({ length: WIDTH }, (_, at) => `part${at + 1}`);

class Split {
  /** @type {number} */
  n;
}

export class Fan {
  total = 0;

  /** @param {Split} split */
  async split(split) {
    return { n: split.n };
  }

  /** @param {Readonly<Record<string, { n: number }>>} values by the names of the parts */
  async gather(values) {
    let sum = 0;
    for (const part of parts) sum += values[part].n;
    this.total += sum;
    return { sum };
  }

  /** @param {readonly { n: number }[]} values by hand: in the order of the parts */
  async gatherAll(values) {
    let sum = 0;
    for (const value of values) sum += value.n;
    this.total += sum;
    return { sum };
  }
}
// The hundred parts are alike but for what they add: each is a function of its own.
parts.forEach((part, at) => {
  Fan.prototype[part] = async (split) => ({ n: split.n + at });
});

Job()(Fan.prototype, 'split');
for (const part of parts) OnSuccess(() => Fan, 'split')(Fan.prototype, part);
Join(Object.fromEntries(parts.map((part) => [part, part])))(Fan.prototype, 'gather');

const graph = wiringOf(
  'fan',
  [
    node('Fan.split', 'job', (fan, split) => fan.split(split), Split),
    ...parts.map((part) => node(`Fan.${part}`, 'handler', (fan, split) => fan[part](split), true)),
    node('Fan.gather', 'handler', (fan, values) => fan.gather(values), true),
  ],
  [
    ...parts.map((part) => edge('success', 'Fan.split', `Fan.${part}`)),
    ...joinEdges('Fan.gather', new Map(parts.map((part) => [part, `Fan.${part}`]))),
  ],
);

/** @param {Fan} fan @param {{ n: number }} split */
async function byHand(fan, split) {
  const given = await fan.split(split);
  const values = await Promise.all(parts.map((part) => fan[part](given)));
  const named = {};
  for (let at = 0; at < WIDTH; at++) named[parts[at]] = values[at];
  await fan.gather(named);
  return given;
}

/** The same without a record of the values: a join makes one, hand-written code need not. */
async function byHandBare(fan, split) {
  const given = await fan.split(split);
  const values = await Promise.all(parts.map((part) => fan[part](given)));
  await fan.gatherAll(values);
  return given;
}

/** @returns {import('../measure.js').Workload} */
export function fan({ isBare = false }) {
  const way = isBare ? byHandBare : byHand;
  const service = new Fan();
  const runtime = runtimeOf(graph, { Fan: service }, false);
  /** @param {(n: number) => Promise<{ n: number }>} way */
  const missing = async (runs, once) => {
    const before = service.total;
    for (let at = 0; at < runs; at++) await once(at);
    return service.total - before - expected(runs);
  };
  return {
    stepsPerRun: WIDTH + 2,
    byHand: (runs) => missing(runs, (n) => way(service, { n })),
    onward: (runs) => missing(runs, async (n) => (await runtime.start('Fan.split', { n })).value()),
  };
}

/** What the sums of all joins come to. */
function expected(runs) {
  return (WIDTH * runs * (runs - 1)) / 2 + (runs * WIDTH * (WIDTH - 1)) / 2;
}
