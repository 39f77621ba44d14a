// The callbacks page of Nadoo Flow Core, from top to bottom: what each of its handlers does, with observers. Names begin
// with the scenarios that they show.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  chained,
  Job,
  OnSuccess,
  type FailureEvent,
  type Observer,
  type RunEnded,
  type RunEvent,
  type RunStarted,
  type StepContext,
  type StepEnded,
  type StepStarted,
} from 'onward';
import { batched, history, logger, metrics, notify, progress } from 'onward/observers';
import { recorder } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { ENGINES, wire, wired, type Wired } from '../support/wired.ts';

class Estimate {
  @IsInt() minutes!: number;
}

class Flow {
  @Job() start(): { readonly rows: number } {
    return { rows: 3 };
  }
  @OnSuccess('start') critical_save({ rows }: { readonly rows: number }): number {
    return rows;
  }
  @Job() long(_estimate: Estimate): void {}
  @Job() fails(): void {}
  @OnSuccess('fails') critical_pay(): never {
    throw Object.assign(new TypeError('no money'), { severity: 'critical' });
  }
}

/** The base handler with its five hooks, which writes down what it is called with. */
class Handler implements Observer {
  readonly calls: unknown[][] = [];
  readonly name: string;
  constructor(name = 'handler') {
    this.name = name;
  }
  onRunStart({ runId, job }: RunStarted): void {
    this.calls.push(['workflow start', runId, job]);
  }
  onRunEnd({ runId, status, value }: RunEnded): void {
    this.calls.push(['workflow end', runId, status, value]);
  }
  onStepStart({ node }: StepStarted): void {
    this.calls.push(['node start', node]);
  }
  onStepEnd(event: StepEnded): void {
    this.calls.push(['node end', event.node, event.type, event.type === 'step.completed' ? event.value : undefined]);
  }
  onError(event: FailureEvent): void {
    if (event.type === 'step.failed') this.calls.push(['error', event.node, String(event.error), event.severity]);
  }
}

class Failing implements Observer {
  onEvent(): void {
    throw new Error('bad handler');
  }
}

