// What a task of a store keeps of the messages of callbacks.

import { expect, test } from 'vitest';
import { compileGraph } from '../../src/graph/compile.ts';
import { encode } from '../../src/values/codec.ts';
import { thrownToJson } from '../../src/values/serialized-error.ts';
import { NO_MARKS, type Application, type Body, type Route } from '../../src/execute/application.ts';
import { perform, type Payload, type TaskIo } from '../../src/records/task.ts';
import type { Event, Task } from '../../src/run/event.ts';
import { NO_STATE } from '../../src/run/shared-state.ts';
import { virtualClock } from '../../src/testing/virtual-clock.ts';
import type { RunReport } from '../../src/wiring/run-report.ts';

const REPORT: RunReport = {
  runId: 'r1',
  job: 'Shop.sell',
  status: 'failed',
  code: 101,
  error: new Error('sold out'),
  startedAt: 0,
  endedAt: 0,
  counts: { completed: 0, failed: 1, skipped: 0, cancelled: 0 },
  steps: [],
  failures: [],
  callbackFailures: [],
  truncated: false,
  state: {},
};

const SELL: Body = {
  service: {},
  call: () => undefined,
  message: true,
  takes: undefined,
  timeoutMs: 0,
  marks: NO_MARKS,
  retryWhen: undefined,
  exposed: false,
};

/** Performs the body of a callback of `Shop.sell`; `b` is what it is told. */
async function performed(
  moment: 'runError' | 'error' | 'end',
  given: { readonly b?: unknown; readonly attempt?: number; readonly field?: string; readonly errorField?: string },
): Promise<{ readonly events: Event[]; readonly seen: unknown[] }> {
  const seen: unknown[] = [];
  const see: Body = { ...SELL, call: (_service, message) => seen.push(message) };
  const graph = compileGraph({
    nodes: [{ name: 'Shop.sell' }, { name: 'Shop.see' }],
    edges: [{ from: 'Shop.sell', to: 'Shop.see', moment }],
  });
  const via = [...graph.edgeOf.values()][0];
  const route: Route = {
    matches: undefined,
    bind: undefined,
    field: given.field,
    fieldClass: undefined,
    errorField: given.errorField,
    sourceClasses: undefined,
  };
  const app: Application = {
    graph,
    bodies: [SELL, see],
    routes: [route],
    wiring: { contract: 1, graphHash: 'test', nodes: {}, edges: [] },
    addedClasses: undefined,
    parser: undefined,
    log: () => undefined,
    nodeFor: () => undefined,
  };
  const { attempt = 1 } = given;
  const task: Task = {
    key: `r1~2.${attempt}`,
    kind: 'body',
    stepKey: 'r1~Shop.see.1',
    runId: 'r1',
    at: { step: 2, node: 'Shop.see', around: [] },
    attempt,
    round: 1,
    tags: [],
    ancestors: [],
    via: via?.id ?? null,
    valueKey: `r1~2.${attempt}.out`,
    inline: false,
    input: {
      targetMessage: undefined,
      targetValue: moment === 'end' ? { error: 'b' } : 'b',
      item: -1,
      ...(attempt > 1 && { message: null }),
    },
  };
  const events: Event[] = [];
  await perform(app, task, ioOf(given.b, events));
  await new Promise(setImmediate);
  return { events, seen };
}

function ioOf(b: unknown, events: Event[]): TaskIo {
  // As every store does: what cannot be written is refused.
  const write = (key: string, payload: Payload): string => {
    if ('value' in payload) encode(payload.value);
    if ('error' in payload) thrownToJson(payload.error);
    return key;
  };
  return {
    clock: virtualClock(),
    load: (ref) => (ref === 'b' ? b : undefined),
    keep: write,
    keepAs: write,
    salt: () => undefined,
    began: () => undefined,
    isWanted: () => true,
    deliver: (event) => void events.push(event),
    commit: () => Promise.resolve({ kind: 'refused', why: 'leaked' }),
    outcomeOf: () => undefined,
    endOf: () => Promise.resolve({ status: 'completed', value: undefined }),
    state: () => NO_STATE,
    report: () => REPORT,
    isObserved: () => false,
    around: (_message, body) => body(),
    notify: () => undefined,
  };
}

test('a callback of a failed run is given the report, errors and all, in every attempt', async () => {
  for (const attempt of [1, 2]) {
    const { events, seen } = await performed('runError', { attempt });
    expect(seen).toEqual([REPORT]);
    expect(events).toEqual([expect.objectContaining({ type: 'completed', attempt })]);
  }
});

test('an error callback takes whatever was thrown, even what is no data', async () => {
  const thrown = (): void => undefined;
  const { events, seen } = await performed('error', { b: thrown, field: 'reason' });
  expect(seen).toEqual([{ reason: thrown }]);
  expect(events).toEqual([expect.objectContaining({ type: 'completed' })]);
});

test('after an end an error goes to the field for errors, and never to the one for values', async () => {
  const b = new Error('sold out');
  const both = await performed('end', { b, field: 'value', errorField: 'reason' });
  expect(both.seen).toEqual([{ reason: b }]);
  expect(both.events).toEqual([expect.objectContaining({ type: 'completed' })]);
  const one = await performed('end', { b, field: 'value' });
  expect(one.seen).toEqual([{}]);
  expect(one.events).toEqual([expect.objectContaining({ type: 'completed' })]);
});
