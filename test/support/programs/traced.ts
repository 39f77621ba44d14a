// Goes on with a run that another process has started, and prints what it exports of it.

import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { createRuntime, Job, OnSuccess } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { openTelemetry } from 'onward/observers/opentelemetry';
import { exportingTo, tracerProvider } from '../telemetry.ts';
import { wire } from '../wired.ts';

const { file }: { file: string } = JSON.parse(process.argv[2] ?? '{}');

class Shop {
  @Job() order(): string {
    return 'cup';
  }
  @OnSuccess('order') charge(): string {
    trace.getTracer('body').startSpan('sql').end();
    return 'paid';
  }
}

const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(tracerProvider(exportingTo(exporter)));
const services = { Shop: new Shop() };
const sources: string[] = [];
const runtime = createRuntime(wire(services), {
  services,
  engine: sqliteEngine({ file }),
  observers: [openTelemetry(), { onRunStart: ({ source }) => void sources.push(source) }],
});
const working = runtime.work();
await (await runtime.run('one'))?.report();
await runtime.close();
await working;
const spans = exporter.getFinishedSpans().map((span) => ({
  name: span.name,
  ...span.spanContext(),
  parent: span.parentSpanContext?.spanId,
  links: span.links.map(({ context: to }) => to),
  attributes: span.attributes,
}));
console.log(JSON.stringify({ sources, spans }));
