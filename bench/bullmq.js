// What runs in Redis cost: chains on the BullMQ engine beside BullMQ's own jobs that do nothing, in the same run; how soon a
// run begins; and how soon another worker goes on with what a dead one had.
//
//   npx tsx bench/bullmq.js [workers]     after `npm run build`; needs redis-server
//
// B1. Slices in turn, medians: a busy machine hits all alike. What counts is the ratio, and the CPU time of all processes
//     together (workers, client and server), which a busy machine changes least.
// B2. The server keeps an append-only file, as production does (everysec).
// B3. A command is what Redis counts: each script, and each command in it. A packet is what the server reads at once from a
//     connection: with one run at a time, that is a question that is waited for, or news.

import { fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createRuntime, Job } from '../dist/src/index.js';
import { bullmqEngine } from '../dist/src/engines/bullmq/index.js';
import { node, wiringOf } from './wiring.js';
import { Chain, chainGraph } from './workloads/chain.js';

const SLICES = 5;
const RUNS = 60;
const STEPS = 10;
const CONCURRENCY = 64;
const LATENCIES = 300;
const RECOVERIES = 5;
const RECOVER_AFTER_MS = [3_000, 15_000];

/** Milliseconds since the epoch, in fractions, the same in every process of a machine. */
const now = () => performance.timeOrigin + performance.now();

class Clock {
  /** When it began. */
  tell() {
    return now();
  }
  async hang() {
    process.send?.({ begun: now() });
    await new Promise(() => undefined);
  }
}
Job()(Clock.prototype, 'tell');
Job()(Clock.prototype, 'hang');

const clockGraph = () =>
  wiringOf(
    'clock',
    [node('Clock.tell', 'job', (clock) => clock.tell()), node('Clock.hang', 'job', (clock) => clock.hang())],
    [],
  );

/** The chain with steps in a row, with each step a job of its own, and the clock; each in a queue of its own. */
const KINDS = {
  row: (options) => runtimeOf(chainGraph(), { Chain: new Chain() }, options),
  each: (options) => runtimeOf(chainGraph(), { Chain: new Chain() }, { ...options, stepsInARow: 1 }),
  clock: (options) => runtimeOf(clockGraph(), { Clock: new Clock() }, options),
};

function runtimeOf(graph, services, options) {
  return createRuntime(graph, { services, engine: bullmqEngine(options), messages: { validate: false }, log: false });
}

const given = JSON.parse(process.env['ONWARD_BENCH_REDIS'] ?? 'null');
if (given === null) await measure(Number(process.argv[2] ?? 1));
else await work(given);

async function work({ connection, kinds, ...options }) {
  for (const kind of kinds)
    void KINDS[kind]({ connection, queue: kind, ...options }).work({ concurrency: CONCURRENCY });
  const redis = new Redis(connection, { maxRetriesPerRequest: null });
  const worker = new Worker('noop', () => undefined, { connection: redis, prefix: '{noop}', concurrency: CONCURRENCY });
  await worker.waitUntilReady();
  process.on('message', () => process.send({ cpu: process.cpuUsage() }));
  setTimeout(() => process.send('up'), 500);
}

function started(given) {
  const env = { ...process.env, ONWARD_BENCH_REDIS: JSON.stringify(given) };
  const child = fork(fileURLToPath(import.meta.url), { env, execArgv: process.execArgv });
  return new Promise((resolve) => child.once('message', () => resolve(child)));
}

async function measure(count) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'onward-bench-'));
  const keeps = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'];
  const server = spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', '--dir', folder, ...keeps]);
  await new Promise((resolve) => server.stdout.on('data', (line) => String(line).includes('Ready') && resolve()));
  const connection = `redis://127.0.0.1:${port}`;
  const kinds = Object.keys(KINDS);
  const workers = await Promise.all(Array.from({ length: count }, () => started({ connection, kinds })));
  console.log(`${count} worker(s), concurrency ${CONCURRENCY}, node ${process.version}`);
  const redis = new Redis(connection);
  const runtimes = Object.fromEntries(kinds.map((kind) => [kind, KINDS[kind]({ connection, queue: kind })]));
  await throughput({ redis, workers, runtimes });
  await latency(runtimes.clock);
  for (const worker of workers) worker.kill('SIGKILL');
  for (const recoverAfter of RECOVER_AFTER_MS) await recovery(connection, recoverAfter);
  for (const runtime of Object.values(runtimes)) await runtime.close({ drainMs: 0 });
  redis.disconnect();
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

