// What a reader of `run.events()` in another process costs Redis: what is new, however long the run is.

import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { Job, OnError, OnSuccess, type Runtime } from 'onward';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { describeWithRedis } from '../support/redis.ts';
import { wire, type AnyNodes } from '../support/wired.ts';

let rounds = 0;
/** Ends of steps that the reader has got. The last steps wait for those before: each piece of news is read by itself. */
let ends = Infinity;
const PACED = 8;
const reader = new EventEmitter();
const mayEnd = (n: number): boolean => n <= rounds - PACED || n <= ends;

class Mill {
  @Job() start(): number {
    return 0;
  }
  /** Until there were so many. */
  @OnSuccess('start') @OnSuccess('grind', { when: (n: unknown) => Number(n) < rounds }) async grind(
    n: number,
  ): Promise<number> {
    while (!mayEnd(n)) await once(reader, 'end');
    return n + 1;
  }
  @Job({ retry: { attempts: 3, delay: '5ms', jitter: 0 } }) slip(): void {
    throw new Error('slipped');
  }
  @OnError('slip') catch(): string {
    return 'caught';
  }
}

describeWithRedis('events of a run', () => {
  const cases = casesOnRedis();
  function opened(): Runtime<AnyNodes> {
    const services = { Mill: new Mill() };
    return cases.opened(wire(services, { 'Mill.grind': ['any'] }), services);
  }

  test('a reader gets every event once and in order, of a long run and of one whose steps are tried again', async () => {
    rounds = 60;
    const [client, worker] = [opened(), opened()];
    void worker.work();
    for (const job of ['Mill.start', 'Mill.slip']) {
      const run = await client.start(job, undefined, { history: 'all' });
      const seen = [];
      for await (const event of run.events()) seen.push(event);
      const past = [];
      for await (const event of (await client.run(run.id))?.events() ?? []) past.push(event);
      expect(seen.map(({ seq, type }) => `${seq} ${type}`)).toEqual(past.map(({ seq, type }) => `${seq} ${type}`));
      expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, at) => at + 1));
      expect(seen.map(({ at: _at, ...event }) => event)).toEqual(past.map(({ at: _at, ...event }) => event));
    }
  });

  test('what a reader asks for with each piece of news is as much in a long run as in a short one', async () => {
    const [client, worker] = [opened(), opened()];
    void worker.work();
    const redis = cases.redis();
    const sent = async (): Promise<number> =>
      Number(/total_net_output_bytes:(\d+)/.exec(await redis.info('stats'))?.[1] ?? 0);
    /** What the server sends for the last steps, to the one that works and to the one that reads. */
    const bytesOf = async (count: number): Promise<number> => {
      [rounds, ends] = [count, 0];
      const run = await client.start('Mill.start', undefined, { history: 'all' });
      let before = 0;
      for await (const { type } of run.events()) {
        if (type !== 'step.completed') continue;
        ends++;
        if (ends === count - PACED + 1) before = await sent();
        if (ends === count) return (await sent()) - before;
        reader.emit('end');
      }
      throw new Error(`${run.id} ended after ${ends} steps`);
    };
    await bytesOf(20);
    const [short, long] = [await bytesOf(20), await bytesOf(400)];
    expect(short).toBeGreaterThan(0);
    expect(long).toBeLessThan(2 * short);
  });
});
