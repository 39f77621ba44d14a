// What the generator costs, beside the compilers that read the same project.
//
//   npm run build && node bench/codegen/run.js
//   npm run build && node bench/codegen/run.js --quick    small projects, to see that it works; its figures mean nothing
//
// RUN-1. CPU time (user + system) of whole processes, one each, all of them in turn; of each the least of its rounds.
// RUN-2. What V8 has made of the compiler was kept by the run before, as in every project after its first run.
// RUN-3. tsc 7 is measured on one thread, and as users call it, on as many as it takes: its threads cost CPU time, too.
// RUN-4. A project that stays open is no entry of the package. It is bundled as dist is: what a loader makes of sources is
//     slower.
// RUN-5. The compilers write nothing and check no libraries; the annotations are live, and there is no wiring.

import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { compile } from '../types/compile.js';
import { ABOUT_CORPUS, makeCorpus } from '../types/corpus.js';

const quick = process.argv.includes('--quick');
const [few, services, many, rounds] = quick ? [10, 20, 40, 1] : [100, 1_000, 5_000, 3];
const MAIN = fileURLToPath(new URL('../../dist/codegen/cli/main.js', import.meta.url));
const USAGE = fileURLToPath(new URL('usage.cjs', import.meta.url));
const EDITS = fileURLToPath(new URL('edits.js', import.meta.url));
/** RUN-4. */
const SESSION = fileURLToPath(new URL('../../node_modules/.cache/onward-bench/session.js', import.meta.url));

const small = makeCorpus(few);
const bare = makeCorpus(services);
const wired = makeCorpus(services);
const large = makeCorpus(many);
try {
  console.log(`${services} services of four annotated methods. ${ABOUT_CORPUS}`);
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, load ${loadavg()[0]?.toFixed(1)}.\n`);
  onward(wired, 'generate');
  await bundleSession();
  const least = {
    cold: Infinity,
    changed: Infinity,
    check: Infinity,
    generate: Infinity,
    5.9: Infinity,
    '7.0': Infinity,
    threads: Infinity,
    small: Infinity,
  };
  for (let round = 0; round < rounds; round++) {
    note(least, 'cold', onward(wired, 'generate', '--no-cache').cpuS);
    for (const compiler of ['5.9', '7.0']) note(least, compiler, compile(compiler, bare).cpuS);
    note(least, 'threads', compile('7.0', bare, { threads: true }).cpuS);
    note(least, 'small', onward(small, 'generate', '--no-cache').cpuS);
    appendFileSync(join(wired, 'src/billing-7.ts'), `// ${round}\n`);
    note(least, 'changed', onward(wired, 'generate').cpuS);
    note(least, 'check', onward(wired, 'check').cpuS);
    note(least, 'generate', onward(wired, 'generate').cpuS);
  }
  const edits = editsOf(bare);
  const first = onward(large, 'generate');
  const known = Math.min(...[0, 1].map(() => onward(large, 'check').cpuS));
  const largeEdits = editsOf(large);
  print('generate, everything read', `${least.cold.toFixed(2)} s`, '');
  print('  of tsc 5.9', percent(least.cold / least['5.9']), '25 %');
  print('  of tsc 7 on one thread', percent(least.cold / least['7.0']), '80 %');
  print('  of tsc 7 on all threads', percent(least.cold / least.threads), '80 %');
  print(`  with ${few} services`, `${least.small.toFixed(2)} s`, '0.8 s');
  print('generate, one file changed', `${least.changed.toFixed(2)} s`, '');
  print('check, nothing changed', ms(least.check * 1_000), '150 ms');
  print('generate, nothing changed', ms(least.generate * 1_000), '150 ms');
  print('--watch, an edit within a body', ms(edits.body), '20 ms');
  print('--watch, an edit of the graph', ms(edits.graph), '20 ms');
  print(`generate, ${many.toLocaleString('en')} services`, `${first.cpuS.toFixed(2)} s`, '');
  print('  memory', `${first.rssMb.toFixed(0)} MB`, '400 MB');
  print('  check, nothing changed', ms(known * 1_000), '300 ms');
  print('  --watch, an edit within a body', ms(largeEdits.body), '60 ms');
  print('  --watch, an edit of the graph', ms(largeEdits.graph), '60 ms');
  if (quick) console.log('\nA quick run: the figures mean nothing.');
} finally {
  for (const folder of [small, bare, wired, large]) rmSync(folder, { recursive: true });
}

async function bundleSession() {
  const input = fileURLToPath(new URL('../../codegen/session.ts', import.meta.url));
  const isPackage = (id) => !id.startsWith('.') && !isAbsolute(id);
  const bundle = await rolldown({ input, external: isPackage, platform: 'node' });
  await bundle.write({ file: SESSION, codeSplitting: false });
  await bundle.close();
}

function editsOf(folder) {
  return JSON.parse(node([EDITS, SESSION, folder, quick ? '3' : '15'], folder).out);
}

function onward(cwd, ...argv) {
  const { usage } = node([MAIN, ...argv], cwd);
  return usage;
}

function node(argv, cwd) {
  const options = { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', 'pipe'] };
  const { status, stdout, stderr, output } = spawnSync(process.execPath, ['--require', USAGE, ...argv], options);
  if (status !== 0) throw new Error(`${argv.join(' ')} failed:\n${stdout}${stderr}`);
  return { out: stdout, usage: JSON.parse(output[3]) };
}

function note(least, name, value) {
  least[name] = Math.min(least[name], value);
}

function percent(ratio) {
  return `${(ratio * 100).toFixed(0)} %`;
}

function ms(value) {
  return `${value.toFixed(1)} ms`;
}

function print(what, figure, goal) {
  console.log(`${what.padEnd(34)}${figure.padStart(10)}${goal === '' ? '' : `   goal ${goal}`}`);
}
