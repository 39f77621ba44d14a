// What `import` of each entry costs beside the import of the three libraries that `onward` needs.
//
//   npm run build && node bench/import.js
//
// I1. CPU time (user + system) of the import in a process of its own, all entries in turn, medians.
// I2. The libraries are imported first, in the same process, and measured too: a busy machine slows both alike. So the
//     ratio is the figure, and not the milliseconds.

import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROUNDS = 15;
const root = new URL('../', import.meta.url);
const entries =
  process.argv.length > 2 ? process.argv.slice(2) : ['src/index.js', 'src/wiring/v1.js', 'src/definitions.js'];

const script = (url) => `
  const cpuMs = async (load) => {
    const before = process.cpuUsage();
    await load();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e3;
  };
  const libraries = await cpuMs(async () => {
    await import('reflect-metadata');
    await import('class-validator');
    await import('class-transformer');
  });
  console.log(JSON.stringify({ libraries, entry: await cpuMs(() => import('${url}')) }));`;

const taken = Object.fromEntries(entries.map((entry) => [entry, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const entry of entries) {
    const argv = ['--input-type=module', '--eval', script(new URL(entry, new URL('dist/', root)))];
    taken[entry].push(JSON.parse(execFileSync(process.execPath, argv, { cwd: fileURLToPath(root), encoding: 'utf8' })));
  }
}

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, load ${loadavg()[0]?.toFixed(1)}.`);
console.log(`CPU of the import, medians of ${ROUNDS} processes.\n`);
const libraries = median(Object.values(taken).flatMap((rounds) => rounds.map((round) => round.libraries)));
console.log(`${'the three libraries'.padEnd(40)}${libraries.toFixed(0).padStart(6)} ms`);
for (const [entry, rounds] of Object.entries(taken)) {
  const ms = median(rounds.map((round) => round.entry));
  const share = median(rounds.map((round) => round.entry / round.libraries));
  console.log(`${entry.padEnd(40)}${ms.toFixed(0).padStart(6)} ms${`${(share * 100).toFixed(0)} %`.padStart(8)}`);
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
