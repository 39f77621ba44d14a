// What a retry serves in the place of a body has the times that it had: also for those who only hear of it.

import { expect, test } from 'vitest';
import {
  formatReport,
  Handler,
  Job,
  OnEnd,
  OnStart,
  OnSuccess,
  type RunEvent,
  type RunReport,
  type StepContext,
} from 'onward';
import { consoleObserver, history } from 'onward/observers';
import { journaledEngine } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { wired, type Wired } from '../support/wired.ts';

interface Heard {
  readonly report: RunReport;
  readonly events: readonly RunEvent[];
  readonly known: string | undefined;
  readonly printed: string;
}

/** Fails, and is retried an hour later. */
async function retried(): Promise<Heard> {
  let isClosed = true;
  class Shop {
    @Job() async order(context: StepContext): Promise<number[]> {
      await sleep(app.clock, 10);
      await context.call(Shop, 'part');
      await sleep(app.clock, 30);
      return [1, 2];
    }
    @OnStart('order') async greet(): Promise<void> {
      await sleep(app.clock, 5);
    }
    @Handler({ retry: { attempts: 2, delay: 100, jitter: 0 } }) async part(context: StepContext): Promise<void> {
      await sleep(app.clock, 7);
      if (context.step.attempt === 1) throw new Error('not at once');
    }
    @OnSuccess('part') async slow(): Promise<void> {
      await sleep(app.clock, 200);
    }
    @OnSuccess('order', { each: true }) async item(): Promise<void> {
      await sleep(app.clock, 20);
    }
    @OnSuccess('item', { after: 50 }) async label(): Promise<void> {
      await sleep(app.clock, 3);
    }
    @OnEnd('order') async sweep(): Promise<void> {
      await sleep(app.clock, 4);
    }
    @OnSuccess('order') async pay(): Promise<void> {
      await sleep(app.clock, 6);
      if (isClosed) throw new Error('closed');
    }
  }
  const parameters = { 'Shop.order': ['context'], 'Shop.part': ['context'] } as const;
  const app: Wired = wired(journaledEngine(), { Shop: new Shop() }, parameters);
  const { runtime, start, clock } = app;
  const run = await start('Shop.order', undefined, { id: 'a' });
  await clock.runAll();
  await run.report();
  isClosed = false;
  await clock.advance(3_600_000);
  const record = history({ clock });
  const events: RunEvent[] = [];
  const printed: string[] = [];
  runtime.observe(record);
  runtime.observe(consoleObserver({ stream: { write: (text: string) => printed.push(text) > 0 }, colour: false }));
  runtime.observe({ onEvent: (event) => void events.push(event) });
  const again = await runtime.retry('a');
  await clock.runAll();
  const report = await again.report();
  const inspected = record.run('a');
  return { report, events, known: inspected && formatReport(inspected), printed: printed.join('') };
}

test('each step that is served began when it did, for every observer', async () => {
  const { report, events, known, printed } = await retried();
  const started = events.flatMap((event) => (event.type === 'step.started' ? [`${event.step} ${event.at}`] : []));
  const shown = report.steps.map(({ id, attempts, startedAt }) => `${id} ${attempts[0]?.startedAt ?? startedAt}`);
  expect(started.toSorted()).toEqual(shown.toSorted());
  expect(known).toBe(formatReport(report));
  expect(printed.trimEnd()).toBe(formatReport(report));
  expect(formatReport(report)).toMatchInlineSnapshot(`
    "✓ Shop.order  a  completed in 1 h 0 min  10 completed
     └─ ✓ Shop.order                               333 ms  code 208
        ├─ ✓ Shop.greet                              5 ms  code 208
        ├─ ✓ Shop.part                             114 ms  2 attempts, Error: not at once, code 208
        ├─ ✓ Shop.slow                             200 ms  code 208
        ├─ ✓ Shop.sweep                              4 ms  code 208
        ├─ ✓ Shop.item[0]                           20 ms  code 208
        │  └─ ✓ Shop.label                           3 ms  code 208
        ├─ ✓ Shop.item[1]                           20 ms  code 208
        │  └─ ✓ Shop.label                           3 ms  code 208
        └─ ✓ Shop.pay                                6 ms"
  `);
});

test('no event of a step is ahead of its start', async () => {
  const { events } = await retried();
  const starts = new Map<number, number>();
  for (const event of events) {
    if (event.type === 'step.started') starts.set(event.step, event.at);
    if ('step' in event) expect(event.at).toBeGreaterThanOrEqual(starts.get(event.step) ?? 0);
  }
});

test('a child that failed, and with which its parent coped, began ahead of its end', async () => {
  let isClosed = true;
  class Shop {
    @Job() async order(context: StepContext): Promise<void> {
      await context.call(Shop, 'part').catch(() => undefined);
      await sleep(app.clock, 30);
    }
    @Handler() async part(): Promise<void> {
      await sleep(app.clock, 7);
      throw new Error('none left');
    }
    @OnSuccess('order') pay(): void {
      if (isClosed) throw new Error('closed');
    }
  }
  const app: Wired = wired(journaledEngine(), { Shop: new Shop() }, { 'Shop.order': ['context'] });
  const run = await app.start('Shop.order', undefined, { id: 'a' });
  await app.clock.runAll();
  await run.report();
  isClosed = false;
  const heard: string[] = [];
  app.runtime.observe({ onStepStart: ({ node, at }) => void heard.push(`${node} ${at}`) });
  const again = await app.runtime.retry('a');
  await app.clock.runAll();
  const { steps } = await again.report();
  expect(steps.map(({ node, startedAt, endedAt }) => `${node} ${endedAt - startedAt}`)).toMatchInlineSnapshot(`
    [
      "Shop.order 37",
      "Shop.part 7",
      "Shop.pay 0",
    ]
  `);
  expect(heard.toSorted()).toEqual(steps.map(({ node, startedAt }) => `${node} ${startedAt}`).toSorted());
});

test('a run whose job is called again begins ahead of it', async () => {
  let isClosed = true;
  class Shop {
    @Job() order(): void {
      if (isClosed) throw new Error('closed');
    }
  }
  const { runtime, start, clock } = wired(journaledEngine(), { Shop: new Shop() });
  const run = await start('Shop.order', undefined, { id: 'a' });
  await clock.runAll();
  await run.report();
  isClosed = false;
  const heard: string[] = [];
  runtime.observe({ onEvent: ({ type }) => void heard.push(type) });
  const again = await runtime.retry('a');
  await clock.runAll();
  await again.report();
  expect(heard).toEqual(['run.started', 'step.started', 'step.attempt', 'step.completed', 'run.ended']);
});
