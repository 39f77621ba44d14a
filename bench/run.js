// Measures wired against hand-written code: a table on stdout, JSON in bench/results/.
//
//   npm run bench                    every row
//   npm run bench -- chain callback  some rows
//   npm run bench -- --quick         a few seconds, to see that it works; its figures mean nothing
//
// What our types cost in the user's tsc: node bench/types/run.js

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rows } from './rows.js';
import { tableOf } from './table.js';

const start = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const quick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--quick');
const unknown = wanted.filter((name) => !Object.hasOwn(rows, name));
if (unknown.length > 0) {
  console.error(`there is no row ${unknown.join(', ')}, only ${Object.keys(rows).join(', ')}`);
  process.exit(2);
}

const about = {
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  load: loadavg()[0],
  engine: 'memory',
  history: 'the default, the last 1,000 steps',
  validation: 'off, where the row does not say otherwise',
  quick,
};
console.log(`Onward beside hand-written code. Node ${about.node}, ${about.cpu}, load ${about.load?.toFixed(1)}.`);
console.log(`Engine: ${about.engine}. History: ${about.history}. Validation: ${about.validation}. No context.`);
console.log('CPU time (user + system) per step, medians; one process per row, both ways in turn.\n');

const results = [];
for (const name of wanted.length > 0 ? wanted : Object.keys(rows)) {
  const { stdout } = await start(process.execPath, ['--expose-gc', here('row.js'), name, quick ? 'quick' : 'full']);
  results.push({ name, ...JSON.parse(stdout) });
}
console.log(tableOf(results));
if (quick) console.log('\nA quick run: the figures mean nothing.');

await mkdir(here('results'), { recursive: true });
const file = here(`results/${quick ? 'quick' : 'bench'}-node${process.versions.node.split('.')[0]}.json`);
await writeFile(file, `${JSON.stringify({ about, results }, null, 2)}\n`);
