// A record of runs in memory, which can be searched.

import { describe, expect, test } from 'vitest';
import { createRuntime, formatReport, Handler, Job, OnSuccess, type RunQuery, type StepContext } from 'onward';
import { sqliteEngine, sqliteHistory } from 'onward/engines/sqlite';
import { history } from 'onward/observers';
import { eventOf } from 'onward/testing';
import { Odd } from '../support/odd.ts';
import { storeFile } from '../support/sqlite.ts';
import { ENGINES, wire, wired } from '../support/wired.ts';
import { shop } from './shop.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  class Orders {
    @Job() submit(): void {}
    @OnSuccess('submit')
    @Handler({ waits: true })
    approve(_by: unknown): void {}
    @Job() fail(): never {
      throw new Error('no paper left');
    }
    @Job() count(): number {
      return 3;
    }
  }

  test.each<RunQuery>([
    {},
    { status: 'failed' },
    { status: ['running', 'suspended'] },
    { job: 'Orders.count' },
    { node: 'Orders.appro*' },
    { tag: 'vip' },
    { id: 'c*' },
    { text: 'paper' },
    { olderThan: '2s' },
    { newerThan: '2s' },
    { limit: 2 },
  ])('it answers %j as the runtime does', async (query) => {
    const { runtime, start, clock } = wired(open(), { Orders: new Orders() });
    const record = history({ clock });
    runtime.observe(record);
    await start('Orders.submit', undefined, { id: 'a', tags: ['vip'] });
    await clock.advance(1_000);
    await start('Orders.fail', undefined, { id: 'b' });
    await clock.advance(1_000);
    await start('Orders.count', undefined, { id: 'c', tags: ['vip'] });
    await clock.advance(1_000);
    const suspended = await start('Orders.submit', undefined, { id: 'd' });
    await suspended.suspend();
    await clock.advance(0);
    expect(record.runs(query)).toEqual(await runtime.runs(query));
  });

  test('a run that starts suspended stands so until it is resumed', async () => {
    const { runtime, start, clock } = wired(open(), { Orders: new Orders() });
    const record = history({ clock });
    runtime.observe(record);
    const run = await start('Orders.count', undefined, { id: 'held', suspended: true });
    await clock.advance(0);
    expect(record.run('held')?.status).toBe('suspended');
    expect(record.runs({ status: 'suspended' }).runs.map(({ id }) => id)).toEqual(['held']);
    await run.resume();
    await clock.runAll();
    expect(record.run('held')?.status).toBe('completed');
  });

  test('a run is given as it stands, with its steps, and formatReport prints it', async () => {
    const { runtime, report } = shop(open);
    const record = history();
    runtime.observe(record);
    const over = await report('Shop.order', undefined, { id: 'o1' });
    const kept = record.run('o1');
    expect(kept && formatReport(kept)).toBe(formatReport(over));
    expect(kept?.failures.map(({ node }) => node)).toEqual(over.failures.map(({ node }) => node));
    expect(record.run('o2')).toBeUndefined();
  });
});

test('a run lists its callbacks that failed, and what failed behind a step', async () => {
  const { runtime, report } = wired(ENGINES[0].open(), { Odd: new Odd() });
  const record = history();
  runtime.observe(record);
  const over = await report('Odd.go', undefined, { id: 'o1' });
  const listed = record.run('o1')?.callbackFailures.map(({ node, edge, error }) => [node, edge, String(error)]);
  expect(listed).toEqual(over.callbackFailures.map(({ node, edge, error }) => [node, edge, String(error)]));
  expect(listed?.length).toBeGreaterThan(1);
});

test('so many runs are kept: the one that ended first is forgotten', async () => {
  const { runtime, start, clock } = shop();
  const record = history({ keep: 2 });
  runtime.observe(record);
  await start('Shop.order', undefined, { id: 'held', suspended: true });
  for (const id of ['a', 'b', 'c']) {
    await start('Shop.order', undefined, { id });
    await clock.runAll();
  }
  expect(record.runs().runs.map(({ id }) => id)).toEqual(['c', 'held']);
});

