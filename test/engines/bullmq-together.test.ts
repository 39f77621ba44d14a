// What several processes of one application have in common: a schedule, and what travels with a run.

import { expect, test } from 'vitest';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { tenants } from '../support/depot.ts';
import { depotsOn } from '../support/depots.ts';
import { describeWithRedis } from '../support/redis.ts';

describeWithRedis('together', () => {
  const { opened, worker, noted } = depotsOn(casesOnRedis());

  test('a schedule that three processes have fires once a time, also when one of them dies and another comes', async () => {
    const EVERY_SECOND = { schedule: '* * * * * *' };
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => worker(EVERY_SECOND)));
    const told = (): number => new Set(noted()).size;
    await expect.poll(told, { timeout: 20_000 }).toBeGreaterThan(2);
    first?.kill('SIGKILL');
    others.push(await worker(EVERY_SECOND));
    const before = told();
    await expect.poll(told, { timeout: 20_000 }).toBeGreaterThan(before + 2);
    for (const child of others) child.kill('SIGKILL');
    const { runs } = await opened().runs({ limit: 100 });
    const times = runs.map(({ id }) => Date.parse(/\d{4}-\d\d-\d\dT.*$/.exec(id)?.[0] ?? '')).toSorted((a, b) => a - b);
    const [earliest = 0] = times;
    expect(times).toEqual(times.map((_, at) => earliest + at * 1_000));
    // A body that was under way when its process died may be called again.
    expect(noted().length - told()).toBeLessThan(2);
  });

  test('the tenant for whom a run is started is that of its body in another process', async () => {
    await worker();
    const client = opened();
    const start = async (tenant: string): Promise<unknown> =>
      tenants.run(tenant, async () => (await client.start('Depot.whose')).value());
    expect(await Promise.all(['acme', 'other'].map((tenant) => start(tenant)))).toEqual(['acme', 'other']);
  });
});
