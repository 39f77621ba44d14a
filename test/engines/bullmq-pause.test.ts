// Nodes that are paused in all processes of an application.

import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Runtime } from 'onward';
import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import { bundled, started } from '../support/child.ts';
import { depot, notedIn } from '../support/depot.ts';
import { temporaryFolder } from '../support/folders.ts';
import { describeWithRedis, redisServer, type RedisServer } from '../support/redis.ts';
import type { AnyNodes } from '../support/wired.ts';

describeWithRedis('pausing', () => {
  let server: RedisServer;
  let program: string;
  let notes = '';
  let cases = 0;
  const runtimes: Runtime<AnyNodes>[] = [];
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    server = await redisServer();
    program = await bundled('depot-worker');
    notes = join(temporaryFolder('pause'), 'notes');
  }, 60_000);
  afterEach(async () => {
    for (const worker of workers.splice(0)) worker.kill('SIGKILL');
    await Promise.allSettled(runtimes.splice(0).map((runtime) => runtime.close({ drainMs: 0 })));
    cases++;
  });

  function options(): BullmqEngineOptions {
    return { connection: `redis://127.0.0.1:${server.port}`, queue: `case${cases}`, recoverAfter: '900ms' };
  }
  function opened(): Runtime<AnyNodes> {
    const runtime = depot(`${notes}${cases}`, options());
    runtimes.push(runtime);
    return runtime;
  }
  function noted(): string[] {
    return notedIn(`${notes}${cases}`).toSorted();
  }
  async function worker(): Promise<ChildProcess> {
    const child = started(program, { notes: `${notes}${cases}`, options: options() });
    workers.push(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    return child;
  }
  const BESIDE = ['one~Depot.carry.1', ...[1, 2, 3].map((n) => `one~Depot.stack.${n}.${n - 1}`)];

  test('a node that one process pauses begins in none, also in one that comes later, and its jobs are held by nobody', async () => {
    const client = opened();
    const first = await worker();
    await client.pause('Depot.sign');
    const run = await client.start('Depot.carry', { ms: 0 }, { id: 'one' });
    const queue = new Queue(`case${cases}`, { connection: { port: server.port }, prefix: '{onward}' });
    const counts = () => queue.getJobCounts('active', 'waiting', 'delayed');
    await expect.poll(counts, { timeout: 10_000 }).toEqual({ active: 0, waiting: 0, delayed: 1 });
    expect((await queue.getDelayed()).map(({ name }) => name)).toEqual(['Depot.sign']);
    first.kill('SIGKILL');
    await worker();
    // It is looked for what got lost: nothing is.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await counts()).toEqual({ active: 0, waiting: 0, delayed: 1 });
    expect(noted()).toEqual(BESIDE);
    const other = opened();
    await other.runs();
    expect(String(Reflect.get(other, Symbol.for('nodejs.util.inspect.custom')).call(other))).toContain(
      'paused: Depot.sign',
    );
    await other.resume('Depot.sign');
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toEqual(['one~Depot.carry.1', 'one~Depot.sign.1', ...BESIDE.slice(1)]);
    await queue.close();
  });

  test('what is under way ends, and a worker that has not heard of the resume begins all the same', async () => {
    const [client, far] = [opened(), opened()];
    void far.work();
    const run = await client.start('Depot.carry', { ms: 300 }, { id: 'one' });
    await expect.poll(noted).toEqual(['one~Depot.carry.1']);
    await client.pause();
    await expect.poll(async () => (await run.inspect()).steps.map(({ node }) => node)).toContain('Depot.sign');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(noted()).toEqual(['one~Depot.carry.1']);
    // Nothing is told: who works finds it out.
    const redis = new Redis(server.port);
    await redis.del(`{onward}:case${cases}:paused`);
    redis.disconnect();
    await expect
      .poll(() => String(Reflect.get(far, Symbol.for('nodejs.util.inspect.custom')).call(far)))
      .not.toContain('paused');
    await client.resume();
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toHaveLength(5);
  });
});