test('so many bytes are kept: a large message makes older runs go, and what is forgotten does not come back', async () => {
  class Files {
    @Job() take(context: StepContext): string {
      context.emit('taken');
      return 'x'.repeat(40_000);
    }
    @OnSuccess('take')
    @Handler({ waits: true })
    approve(_by: unknown): void {}
  }
  const { runtime, start, clock } = wired(ENGINES[0].open(), { Files: new Files() }, { 'Files.take': ['context'] });
  const [small, large] = [history({ messages: true, bytes: 200_000 }), history({ messages: true })];
  runtime.observe(small);
  runtime.observe(large);
  const runs = [];
  for (const id of ['a', 'b', 'c', 'd']) {
    runs.push(await start('Files.take', undefined, { id }));
    await clock.advance(0);
  }
  expect(small.runs().runs.map(({ id }) => id)).toEqual(['d', 'c']);
  for (const run of runs) {
    await Reflect.apply(run.send, run, ['Files.approve', {}]);
    await clock.advance(0);
  }
  expect(small.runs().runs.map(({ id, status }) => `${id} ${status}`)).toEqual(['d completed', 'c completed']);
  expect(large.runs().runs.map(({ id }) => id)).toEqual(['d', 'c', 'b', 'a']);
  small.onEvent(eventOf('step.late', { runId: 'a' }));
  expect(small.run('a')).toBeUndefined();
});

test('so many steps of a run are kept: the others are counted', async () => {
  const { runtime, report } = shop();
  const record = history({ steps: 3 });
  runtime.observe(record);
  const over = await report('Shop.order', undefined, { id: 'o1' });
  expect(record.run('o1')).toMatchObject({ truncated: true, counts: over.counts });
  expect(record.run('o1')?.steps).toHaveLength(3);
});

test('messages and values are kept only if `messages` asks for them', async () => {
  const { runtime, report } = shop();
  const [without, including] = [history(), history({ messages: true })];
  runtime.observe(without);
  runtime.observe(including);
  await report('Shop.order', undefined, { id: 'o1' });
  const valueIn = (record: ReturnType<typeof history>): unknown => record.run('o1')?.steps[0]?.returnValue;
  expect([valueIn(without), valueIn(including)]).toEqual([undefined, ['cup', 'plate']]);
});

test('options and queries that make no sense are refused', () => {
  expect(() => history({ keep: 0 })).toThrow(/ONW3004.*`keep` to be a whole number of at least 1/);
  expect(() => history().runs(Object({ state: 'failed' }))).toThrow(/ONW3004.*did you mean `status`\?/);
});

test('the record in the file of a store answers as the one in memory does', async () => {
  class Orders {
    @Job() fill(): string {
      return 'a cup';
    }
    @OnSuccess('fill') ship(item: string): never {
      throw new TypeError(`no box for ${item}`);
    }
  }
  const file = storeFile();
  const services = { Orders: new Orders() };
  const memory = history({ messages: true });
  const runtime = createRuntime(wire(services), { services, engine: sqliteEngine({ file }), log: false });
  runtime.observe(memory);
  for (const id of ['a', 'b']) await (await runtime.start('Orders.fill', undefined, { id, tags: [id] })).report();
  const kept = sqliteHistory({ file });
  const queries: readonly RunQuery[] = [{}, { status: 'failed' }, { tag: 'b' }, { text: 'no box' }, { limit: 1 }];
  for (const query of queries) expect(plain((await kept.runs(query)).runs)).toEqual(plain(memory.runs(query).runs));
  const [inFile, inMemory] = [await kept.run('a'), memory.run('a')];
  expect(inFile && formatReport(inFile)).toBe(inMemory && formatReport(inMemory));
  expect(inFile?.steps).toMatchObject([
    { returnValue: 'a cup' },
    { message: 'a cup', error: { message: 'no box for a cup' } },
  ]);
  kept.close();
  await runtime.close({ drainMs: 0 });
});

test('a run that was suspended in an earlier process is known as suspended', async () => {
  class Orders {
    @Job() fill(): void {}
  }
  const services = { Orders: new Orders() };
  const file = storeFile();
  const first = createRuntime(wire(services), { services, engine: sqliteEngine({ file }), log: false });
  await first.start('Orders.fill', undefined, { id: 'held', suspended: true });
  await first.close({ drainMs: 0 });
  const record = history();
  const options = { services, engine: sqliteEngine({ file }), log: false as const };
  const second = createRuntime(wire(services), { ...options, observers: [record] });
  const working = second.work();
  await expect.poll(() => record.runs().runs).toMatchObject([{ id: 'held', job: 'Orders.fill', status: 'suspended' }]);
  await second.close({ drainMs: 0 });
  await working;
});

/** As JSON: errors are kept without the class. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
