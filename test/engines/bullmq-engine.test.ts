// Runs in Redis that several runtimes share, as processes do: one starts, others perform.

import { AsyncLocalStorage } from 'node:async_hooks';
import { IsInt } from 'class-validator';
import { expect, test } from 'vitest';
import { Handler, Job, Join, OnError, OnSuccess, type Observer, type Runtime, type StepContext } from 'onward';
import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { describeWithRedis } from '../support/redis.ts';
import { wire, type AnyNodes, type Parameters } from '../support/wired.ts';

class Order {
  @IsInt() n!: number;
}

class Shop {
  readonly name: string;
  readonly called: string[] = [];
  constructor(name: string) {
    this.name = name;
  }
  @Job() async sell(order: Order, context: StepContext): Promise<number> {
    this.called.push(`sell ${order.n}`);
    return context.call(Shop, 'double', order.n);
  }
  @Handler() async double(n: number): Promise<number> {
    this.called.push(`double ${n}`);
    return n * 2;
  }
  @OnSuccess('sell') pack(n: number): string {
    this.called.push('pack');
    return `packed ${n}`;
  }
  @OnSuccess('sell', { after: '20ms' }) bill(n: number): string {
    this.called.push('bill');
    return `billed ${n}`;
  }
  @Join({ packed: 'pack', billed: 'bill' }) send(parts: object): string {
    this.called.push('send');
    return JSON.stringify(parts);
  }
  @Job({ retry: { attempts: 3, delay: '10ms', jitter: 0 } }) flaky(order: Order, context: StepContext): number {
    this.called.push(`flaky ${context.step.attempt}`);
    if (context.step.attempt < 3) throw new Error('again');
    return order.n;
  }
  @Job() async wait(_order: Order, context: StepContext): Promise<string> {
    this.called.push('wait');
    return new Promise((_, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason));
    });
  }
  @Job() fail(): void {
    throw new Error('broken');
  }
  @OnError('fail') mend(): string {
    this.called.push('mend');
    return 'mended';
  }
}

const PARAMETERS: Parameters = {
  'Shop.sell': [Order, 'context'],
  'Shop.flaky': [Order, 'context'],
  'Shop.wait': [Order, 'context'],
};

describeWithRedis('BullMQ', () => {
  const cases = casesOnRedis();
  function process(name: string, more: Partial<BullmqEngineOptions> = {}): { runtime: Runtime<AnyNodes>; shop: Shop } {
    const shop = new Shop(name);
    const services = { Shop: shop };
    const runtime = cases.opened(wire(services, PARAMETERS), services, { recoverAfter: '1.5s', ...more });
    return { runtime, shop };
  }

  test('one process starts a run, another performs it, and the first one gets its value', async () => {
    const [client, worker] = [process('client'), process('worker')];
    void worker.runtime.work();
    const run = await client.runtime.start('Shop.sell', { n: 21 });
    expect(await run.value()).toBe(42);
    expect((await run.report()).status).toBe('completed');
    expect(client.shop.called).toEqual([]);
    expect(worker.shop.called.toSorted()).toEqual(['bill', 'double 21', 'pack', 'sell 21', 'send']);
    expect((await run.report()).steps.map(({ node, status }) => `${node} ${status}`)).toEqual([
      'Shop.sell completed',
      'Shop.double completed',
      'Shop.pack completed',
      'Shop.bill completed',
      'Shop.send completed',
    ]);
  });

  test('many runs are shared out among workers, and each step is performed once', async () => {
    const client = process('client');
    const workers = [process('one', { recoverAfter: '15s' }), process('two', { recoverAfter: '15s' })];
    for (const { runtime } of workers) void runtime.work({ concurrency: 8 });
    const runs = await Promise.all(Array.from({ length: 20 }, (_, n) => client.runtime.start('Shop.sell', { n })));
    const reports = await Promise.all(runs.map((run) => run.report()));
    expect(reports.map(({ status }) => status)).toEqual(reports.map(() => 'completed'));
    const called = workers.flatMap(({ shop }) => shop.called);
    expect(called).toHaveLength(100);
    for (const { shop } of workers) expect(shop.called.length).toBeGreaterThan(5);
  });

  test('attempts follow each other in whichever process, and a failure is what the starter hears', async () => {
    const [client, worker] = [process('client'), process('worker')];
    void worker.runtime.work();
    expect(await (await client.runtime.start('Shop.flaky', { n: 3 })).value()).toBe(3);
    expect(worker.shop.called).toEqual(['flaky 1', 'flaky 2', 'flaky 3']);
    const failed = await client.runtime.start('Shop.fail');
    await expect(failed.value()).rejects.toThrow('broken');
    expect((await failed.report()).status).toBe('failed');
    expect(worker.shop.called).toContain('mend');
  });

  test('a cancel reaches a body in another process', async () => {
    const [client, worker] = [process('client'), process('worker')];
    void worker.runtime.work();
    const run = await client.runtime.start('Shop.wait', { n: 1 });
    await expect.poll(() => worker.shop.called).toEqual(['wait']);
    await run.cancel('enough');
    expect((await run.report()).status).toBe('cancelled');
  });

  test('what travels with a run arrives in the process that performs it', async () => {
    const tenants = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const tenant = (): Observer => {
      const ofRuns = new Map<string, string>();
      return {
        carry: () => ({ tenant: tenants.getStore() ?? 'nobody' }),
        onRunStart: ({ runId, carried }) => void ofRuns.set(runId, carried?.['tenant'] ?? 'unknown'),
        around: ({ runId }, body) => tenants.run(ofRuns.get(runId) ?? 'unknown', body),
      };
    };
    class Tenants {
      @Job() note(): void {
        seen.push(tenants.getStore());
      }
      @OnSuccess('note') again(): void {
        seen.push(tenants.getStore());
      }
    }
    const services = { Tenants: new Tenants() };
    const [client, worker] = ['client', 'worker'].map(() => {
      const runtime = cases.opened(wire(services), services);
      runtime.observe(tenant());
      return runtime;
    });
    void worker?.work();
    await tenants.run('acme', async () => (await client?.start('Tenants.note'))?.report());
    expect(seen).toEqual(['acme', 'acme']);
  });
});
