// Jobs that go on from one step to the next in one process, and what becomes of such a step when the process dies, stands
// still, or is asked to end.

import type { Redis } from 'ioredis';
import { beforeEach, expect, test } from 'vitest';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { depotsOn } from '../support/depots.ts';
import { describeWithRedis } from '../support/redis.ts';

const LINE = ['first', 'second', 'third', 'fourth', 'fifth'].map((name) => `one~Depot.${name}.1`);

describeWithRedis('jobs', () => {
  const cases = casesOnRedis();
  const { opened, worker, untilAnswered, noted, until } = depotsOn(cases, { answerWithin: '2s' });
  let redis: Redis;
  beforeEach(() => {
    redis = cases.redis();
  });

  /** How many jobs of the queue are done. */
  async function jobsDone(): Promise<number> {
    const happened = await redis.xrange(`{onward}:${cases.queue}:events`, '-', '+');
    return happened.filter(([, fields]) => fields[1] === 'completed').length;
  }

  test.each([
    ['by default', {}, 1],
    ['up to a number', { stepsInARow: 2 }, 3],
    ['not at all', { stepsInARow: 1 }, 5],
  ])('what follows is performed of the same job: %s', async (_, options, jobs) => {
    const runtime = opened(options);
    void runtime.work();
    const run = await runtime.start('Depot.first', { ms: 0 }, { id: 'one' });
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toEqual(LINE);
    await expect.poll(jobsDone).toBe(jobs);
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
    const { answered } = await untilAnswered(run.report(), () => ({ options: { deaths: 3 } }));
    expect(answered.steps.map(({ node, code }) => [node, code])).toEqual([
      ['Depot.climb', 0],
      ['Depot.fall', 205],
    ]);
    expect(noted().filter((key) => key === 'one~Depot.climb.1')).toHaveLength(1);
    expect((await other.report()).status).toBe('completed');
  });

  test('a step that a job has gone on with is left to it, however long its body takes', async () => {
    // Longer than what has happened to nobody for so long is looked for, and than a lease that is not renewed.
    const client = opened({ recoverAfter: '6s' });
    for (let n = 0; n < 2; n++) await worker({ options: { recoverAfter: '6s' } });
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
    await cases.seen().obliterate({ force: true });
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
    const [job = ''] = await redis.lrange(`{onward}:${cases.queue}:active`, 0, -1);
    const key = `{onward}:${cases.queue}:${job}`;
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
