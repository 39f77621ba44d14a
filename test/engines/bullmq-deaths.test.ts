// Processes that share runs in Redis and die, stop for longer than their lease, or end: within a body, after each write,
// again and again, or because of a body.

import { expect, test } from 'vitest';
import type { RunReport } from 'onward';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { depotsOn } from '../support/depots.ts';
import { describeWithRedis } from '../support/redis.ts';
import { called } from '../support/till.ts';

describeWithRedis('deaths', () => {
  const cases = casesOnRedis();
  const { opened, worker, untilAnswered, noted, until } = depotsOn(cases, { answerWithin: '2s' });

  test('a worker that is killed within a body: the body is called again in another one, with the same key', async () => {
    const [first, client] = [await worker(), opened()];
    const run = await client.start('Depot.carry', { ms: 600 }, { id: 'one' });
    await until(1);
    first.kill('SIGKILL');
    await worker();
    expect((await run.report()).status).toBe('completed');
    expect(noted().filter((key) => key === 'one~Depot.carry.1')).toHaveLength(2);
    expect(noted()).toHaveLength(6);
  });

  test('workers that die between a write and what follows from it, at each write: nothing is lost', async () => {
    const client = opened();
    const run = await client.start('Depot.hold', { ms: 0 }, { id: 'one' });
    // The outcome of the first body; who has the second one; the same, and that it is called again; the same, and its outcome.
    for (const diesAfter of [1, 1, 2, 3]) {
      const dying = await worker({ diesAfter });
      await new Promise((resolve) => dying.once('exit', resolve));
    }
    expect((await run.report()).steps.map(({ node, status }) => `${node} ${status}`)).toEqual([
      'Depot.hold completed',
      'Depot.let completed',
    ]);
    expect(noted()).toEqual(['one~Depot.hold.1', 'one~Depot.let.1']);
  });

  test('workers that die all along a run with items, a join, a call, a timer and a message: it ends as another', async () => {
    const client = opened();
    const start = async (id: string): Promise<RunReport> => {
      const run = await client.start('Depot.big', { ms: 4 }, { id });
      await called(run, 'send', 'Depot.approve', 'Ann');
      return run.report();
    };
    // In each life the first writes take over what the one before it had: later ones are longer, or they might do nothing else.
    const { answered: report, died } = await untilAnswered(start('killed'), (before) => ({
      diesAfter: 1 + (before % 3) + Math.floor(before / 6),
      options: { deaths: 50 },
    }));
    await worker();
    const other = await start('unkilled');
    const ends = ({ steps }: RunReport) =>
      steps.map(({ node, status, code }) => `${node} ${status} ${code}`).toSorted();
    expect(ends(report)).toEqual(ends(other));
    expect(report.status).toBe('completed');
    expect(died).toBeGreaterThan(4);
    const keys = noted().filter((key) => key.startsWith('killed~'));
    expect(new Set(keys).size).toBe(report.steps.length);
  }, 120_000);

  test('a body that kills its process fails in the end, and what runs beside it does not', async () => {
    const client = opened();
    const poison = await client.start('Depot.crash', undefined, { id: 'poison' });
    const other = await client.start('Depot.carry', { ms: 10 }, { id: 'other' });
    const { answered } = await untilAnswered(poison.report(), () => ({ options: { deaths: 2 } }));
    expect(answered.steps.map(({ node, code }) => [node, code])).toEqual([['Depot.crash', 205]]);
    expect((await other.report()).status).toBe('completed');
  });

  test('a worker that stands still longer than its lease: another one goes on, and what the first one writes then is refused', async () => {
    const [first, client] = [await worker(), opened()];
    const run = await client.start('Depot.carry', { ms: 300 }, { id: 'one' });
    await until(1);
    first.kill('SIGSTOP');
    await worker();
    const report = await run.report();
    first.kill('SIGCONT');
    // It returns its value now, and works on.
    const next = await client.start('Depot.carry', { ms: 0 }, { id: 'next' });
    expect((await next.report()).status).toBe('completed');
    expect(await (await client.run('one'))?.report()).toEqual(report);
    expect(noted().filter((key) => key === 'one~Depot.carry.1')).toHaveLength(2);
    expect(noted().filter((key) => key === 'one~Depot.sign.1')).toHaveLength(1);
  });

  test('a worker that is asked to end lets its body end, takes no other, and leaves what is open to the rest', async () => {
    const [first, client] = [await worker(), opened()];
    const run = await client.start('Depot.carry', { ms: 500 }, { id: 'one' });
    await until(1);
    first.kill('SIGTERM');
    await new Promise((resolve) => first.once('exit', resolve));
    expect(first.exitCode).toBe(0);
    expect((await run.inspect()).status).toBe('running');
    await worker();
    expect((await run.report()).status).toBe('completed');
    expect(noted()).toHaveLength(5);
  });
});
