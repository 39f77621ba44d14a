// Runs in memory that go along a line, and are observed: they stay there for what hooks are told, and become whole runs for
// more than that. That both look the same is tested in `test/model/lines.test.ts`.

import assert from 'node:assert/strict';
import { IsInt } from 'class-validator';
import { expect, test } from 'vitest';
import {
  createRuntime,
  Job,
  memoryEngine,
  OnSuccess,
  type Engine,
  type Observer,
  type RunEvent,
  type RunHandle,
  type StartOptions,
  type StepContext,
} from 'onward';
import { virtualClock } from 'onward/testing';
import { LineRun } from '../../src/engines/memory/line-run.ts';
import { sleep } from '../support/sleep.ts';
import { plain } from '../support/story.ts';
import { wire, wired, type Wired } from '../support/wired.ts';

class Corn {
  @IsInt() kilos!: number;
}

class Mill {
  constructor(readonly ready: Promise<void> = Promise.resolve()) {}

  @Job() async grind(corn: Corn): Promise<{ kilos: number }> {
    await this.ready;
    return { kilos: corn.kilos - 1 };
  }
  @OnSuccess('grind') sieve(flour: { kilos: number }): object {
    return { of: flour };
  }
  @OnSuccess('sieve') async fill(context: StepContext): Promise<string> {
    return context.runId.length > 0 ? 'filled' : 'empty';
  }
}

const PARAMETERS = { 'Mill.grind': [Corn], 'Mill.sieve': ['any'], 'Mill.fill': ['context'] } as const;
const TYPES = [
  'run.started',
  ...['grind', 'sieve', 'fill'].flatMap((name) => [`step.started ${name}`, `step.completed ${name}`]),
  'run.ended',
];

/** A run whose observer is there at its start: its value, and whether it has become a whole run by its end. */
async function observed(
  observer: Observer,
  ...read: readonly ((run: RunHandle) => Promise<void>)[]
): Promise<{ readonly value: unknown; readonly isWhole: boolean }> {
  const engine = memoryEngine();
  const app = wired(engine, { Mill: new Mill() }, PARAMETERS);
  app.runtime.observe(observer);
  await app.runtime.idle();
  const run = await app.start('Mill.grind', { kilos: 3 });
  const line = await engine.find(run.id);
  for (const reading of read) await reading(run);
  const value = await run.value();
  return { value, isWhole: !(line instanceof LineRun) || line.made !== null };
}

const named = (event: RunEvent): string =>
  'node' in event ? `${event.type} ${event.node.replace('Mill.', '')}` : event.type;

test('hooks of runs, hooks of steps and readers of events leave a run on its line, whatever they read of an event', async () => {
  const seen: unknown[] = [];
  const late: RunEvent[] = [];
  const note = (event: RunEvent): void => {
    late.push(event);
    seen.push(plain([event])[0]);
  };
  expect(await observed({ onRunStart: note, onRunEnd: note })).toEqual({ value: { kilos: 2 }, isWhole: false });
  expect(late.map(named)).toEqual(['run.started', 'run.ended']);
  expect(plain(late)).toEqual(seen);
  expect(seen[1]).toMatchObject({
    seq: 8,
    status: 'completed',
    value: { kilos: 2 },
    counts: { completed: 3 },
    failures: [],
  });
  late.length = seen.length = 0;
  expect(await observed({ onEvent: note })).toEqual({ value: { kilos: 2 }, isWhole: false });
  expect(late.filter(({ type }) => type !== 'step.attempt').map(named)).toEqual(TYPES);
  expect(plain(late)).toEqual(seen);
  expect(late.map(({ seq }) => seq)).toEqual([1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8]);
  const read: string[] = [];
  const reading = async (run: RunHandle): Promise<void> => {
    for await (const event of run.events()) read.push(named(event));
  };
  expect(await observed({ close: () => undefined }, reading)).toEqual({ value: { kilos: 2 }, isWhole: false });
  expect(read).toEqual(TYPES);
});

test('so do exact times, and what runs around bodies', async () => {
  const around: string[] = [];
  const observer: Observer = {
    precise: true,
    onStepEnd: ({ node }) => void around.push(`over ${node}`),
    around: ({ node, message }, body) => {
      around.push(`before ${node}`);
      body();
      around.push(`behind ${node}${message instanceof Corn ? ' of corn' : ''}`);
    },
  };
  expect(await observed(observer)).toEqual({ value: { kilos: 2 }, isWhole: false });
  expect(around).toEqual([
    ...['before Mill.grind', 'behind Mill.grind of corn', 'over Mill.grind'],
    ...['before Mill.sieve', 'behind Mill.sieve', 'over Mill.sieve'],
    ...['before Mill.fill', 'behind Mill.fill', 'over Mill.fill'],
  ]);
});

test('it becomes a whole run for whoever looks, and for a promise of a hook', async () => {
  const isWhole = async (observer: Observer): Promise<boolean> => (await observed(observer)).isWhole;
  expect(await isWhole({ onStepEnd: async () => undefined })).toBe(true);
  expect(await isWhole({ onRunEnd: async () => undefined })).toBe(true);
  const looks = async (run: RunHandle): Promise<void> => void (await run.inspect());
  expect((await observed({ onRunEnd: () => undefined }, looks)).isWhole).toBe(true);
});

