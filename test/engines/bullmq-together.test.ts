// What several processes of one application have in common: a schedule, and what travels with a run.

import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Runtime } from 'onward';
import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import { bundled, started } from '../support/child.ts';
import { depot, notedIn, tenants } from '../support/depot.ts';
import { temporaryFolder } from '../support/folders.ts';
import { describeWithRedis, redisServer, type RedisServer } from '../support/redis.ts';
import type { AnyNodes } from '../support/wired.ts';

describeWithRedis('together', () => {
  let server: RedisServer;
  let program: string;
  let notes = '';
  let cases = 0;
  const runtimes: Runtime<AnyNodes>[] = [];
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    server = await redisServer();
    program = await bundled('depot-worker');
    notes = join(temporaryFolder('together'), 'notes');
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
  async function worker(more: object = {}): Promise<ChildProcess> {
    const child = started(program, { notes: `${notes}${cases}`, options: options(), ...more });
    workers.push(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    return child;
  }

  test('a schedule that three processes have fires once a time, also when one of them dies and another comes', async () => {
    const EVERY_SECOND = { schedule: '* * * * * *' };
    const [first] = await Promise.all([worker(EVERY_SECOND), worker(EVERY_SECOND), worker(EVERY_SECOND)]);
    const noted = (): string[] => notedIn(`${notes}${cases}`);
    await expect.poll(() => noted().length, { timeout: 20_000 }).toBeGreaterThan(2);
    first.kill('SIGKILL');
    await worker(EVERY_SECOND);
    const before = noted().length;
    await expect.poll(() => noted().length, { timeout: 20_000 }).toBeGreaterThan(before + 2);
    for (const child of workers.splice(0)) child.kill('SIGKILL');
    const { runs } = await opened().runs({ limit: 100 });
    const times = runs.map(({ id }) => Date.parse(/\d{4}-\d\d-\d\dT.*$/.exec(id)?.[0] ?? '')).toSorted((a, b) => a - b);
    const [earliest = 0] = times;
    expect(times).toEqual(times.map((_, at) => earliest + at * 1_000));
    // A body that was under way when its process died may be called again.
    expect(new Set(noted()).size).toBeGreaterThan(5);
    expect(noted().length - new Set(noted()).size).toBeLessThan(2);
  });

  test('the tenant for whom a run is started is that of its body in another process', async () => {
    await worker();
    const client = opened();
    const start = async (tenant: string): Promise<unknown> =>
      tenants.run(tenant, async () => (await client.start('Depot.whose')).value());
    expect(await Promise.all(['acme', 'other'].map((tenant) => start(tenant)))).toEqual(['acme', 'other']);
  });
});
