// Runs in Redis keep to what runs on every engine keep to. Each engine works from its first start on.

import { beforeAll, test } from 'vitest';
import type { Engine } from 'onward';
import { bullmqEngine } from 'onward/engines/bullmq';
import { engineConformance } from 'onward/testing';
import { describeWithRedis, redisServer, type RedisServer } from '../support/redis.ts';

describeWithRedis('BullMQ', () => {
  let server: RedisServer;
  let queues = 0;
  const names = new WeakMap<Engine, string>();
  beforeAll(async () => {
    server = await redisServer();
  });

  const on = (queue: string): Engine => {
    const engine = bullmqEngine({ connection: server.address, queue });
    const work = async (): Promise<void> => engine.work({ concurrency: undefined, nodes: undefined });
    const { submit, retry } = engine;
    engine.submit = async (submission) => {
      await work();
      return submit.call(engine, submission);
    };
    engine.retry = async (runId, from) => {
      await work();
      return retry?.call(engine, runId, from) ?? { outcome: 'unknown' };
    };
    names.set(engine, queue);
    return engine;
  };
  const open = (): Engine => on(`q${queues++}`);
  const reopen = (engine: Engine): Engine => on(names.get(engine) ?? '');
  test.each(engineConformance({ open, reopen }))('$name', ({ run }) => run());
});
