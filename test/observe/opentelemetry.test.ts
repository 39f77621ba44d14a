// The observer for OpenTelemetry, with its real SDK: what is exported, and which context bodies run in.

import { context, metrics, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { IsString } from 'class-validator';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createRuntime, Handler, Job, Join, OnError, OnSuccess, type Observer, type StepContext } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { openTelemetry, type OpenTelemetryOptions } from 'onward/observers/opentelemetry';
import { bundled, outputOf, started } from '../support/child.ts';
import { exportingTo, tracerProvider } from '../support/telemetry.ts';
import { storeFile } from '../support/sqlite.ts';
import { ENGINES, wire, wired, type Wired } from '../support/wired.ts';

const exporter = new InMemorySpanExporter();
const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 2 ** 31 - 1 });

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider(exportingTo(exporter)));
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
});
afterEach(() => exporter.reset());
afterAll(async () => {
  await reader.shutdown();
  for (const api of [context, trace, metrics, propagation]) api.disable();
});

class Secret {
  @IsString() secret!: string;
}
class Declined extends Error {}
class Parcel {
  receipt!: unknown;
  label!: unknown;
}

class Shop {
  tries = 0;

  @Job() async order({ secret }: Secret, context: StepContext): Promise<string> {
    void context.step;
    await Promise.resolve();
    trace.getTracer('body').startSpan(`sql for ${secret.length}`).end();
    return 'cup';
  }
  @OnSuccess('order')
  @Handler({ retry: { attempts: 2, delay: 100, jitter: 0 } })
  charge(): string {
    if (++this.tries === 1) throw new Error('nobody answers');
    return 'paid';
  }
  @OnSuccess('order') label(): string {
    return 'L1';
  }
  @Join({ receipt: 'charge', label: 'label' }) pack(_parcel: Parcel): void {}

  @Job({ tags: [] }) fail(): never {
    throw new Declined('no cups left');
  }
  @Job() wait(): Promise<void> {
    return new Promise(() => undefined);
  }
  @OnError('fail') sorry(): void {
    trace.getTracer('body').startSpan('letter').end();
  }
}

const services = (): { readonly Shop: Shop } => ({ Shop: new Shop() });
const PARAMETERS = { 'Shop.order': [Secret, 'context'], 'Shop.pack': [Parcel] } as const;
const graph = wire(services(), PARAMETERS);

function shop(observers: readonly Observer[], open = ENGINES[0].open): Wired {
  const made = wired(open(), services(), PARAMETERS);
  for (const observer of observers) made.runtime.observe(observer);
  return made;
}

/** As `name < parent`, with `~ link`, in the order in which they were started. */
function tree(spans: readonly ReadableSpan[] = exporter.getFinishedSpans()): string[] {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  const nameOf = (id: string | undefined): string => (id === undefined ? '' : (names.get(id) ?? 'elsewhere'));
  return spans.map(({ name, parentSpanContext, links }) => {
    const linked = links.map(({ context: to }) => ` ~ ${nameOf(to.spanId)}`).join('');
    return `${name} < ${nameOf(parentSpanContext?.spanId)}${linked}`;
  });
}

describe.each(ENGINES)('on the engine $engine', ({ open }) => {
  test('every attempt is a span below what caused it, and bodies run in it, over awaits', async () => {
    const made = shop([openTelemetry({ graph })], open);
    const caller = trace.getTracer('app').startSpan('GET /orders');
    await context.with(trace.setSpan(context.active(), caller), () =>
      made.report('Shop.order', { secret: 'hush' }, { id: 'o1', tags: ['x'] }),
    );
    caller.end();
    expect(tree().toSorted()).toMatchInlineSnapshot(`
      [
        "GET /orders < ",
        "process Shop.charge < process Shop.order",
        "process Shop.charge < process Shop.order ~ process Shop.charge",
        "process Shop.label < process Shop.order",
        "process Shop.order < send Shop.order",
        "process Shop.pack < process Shop.charge ~ process Shop.charge ~ process Shop.label",
        "run Shop.order < send Shop.order",
        "send Shop.order < GET /orders",
        "sql for 4 < process Shop.order",
      ]
    `);
    const spans = exporter.getFinishedSpans();
    expect(new Set(spans.map((span) => span.spanContext().traceId))).toHaveLength(1);
    const kinds = new Map(spans.map(({ name, kind }) => [name, kind]));
    expect([kinds.get('send Shop.order'), kinds.get('process Shop.pack'), kinds.get('run Shop.order')]).toEqual([
      SpanKind.PRODUCER,
      SpanKind.CONSUMER,
      SpanKind.INTERNAL,
    ]);
  });
});

