// A thousand handlers, each waiting for none to three of the fifty before it; which ones, a fixed seed says.

import { Job, Join, OnSuccess } from 'onward';
import { edge, joinEdges, node, runtimeOf, wiringOf } from '../wiring.js';

const SIZE = 1_000;
const WINDOW = 50;
const SEED = 20_261_121;
const FIELDS = ['first', 'second', 'third'];

class Seed {
  /** @type {number} */
  n;
}

/** What each node waits for, by number. Node 0 is the job; who waits for nothing else waits for it. */
const sourcesOf = makeSources(randomOf(SEED));
const names = Array.from({ length: SIZE }, (_, at) => `node${at}`);

class Dag {
  total = 0;
}
// All nodes with as many sources do the same, each in a function of its own.
for (let at = 0; at < SIZE; at++) Dag.prototype[names[at]] = bodyOf(at);

function bodyOf(at) {
  if (sourcesOf[at].length < 2) {
    return async function one(before) {
      this.total++;
      return { n: (before.n + at) % 1_000 };
    };
  }
  if (sourcesOf[at].length === 2) {
    return async function two({ first, second }) {
      this.total++;
      return { n: (first.n + second.n + at) % 1_000 };
    };
  }
  return async function three({ first, second, third }) {
    this.total++;
    return { n: (first.n + second.n + third.n + at) % 1_000 };
  };
}

const nodes = [node('Dag.node0', 'job', (dag, seed) => dag.node0(seed), Seed)];
const edges = [];
Job()(Dag.prototype, 'node0');
for (let at = 1; at < SIZE; at++) {
  const name = names[at];
  nodes.push(node(`Dag.${name}`, 'handler', (dag, message) => dag[name](message), true));
  const sources = sourcesOf[at].map((source) => names[source]);
  if (sources.length === 1) {
    OnSuccess(() => Dag, sources[0])(Dag.prototype, name);
    edges.push(edge('success', `Dag.${sources[0]}`, `Dag.${name}`));
  } else {
    Join(Object.fromEntries(sources.map((source, place) => [FIELDS[place], source])))(Dag.prototype, name);
    edges.push(...joinEdges(`Dag.${name}`, new Map(sources.map((source, place) => [FIELDS[place], `Dag.${source}`]))));
  }
}
const graph = wiringOf('dag', nodes, edges);

/** @param {Dag} dag @param {{ n: number }} seed */
async function byHand(dag, seed) {
  const promises = [dag.node0(seed)];
  for (let at = 1; at < SIZE; at++) promises.push(nodeByHand(dag, at, promises));
  await Promise.all(promises);
}

async function nodeByHand(dag, at, promises) {
  const name = names[at];
  const values = await Promise.all(sourcesOf[at].map((source) => promises[source]));
  if (values.length === 1) return dag[name](values[0]);
  const [first, second, third] = values;
  return dag[name](values.length === 2 ? { first, second } : { first, second, third });
}

/** @returns {import('../measure.js').Workload} */
export function dag() {
  const service = new Dag();
  const runtime = runtimeOf(graph, { Dag: service }, false);
  /** @param {(n: number) => Promise<unknown>} way */
  const missing = async (runs, way) => {
    const before = service.total;
    for (let n = 0; n < runs; n++) await way(n);
    return service.total - before - runs * SIZE;
  };
  return {
    stepsPerRun: SIZE,
    byHand: (runs) => missing(runs, (n) => byHand(service, { n })),
    onward: (runs) => missing(runs, async (n) => (await runtime.start('Dag.node0', { n })).value()),
  };
}

/** @param {() => number} random at least 0 and less than 1 */
function makeSources(random) {
  const all = [[]];
  for (let at = 1; at < SIZE; at++) {
    const wanted = Math.floor(random() * 4);
    const sources = new Set();
    for (let tries = 0; tries < wanted; tries++) sources.add(at - 1 - Math.floor(random() * Math.min(at, WINDOW)));
    all.push(sources.size === 0 ? [0] : [...sources]);
  }
  return all;
}

/** Mulberry32, Tommy Ettinger, 2017. */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
