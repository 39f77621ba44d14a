// What tasks on Redis cost: chains on the BullMQ engine beside BullMQ's own jobs that do nothing, in the same run.
//
//   npx tsx bench/bullmq.js [workers]     after `npm run build`; needs redis-server
//
// It prints tasks a second of both, and what a task costs Redis: its commands (each script and each command of a pipeline
// is one), and the bytes in and out.
//
// B1. Slices in turn, medians: a busy machine hits both alike. What counts is the ratio.
// B2. The server keeps an append-only file, as production does (everysec).

import { fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createRuntime } from '../dist/src/index.js';
import { bullmqEngine } from '../dist/src/engines/bullmq/index.js';
import { Chain, chainGraph } from './workloads/chain.js';

const SLICES = 5;
const RUNS = 60;
const STEPS = 10;
const CONCURRENCY = 64;

const runtimeAt = (connection) => {
  const services = { Chain: new Chain() };
  const engine = bullmqEngine({ connection });
  return createRuntime(chainGraph(), { services, engine, messages: { validate: false }, log: false });
};

const workerOf = process.env['ONWARD_BENCH_REDIS'];
if (workerOf !== undefined) {
  void runtimeAt(workerOf).work({ concurrency: CONCURRENCY });
  const connection = new Redis(workerOf, { maxRetriesPerRequest: null });
  const worker = new Worker('noop', () => undefined, { connection, prefix: '{noop}', concurrency: CONCURRENCY });
  await worker.waitUntilReady();
  setTimeout(() => process.send('up'), 500);
} else await measure(Number(process.argv[2] ?? 1));

async function measure(workers) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'onward-bench-'));
  const keeps = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'];
  const server = spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', '--dir', folder, ...keeps]);
  await new Promise((resolve) => server.stdout.on('data', (line) => String(line).includes('Ready') && resolve()));
  const url = `redis://127.0.0.1:${port}`;
  const children = Array.from({ length: workers }, () =>
    fork(fileURLToPath(import.meta.url), {
      env: { ...process.env, ONWARD_BENCH_REDIS: url },
      execArgv: process.execArgv,
    }),
  );
  await Promise.all(children.map((child) => new Promise((resolve) => child.once('message', resolve))));
  const redis = new Redis(url);
  const runtime = runtimeAt(url);
  const queue = new Queue('noop', { connection: redis, prefix: '{noop}' });
  const measured = { ours: [], theirs: [] };
  for (let slice = 0; slice <= SLICES; slice++) {
    const theirs = await sliceOf(redis, () => noops(queue, redis, RUNS * STEPS));
    const ours = await sliceOf(redis, () => chains(runtime));
    // The first slice only warms up.
    if (slice === 0) continue;
    measured.theirs.push(theirs);
    measured.ours.push(ours);
  }
  const row = (name, slices) => {
    const median = (of) => slices.map(of).toSorted((a, b) => a - b)[slices.length >> 1];
    const said = [median((one) => one.tasksPerSecond), median((one) => one.commands), median((one) => one.bytes)];
    console.log(
      `${name}: ${said[0].toFixed(0)} tasks/s, ${said[1].toFixed(1)} commands and ${said[2].toFixed(0)} bytes a task`,
    );
    return said[0];
  };
  console.log(`${workers} worker(s), concurrency ${CONCURRENCY}, node ${process.version}`);
  const theirs = row('BullMQ, jobs that do nothing', measured.theirs);
  const ours = row(`a chain of ${STEPS}, ${RUNS} runs at a time`, measured.ours);
  console.log(`ratio ${(ours / theirs).toFixed(2)}`);
  await runtime.close({ drainMs: 0 });
  await queue.close();
  redis.disconnect();
  for (const child of children) child.kill('SIGKILL');
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

async function sliceOf(redis, work) {
  const before = await counted(redis);
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1_000;
  const after = await counted(redis);
  const tasks = RUNS * STEPS;
  return {
    tasksPerSecond: tasks / seconds,
    commands: (after.commands - before.commands) / tasks,
    bytes: (after.bytes - before.bytes) / tasks,
  };
}

async function counted(redis) {
  const info = await redis.info('stats');
  const of = (name) => Number(new RegExp(`${name}:(\\d+)`).exec(info)[1]);
  return {
    commands: of('total_commands_processed'),
    bytes: of('total_net_input_bytes') + of('total_net_output_bytes'),
  };
}

async function chains(runtime) {
  const runs = await Promise.all(Array.from({ length: RUNS }, (_, n) => runtime.start('Chain.step1', { n })));
  await Promise.all(runs.map((run) => run.value()));
}

async function noops(queue, redis, count) {
  const opts = { removeOnComplete: true };
  await queue.addBulk(Array.from({ length: count }, (_, n) => ({ name: 'noop', data: { n }, opts })));
  while (Number(await redis.zcard('{noop}:noop:completed')) + (await queue.getJobCountByTypes('waiting', 'active')) > 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

function freePort() {
  return new Promise((resolve) => {
    const listening = createServer().listen(0, '127.0.0.1', () => {
      const { port } = listening.address();
      listening.close(() => resolve(port));
    });
  });
}