test('attributes are those of the conventions, and hold no message and no value', async () => {
  const made = shop([openTelemetry()]);
  await made.report('Shop.order', { secret: 'hush' }, { id: 'o1', tags: ['x'] });
  const byName = new Map(exporter.getFinishedSpans().map((span) => [span.name, span.attributes]));
  expect(byName.get('send Shop.order')).toMatchInlineSnapshot(`
    {
      "messaging.destination.name": "Shop.order",
      "messaging.message.conversation_id": "o1",
      "messaging.operation.name": "send",
      "messaging.operation.type": "send",
      "messaging.system": "onward",
      "onward.job": "Shop.order",
      "onward.run.id": "o1",
      "onward.tags": [
        "x",
      ],
    }
  `);
  expect(byName.get('process Shop.label')).toMatchInlineSnapshot(`
    {
      "messaging.destination.name": "Shop.label",
      "messaging.message.conversation_id": "o1",
      "messaging.message.id": "o1~Shop.label.1",
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.system": "onward",
      "onward.attempt": 1,
      "onward.code": 0,
      "onward.edge": "Shop.order>success>Shop.label",
      "onward.round": 1,
      "onward.run.id": "o1",
      "onward.tags": [
        "x",
      ],
    }
  `);
  expect(byName.get('run Shop.order')).toMatchInlineSnapshot(`
    {
      "messaging.message.conversation_id": "o1",
      "onward.code": 0,
      "onward.job": "Shop.order",
      "onward.run.id": "o1",
      "onward.status": "completed",
      "onward.steps.cancelled": 0,
      "onward.steps.completed": 4,
      "onward.steps.failed": 0,
      "onward.steps.skipped": 0,
      "onward.tags": [
        "x",
      ],
    }
  `);
  expect(JSON.stringify([...byName.values()])).not.toMatch(/hush|paid|cup/);
});

test('a failed attempt has its error, and its callback runs below it', async () => {
  const made = shop([openTelemetry()]);
  await made.report('Shop.fail', undefined, { id: 'f1' });
  expect(tree()).toMatchInlineSnapshot(`
    [
      "send Shop.fail < ",
      "letter < process Shop.sorry",
      "process Shop.sorry < process Shop.fail",
      "process Shop.fail < send Shop.fail",
      "run Shop.fail < send Shop.fail",
    ]
  `);
  const spans = exporter.getFinishedSpans();
  const failed = spans.find(({ name }) => name === 'process Shop.fail');
  expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no cups left' });
  expect(failed?.attributes).toMatchObject({ 'error.type': 'Declined', 'onward.code': 101 });
  expect(failed?.events.map(({ name, attributes }) => [name, attributes?.['exception.message']])).toEqual([
    ['exception', 'no cups left'],
  ]);
  const run = spans.find(({ name }) => name === 'run Shop.fail');
  expect(run?.status.code).toBe(SpanStatusCode.ERROR);
  expect(spans.find(({ name }) => name === 'process Shop.sorry')?.status.code).toBe(SpanStatusCode.UNSET);
});

test('who has opted for logs gets no exceptions in spans', async () => {
  vi.stubEnv('OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN', 'logs');
  await shop([openTelemetry()]).report('Shop.fail');
  vi.unstubAllEnvs();
  expect(exporter.getFinishedSpans().flatMap(({ events }) => events)).toEqual([]);
});

test('the span of a run is as long as the run, and those of attempts are not open between them', async () => {
  const made = shop([openTelemetry()]);
  await made.report('Shop.order', { secret: 'x' });
  const spans = exporter.getFinishedSpans();
  const ms = (name: string): number[] =>
    spans.filter((span) => span.name === name).map(({ duration: [s, ns] }) => s * 1_000 + ns / 1e6);
  expect([ms('run Shop.order'), ms('process Shop.charge')]).toEqual([[100], [0, 0]]);
});

