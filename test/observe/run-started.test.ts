// What the first event of a run says: what the start was given, which kind of plan it is, and what began it.

import { IsInt, IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { createRuntime, Job, Sensitive, type RunEvent, type RunHandle, type RunStarted } from 'onward';
import { definition } from 'onward/definitions';
import { sqliteEngine } from 'onward/engines/sqlite';
import { logger } from 'onward/observers';
import { storeFile } from '../support/sqlite.ts';
import { ENGINES, wire, wired, type Wired } from '../support/wired.ts';

class Order {
  @IsString() item!: string;
  @Sensitive() @IsString() card!: string;
}
class Sheet {
  @IsInt() pages!: number;
}
const TEA = { item: 'tea', card: '4111' };

class Shop {
  @Job({ expose: true }) order({ item }: Order): Sheet {
    return { pages: item.length };
  }
  @Job({ expose: true }) print({ pages }: Sheet): number {
    return pages;
  }
  @Job() sweep(): void {}
}

const PARAMETERS = { 'Shop.order': [Order], 'Shop.print': [Sheet] } as const;

/** The start as a person reads it, and what programs read of its message. */
function startOf(events: readonly RunEvent[]): unknown[] {
  const [event] = events;
  if (event?.type !== 'run.started') throw new TypeError('a run starts with its start');
  const { message, plan, source } = event;
  const shown: unknown = JSON.parse(JSON.stringify(event));
  expect(shown).toMatchObject({ type: 'run.started', seq: 1, source, ...(plan && { plan }) });
  expect(JSON.stringify(shown)).not.toContain('4111');
  return [message, plan, source];
}

async function eventsOf(run: Pick<RunHandle, 'events'>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  return events;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  function shop(): { readonly app: Wired; readonly starts: RunStarted[] } {
    const app = wired(open(), { Shop: new Shop() }, PARAMETERS);
    const starts: RunStarted[] = [];
    app.runtime.observe({ onRunStart: (event) => void starts.push(event) });
    return { app, starts };
  }

  test('a job: its message, checked and frozen, for those who come late too, also where the history has dropped its step', async () => {
    const { app, starts } = shop();
    const run = await app.start('Shop.order', TEA, { history: 'failures' });
    await app.clock.runAll();
    await run.report();
    for (const events of [starts, await eventsOf(run)]) {
      expect(startOf(events)).toEqual([TEA, undefined, 'start']);
      const { message } = events[0] as RunStarted;
      expect(Object.isFrozen(message)).toBe(true);
    }
    expect(JSON.parse(JSON.stringify(starts[0]))).toMatchObject({ message: { item: 'tea', card: '[redacted]' } });
  });

  test('a job without a message, and plans: what the start was given, and how many entries there are', async () => {
    const { app, starts } = shop();
    const { runtime, clock } = app;
    const defined = definition({
      steps: [
        { id: 'a', job: 'Shop.order', message: { item: '${parameters.item}', card: '${parameters.card}' } },
        { id: 'b', job: 'Shop.print', message: { pages: '${steps.a.value.pages}' } },
      ],
    });
    const swarm = runtime.swarm();
    const runs = [
      await runtime.start('Shop.sweep', undefined),
      await runtime.start(runtime.sequence([{ job: 'Shop.sweep' }, { job: 'Shop.order', message: TEA }])),
      await runtime.start(runtime.parallel([{ job: 'Shop.sweep' }, { job: 'Shop.sweep' }, { job: 'Shop.sweep' }])),
      await runtime.start(runtime.chain(['Shop.order', 'Shop.print']), TEA),
      await runtime.start(runtime.sign('Shop.order', { item: 'tea' }).onSuccess('Shop.print'), { card: '4111' }),
      await runtime.start(defined, TEA),
      await runtime.start(swarm),
    ];
    await runs.at(-1)?.cancel();
    await clock.runAll();
    const expected = [
      [undefined, undefined, 'start'],
      [undefined, { mode: 'sequence', entries: 2 }, 'start'],
      [undefined, { mode: 'parallel', entries: 3 }, 'start'],
      [TEA, { mode: 'chain', entries: 2 }, 'start'],
      [TEA, undefined, 'start'],
      [TEA, { mode: 'sequence', entries: 2 }, 'start'],
      [undefined, { mode: 'swarm', entries: 0 }, 'start'],
    ];
    expect(starts.map((event) => startOf([event]))).toEqual(expected);
    const late = await Promise.all(runs.map(eventsOf));
    expect(late.map(startOf)).toEqual(expected);
  });

  test("a slot of a schedule: 'schedule', and nothing else does", async () => {
    const { app, starts } = shop();
    const schedule = await app.runtime.schedule('Shop.order', '@hourly', { message: TEA, timezone: 'UTC' });
    await app.clock.advance(3_600_000);
    await schedule.stop();
    await app.report('Shop.order', TEA);
    expect(starts.map((event) => startOf([event]))).toEqual([
      [TEA, undefined, 'schedule'],
      [TEA, undefined, 'start'],
    ]);
    const { runs } = await app.runtime.runs({ job: 'Shop.order' });
    const slot = await app.runtime.run(runs.find(({ id }) => id.includes('@hourly@'))?.id ?? '');
    expect(startOf(slot === undefined ? [] : await eventsOf(slot))).toEqual([TEA, undefined, 'schedule']);
  });

  test('`logger` writes it with `messages: true` only, without what is sensitive', async () => {
    const { app } = shop();
    const written: unknown[] = [];
    const take = (text: string, fields: unknown): void => void written.push([text, fields]);
    app.runtime.observe(logger({ info: take, warn: take, error: take }, { messages: true, level: 'info' }));
    app.runtime.observe(logger({ info: take, warn: take, error: take }, { level: 'info' }));
    await app.report('Shop.order', TEA, { id: 'r' });
    const starts = written.filter((entry) => JSON.stringify(entry).includes('started'));
    const fields = { type: 'run.started', runId: 'r', job: 'Shop.order' };
    expect(starts).toEqual([
      ['run r of Shop.order started', { ...fields, message: { item: 'tea', card: '[redacted]' } }],
      ['run r of Shop.order started', fields],
    ]);
  });
});

test('after a restart it is said again, with the message of the first start', async () => {
  const file = storeFile();
  const services = { Shop: new Shop() };
  const open = () =>
    createRuntime(wire(services, PARAMETERS), {
      services,
      engine: sqliteEngine({ file, encryption: { current: 'k', keys: { k: '0'.repeat(64) } } }),
    });
  const first = open();
  await first.start(first.chain(['Shop.order', 'Shop.print']), TEA, { id: 'r', suspended: true });
  await first.start('Shop.order', TEA, { id: 's', suspended: true });
  await first.close({ drainMs: 0 });
  const second = open();
  const starts: RunStarted[] = [];
  second.observe({ onRunStart: (event) => void starts.push(event) });
  const working = second.work();
  await expect.poll(() => starts.length).toBe(2);
  expect(starts.map((event) => startOf([event]))).toEqual([
    [TEA, { mode: 'chain', entries: 2 }, 'restored'],
    [TEA, undefined, 'restored'],
  ]);
  await second.close({ drainMs: 0 });
  await working;
});
