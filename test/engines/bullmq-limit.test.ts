// A process that performs as many jobs as it may keeps none that another process could begin.

import { beforeEach, expect, test } from 'vitest';
import { Job, type Runtime } from 'onward';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { describeWithRedis } from '../support/redis.ts';
import { wire, type AnyNodes } from '../support/wired.ts';

/** Opens once it is told to. */
class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** What bodies of all processes do. */
class Yard {
  readonly began: [node: string, process: string][] = [];
  gate = new Gate();
  nodes(): string[] {
    return this.began.map(([node]) => node);
  }
}

class Works {
  readonly #yard: Yard;
  readonly #process: string;
  constructor(yard: Yard, process: string) {
    this.#yard = yard;
    this.#process = process;
  }
  #begin(node: string): void {
    this.#yard.began.push([node, this.#process]);
  }
  @Job() async dig(): Promise<void> {
    this.#begin('dig');
    await this.#yard.gate.opened;
  }
  /** Longer than jobs wait for a place. */
  @Job() async fill(): Promise<void> {
    this.#begin('fill');
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  @Job({ concurrency: 1 }) weigh(): void {
    this.#begin('weigh');
  }
  @Job({ rateLimit: { max: 3, per: '1h' } }) ship(): void {
    this.#begin('ship');
  }
}

describeWithRedis('limit of a process', () => {
  const cases = casesOnRedis();
  let yard = new Yard();
  beforeEach(() => {
    yard = new Yard();
  });

  function opened(name: string): Runtime<AnyNodes> {
    const services = { Works: new Works(yard, name) };
    return cases.opened(wire(services), services);
  }
  async function over(client: Runtime<AnyNodes>, ...jobs: string[]): Promise<void> {
    const runs = await Promise.all(jobs.map((job) => client.start(job)));
    await Promise.all(runs.map((run) => run.report()));
  }

  test('what a busy process cannot begin is begun by another one, also of a node that has one place in all of them', async () => {
    for (const name of ['one', 'two']) void opened(name).work({ concurrency: 1 });
    const client = opened('client');
    const long = await client.start('Works.dig');
    await expect.poll(() => yard.began).toHaveLength(1);
    await over(client, 'Works.weigh', 'Works.weigh', 'Works.weigh', 'Works.fill');
    const busy = yard.began[0]?.[1];
    expect(yard.began.slice(1).map(([, process]) => process)).toEqual(Array(4).fill(busy === 'one' ? 'two' : 'one'));
    yard.gate.open();
    await long.report();
  });

  test('each queue gets its turn, though others would have more to do', async () => {
    const client = opened('client');
    const jobs = [...Array<string>(5).fill('Works.fill'), 'Works.weigh'];
    const runs = await Promise.all(jobs.map((job) => client.start(job)));
    void opened('one').work({ concurrency: 1 });
    await Promise.all(runs.map((run) => run.report()));
    expect(yard.nodes()).toHaveLength(6);
    expect(yard.nodes().indexOf('weigh')).toBeLessThan(5);
  });

  test('a job that is counted for a `rateLimit` waits, and is counted once', async () => {
    void opened('one').work({ concurrency: 1 });
    const client = opened('client');
    const long = await client.start('Works.dig');
    await expect.poll(() => yard.began).toHaveLength(1);
    const ships = await Promise.all([1, 2, 3].map(() => client.start('Works.ship')));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(yard.nodes()).toEqual(['dig']);
    yard.gate.open();
    await Promise.all([long, ...ships].map((run) => run.report()));
    expect(yard.nodes()).toEqual(['dig', 'ship', 'ship', 'ship']);
  });

  test('a process that rests gives back at once what waits in it', async () => {
    const busy = opened('one');
    void busy.work({ concurrency: 1 });
    const client = opened('client');
    const long = await client.start('Works.dig');
    await expect.poll(() => yard.began).toHaveLength(1);
    const weighed = await client.start('Works.weigh');
    const closed = busy.close();
    void opened('two').work({ concurrency: 1 });
    await weighed.report();
    expect(yard.began).toEqual([
      ['dig', 'one'],
      ['weigh', 'two'],
    ]);
    yard.gate.open();
    await Promise.all([closed, long.report()]);
  });
});