test("`trace: 'own'`: a run is a trace of its own, with a link to where it was started", async () => {
  const made = shop([openTelemetry({ trace: 'own' })]);
  const caller = trace.getTracer('app').startSpan('GET /orders');
  await context.with(trace.setSpan(context.active(), caller), () => made.report('Shop.fail'));
  caller.end();
  expect(tree()).toMatchInlineSnapshot(`
    [
      "send Shop.fail < GET /orders",
      "letter < process Shop.sorry",
      "process Shop.sorry < process Shop.fail",
      "process Shop.fail <  ~ send Shop.fail",
      "run Shop.fail < send Shop.fail",
      "GET /orders < ",
    ]
  `);
  const spans = exporter.getFinishedSpans();
  const traceOf = (name: string): string | undefined => spans.find((span) => span.name === name)?.spanContext().traceId;
  expect(traceOf('process Shop.fail')).toBe(traceOf('process Shop.sorry'));
  expect(traceOf('process Shop.fail')).not.toBe(traceOf('GET /orders'));
  expect(traceOf('send Shop.fail')).toBe(traceOf('GET /orders'));
});

test("`spans: 'runs'`: no spans of steps", async () => {
  await shop([openTelemetry({ spans: 'runs' })]).report('Shop.fail');
  expect(tree()).toEqual(['send Shop.fail < ', 'letter < ', 'run Shop.fail < send Shop.fail']);
});

test('what travels with a run leads another process to where it was started', async () => {
  const carried: unknown[] = [];
  const listener: Observer = { onRunStart: (event) => void carried.push(event.carried) };
  await shop([openTelemetry(), listener]).report('Shop.fail');
  const sent = exporter.getFinishedSpans().find(({ name }) => name === 'send Shop.fail');
  expect(carried).toEqual([{ traceparent: `00-${sent?.spanContext().traceId}-${sent?.spanContext().spanId}-01` }]);
});

describe('a second process goes on with a run', () => {
  let program: string;
  beforeAll(async () => {
    program = await bundled('traced');
  });

  class Slow {
    @Job() order(): string {
      return 'cup';
    }
    @OnSuccess('order') charge(): Promise<void> {
      return new Promise(() => undefined);
    }
  }

  /** Starts the run here, leaves it, and goes on with it in another process. */
  async function carriedOn(options: OpenTelemetryOptions): Promise<{ sent: ReadableSpan; there: Exported }> {
    const file = storeFile();
    const slow = { Shop: new Slow() };
    const runtime = createRuntime(wire(slow), {
      services: slow,
      engine: sqliteEngine({ file }),
      observers: [openTelemetry(options)],
    });
    const run = await runtime.start('Shop.order', undefined, { id: 'one' });
    await run.entry();
    await runtime.close({ drainMs: 0 });
    const sent = exporter.getFinishedSpans().find(({ name }) => name === 'send Shop.order');
    if (sent === undefined) throw new TypeError('no span has been sent');
    const there: Exported = JSON.parse(await outputOf(started(program, { file })));
    return { sent, there };
  }

  interface Exported {
    readonly sources: readonly string[];
    readonly spans: readonly {
      readonly name: string;
      readonly traceId: string;
      readonly spanId: string;
      readonly parent?: string;
      readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
    }[];
  }

  test('on an engine that keeps runs: a trace of its own, with a link to where it was started', async () => {
    const { sent, there } = await carriedOn({});
    const { traceId, spanId } = sent.spanContext();
    expect(there.sources).toEqual(['restored']);
    expect(there.spans.map(({ name }) => name)).toEqual(['sql', 'process Shop.charge', 'run Shop.order']);
    const [sql, charge, whole] = there.spans;
    expect(charge?.traceId).not.toBe(traceId);
    expect(charge?.links).toMatchObject([{ traceId, spanId }]);
    expect(charge?.parent).toBeUndefined();
    expect(sql).toMatchObject({ traceId: charge?.traceId, parent: charge?.spanId });
    expect(whole).toMatchObject({ traceId, parent: spanId });
  });

  test("`trace: 'caller'`: the same trace", async () => {
    const { sent, there } = await carriedOn({ trace: 'caller' });
    const { traceId, spanId } = sent.spanContext();
    expect(there.spans.map((span) => span.traceId)).toEqual([traceId, traceId, traceId]);
    expect(there.spans.find(({ name }) => name === 'process Shop.charge')).toMatchObject({ parent: spanId, links: [] });
  });
});

test('a plan says its mode and the number of its entries', async () => {
  const { runtime, clock } = shop([openTelemetry()]);
  const done = runtime.start(runtime.sequence([{ job: 'Shop.fail' }, { job: 'Shop.order', message: { secret: 'a' } }]));
  await clock.runAll();
  await (await done).report();
  const found = exporter.getFinishedSpans().filter(({ name }) => /^(send|run) /.test(name));
  expect(found).toHaveLength(2);
  for (const { attributes } of found)
    expect(attributes).toMatchObject({ 'onward.plan.mode': 'sequence', 'onward.plan.entries': 2 });
  exporter.reset();
  await shop([openTelemetry()]).report('Shop.fail');
  for (const { attributes } of exporter.getFinishedSpans()) expect(attributes).not.toHaveProperty('onward.plan.mode');
});