test('a hook that is waited for holds the next body and the end of such a run', async () => {
  const order: string[] = [];
  const clock = virtualClock();
  class Two {
    @Job() first(): void {
      order.push('first');
    }
    @OnSuccess('first') second(): void {
      order.push('second');
    }
  }
  const services = { Two: new Two() };
  const runtime = createRuntime(wire(services), { services, clock, engine: memoryEngine(), log: false });
  runtime.observe({
    onEvent: async ({ type }) => {
      order.push(type);
      await sleep(clock, 5);
      order.push(`heard ${type}`);
    },
    eventTypes: ['step.completed', 'run.ended'],
  });
  const run = await runtime.start('Two.first');
  void run.value().then(() => order.push('over'));
  await clock.runAll();
  const heard = (type: string): string[] => [type, `heard ${type}`];
  const ofStep = heard('step.completed');
  expect(order).toEqual(['first', ...ofStep, 'second', ...ofStep, ...heard('run.ended'), 'over']);
});

test.each([
  ['along a line', {}],
  ['whole', { maxPerRun: { '*': 100 } }],
])('a reader that comes within a hook has each event once: %s', async (_, options) => {
  const read: string[] = [];
  const reading: Promise<void>[] = [];
  let begin = (): void => undefined;
  const ready = new Promise<void>((resolve) => (begin = resolve));
  const app = wired(memoryEngine(), { Mill: new Mill(ready) }, PARAMETERS);
  const open = new Map<string, RunHandle>();
  app.runtime.observe({
    onStepStart: () => undefined,
    onStepEnd: ({ node, runId }) => {
      const run = open.get(runId);
      if (node !== 'Mill.grind' || run === undefined) return;
      const events = run.events()[Symbol.asyncIterator]();
      const readAll = async (): Promise<void> => {
        for (let next = await events.next(); next.done !== true; next = await events.next())
          read.push(named(next.value));
      };
      reading.push(readAll());
    },
  });
  const run = await app.start('Mill.grind', { kilos: 3 }, options);
  open.set(run.id, run);
  begin();
  await run.value();
  await Promise.all(reading);
  expect(read).toEqual(TYPES);
});

/** What a hook has at hand. */
interface Act {
  readonly app: Wired;
  readonly order: string[];
  readonly id: string;
}

class Two {
  readonly order: string[];

  constructor(order: string[]) {
    this.order = order;
  }

  @Job() first({ kilos }: Corn): void {
    this.order.push(`first of ${kilos}`);
  }
  @OnSuccess('first') second(): void {
    this.order.push('second');
  }
}

/** Such a run is a whole one from its start. */
const WHOLE: StartOptions = { maxPerRun: { '*': 9 } };

const kilosOf = (message: unknown): number => (message instanceof Corn ? message.kilos : 0);

/** Runs along lines, with what happens in them by its order. */
function ordered(): { readonly app: Wired; readonly engine: Engine; readonly order: string[] } {
  const order: string[] = [];
  const engine = memoryEngine();
  return { app: wired(engine, { Two: new Two(order) }, { 'Two.first': [Corn] }), engine, order };
}

test('starts are told once the starter is off the stack, all of them ahead of the first body, in their order', async () => {
  const { app, order } = ordered();
  app.runtime.observe({ onRunStart: ({ message }) => void order.push(`start of ${kilosOf(message)}`) });
  await app.runtime.idle();
  const runs = [
    app.start('Two.first', { kilos: 1 }),
    app.start('Two.first', { kilos: 2 }, WHOLE),
    app.start('Two.first', { kilos: 3 }),
  ];
  order.push('started');
  for (const run of runs) await (await run).value();
  expect(order.slice(0, 5)).toEqual(['started', 'start of 1', 'start of 2', 'start of 3', 'first of 1']);
});

test.each([
  ['throws', () => assert.fail('on purpose')],
  ['removes itself', (_: Act, remove: () => void) => remove()],
  [
    'adds another observer',
    ({ app, order }: Act) =>
      void app.runtime.observe({ onRunStart: () => void order.push('added'), onRunEnd: () => void order.push('end') }),
  ],
  ['cancels its run', async ({ app, id }: Act) => (await app.runtime.run(id))?.cancel()],
  ['pauses its first node', ({ app }: Act) => app.runtime.pause('Two.first')],
  ['starts another run', ({ app }: Act) => void app.start('Two.first', { kilos: 2 })],
  ['is waited for', () => Promise.resolve()],
])('what a hook does at the start of a run along a line comes ahead of its body: one that %s', async (_, act) => {
  const seen = async (options: StartOptions): Promise<unknown> => {
    const { app, order } = ordered();
    let isFirst = true;
    const remove = app.runtime.observe({
      onRunStart: ({ runId, message }) => {
        order.push(`start of ${kilosOf(message)}`);
        if (!isFirst) return;
        isFirst = false;
        return act({ app, order, id: runId }, remove);
      },
      onStepEnd: ({ node }) => void order.push(`end of ${node}`),
    });
    await app.runtime.idle();
    const run = await app.start('Two.first', { kilos: 1 }, options);
    await app.clock.runAll();
    order.push((await run.inspect()).status);
    await app.runtime.resume();
    await app.clock.runAll();
    order.push((await run.report()).status);
    return order;
  };
  expect(await seen({})).toEqual(await seen(WHOLE));
});
