// Measures Onward and its peers beside hand-written code: a table on stdout, JSON in bench/results/.
//
//   npm run bench:peers                 every table
//   npm run bench:peers -- chain valid  some tables
//   npm run bench:peers -- --quick      to see that it works; its figures mean nothing
//
// R1. Each peer is measured in processes of its own, in rounds: every peer once, then every peer again.
// R2. A figure is the median of the rounds, a ratio that of the process's own hand-written code.

import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { names, tables } from './peers.js';

const start = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const quick = process.argv.includes('--quick');
const rounds = quick ? 1 : 3;
const wanted = process.argv.slice(2).filter((argument) => argument !== '--quick');
const unknown = wanted.filter((name) => !Object.hasOwn(tables, name));
if (unknown.length > 0) {
  console.error(`there is no table ${unknown.join(', ')}, only ${Object.keys(tables).join(', ')}`);
  process.exit(2);
}

const { dependencies: versions } = JSON.parse(await readFile(here('../package.json'), 'utf8'));
const about = {
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  load: loadavg()[0],
  rounds,
  versions,
  quick,
};
console.log(`Node ${about.node}, ${about.cpu}, load ${about.load?.toFixed(1)}. CPU time (user + system), medians.\n`);

const results = {};
for (const name of wanted.length > 0 ? wanted : Object.keys(tables)) {
  results[name] = await measured(name);
  print(name);
}
if (quick) console.log('A quick run: the figures mean nothing.');

await mkdir(here('../results'), { recursive: true });
const file = here(`../results/${quick ? 'quick-' : ''}peers-node${process.versions.node.split('.')[0]}.json`);
await writeFile(file, `${JSON.stringify({ about, results }, null, 2)}\n`);

/** @param {string} table */
async function measured(table) {
  const figures = Object.fromEntries(tables[table].peers.map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round++) {
    for (const peer of tables[table].peers) {
      const mode = quick ? ['quick'] : [];
      const { stdout } = await start(process.execPath, ['--expose-gc', here('peer.js'), table, peer, ...mode]);
      figures[peer].push(JSON.parse(stdout));
    }
  }
  return Object.entries(figures).map(([peer, taken]) => ({
    peer,
    byHandNs: median(taken.map(({ byHandNs }) => byHandNs)),
    ns: median(taken.map(({ ns }) => ns)),
    ratio: median(taken.map(({ ratio }) => ratio)),
  }));
}

/** @param {string} table */
function print(table) {
  console.log(tables[table].title);
  const hand = median(results[table].map(({ byHandNs }) => byHandNs));
  const lines = [{ peer: 'by hand', ns: hand, ratio: 1 }, ...results[table].toSorted((a, b) => a.ratio - b.ratio)];
  for (const { peer, ns, ratio } of lines) {
    console.log(
      `  ${(names[peer] ?? peer).padEnd(40)}${ns.toFixed(0).padStart(10)} ns${`x${ratio.toFixed(2)}`.padStart(12)}`,
    );
  }
  console.log();
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
