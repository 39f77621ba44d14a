// Runs in a Redis with a replica that a Sentinel watches: the server that takes writes dies, and the replica takes its place.

import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import type { Runtime } from 'onward';
import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import { depot } from '../support/depot.ts';
import { temporaryFolder } from '../support/folders.ts';
import { describeWithRedis, freePort, KEPT, redisServer } from '../support/redis.ts';
import type { AnyNodes } from '../support/wired.ts';

describeWithRedis('with a Sentinel', () => {
  const runtimes: Runtime<AnyNodes>[] = [];
  let sentinel: ChildProcess | undefined;
  afterEach(async () => {
    await Promise.allSettled(runtimes.splice(0).map((runtime) => runtime.close({ drainMs: 0 })));
    sentinel?.kill('SIGKILL');
  });

  async function watched(port: number): Promise<number> {
    const own = await freePort();
    const file = join(temporaryFolder('sentinel'), 'sentinel.conf');
    writeFileSync(
      file,
      `port ${own}\nbind 127.0.0.1\nsentinel monitor shop 127.0.0.1 ${port} 1\nsentinel down-after-milliseconds shop 500\nsentinel failover-timeout shop 3000\n`,
    );
    sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
    const redis = new Redis(own, { maxRetriesPerRequest: null });
    await expect
      .poll(async () => JSON.stringify(await redis.call('SENTINEL', 'replicas', 'shop').catch(() => '')), {
        timeout: 30_000,
      })
      .toContain('"master-link-status","ok"');
    redis.disconnect();
    return own;
  }

  test('what was acknowledged and has reached the replica goes on there, and new runs begin there', async () => {
    const first = await redisServer();
    await redisServer([...KEPT, '--replicaof', '127.0.0.1', String(first.port)]);
    const port = await watched(first.port);
    const options: BullmqEngineOptions = {
      connection: { sentinels: [{ host: '127.0.0.1', port }], name: 'shop' },
      recoverAfter: '1500ms',
    };
    const notes = join(temporaryFolder('notes'), 'notes');
    const [client, far] = [depot(notes, options), depot(notes, options)];
    runtimes.push(client, far);
    void far.work();
    const ids = Array.from({ length: 10 }, (_, n) => `run${n}`);
    await Promise.all(ids.map((id) => client.start('Depot.carry', { ms: 300 }, { id })));
    const redis = new Redis(first.port);
    // All that was written is on the replica as well.
    expect(await redis.wait(1, 5_000)).toBe(1);
    redis.disconnect();
    await first.kill();
    const reports = Promise.all(ids.map(async (id) => reported(client, id)));
    expect((await reports).map((report) => report?.status)).toEqual(ids.map(() => 'completed'));
    const later = await client.start('Depot.carry', { ms: 0 }, { id: 'later' });
    expect((await later.report()).status).toBe('completed');
  }, 120_000);

  /** A question that comes while no server takes writes is refused, and asked again. */
  async function reported(client: Runtime<AnyNodes>, id: string): Promise<{ readonly status: string } | undefined> {
    for (;;) {
      try {
        return await (await client.run(id))?.report();
      } catch (fault) {
        expect(String(fault)).toContain('ONW4010');
      }
    }
  }
});
