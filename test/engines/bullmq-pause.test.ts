// Nodes that are paused in all processes of an application.

import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { depotsOn } from '../support/depots.ts';
import { describeWithRedis } from '../support/redis.ts';

describeWithRedis('pausing', () => {
  const cases = casesOnRedis();
  const { opened, worker, noted } = depotsOn(cases);
  const BESIDE = ['one~Depot.carry.1', ...[1, 2, 3].map((n) => `one~Depot.stack.${n}.${n - 1}`)];

  test('a node that one process pauses begins in none, also in one that comes later, and its jobs are held by nobody', async () => {
    const client = opened();
    const first = await worker();
    await client.pause('Depot.sign');
    const run = await client.start('Depot.carry', { ms: 0 }, { id: 'one' });
    const queue = cases.seen();
    const counts = () => queue.getJobCounts('active', 'waiting', 'delayed');
    await expect.poll(counts, { timeout: 10_000 }).toEqual({ active: 0, waiting: 0, delayed: 1 });
    expect((await queue.getDelayed()).map(({ name }) => name)).toEqual(['Depot.sign']);
    first.kill('SIGKILL');
    await worker();
    // It is looked for what got lost: nothing is.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await counts()).toEqual({ active: 0, waiting: 0, delayed: 1 });
    expect(noted().toSorted()).toEqual(BESIDE);
    const other = opened();
    await other.runs();
    expect(inspect(other)).toContain('paused: Depot.sign');
    await other.resume('Depot.sign');
    expect((await run.report()).status).toBe('completed');
    expect(noted().toSorted()).toEqual(['one~Depot.carry.1', 'one~Depot.sign.1', ...BESIDE.slice(1)]);
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
    await cases.redis().del(`{onward}:${cases.queue}:paused`);
    await expect.poll(() => inspect(far)).not.toContain('paused');
    await client.resume();
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toHaveLength(5);
  });
});
