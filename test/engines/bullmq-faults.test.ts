// What goes wrong among processes that share runs in Redis: one that is held up, or has a wrong clock; a server that is
// away; jobs that come twice. Processes that die are in `bullmq-deaths`.

import { spawnSync } from 'node:child_process';
import { Redis } from 'ioredis';
import { expect, test, vi } from 'vitest';
import { createRuntime, Job, type RunEvent } from 'onward';
import { bullmqEngine } from 'onward/engines/bullmq';
import { COMMIT } from '../../src/engines/bullmq/redis-scripts.ts';
import { RedisStore } from '../../src/engines/bullmq/redis-store.ts';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { outputOf, up } from '../support/child.ts';
import { depotsOn } from '../support/depots.ts';
import { wire } from '../support/wired.ts';
import { LossyRedis } from '../support/lossy-redis.ts';
import { temporaryFolder } from '../support/folders.ts';
import { describeWithRedis, freePort, RedisServer, redisServer } from '../support/redis.ts';

class Bakery {
  @Job() bake(): string {
    return 'baked';
  }
}

describeWithRedis('faults', () => {
  const cases = casesOnRedis();
  const { opened, launched, worker, noted, until } = depotsOn(cases, { answerWithin: '2s' });

  test('E05: a run whose records cannot be read stands still, and what is behind it is found and performed', async () => {
    const client = opened();
    for (const id of ['a-broken', 'b-behind']) await client.start('Depot.carry', { ms: 0 }, { id });
    const redis = cases.redis();
    const live = `{onward}:${cases.queue}:runs:live:a-broken`;
    for (const key of Object.keys(await redis.hgetall(live)).filter((name) => name.startsWith('s/')))
      await redis.hset(live, key, '{"phase');
    // Its jobs are lost as well: the process that looks for such runs comes to the broken one first.
    const ofQueue = (await redis.keys(`{onward}:${cases.queue}:*`)).filter((name) => !name.includes(':runs:'));
    await redis.del(...ofQueue);
    void opened().work();
    expect((await (await client.run('b-behind'))?.report())?.status).toBe('completed');
  });

  test('a body that blocks the event loop beyond its lease counts once', async () => {
    const client = opened();
    await worker();
    await worker();
    const run = await client.start('Depot.hold', { ms: 1_800 }, { id: 'one' });
    expect((await run.report()).steps.map(({ node, status }) => `${node} ${status}`)).toEqual([
      'Depot.hold completed',
      'Depot.let completed',
    ]);
    expect(noted().filter((key) => key === 'one~Depot.let.1')).toHaveLength(1);
  });

  test('Redis is killed and comes back: runs go on, and nothing that was acknowledged is lost', async () => {
    const own = await redisServer();
    const connection = own.address;
    const client = opened({ connection });
    await worker({ options: { connection } });
    const start = (n: number) => client.start('Depot.carry', { ms: 50 }, { id: `run${n}` });
    const runs = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => start(n)));
    // Longer than an append-only file that is written every second may lag behind.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const late = await start(7);
    await own.kill();
    await expect(client.start('Depot.carry', { ms: 0 }, { id: 'refused' })).rejects.toThrow('ONW4010');
    await own.start();
    const found = [...runs, late];
    const reports = await Promise.all(found.map(async ({ id }) => (await client.run(id))?.report()));
    expect(reports.slice(0, 6).map((report) => report?.status)).toEqual(runs.map(() => 'completed'));
    expect((await (await start(8)).report()).status).toBe('completed');
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'what Redis has written, and not answered, is told to observers, once and in order: commit %i of a run',
    async (nth) => {
      const lossy = new LossyRedis(cases.server.port);
      const runtime = opened({ connection: await lossy.open() });
      const seen = { process: new Array<string>(), all: new Array<string>() };
      const isNumbered = (type: string): boolean => type !== 'step.attempt';
      for (const scope of ['process', 'all'] as const) {
        const onEvent = ({ seq, type }: RunEvent): unknown => isNumbered(type) && seen[scope].push(`${seq} ${type}`);
        runtime.observe({ onEvent: (event) => void onEvent(event) }, { scope });
      }
      void runtime.work();
      await runtime.runs();
      lossy.loseAnswerTo(COMMIT.sha, nth);
      // What was refused is there, and joined.
      const start = () => runtime.start('Depot.carry', { ms: 20 }, { id: 'one' });
      await expect.poll(() => start().catch(() => undefined), { timeout: 10_000 }).toBeDefined();
      const run = await start();
      await expect.poll(() => run.report().catch(() => undefined)).toMatchObject({ status: 'completed' });
      const events: string[] = [];
      for await (const { seq, type } of run.events()) events.push(`${seq} ${type}`);
      const whole = events.filter((event) => isNumbered(event.slice(event.indexOf(' ') + 1)));
      await expect.poll(() => seen, { timeout: 10_000 }).toEqual({ process: whole, all: whole });
      await runtime.close();
      await lossy.close();
    },
  );

  test('a Redis that is not there, or goes, is reported within the limit: at a start, and to a reader', async () => {
    const connection = `redis://127.0.0.1:${await freePort()}`;
    const inTime = async (answer: Promise<unknown>): Promise<void> => {
      const before = performance.now();
      await expect(answer).rejects.toThrow('ONW4010');
      // Less than the default.
      expect(performance.now() - before).toBeLessThan(3_000);
    };
    await inTime(opened({ connection, answerWithin: '300ms' }).start('Depot.soon'));
    const own = await redisServer();
    const client = opened({ connection: own.address, answerWithin: '300ms' });
    const run = await client.start('Depot.soon');
    own.signal('SIGSTOP');
    await inTime(client.start('Depot.soon'));
    await inTime(run.inspect());
    await inTime(client.runs());
    own.signal('SIGCONT');
  });

  test('a Redis that comes later, or is set right, is opened with the next call', async () => {
    const own = new RedisServer(await freePort(), temporaryFolder('redis'), []);
    const early = opened({ connection: own.address, answerWithin: '300ms' });
    await expect(early.start('Depot.carry', { ms: 0 })).rejects.toThrow('ONW4010');
    await own.start();
    await expect(early.start('Depot.carry', { ms: 0 })).rejects.toThrow('ONW4011');
    await expect(early.runs()).rejects.toThrow('ONW4011');
    const redis = new Redis(own.port);
    await redis.config('SET', 'appendonly', 'yes');
    redis.disconnect();
    // Several at a time, and one opening of it.
    const runs = await Promise.all([1, 2, 3].map(() => early.start('Depot.carry', { ms: 0 })));
    void early.work();
    expect((await Promise.all(runs.map((run) => run.report()))).map(({ status }) => status)).toEqual(
      runs.map(() => 'completed'),
    );
    await early.close();
    await expect(early.runs()).rejects.toThrow('ONW3040');
    const never = opened({ connection: `redis://127.0.0.1:${await freePort()}`, answerWithin: '300ms' });
    await expect(never.runs()).rejects.toThrow('ONW4010');
    await never.close();
    await expect(never.runs()).rejects.toThrow('ONW3040');
  });

  test('a Redis that goes away with the last question of an opening is opened with the next call', async () => {
    vi.spyOn(RedisStore.prototype, 'describe').mockRejectedValueOnce(new Error('gone'));
    const runtime = opened();
    await expect(runtime.runs()).rejects.toThrow('gone');
    void runtime.work();
    expect((await (await runtime.start('Depot.carry', { ms: 0 })).report()).status).toBe('completed');
  });

  test('an engine that is given to a second runtime stays with the first one', async () => {
    const engine = bullmqEngine(cases.options());
    const [first, second] = [1, 2].map(() => {
      const bakery = { Bakery: new Bakery() };
      return cases.closing(createRuntime(wire(bakery), { services: bakery, engine, log: false }));
    });
    await first?.start('Bakery.bake', undefined, { id: 'one' });
    await expect(second?.start('Bakery.bake')).rejects.toThrow('ONW3004: this engine belongs to another runtime');
    void first?.work();
    expect((await (await first?.run('one'))?.report())?.status).toBe('completed');
  });

  test('a process that is closed while Redis is away ends all the same', async () => {
    const own = await redisServer();
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const runtime = opened({ connection: own.address, answerWithin: '300ms' }, log);
    const working = runtime.work();
    const run = await runtime.start('Depot.soon', undefined, { id: 'one' });
    await until(1);
    expect((await run.inspect()).status).toBe('running');
    await own.kill();
    await expect.poll(() => lines.filter((line) => line.includes('BullMQ reports'))).not.toEqual([]);
    // Longer than its connections take to try again.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const reported = lines.filter((line) => line.includes('BullMQ reports'));
    expect(reported).toEqual([...new Set(reported)]);
    await runtime.close({ drainMs: 100 });
    await working;
  });

  test('a Redis that would lose runs is refused, or warned of', async () => {
    const own = await redisServer(['--maxmemory-policy', 'allkeys-lru']);
    const connection = own.address;
    await expect(opened({ connection }).start('Depot.soon')).rejects.toThrow(
      'ONW4011: Redis would lose runs: it writes no append-only file, so that a restart loses runs: set `appendonly yes`; it removes keys when its memory is full (allkeys-lru): set `maxmemory-policy noeviction`; or give the engine `durable: false`',
    );
    const lines: string[] = [];
    const runtime = opened({ connection, durable: false }, (line) => lines.push(line));
    await runtime.start('Depot.soon');
    expect(lines).toEqual([expect.stringMatching(/^warn: Redis would lose runs/)]);
  });

  test('a worker whose clock is an hour ahead says so, and lets nothing begin early', async () => {
    // `faketime` itself would stay between us and its child.
    const faked = spawnSync('faketime', ['-f', '+1h', 'env'], { encoding: 'utf8' }).stdout.split('\n');
    const fake = Object.fromEntries(
      faked.filter((line) => /^(LD_PRELOAD|FAKETIME\w*)=/.test(line)).map((line) => line.split('=')),
    );
    const env = { ...process.env, ...fake, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    const child = launched({}, { env });
    const output = outputOf(child);
    await up(child);
    const client = opened();
    const run = await client.start('Depot.soon', undefined, { id: 'one' });
    await until(1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(noted()).toEqual(['one~Depot.soon.1']);
    expect((await run.inspect()).status).toBe('running');
    child.kill('SIGKILL');
    expect(await output).toMatch(/warn: the clock of this process is \d+ ms ahead of that of Redis/);
  });

  test('a value that is too large fails its step, and no other', async () => {
    await worker();
    const run = await opened().start('Depot.large');
    await expect(run.value()).rejects.toThrow('ONW2021');
  });

  test('jobs that come twice, and late, call no body whose step is over', async () => {
    const seen = cases.seen();
    const client = opened();
    const run = await client.start('Depot.carry', { ms: 0 }, { id: 'one' });
    const jobs = await seen.getWaiting();
    await worker();
    await run.report();
    await seen.addBulk(
      [1, 2, 3].flatMap((n) => jobs.map(({ name, data }) => ({ name, data, opts: { jobId: `again-${n}` } }))),
    );
    await expect.poll(async () => seen.getJobCountByTypes('waiting', 'active')).toBe(0);
    expect(noted()).toHaveLength(5);
  });

  test('a run that is suspended while items are under way begins nothing more until it is resumed', async () => {
    const client = opened();
    await worker();
    const run = await client.start('Depot.carry', { ms: 400 }, { id: 'one' });
    await until(1);
    await run.suspend();
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(noted()).toEqual(['one~Depot.carry.1']);
    expect((await run.inspect()).status).toBe('suspended');
    await run.resume();
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toHaveLength(5);
  });
});
