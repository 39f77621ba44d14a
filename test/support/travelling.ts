// An application whose bodies say for whom they work and within which trace, by nestjs-cls and OpenTelemetry.

import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { ClsServiceManager } from 'nestjs-cls';
import { createRuntime, Job, OnSuccess, type Observer, type Runtime } from 'onward';
import { bullmqEngine, type BullmqEngineOptions } from 'onward/engines/bullmq';
import { openTelemetry } from 'onward/observers/opentelemetry';
import { exportingTo, tracerProvider } from './telemetry.ts';
import { wire, type AnyNodes } from './wired.ts';

/** As Nest injects it. */
export const cls = ClsServiceManager.getClsService<{ tenant: string }>();

export interface Seen {
  readonly tenant: string | undefined;
  readonly trace: string | undefined;
  readonly pid: number;
}

class Desk {
  @Job() receive(): Seen {
    return seen();
  }
  @OnSuccess('receive') async answer(): Promise<Seen> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return seen();
  }
}

function seen(): Seen {
  return { tenant: cls.get('tenant'), trace: trace.getActiveSpan()?.spanContext().traceId, pid: process.pid };
}

/** Takes what nestjs-cls has stored along with a run. */
function clsOfRuns(): Observer {
  const ofRuns = new Map<string, string>();
  return {
    carry: () => (cls.isActive() ? { tenant: cls.get('tenant') } : {}),
    onRunStart: ({ runId, carried }) => void ofRuns.set(runId, String(carried?.['tenant'])),
    onRunEnd: ({ runId }) => void ofRuns.delete(runId),
    around: ({ runId }, body) => cls.run(() => (cls.set('tenant', ofRuns.get(runId) ?? 'unknown'), body())),
  };
}

export function travelling(options: BullmqEngineOptions): Runtime<AnyNodes> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider(exportingTo(new InMemorySpanExporter())));
  const services = { Desk: new Desk() };
  return createRuntime(wire(services), {
    ...{ services, engine: bullmqEngine(options), log: false },
    observers: [openTelemetry({ trace: 'caller' }), clsOfRuns()],
  });
}