test('behind a step that was recovered the span has a link to the callback that gave the value', async () => {
  class Recovering {
    @Job() sell(): string {
      throw new Error('sold out');
    }
    @OnError('sell', { recover: true }) offer(): string {
      return 'another one';
    }
    @OnSuccess('sell') pack(): void {}
  }
  const { runtime, report } = wired(ENGINES[0].open(), { Shop: new Recovering() });
  runtime.observe(openTelemetry());
  await report('Shop.sell');
  expect(tree().toSorted()).toEqual([
    'process Shop.offer < process Shop.sell',
    'process Shop.pack < process Shop.sell ~ process Shop.offer',
    'process Shop.sell < send Shop.sell',
    'run Shop.sell < send Shop.sell',
    'send Shop.sell < ',
  ]);
  const sell = exporter.getFinishedSpans().find(({ name }) => name === 'process Shop.sell');
  expect(sell).toMatchObject({ attributes: { 'onward.code': 207, 'error.type': 'Error' } });
});

test('metrics count and time what is sent, processed and run', async () => {
  const made = shop([openTelemetry()]);
  await made.report('Shop.fail');
  await reader.forceFlush();
  const found = metricExporter
    .getMetrics()
    .at(-1)
    ?.scopeMetrics.flatMap(({ metrics: all }) => all)
    .map(({ descriptor, dataPoints }) => ({
      name: `${descriptor.name} (${descriptor.unit})`,
      of: dataPoints.map(({ attributes }) => attributes['messaging.destination.name'] ?? attributes['onward.job']),
    }));
  expect(found).toEqual([
    { name: 'messaging.client.sent.messages ({message})', of: expect.arrayContaining(['Shop.fail']) },
    { name: 'messaging.process.duration (s)', of: expect.arrayContaining(['Shop.fail', 'Shop.sorry']) },
    { name: 'onward.run.duration (s)', of: expect.arrayContaining(['Shop.fail']) },
    { name: 'onward.runs.open ({run})', of: expect.arrayContaining(['Shop.fail']) },
  ]);
});

test('open runs are counted from their start on: not below none, and none once nobody counts', async () => {
  class Count {
    @Job() late(): void {}
    @Job() left(): void {}
  }
  const { runtime, start, clock } = wired(ENGINES[0].open(), { Count: new Count() });
  const suspended = { suspended: true };
  const late = await start('Count.late', undefined, suspended);
  const remove = runtime.observe(openTelemetry());
  await late.resume();
  await late.report();
  const left = await start('Count.left', undefined, suspended);
  remove();
  await left.resume();
  await clock.runAll();
  await reader.forceFlush();
  const all =
    metricExporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
  const open = all.find(({ descriptor }) => descriptor.name === 'onward.runs.open')?.dataPoints ?? [];
  const counted = ['Count.late', 'Count.left'].map(
    (job) => open.find(({ attributes }) => attributes['onward.job'] === job)?.value,
  );
  expect(counted).toEqual([undefined, 0]);
});

test('a run that the process leaves open leaves no span open', async () => {
  const open = new Set<string>();
  const tracer = tracerProvider({
    onStart: ({ name }) => void open.add(name),
    onEnd: ({ name }) => void open.delete(name),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }).getTracer('own');
  const observer = openTelemetry({ tracer });
  const made = shop([observer]);
  await made.start('Shop.wait');
  await vi.waitFor(() => expect([...open]).toEqual(['process Shop.wait']));
  await observer.close?.();
  expect([...open]).toEqual([]);
  const closing = made.runtime.close({ drainMs: 0 });
  await made.clock.runAll();
  await closing;
});

test('options that make no sense are refused', () => {
  const wrong = { trace: 'mine', spans: 1, tracer: {}, grpah: {} } as unknown as OpenTelemetryOptions;
  expect(() => openTelemetry(wrong)).toThrowErrorMatchingInlineSnapshot(
    `[OnwardError: ONW3004: the options of openTelemetry are not valid: expected \`trace\` to be 'caller' or 'own', got "mine"; expected \`spans\` to be 'steps' or 'runs', got 1; expected \`tracer\` to be a tracer, got an object; there is no option \`grpah\`; did you mean \`graph\`?]`,
  );
});