async function throughput({ redis, workers, runtimes }) {
  const queue = new Queue('noop', { connection: redis, prefix: '{noop}' });
  const all = RUNS * STEPS;
  const rows = {
    'BullMQ, jobs that do nothing': [all, () => noops(queue, redis, all)],
    [`chains of ${STEPS}, ${RUNS} at a time, steps in a row`]: [all, () => chains(runtimes.row, RUNS)],
    [`chains of ${STEPS}, ${RUNS} at a time, each step a job`]: [all, () => chains(runtimes.each, RUNS)],
    'one chain at a time, steps in a row': [STEPS * 5, () => oneByOne(runtimes.row, 5)],
    'one chain at a time, each step a job': [STEPS * 5, () => oneByOne(runtimes.each, 5)],
  };
  const measured = Object.keys(rows).map(() => []);
  for (let slice = 0; slice <= SLICES; slice++)
    for (const [at, [tasks, run]] of Object.values(rows).entries()) {
      const found = await sliceOf({ redis, workers, tasks }, run);
      // The first slice only warms up.
      if (slice > 0) measured[at].push(found);
    }
  const base = measured[0];
  for (const [at, name] of Object.keys(rows).entries()) {
    const of = (slices, key) => median(slices.map((slice) => slice[key]));
    const said = ['commands', 'bytes', 'packets', 'cpu'].map((key) => of(measured[at], key));
    const [commands, bytes, packets, cpu] = said.map((number, place) => number.toFixed(place === 1 ? 0 : 1));
    const ratio = of(measured[at], 'tasks') / of(base, 'tasks');
    const ofCpu = of(base, 'cpu') / of(measured[at], 'cpu');
    console.log(
      `${name}: ${of(measured[at], 'tasks').toFixed(0)} tasks/s (ratio ${ratio.toFixed(2)}); a task: ${commands} commands, ${bytes} bytes, ${packets} packets, ${cpu} µs of CPU (ratio ${ofCpu.toFixed(2)})`,
    );
  }
  await queue.close();
}

async function latency(runtime) {
  const [acknowledged, begun] = [[], []];
  for (let at = 0; at < LATENCIES; at++) {
    const before = now();
    const run = await runtime.start('Clock.tell');
    acknowledged.push(now() - before);
    begun.push((await run.value()) - before);
  }
  const said = (times) => `${at(times, 0.5).toFixed(1)} ms (p50), ${at(times, 0.99).toFixed(1)} ms (p99)`;
  console.log(`a start, one at a time: acknowledged after ${said(acknowledged)}; its body begins after ${said(begun)}`);
}

/** From the kill of a worker in the middle of a body to the call of that body in another one. */
async function recovery(connection, recoverAfter) {
  const given = { connection, kinds: ['clock'], recoverAfter, prefix: `{recovery${recoverAfter}}` };
  const { kinds: _, ...options } = given;
  const runtime = KINDS.clock({ ...options, queue: 'clock' });
  const times = [];
  let worker = await started(given);
  await runtime.start('Clock.hang');
  await begunIn(worker);
  for (let time = 0; time < RECOVERIES; time++) {
    const next = await started(given);
    const begun = begunIn(next);
    const killed = now();
    worker.kill('SIGKILL');
    times.push((await begun) - killed);
    worker = next;
    // Not soon after it was called: that would count as its own fault.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }
  worker.kill('SIGKILL');
  await runtime.close({ drainMs: 0 });
  const [least, most] = [Math.min(...times), Math.max(...times)].map((ms) => (ms / 1_000).toFixed(1));
  console.log(
    `a killed worker, recoverAfter ${recoverAfter / 1_000} s: its body is called again after ${least} to ${most} s (median ${(median(times) / 1_000).toFixed(1)} of ${times.length})`,
  );
}

function begunIn(worker) {
  return new Promise((resolve) => worker.on('message', ({ begun }) => begun !== undefined && resolve(begun)));
}

async function sliceOf({ redis, workers, tasks }, run) {
  const before = await counted(redis, workers);
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1_000;
  const after = await counted(redis, workers);
  const of = (key) => (after[key] - before[key]) / tasks;
  const [commands, bytes, packets, cpu] = ['commands', 'bytes', 'packets', 'cpu'].map((key) => of(key));
  return { tasks: tasks / seconds, commands, bytes, packets, cpu };
}

async function counted(redis, workers) {
  const ofWorkers = workers.map(async (worker) => {
    worker.send('cpu');
    return new Promise((resolve) => worker.once('message', ({ cpu }) => resolve(cpu)));
  });
  const times = [process.cpuUsage(), ...(await Promise.all(ofWorkers))];
  const info = await redis.info();
  const of = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)[1]);
  return {
    commands: of('total_commands_processed'),
    bytes: of('total_net_input_bytes') + of('total_net_output_bytes'),
    packets: of('total_reads_processed'),
    cpu:
      times.reduce((sum, { user, system }) => sum + user + system, 0) +
      (of('used_cpu_user') + of('used_cpu_sys')) * 1_000_000,
  };
}

async function chains(runtime, count) {
  const runs = await Promise.all(Array.from({ length: count }, (_, n) => runtime.start('Chain.step1', { n })));
  await Promise.all(runs.map((run) => run.value()));
}

async function oneByOne(runtime, count) {
  for (let n = 0; n < count; n++) await chains(runtime, 1);
}

async function noops(queue, redis, count) {
  const opts = { removeOnComplete: true };
  await queue.addBulk(Array.from({ length: count }, (_, n) => ({ name: 'noop', data: { n }, opts })));
  while (Number(await redis.zcard('{noop}:noop:completed')) + (await queue.getJobCountByTypes('waiting', 'active')) > 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

function at(times, part) {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * part)];
}

function median(numbers) {
  return at(numbers, 0.5);
}

function freePort() {
  return new Promise((resolve) => {
    const listening = createServer().listen(0, '127.0.0.1', () => {
      const { port } = listening.address();
      listening.close(() => resolve(port));
    });
  });
}