const names = (handler: Handler): unknown[] => handler.calls.map(([what]) => what);

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const flow = (log: false | { error(): void; warn(text: string): void } = false): Wired =>
    wired(open(), { Flow: new Flow() }, { 'Flow.long': [Estimate] }, { log });

  test('S-N1: base handler: each hook is called once where it belongs, with ids and values that match, and nothing else', async () => {
    const { runtime, report } = flow();
    const handler = new Handler();
    runtime.observe(handler);
    await report('Flow.start', undefined, { id: 'w1' });
    expect(handler.calls).toEqual([
      ['workflow start', 'w1', 'Flow.start'],
      ['node start', 'Flow.start'],
      ['node end', 'Flow.start', 'step.completed', { rows: 3 }],
      ['node start', 'Flow.critical_save'],
      ['node end', 'Flow.critical_save', 'step.completed', 3],
      ['workflow end', 'w1', 'completed', { rows: 3 }],
    ]);
  });

  test('S-N1: inputs and outputs of each node, with the ids of its start and its end', async () => {
    const { runtime, report } = flow();
    const kept = recorder();
    runtime.observe(kept);
    await report('Flow.start', undefined, { id: 'w1' });
    const ofSave = kept.events.filter((event) => 'node' in event && event.node === 'Flow.critical_save');
    expect(ofSave.map(({ type }) => type)).toEqual(['step.started', 'step.attempt', 'step.completed']);
    expect(ofSave[1]).toMatchObject({ message: { rows: 3 } });
    expect(ofSave[2]).toMatchObject({ value: 3 });
    for (const event of ofSave)
      expect(event).toMatchObject({ runId: 'w1', step: 2, key: 'w1~Flow.critical_005fsave.1' });
    expect(kept.events.every(({ runId }) => runId === 'w1')).toBe(true);
    expect(kept.events).toHaveLength(8);
  });

  test('S-N2: base handler: a node that fails is an error with its severity, and the workflow ends as failed', async () => {
    const { runtime, report } = flow();
    const handler = new Handler();
    runtime.observe(handler);
    await report('Flow.fails', undefined, { id: 'w1' });
    expect(handler.calls.slice(-3)).toEqual([
      ['node end', 'Flow.critical_pay', 'step.failed', undefined],
      ['error', 'Flow.critical_pay', 'TypeError: no money', 'critical'],
      ['workflow end', 'w1', 'failed', undefined],
    ]);
    const ends = handler.calls.filter(([what, node]) => what === 'node end' && node === 'Flow.critical_pay');
    expect(ends).toHaveLength(1);
  });

  test('S-N2: the error has its type, message, stack, node and severity', async () => {
    const { runtime, report } = flow();
    const kept = recorder();
    runtime.observe(kept);
    await report('Flow.fails', undefined, { id: 'w1' });
    const [failed] = kept.calls('step.failed');
    expect(failed).toMatchObject({
      node: 'Flow.critical_pay',
      code: 101,
      severity: 'critical',
      error: { name: 'TypeError', message: 'no money', stack: expect.stringContaining('nadoo.test') },
    });
    expect(kept.calls('run.ended')).toMatchObject([{ status: 'failed', failures: [{ node: 'Flow.critical_pay' }] }]);
    expect(kept.calls('step.completed').map(({ node }) => node)).toEqual(['Flow.fails']);
  });

  test('logging: runs are info, nodes debug, errors error', async () => {
    const { runtime, report } = flow();
    const lines: string[] = [];
    const at = (level: string) => (text: string) => void lines.push(`${level} ${text.replace(/ in \d+ ms/, '')}`);
    runtime.observe(logger({ info: at('info'), debug: at('debug'), warn: at('warn'), error: at('error') }));
    await report('Flow.fails', undefined, { id: 'w1' });
    expect(lines).toEqual([
      'info run w1 of Flow.fails started',
      'debug Flow.fails started',
      'debug Flow.fails completed',
      'debug Flow.critical_pay started',
      'error Flow.critical_pay failed: TypeError: no money',
      'error run w1 of Flow.fails failed',
    ]);
  });

  test('S-N11: metrics: counts, rate of errors, average of runs, slowest nodes; two workflows at once stay apart', async () => {
    const { runtime, start, clock } = flow();
    const counted = metrics();
    runtime.observe(counted);
    await start('Flow.start');
    await start('Flow.fails');
    await clock.runAll();
    expect(counted.report()).toMatchObject({
      totalRuns: 2,
      totalSteps: 4,
      errorRate: 0.25,
      averageRunMs: 0,
      lastError: { message: 'no money' },
    });
    expect(counted.report().slowest).toHaveLength(4);
  });

  test('S-N3: manager: handlers are called in the order in which they were added; a failing one is logged and passed over', async () => {
    const logged: string[] = [];
    const { runtime, report } = flow({ error: () => {}, warn: (text) => void logged.push(text) });
    const [first, second] = [new Handler('first'), new Handler('second')];
    runtime.observe(first);
    const remove = runtime.observe(new Failing());
    runtime.observe(second);
    expect((await report('Flow.start')).status).toBe('completed');
    expect(second.calls).toEqual(first.calls);
    expect(logged[0]).toMatch(/Failing failed at run.started of run .*: Error: bad handler/);
    remove();
    expect(logged.at(-1)).toMatch(/Failing failed \d+ times in all/);
  });

  test('S-N3: one that fails in every hook is named with the event, and each failure is counted', async () => {
    const counted = metrics();
    const logged: string[] = [];
    const { runtime, report } = flow({ error: () => {}, warn: (text) => void logged.push(text) });
    const bad = (): never => {
      throw new Error('bad');
    };
    const hooks = { onRunStart: bad, onRunEnd: bad, onStepStart: bad, onStepEnd: bad, onError: bad, onEvent: bad };
    const [first, second] = [new Handler('first'), new Handler('second')];
    for (const observer of [counted, first, { name: 'bad', ...hooks }, second]) runtime.observe(observer);
    const failed = await report('Flow.fails');
    expect(failed.failures.map(({ node }) => node)).toEqual(['Flow.critical_pay']);
    expect(second.calls).toEqual(first.calls);
    expect(logged).toEqual([expect.stringMatching(/^ONW3062: bad failed at run\.started of run .*: Error: bad$/)]);
    // Start and end of the run, 2 starts, 2 ends, 2 errors, and all 8 events.
    expect(counted.text()).toContain('onward_observer_failures_total{observer="bad",code="ONW3062"} 16');
  });

  test('database: a row for each run and each node, with errors, can be searched', async () => {
    const { runtime, report } = flow();
    const database = history({ messages: true });
    runtime.observe(database);
    await report('Flow.start', undefined, { id: 'w1' });
    await report('Flow.fails', undefined, { id: 'w2' });
    expect(database.runs({ status: 'failed' }).runs).toMatchObject([{ id: 'w2', error: { message: 'no money' } }]);
    expect(database.run('w1')).toMatchObject({
      status: 'completed',
      value: { rows: 3 },
      steps: [{ node: 'Flow.start' }, { node: 'Flow.critical_save', message: { rows: 3 }, returnValue: 3 }],
    });
  });

  test('notification: for a start, for a critical error, for an end', async () => {
    const { runtime, report } = flow();
    const sent: string[] = [];
    const send = async (event: RunEvent): Promise<void> => void sent.push(event.type);
    const isLong = (message: unknown): boolean => Number(Reflect.get(Object(message), 'minutes')) > 5;
    runtime.observe(notify({ when: (event) => event.type === 'run.started' && isLong(event.message), send }));
    runtime.observe(notify({ when: (event) => event.type === 'step.failed' && event.severity === 'critical', send }), {
      mode: 'background',
    });
    runtime.observe(notify({ when: (event) => event.type === 'run.ended', send }));
    await report('Flow.long', { minutes: 300 });
    await report('Flow.long', { minutes: 1 });
    await report('Flow.fails');
    expect(sent).toEqual(['run.started', 'run.ended', 'run.ended', 'step.failed', 'run.ended']);
  });

  test('progress: a record under progress:<id> for each node, 100 at the end', async () => {
    const { runtime, report } = flow();
    const store = new Map<string, unknown>();
    const percents: number[] = [];
    runtime.observe(
      progress({
        graph: wire({ Flow: new Flow() }),
        stream: null,
        store: {
          set: (key, record) => {
            store.set(key, record);
            percents.push(record.progress);
          },
        },
      }),
    );
    await report('Flow.start', undefined, { id: 'w1' });
    expect(percents).toEqual([0, 50, 99, 100]);
    expect(store.get('progress:w1')).toEqual({
      status: 'completed',
      progress: 100,
      completed: 2,
      total: 2,
      lastNode: 'Flow.critical_save',
    });
  });

  test('S-N6: conditional: a condition that does not hold silences every hook', async () => {
    const { runtime, report } = flow();
    const [production, test_] = [new Handler(), new Handler()];
    const env: string = 'production';
    runtime.observe(production, { when: () => env === 'production' });
    runtime.observe(test_, { when: () => env === 'test' });
    await report('Flow.fails');
    expect(production.calls.length).toBeGreaterThan(5);
    expect(test_.calls).toEqual([]);
  });

  test('S-N6: filtering: only nodes whose name begins with critical_; events of runs pass', async () => {
    const { runtime, report } = flow();
    const handler = new Handler();
    runtime.observe(handler, { nodes: 'Flow.critical_*' });
    await report('Flow.fails');
    expect(names(handler)).toEqual(['workflow start', 'node start', 'node end', 'error', 'workflow end']);
  });

  test('S-N7: chaining: a failing handler keeps none of the others from being called, for all hooks', async () => {
    const { runtime, report } = flow();
    const [alone, inside] = [new Handler(), new Handler()];
    runtime.observe(alone);
    runtime.observe(chained(new Failing(), inside));
    await report('Flow.fails');
    expect(inside.calls).toEqual(alone.calls);
  });

  test('priority: higher comes earlier', async () => {
    const { runtime, report } = flow();
    const order: number[] = [];
    for (const priority of [0, 10, 5]) {
      runtime.observe({ onRunStart: () => void order.push(priority) }, { priority });
    }
    await report('Flow.start');
    expect(order).toEqual([10, 5, 0]);
  });

  test('S-N10: mock: added to one workflow, it says how often an event came', async () => {
    const { report } = flow();
    const mock = recorder();
    await report('Flow.start', undefined, { observers: [mock] });
    await report('Flow.start');
    mock.assertCalled('run.started', 1);
    mock.assertCalled('run.ended', 1);
    expect(() => mock.assertCalled('run.ended', 2)).toThrow(
      'expected run.ended 2 times, got 1. Emitted: run.started ×1',
    );
  });

  test('S-N4: async: awaited handlers are over before the node runs, those in the background before the workflow is', async () => {
    for (const mode of ['awaited', 'background'] as const) {
      const order: string[] = [];
      class Slow {
        @Job() run(): void {
          order.push('body');
        }
      }
      const app = wired(open(), { Slow: new Slow() });
      app.runtime.observe(
        {
          async onRunStart() {
            await sleep(app.clock, 100);
            order.push('handler');
          },
        },
        { mode },
      );
      const run = await app.start('Slow.run');
      void run.report().then(() => order.push('report'));
      await app.clock.runAll();
      expect(order).toEqual(mode === 'awaited' ? ['handler', 'body', 'report'] : ['body', 'handler', 'report']);
    }
  });

  test('S-N4: a handler in the background that never settles holds the report for its limit, and is reported', async () => {
    const logged: string[] = [];
    const { runtime, start, clock } = flow({ error: () => {}, warn: (text) => void logged.push(text) });
    const hanging = { name: 'hanging', onRunStart: (): Promise<void> => new Promise(() => {}) };
    runtime.observe(hanging, { mode: 'background', limit: 300 });
    const run = await start('Flow.start', undefined, { id: 'w1' });
    let isReported = false;
    const reported = run.report().then(({ steps }) => {
      isReported = true;
      return steps.every(({ endedAt, startedAt }) => endedAt - startedAt < 300);
    });
    await clock.advance(299);
    expect(isReported).toBe(false);
    await clock.advance(1);
    expect(await reported).toBe(true);
    expect(logged).toEqual([expect.stringMatching(/^ONW3061: hanging took longer than its limit of 300 ms/)]);
  });

  test('S-N10: an event of a body reaches the handlers that want it, and no others', async () => {
    class Sender {
      @Job() send(context: StepContext): void {
        context.emit('sent', { to: 'ann' });
      }
    }
    const { runtime, report } = wired(open(), { Sender: new Sender() }, { 'Sender.send': ['context'] });
    const [handler, kept, others] = [new Handler(), recorder(), recorder()];
    runtime.observe(handler);
    runtime.observe(kept, { events: ['custom'] });
    runtime.observe(others, { events: ['progress'] });
    await report('Sender.send');
    expect(kept.events).toMatchObject([{ type: 'custom', node: 'Sender.send', name: 'sent', data: { to: 'ann' } }]);
    kept.assertCalled('custom', 1);
    expect(() => kept.assertCalled('custom', 2)).toThrow('expected custom 2 times, got 1. Emitted: custom ×1');
    expect(others.events).toEqual([]);
    expect(names(handler)).toEqual(['workflow start', 'node start', 'node end', 'workflow end']);
  });

  test('batched: by size and by time, and nothing is lost at the end', async () => {
    const { runtime, start, clock } = flow();
    const batches: number[] = [];
    const counted = batched((events) => void batches.push(events.length), { size: 3, every: '5s', clock });
    runtime.observe(counted, { events: ['step.completed'] });
    await start('Flow.start');
    await start('Flow.start');
    await clock.advance(0);
    expect(batches).toEqual([3]);
    await clock.advance(5_000);
    expect(batches).toEqual([3, 1]);
    await start('Flow.start');
    await clock.advance(0);
    await runtime.close();
    expect(batches).toEqual([3, 1, 2]);
  });
});
