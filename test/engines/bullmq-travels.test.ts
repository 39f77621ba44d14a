// What comes with a run to another process: the tenant of nestjs-cls, and the trace of OpenTelemetry.

import { trace } from '@opentelemetry/api';
import { beforeAll, expect, test } from 'vitest';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { bundled, started, up } from '../support/child.ts';
import { describeWithRedis } from '../support/redis.ts';
import { cls, travelling, type Seen } from '../support/travelling.ts';

describeWithRedis('what travels with a run', () => {
  const cases = casesOnRedis();
  let program: string;
  beforeAll(async () => {
    program = await bundled('traveller');
  });

  test('the tenant of nestjs-cls and the trace arrive in the bodies of another process, each with its run', async () => {
    const worker = started(program, cases.options());
    await up(worker);
    const client = cases.closing(travelling(cases.options()));
    /** A request of a tenant, within a span of its own. */
    const requested = (tenant: string): Promise<{ readonly traceId: string; readonly bodies: readonly Seen[] }> =>
      cls.run(async () => {
        cls.set('tenant', tenant);
        return trace.getTracer('requests').startActiveSpan('request', async (span) => {
          const run = await client.start('Desk.receive');
          const { steps } = await run.report();
          span.end();
          return { traceId: span.spanContext().traceId, bodies: steps.map(({ returnValue }) => returnValue as Seen) };
        });
      });
    const tenants = ['ann', 'bob', 'eve'];
    const found = await Promise.all(tenants.map(requested));
    worker.kill('SIGKILL');
    expect(new Set(found.map(({ traceId }) => traceId)).size).toBe(3);
    for (const [at, { traceId, bodies }] of found.entries()) {
      const expected = { tenant: tenants[at], trace: traceId, pid: worker.pid };
      expect(bodies).toEqual([expected, expected]);
    }
  });
});
