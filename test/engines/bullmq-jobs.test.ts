// Jobs that go on from one step to the next in one process, and what becomes of such a step when the process dies, stands
// still, or is asked to end.

import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RunReport, Runtime } from 'onward';
import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import { bundled, started } from '../support/child.ts';
import { depot, notedIn } from '../support/depot.ts';
import { temporaryFolder } from '../support/folders.ts';
import { describeWithRedis, redisServer, type RedisServer } from '../support/redis.ts';
import type { AnyNodes } from '../support/wired.ts';

const LINE = ['first', 'second', 'third', 'fourth', 'fifth'].map((name) => `one~Depot.${name}.1`);

describeWithRedis('jobs', () => {
  let server: RedisServer;
  let redis: Redis;
  let program: string;
  let notes = '';
  let cases = 0;
  const runtimes: Runtime<AnyNodes>[] = [];
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    server = await redisServer();
    redis = new Redis(server.port);
    program = await bundled('depot-worker');
    notes = join(temporaryFolder('depot'), 'notes');
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) worker.kill('SIGKILL');
    await Promise.allSettled(runtimes.splice(0).map((runtime) => runtime.close({ drainMs: 0 })));
    cases++;
  });
  afterAll(() => redis.disconnect());

  function options(more: Partial<BullmqEngineOptions> = {}): BullmqEngineOptions {
    const connection = `redis://127.0.0.1:${server.port}`;
    return { connection, queue: `case${cases}`, recoverAfter: '900ms', answerWithin: '2s', ...more };
  }
  function opened(more: Partial<BullmqEngineOptions> = {}): Runtime<AnyNodes> {
    const runtime = depot(`${notes}${cases}`, options(more));
    runtimes.push(runtime);
    return runtime;
  }
  function noted(): string[] {
    return notedIn(`${notes}${cases}`);
  }
  async function worker(more: Partial<BullmqEngineOptions> = {}): Promise<ChildProcess> {
    const child = started(program, { notes: `${notes}${cases}`, options: options(more) });
    workers.push(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    return child;
  }
  async function until(count: number): Promise<void> {
    await expect.poll(noted, { timeout: 20_000, interval: 5 }).toHaveLength(count);
  }
  /** How many jobs of the queue are done. */
  async function jobsDone(): Promise<number> {
    const happened = await redis.xrange(`{onward}:case${cases}:events`, '-', '+');
    return happened.filter(([, fields]) => fields[1] === 'completed').length;
  }

  test('what follows is performed of the same job: by default, up to a number, or not at all', async () => {
    for (const [stepsInARow, jobs] of [
      [undefined, 1],
      [2, 3],
      [1, 5],
    ] as const) {
      const runtime = opened(stepsInARow === undefined ? {} : { stepsInARow });
      void runtime.work();
      const run = await runtime.start('Depot.first', { ms: 0 }, { id: 'one' });
      expect((await run.report()).status).toBe('completed');
      expect(noted()).toEqual(LINE);
      await expect.poll(jobsDone).toBe(jobs);
      await runtime.close();
      cases++;
    }
  });

  test('a job goes on with nothing after a second', async () => {
    const runtime = opened({ recoverAfter: '15s' });
    void runtime.work();
    await (await runtime.start('Depot.first', { ms: 1_050 }, { id: 'one' })).report();
    await expect.poll(jobsDone).toBe(2);
  });

  test('a process that is killed in the middle of a job: only the body that was under way is called again', async () => {
    const [first, client] = [await worker(), opened()];
    const run = await client.start('Depot.first', { ms: 500 }, { id: 'one' });
    await until(3);
    first.kill('SIGKILL');
    await worker();
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toEqual([...LINE.slice(0, 3), ...LINE.slice(2)]);
  });

  test('deaths are counted for the step that was under way, not for the one that its job began with', async () => {
    const client = opened();
    const run = await client.start('Depot.climb', undefined, { id: 'one' });
    const other = await client.start('Depot.first', { ms: 300 }, { id: 'other' });
    const reported = run.report();
    let report: RunReport | undefined;
    while (report === undefined) {
      const child = await worker({ deaths: 3 });
      const gone = new Promise<undefined>((resolve) => child.once('exit', () => resolve(undefined)));
      report = await Promise.race([gone, reported]);
    }
    expect(report.steps.map(({ node, code }) => [node, code])).toEqual([
      ['Depot.climb', 0],
      ['Depot.fall', 205],
    ]);
    expect(noted().filter((key) => key === 'one~Depot.climb.1')).toHaveLength(1);
    expect((await other.report()).status).toBe('completed');
  });

  test('a step that a job has gone on with is left to it, however long its body takes', async () => {
    // Longer than what has happened to nobody for so long is looked for, and than a lease that is not renewed.
    const client = opened({ recoverAfter: '6s' });
    for (let n = 0; n < 2; n++) await worker({ recoverAfter: '6s' });
    const runs = await Promise.all(
      Array.from({ length: 8 }, (_, n) => client.start('Depot.first', { ms: 4_500 }, { id: `run${n}` })),
    );
    await Promise.all(runs.map((run) => run.report()));
    expect(noted()).toHaveLength(new Set(noted()).size);
    expect(noted()).toHaveLength(40);
  });

  test('a step whose job is gone with its process is found', async () => {
    const [first, client] = [await worker(), opened()];
    const run = await client.start('Depot.first', { ms: 500 }, { id: 'one' });
    await until(3);
    first.kill('SIGKILL');
    const queue = new Queue(`case${cases}`, { connection: { port: server.port }, prefix: '{onward}' });
    await queue.obliterate({ force: true });
    await queue.close();
    await worker();
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toEqual([...LINE.slice(0, 3), ...LINE.slice(2)]);
  });

  test('a process that stood still beyond its lease goes on with nothing that another one has', async () => {
    const [first, client] = [await worker(), opened()];
    const run = await client.start('Depot.first', { ms: 400 }, { id: 'one' });
    await until(3);
    first.kill('SIGSTOP');
    await worker();
    // The other one has begun.
    await until(4);
    first.kill('SIGCONT');
    expect((await run.report()).status).toBe('completed');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(noted()).toHaveLength(6);
    expect(noted().filter((key) => key === LINE[2])).toHaveLength(2);
    expect(new Set(noted())).toEqual(new Set(LINE));
  });

  test('a job that comes again to the process that has gone on with it stays with what is under way', async () => {
    const [, client] = [await worker(), opened()];
    const run = await client.start('Depot.first', { ms: 12_000 }, { id: 'one' });
    await until(3);
    const [job = ''] = await redis.lrange(`{onward}:case${cases}:active`, 0, -1);
    const key = `{onward}:case${cases}:${job}`;
    // Its lease is over once, as if it had not been renewed.
    const takenAway = async (): Promise<string | null> => {
      const times = await redis.hget(key, 'stc');
      if (times === null) await redis.del(`${key}:lock`);
      return times;
    };
    await expect.poll(takenAway, { timeout: 20_000, interval: 20 }).toBe('1');
    await worker();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([await redis.exists(key), noted()]).toEqual([1, LINE.slice(0, 3)]);
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toEqual(LINE);
  });

  test('a process that is asked to end goes on with nothing, and what follows is performed by another one', async () => {
    const [first, client] = [await worker(), opened()];
    const run = await client.start('Depot.first', { ms: 500 }, { id: 'one' });
    await until(3);
    first.kill('SIGTERM');
    await new Promise((resolve) => first.once('exit', resolve));
    expect(noted()).toEqual(LINE.slice(0, 3));
    await worker();
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toEqual(LINE);
  });

  test('a step whose node is paused waits in the queue, and its job ends', async () => {
    const client = opened();
    await client.pause('Depot.third');
    await worker();
    const run = await client.start('Depot.first', { ms: 0 }, { id: 'one' });
    await expect.poll(jobsDone, { timeout: 10_000 }).toBe(1);
    expect(noted()).toEqual(LINE.slice(0, 2));
    await client.resume('Depot.third');
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toEqual(LINE);
  });

  test('a run that is suspended, or cancelled, in the middle of a job', async () => {
    const client = opened();
    await worker();
    const run = await client.start('Depot.first', { ms: 400 }, { id: 'one' });
    await until(3);
    await run.suspend();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(noted()).toEqual(LINE.slice(0, 3));
    await run.resume();
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toEqual(LINE);
    const other = await client.start('Depot.first', { ms: 400 }, { id: 'two' });
    await until(8);
    await other.cancel('enough');
    expect((await other.report()).status).toBe('cancelled');
    expect(noted()).toHaveLength(8);
  });
});
