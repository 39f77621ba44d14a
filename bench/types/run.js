// What our types cost in the user's own tsc: the live decorators against inert ones, and the wiring against none.
//
//   npm run build && node bench/types/run.js
//   npm run build && node bench/types/run.js --quick    a small corpus, to see that it works; its figures mean nothing
//
// T1. Ratios are of CPU time (user + system) of whole compilations, each in a process of its own, the two ways in turn.
// T2. Counts are exact: the same on every machine. Times are not, so each is the least of its rounds.

import { rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { generateWiring } from '../../dist/codegen/index.js';
import { compile, COMPILERS } from './compile.js';
import { ABOUT_CORPUS, makeCorpus } from './corpus.js';

const quick = process.argv.includes('--quick');
const services = quick ? 20 : 1_000;
const rounds = quick ? 1 : 3;
const compilers = Object.keys(COMPILERS).sort();

const inert = makeCorpus(services, 'inert');
const live = makeCorpus(services);
const wired = makeCorpus(services);
try {
  const { ok, problems } = generateWiring({ project: join(wired, 'tsconfig.json') });
  if (!ok) throw new Error(`the corpus gives no wiring: ${JSON.stringify(problems.slice(0, 3))}`);
  console.log(`${services} services of four annotated methods. ${ABOUT_CORPUS}`);
  console.log(
    `Strict, no output, libraries not checked. ${cpus()[0]?.model ?? 'unknown CPU'}, load ${loadavg()[0]?.toFixed(1)}.`,
  );
  console.log(`CPU time of whole compilations, one process each, the two ways in turn, the least of ${rounds}.\n`);
  print(
    'decorators',
    [
      { title: 'inert', folder: inert },
      { title: 'live', folder: live },
    ],
    { 5.9: 1.5, '6.0': 1.5, '7.0': 1.6 },
  );
  console.log();
  print(
    'wiring',
    [
      { title: 'without', folder: live },
      { title: 'with', folder: wired },
    ],
    { 5.9: 1.25, '6.0': 1.25, '7.0': 1.35 },
  );
  if (quick) console.log('\nA quick run: the figures mean nothing.');
} finally {
  for (const folder of [inert, live, wired]) rmSync(folder, { recursive: true });
}

function print(subject, ways, goals) {
  console.log(row([subject, 'tsc', 'instantiations', 'a node', 'types', 'symbols', 'check', 'CPU', 'ratio', 'goal']));
  for (const compiler of compilers) {
    const figures = measure(compiler, ways);
    const [base] = figures;
    figures.forEach((figure, at) => {
      const added = (count) => (at === 0 ? '' : `+${((figure[count] - base[count]) / (services * 4)).toFixed(0)}`);
      const compared = at === 0 ? ['', ''] : [`x${(figure.cpuS / base.cpuS).toFixed(2)}`, `x${goals[compiler]}`];
      console.log(
        row([
          ways[at].title,
          compiler,
          figure.instantiations.toLocaleString('en'),
          added('instantiations'),
          added('types'),
          added('symbols'),
          `${figure.checkS.toFixed(2)} s`,
          `${figure.cpuS.toFixed(2)} s`,
          ...compared,
        ]),
      );
    });
  }
}

/** The least of each figure, the ways in turn. */
function measure(compiler, ways) {
  const runs = ways.map(() => []);
  for (let round = 0; round < rounds; round++) {
    ways.forEach(({ folder }, at) => runs[at].push(compile(compiler, folder)));
  }
  return runs.map((figures) => ({
    ...figures[0],
    checkS: Math.min(...figures.map((figure) => figure.checkS)),
    cpuS: Math.min(...figures.map((figure) => figure.cpuS)),
  }));
}

function row([subject, ...cells]) {
  return [subject.padEnd(10), ...cells.map((cell) => cell.padStart(14))].join('  ');
}
