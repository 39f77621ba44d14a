// A thousand handlers, each waiting for none to three of the fifty before it; which ones, a fixed seed says.

import { Job, Join, OnSuccess } from '../../dist/src/index.js';
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
// Each node is a method of its own, as in a source: closures of three functions would share their optimised code.
for (let at = 0; at < SIZE; at++) Dag.prototype[names[at]] = bodyOf(at);

function bodyOf(at) {
  const takes = ['before', '{ first, second }', '{ first, second, third }'][Math.max(0, sourcesOf[at].length - 1)];
  const sum = ['before.n', 'first.n + second.n', 'first.n + second.n + third.n'][Math.max(0, sourcesOf[at].length - 1)];
  const source = `return async function ${names[at]}(${takes}) { this.total++; return { n: (${sum} + ${at}) % 1_000 }; }`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is ours
  return new Function(source)();
}

/** Each call written out, as generated wiring has it. */
function callOf(name) {
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is ours
  return new Function('dag', 'message', `return dag.${name}(message)`);
}

const nodes = [node('Dag.node0', 'job', (dag, seed) => dag.node0(seed), Seed)];
const edges = [];
Job()(Dag.prototype, 'node0');
for (let at = 1; at < SIZE; at++) {
  const name = names[at];
  nodes.push(node(`Dag.${name}`, 'handler', callOf(name), true));
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
  const sources = sourcesOf[at];
  if (sources.length === 1) return dag[name](await promises[sources[0]]);
  const first = await promises[sources[0]];
  const second = await promises[sources[1]];
  return dag[name](sources.length === 2 ? { first, second } : { first, second, third: await promises[sources[2]] });
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
