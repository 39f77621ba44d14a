// Limits that hold over all processes, and nodes that only some processes take.

import { beforeEach, expect, test } from 'vitest';
import { Job, type Runtime } from 'onward';
import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { describeWithRedis } from '../support/redis.ts';
import { wire, type AnyNodes } from '../support/wired.ts';

/** What bodies of all processes do. */
class Floor {
  readonly began: [node: string, process: string, at: number][] = [];
  running = 0;
  most = 0;
}

class Studio {
  readonly #floor: Floor;
  readonly #process: string;
  constructor(floor: Floor, process: string) {
    this.#floor = floor;
    this.#process = process;
  }
  async #work(node: string, ms: number): Promise<void> {
    this.#floor.began.push([node, this.#process, performance.now()]);
    this.#floor.most = Math.max(this.#floor.most, ++this.#floor.running);
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#floor.running--;
  }
  @Job({ concurrency: 2 }) async cut(): Promise<void> {
    await this.#work('cut', 30);
  }
  @Job({ rateLimit: { max: 2, per: '400ms' } }) async send(): Promise<void> {
    await this.#work('send', 0);
  }
  @Job() async draw(): Promise<void> {
    await this.#work('draw', 0);
  }
  @Job({ priority: 9 }) async tidy(): Promise<void> {
    await this.#work('tidy', 0);
  }
  @Job() async film(): Promise<void> {
    await this.#work('film', 0);
  }
}

describeWithRedis('queues', () => {
  const cases = casesOnRedis();
  let floor = new Floor();
  beforeEach(() => {
    floor = new Floor();
  });

  function opened(name: string, more: Partial<BullmqEngineOptions> = {}): Runtime<AnyNodes> {
    const services = { Studio: new Studio(floor, name) };
    return cases.opened(wire(services), services, more);
  }
  async function over(client: Runtime<AnyNodes>, ...jobs: string[]): Promise<void> {
    const runs = await Promise.all(jobs.map((job) => client.start(job)));
    await Promise.all(runs.map((run) => run.report()));
  }

  test('the `concurrency` of a node holds over all processes', async () => {
    for (const name of ['one', 'two', 'three']) void opened(name).work();
    await over(opened('client'), ...Array.from({ length: 12 }, () => 'Studio.cut'));
    expect(floor.began).toHaveLength(12);
    expect(floor.most).toBe(2);
  });

  test('the `rateLimit` of a node holds over all processes', async () => {
    for (const name of ['one', 'two']) void opened(name).work();
    await over(opened('client'), ...Array.from({ length: 5 }, () => 'Studio.send'));
    const times = floor.began.map(([, , at]) => at);
    // Two at once, two more in the next span, and one in the third.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(700);
  });

  test('a limit that the next version of a node has no longer holds no longer', async () => {
    class Press {
      readonly services = { Press: this };
      running = 0;
      most = 0;
      @Job({ concurrency: 3, rateLimit: { max: 1, per: '10m' } }) async print(): Promise<void> {
        this.most = Math.max(this.most, ++this.running);
        await new Promise((resolve) => setTimeout(resolve, 50));
        this.running--;
      }
    }
    class NextPress extends Press {
      @Job({ concurrency: 3 }) override async print(): Promise<void> {
        await super.print();
      }
    }
    class LastPress extends Press {
      @Job({ rateLimit: { max: 50, per: '1s' } }) override async print(): Promise<void> {
        await super.print();
      }
    }
    const [first, next, last] = [new Press(), new NextPress(), new LastPress()];
    const four = Array.from({ length: 4 }, () => 'Press.print');
    const before = cases.opened(wire(first.services), first.services);
    void before.work();
    await over(before, 'Press.print');
    await before.close();
    const then = cases.opened(wire(next.services), next.services);
    void then.work();
    await over(then, ...four);
    await then.close();
    const now = cases.opened(wire(last.services), last.services);
    void now.work();
    await over(now, ...four);
    expect([next.most, last.most]).toEqual([3, 4]);
  });

  test('the lower `priority` goes first, as BullMQ counts', async () => {
    const client = opened('client');
    const runs = await Promise.all(['Studio.tidy', 'Studio.tidy', 'Studio.draw'].map((job) => client.start(job)));
    void opened('one').work({ concurrency: 1 });
    await Promise.all(runs.map((run) => run.report()));
    expect(floor.began.map(([node]) => node)).toEqual(['draw', 'tidy', 'tidy']);
  });

  test('a process takes the nodes that it asks for, and others are left to the rest', async () => {
    const queues = { 'Studio.film': 'film' };
    void opened('camera', { queues }).work({ nodes: ['Studio.film'] });
    void opened('desk', { queues }).work({ nodes: ['Studio.cut', 'Studio.send', 'Studio.draw', 'Studio.tidy'] });
    await over(opened('client', { queues }), 'Studio.film', 'Studio.draw', 'Studio.film', 'Studio.cut');
    expect(floor.began.map(([node, process]) => `${node} ${process}`).toSorted()).toEqual([
      'cut desk',
      'draw desk',
      'film camera',
      'film camera',
    ]);
  });

  test('a group that has the name of a node with a queue of its own is refused', async () => {
    const queues = { 'Studio.film': 'Studio.cut' };
    await expect(opened('client', { queues }).start('Studio.film')).rejects.toThrow(
      'ONW3004: `queues` of bullmqEngine has the name Studio.cut, which is that of a queue already: the node has a `concurrency` or a `rateLimit`; give the group another name',
    );
  });

  test('a group for nodes that do not exist is refused, with those that nearly have the name', async () => {
    const queues = { 'Studio.*': 'all', 'Studio.flim': 'film', 'Video.*': 'video' };
    await expect(opened('one', { queues }).start('Studio.film')).rejects.toThrow(
      'ONW3004: `queues` of bullmqEngine names nodes that are not known: "Studio.flim" fits no node; did you mean Studio.film?; "Video.*" fits no node',
    );
  });

  test('nodes that share a queue with others are not taken alone', async () => {
    await expect(opened('one').work({ nodes: ['Studio.film'] })).rejects.toThrow(
      `ONW3004: \`nodes\` splits the queue ${cases.queue}, which has Studio.cut, Studio.send, Studio.draw, Studio.tidy as well; give the nodes a queue of their own, such as \`queues: { 'Studio.film': 'apart' }\` of bullmqEngine, in every process`,
    );
  });
});
