// Code around the bodies that goes wrong, or has to be the right one: D17, D19, D20, D25.

import { AsyncLocalStorage } from 'node:async_hooks';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRuntime, Handler, Job, OnError, OnSuccess, type Logger } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { openTelemetry } from 'onward/observers/opentelemetry';
import { storeFile } from '../support/sqlite.ts';
import { exportingTo, tracerProvider } from '../support/telemetry.ts';
import { thrownBy } from '../support/till.ts';
import { ENGINES, stepsOf, wire, wired } from '../support/wired.ts';

const tenants = new AsyncLocalStorage<string>();

class Shop {
  readonly seen: string[] = [];
  tries = 0;
  @Job() async order(): Promise<string> {
    await this.#note('order');
    return 'cup';
  }
  @OnSuccess('order')
  @Handler({ retry: { attempts: 2, delay: 10, jitter: 0 } })
  async charge(): Promise<void> {
    await this.#note('charge');
    if (++this.tries === 1) throw new Error('busy');
  }
  @OnSuccess('charge') async print(): Promise<never> {
    await this.#note('print');
    throw new Error('no paper');
  }
  @OnError('print') async sorry(): Promise<void> {
    await this.#note('sorry');
  }
  async #note(body: string): Promise<void> {
    await Promise.resolve();
    const span = trace.getActiveSpan()?.spanContext().traceId ?? 'no trace';
    this.seen.push(`${body} as ${tenants.getStore() ?? 'nobody'} in ${span}`);
  }
}

const STEPS = ['Shop.order completed 0', 'Shop.charge completed 0', 'Shop.print failed 101', 'Shop.sorry completed 0'];
const BODIES = ['order', 'charge', 'charge', 'print', 'sorry'];

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

test('D17: a container that cannot build a service is ONW3003 before an attempt counts', async () => {
  const file = storeFile();
  const calls: number[] = [];
  class Depot {
    @Job({ retry: { attempts: 2 } }) load(): void {
      calls.push(1);
    }
  }
  const graph = wire({ Depot: new Depot() });
  const before = createRuntime(graph, { services: { Depot: new Depot() }, engine: sqliteEngine({ file }) });
  await before.start('Depot.load', undefined, { id: 'load', suspended: true });
  await before.close({ drainMs: 0 });
  const container = (): never => {
    throw new Error('no connection to the database');
  };
  expect(thrownBy(() => createRuntime(graph, { resolve: container, engine: sqliteEngine({ file }) }))).toBe(
    'OnwardError: ONW3003: `resolve` threw for the service Depot: Error: no connection to the database',
  );
  expect(calls).toEqual([]);
  const after = createRuntime(graph, { resolve: () => new Depot(), engine: sqliteEngine({ file }) });
  const run = await after.run('load');
  await run?.resume();
  const report = await run?.report();
  expect(report?.status).toBe('completed');
  expect(report?.steps[0]?.attempts.map(({ number }) => number)).toEqual([1]);
  await after.close();
});

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const shop = (log: Logger | false) => {
    const service = new Shop();
    const app = wired(open(), { Shop: service }, {}, { log });
    const bodies = (): (string | undefined)[] => service.seen.map((line) => line.split(' ')[0]);
    return { ...app, service, bodies };
  };

  test('D19: a hook that throws at the start of a run is logged with ONW3062, and the run is as without it', async () => {
    const said: string[] = [];
    const app = shop({ error: () => undefined, warn: (text: string) => void said.push(text) });
    class Plugin {
      onRunStart(): never {
        throw new Error('bad plugin');
      }
    }
    app.runtime.observe(new Plugin());
    for (const id of ['one', 'two']) {
      app.service.tries = 0;
      expect(stepsOf(await app.report('Shop.order', undefined, { id }))).toEqual(STEPS);
    }
    expect(app.bodies()).toEqual([...BODIES, ...BODIES]);
    expect(said).toEqual([
      'ONW3062: Plugin failed at run.started of run one; the run goes on as it was. Further failures of it are counted: Error: bad plugin',
    ]);
  });

  const throwing = (): never => {
    throw new Error('disk full');
  };
  const hanging = (): Promise<never> => new Promise(() => undefined);
  const rejecting = (): Promise<never> => Promise.reject(new Error('disk full'));

  test.each([
    ['throws', throwing],
    ['rejects', rejecting],
    ['blocks', hanging],
  ])('D20: a logger that %s leaves a run as it is', async (_, log) => {
    const app = shop({ error: log, warn: log, info: log });
    app.runtime.observe({ onEvent: throwing });
    expect(stepsOf(await app.report('Shop.order'))).toEqual(STEPS);
    expect(app.bodies()).toEqual(BODIES);
    await app.runtime.close();
  });

  test.each([
    ['throws', throwing],
    ['never answers', () => undefined],
  ])('D20: an exporter of OpenTelemetry that %s leaves a run as it is', async (_, exported) => {
    const exporter: SpanExporter = { export: exported, shutdown: hanging, forceFlush: hanging };
    const app = shop(false);
    app.runtime.observe(openTelemetry({ tracer: tracerProvider(exportingTo(exporter)).getTracer('onward') }));
    expect(stepsOf(await app.report('Shop.order'))).toEqual(STEPS);
    expect(app.bodies()).toEqual(BODIES);
    await app.runtime.close();
  });

  test('D25: what a run was started in, and its trace, hold over awaits, retries and callbacks', async () => {
    const app = shop(false);
    const exporter: SpanExporter = { export: () => undefined, shutdown: async () => undefined };
    const tracer = tracerProvider(exportingTo(exporter)).getTracer('onward');
    app.runtime.observe(openTelemetry({ tracer, trace: 'caller' }));
    const ids = new Map<string, string>();
    for (const tenant of ['ann', 'bob']) {
      app.service.tries = 0;
      const span = tracer.startSpan('request');
      ids.set(tenant, span.spanContext().traceId);
      const within = trace.setSpan(context.active(), span);
      await tenants.run(tenant, () => context.with(within, () => app.start('Shop.order')));
      await app.clock.runAll();
    }
    const expected = (tenant: string): string[] =>
      BODIES.map((body) => `${body} as ${tenant} in ${ids.get(tenant) ?? ''}`);
    expect(app.service.seen).toEqual([...expected('ann'), ...expected('bob')]);
  });
});
