// Runs in a Redis Cluster: three servers that share the keys, and one of them has all keys of an application.

import { spawnSync } from 'node:child_process';
import { Cluster } from 'ioredis';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from 'onward';
import { bullmqEngine, type BullmqEngineOptions, type RedisCluster } from 'onward/engines/bullmq';
import { depot } from '../support/depot.ts';
import { temporaryFolder } from '../support/folders.ts';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describeWithRedis, freePort, KEPT, redisServer, type RedisServer } from '../support/redis.ts';
import { wire, type AnyNodes } from '../support/wired.ts';

describeWithRedis('in a cluster', () => {
  const servers: RedisServer[] = [];
  const runtimes: Runtime<AnyNodes>[] = [];
  let connection: RedisCluster;

  beforeAll(async () => {
    for (let count = 0; count < 3; count++) {
      const bus = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())];
      servers.push(await redisServer([...KEPT, ...bus, '--cluster-node-timeout', '5000']));
    }
    const nodes = servers.map(({ port }) => `127.0.0.1:${port}`);
    const made = spawnSync('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-replicas', '0', '--cluster-yes'], {
      encoding: 'utf8',
    });
    expect(`${made.stdout}${made.stderr}`).toContain('All 16384 slots covered');
    connection = { cluster: servers.map(({ port }) => ({ host: '127.0.0.1', port })) };
  }, 60_000);

  afterEach(async () => {
    await Promise.allSettled(runtimes.splice(0).map((runtime) => runtime.close({ drainMs: 0 })));
  });

  function opened(notes: string, more: Partial<BullmqEngineOptions> = {}): Runtime<AnyNodes> {
    const runtime = depot(notes, { connection, recoverAfter: '1500ms', ...more });
    runtimes.push(runtime);
    return runtime;
  }

  /** The server that has the keys of a queue. */
  async function ownerOf(prefix: string): Promise<RedisServer | undefined> {
    const client = new Cluster([...connection.cluster]);
    const slot = await client.cluster('KEYSLOT', prefix);
    const ranges = await client.cluster('SLOTS');
    client.disconnect();
    const [, , [, port] = []] = ranges.find(([from, to]) => from <= slot && slot <= to) ?? [];
    return servers.find((server) => server.port === port);
  }

  test('runs begin, are performed, paused, listed and watched, and every key is in one place', async () => {
    const notes = join(temporaryFolder('notes'), 'notes');
    const [client, far] = [opened(notes), opened(notes)];
    void far.work();
    const ids = Array.from({ length: 10 }, (_, n) => `run${n}`);
    const runs = await Promise.all(ids.map((id) => client.start('Depot.carry', { ms: 20 }, { id })));
    const events: string[] = [];
    for await (const { type } of runs[0]?.events() ?? []) events.push(type);
    expect([events[0], events.at(-1)]).toEqual(['run.started', 'run.ended']);
    const reports = await Promise.all(runs.map((run) => run.report()));
    expect(reports.map(({ status }) => status)).toEqual(ids.map(() => 'completed'));
    await client.pause('Depot.sign');
    // The servers of a cluster pass it on to each other.
    await expect.poll(() => far.pausedNodes(), { timeout: 10_000 }).toEqual(['Depot.sign']);
    const held = await client.start('Depot.carry', { ms: 0 }, { id: 'held' });
    await expect
      .poll(async () => (await held.inspect()).steps.flatMap(({ heldBy }) => heldBy ?? []), { timeout: 10_000 })
      .toEqual(['pause']);
    await client.resume();
    expect((await held.report()).status).toBe('completed');
    expect((await client.runs({ status: 'completed' })).runs).toHaveLength(11);
    const tree = new Cluster([...connection.cluster]);
    await expect.poll(() => tree.nodes('master').length).toBe(3);
    const keys = await Promise.all(tree.nodes('master').map((node) => node.keys('*')));
    tree.disconnect();
    expect(keys.filter((list) => list.length > 0)).toHaveLength(1);
    expect(keys.flat().filter((key) => !key.startsWith('{onward}'))).toEqual([]);
  }, 60_000);

  test('the server that has the runs is killed and comes back: nothing that was acknowledged is lost', async () => {
    const notes = join(temporaryFolder('notes'), 'notes');
    const options = { prefix: '{killed}' };
    const [client, far] = [opened(notes, options), opened(notes, options)];
    void far.work();
    const ids = Array.from({ length: 10 }, (_, n) => `run${n}`);
    await Promise.all(ids.map((id) => client.start('Depot.carry', { ms: 300 }, { id })));
    const owner = await ownerOf('{killed}');
    await owner?.kill();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await owner?.start();
    const statusOf = async (id: string): Promise<string | undefined> =>
      (await (await client.run(id))?.inspect())?.status;
    await expect
      .poll(() => Promise.all(ids.map((id) => statusOf(id).catch(() => 'away'))), { timeout: 60_000, interval: 200 })
      .toEqual(ids.map(() => 'completed'));
    // Each body was called with one key, however often.
    expect(new Set(readFileSync(notes, 'utf8').trim().split('\n')).size).toBe(50);
  }, 120_000);

  test('a prefix without braces is refused, and so is a cluster that is not there', async () => {
    expect(() => bullmqEngine({ connection, prefix: 'shop' })).toThrow(
      "ONW3004: `prefix` of bullmqEngine needs braces in a cluster, which keep all keys in one place: give '{shop}' instead of 'shop'",
    );
    const nowhere = { cluster: [{ host: '127.0.0.1', port: await freePort() }] };
    class Shop {}
    const services = { Shop: new Shop() };
    const engine = bullmqEngine({ connection: nowhere, answerWithin: '500ms' });
    const runtime = createRuntime(wire(services), { services, engine, log: false });
    await expect(runtime.runs()).rejects.toThrow(`ONW4010: Redis Cluster at 127.0.0.1:${nowhere.cluster[0]?.port}`);
  });
});
