// Three workers share the runs of one producer, through a Redis of their own. One of them is killed; everything finishes.
//
// npx tsx --tsconfig examples/workers/tsconfig.json examples/workers/src/main.ts

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime, formatReport, type Runtime } from 'onward';
import { bullmqEngine } from 'onward/engines/bullmq';
import { graph, type Nodes } from './onward.gen.ts';
import { Parcels } from './parcels.ts';

const RUNS = 60;
const [, script = '', worker, port] = process.argv;

if (worker !== undefined) await open(worker, Number(port)).work({ concurrency: 8 });
else await produce();

/** The one line that is not as in memory: the engine. */
function open(name: string, at: number): Runtime<Nodes> {
  const engine = bullmqEngine({ connection: `redis://127.0.0.1:${at}`, recoverAfter: '2s' });
  return createRuntime(graph, { services: { Parcels: new Parcels(name) }, engine });
}

async function produce(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onward-workers-'));
  const children: ChildProcess[] = [];
  try {
    const at = await freePort();
    children.push(await startRedis(folder, at));
    const workers = ['ann', 'ben', 'cleo'].map((name) => startWorker(name, at));
    children.unshift(...workers);
    await send(open('the producer', at), workers);
  } finally {
    // Redis goes last.
    for (const child of children) {
      child.kill();
      await ended(child);
    }
    rmSync(folder, { recursive: true });
  }
}

async function send(producer: Runtime<Nodes>, workers: readonly ChildProcess[]): Promise<void> {
  const parcels = Array.from({ length: RUNS }, (_, n) => ({ grams: 400 + n * 20 }));
  const runs = await Promise.all(parcels.map((parcel) => producer.start('Parcels.weigh', parcel)));
  await runs[0]?.value();
  workers[1]?.kill('SIGKILL');
  console.log('ben was killed');

  const reports = await Promise.all(runs.map((run) => run.report()));
  const completed = reports.filter(({ status }) => status === 'completed');
  const text = JSON.stringify(completed);
  console.log(`${completed.length} of ${RUNS} parcels are on their way`);
  console.log(
    `performed by: ${['ann', 'cleo', 'the producer'].filter((name) => text.includes(`by ${name}`)).join(', ')}`,
  );
  const [first] = completed;
  if (first !== undefined) console.log(formatReport(first).replaceAll(/ *\d+(\.\d+)? m?s\b/g, ''));
  await producer.close();
}

function startWorker(name: string, at: number): ChildProcess {
  return spawn(process.execPath, [...process.execArgv, script, name, String(at)], { stdio: 'inherit' });
}

/** Keeps what it is given: an append-only file, and nothing is removed when memory is full. */
async function startRedis(folder: string, at: number): Promise<ChildProcess> {
  const place = ['--bind', '127.0.0.1', '--port', String(at), '--dir', folder, '--save', ''];
  const child = spawn('redis-server', [...place, '--appendonly', 'yes', '--maxmemory-policy', 'noeviction']);
  await new Promise<void>((resolve, reject) => {
    child.once('error', () => reject(new Error('this example needs redis-server: `apt-get install redis-server`')));
    child.once('exit', () => reject(new Error('redis-server ended before it was ready')));
    child.stdout.on('data', (line) => String(line).includes('Ready to accept') && resolve());
  });
  return child;
}

function ended(child: ChildProcess): Promise<unknown> {
  return child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', resolve))
    : Promise.resolve();
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
