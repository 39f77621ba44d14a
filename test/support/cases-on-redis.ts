// A Redis for a block of tests, in which each of them has a queue of its own.
//
// C1. What a test has opened is closed after it, and the next one begins with an empty queue.

import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeAll } from 'vitest';
import { createRuntime, type Runtime } from 'onward';
import { bullmqEngine, type BullmqEngineOptions } from 'onward/engines/bullmq';
import type { Graph } from 'onward/wiring/v1';
import { redisServer, type RedisServer } from './redis.ts';
import type { AnyNodes, Services } from './wired.ts';

interface Closing {
  close(options: { readonly drainMs: number }): Promise<unknown>;
}

export class CasesOnRedis {
  #server: RedisServer | undefined;
  #count = 0;
  readonly #open: Closing[] = [];

  async begin(): Promise<void> {
    this.#server = await redisServer();
  }

  async next(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((each) => each.close({ drainMs: 0 })));
    this.#count++;
  }

  get server(): RedisServer {
    if (this.#server === undefined) throw new Error('a test has a server once it runs');
    return this.#server;
  }

  /** The name of the queue that the test under way has. */
  get queue(): string {
    return `case${this.#count}`;
  }

  /** Those of its engine. */
  options(more: Partial<BullmqEngineOptions> = {}): BullmqEngineOptions {
    return { connection: this.server.address, queue: this.queue, ...more };
  }

  /** A runtime of this test. */
  opened(
    graph: Graph<AnyNodes, Services>,
    services: Services,
    more: Partial<BullmqEngineOptions> = {},
  ): Runtime<AnyNodes> {
    const engine = bullmqEngine(this.options(more));
    return this.closing(createRuntime(graph, { services, engine, log: false }));
  }

  /** Closes it after the test. */
  closing<T extends Closing>(opened: T): T {
    this.#open.push(opened);
    return opened;
  }

  /** A connection to the server. */
  redis(): Redis {
    const redis = new Redis(this.server.port);
    this.closing({ close: async () => redis.disconnect() });
    return redis;
  }

  /** The queue as BullMQ has it. */
  seen(): Queue {
    return this.closing(new Queue(this.queue, { connection: { port: this.server.port }, prefix: '{onward}' }));
  }
}

/** Called in a block: its server is there before the first test. */
export function casesOnRedis(): CasesOnRedis {
  const cases = new CasesOnRedis();
  beforeAll(() => cases.begin());
  afterEach(() => cases.next());
  return cases;
}
