// What OpenTelemetry's SDK calls differently in its lines: 2 is what is installed here, 3 stands in its place where
// `OPENTELEMETRY` says so (`vitest.config.ts`).

import type { TracerProvider } from '@opentelemetry/api';
import * as sdk from '@opentelemetry/sdk-trace-base';

type Provider = new (options: { readonly spanProcessors: sdk.SpanProcessor[] }) => TracerProvider;

const line: typeof sdk & { readonly TracerProvider?: Provider } = sdk;
/** Undefined in line 2. */
const ofLineThree = line.TracerProvider;

export function tracerProvider(processor: sdk.SpanProcessor): TracerProvider {
  return new (ofLineThree ?? sdk.BasicTracerProvider)({ spanProcessors: [processor] });
}

/** Hands each span over when it ends. */
export function exportingTo(exporter: sdk.SpanExporter): sdk.SpanProcessor {
  const given: readonly unknown[] = ofLineThree === undefined ? [exporter] : [{ exporter }];
  const processor: sdk.SpanProcessor = Reflect.construct(sdk.SimpleSpanProcessor, given);
  return processor;
}
