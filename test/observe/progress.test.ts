// How far runs have come: the record in a store, and the bar.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRuntime, Job, OnError, OnRunEnd, OnSuccess } from 'onward';
import { progress, type ProgressRecord } from 'onward/observers';
import { virtualClock } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { ENGINES, wire } from '../support/wired.ts';
import { Screen, UNPRINTABLE } from './shop.ts';

const clock = virtualClock();

class Line {
  @Job() async one(): Promise<number[]> {
    await sleep(clock, 100);
    return [1, 2, 3, 4];
  }
  @OnSuccess('one') async two(): Promise<void> {
    await sleep(clock, 100);
  }
  @OnSuccess('two') async three(): Promise<void> {
    await sleep(clock, 100);
  }
  @OnError('three') never(): void {}
  @OnRunEnd() file(): void {}
  @Job() async single(): Promise<void> {
    await sleep(clock, 100);
  }
  @OnSuccess('single', { when: () => false }) unlikely(): void {}
  @Job() list(): number[] {
    return Array.from({ length: 20 }, (_, at) => at);
  }
  @OnSuccess('list', { each: true, concurrency: 2 }) async item(_at: number): Promise<void> {
    await sleep(clock, 50);
  }
}

/** Keeps every record. */
class Store {
  readonly records: ProgressRecord[] = [];
  readonly keys = new Set<string>();
  set(key: string, record: ProgressRecord): void {
    this.keys.add(key);
    this.records.push(record);
  }
}

beforeEach(() => {
  vi.stubEnv('CI', undefined);
  vi.stubEnv('TERM', 'xterm');
});
afterEach(() => void vi.unstubAllEnvs());

const services = { Line: new Line() };
const graph = wire(services);
const opened = (open = ENGINES[0].open) => createRuntime(graph, { services, clock, engine: open() });

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('the total comes from the graph: the nodes that follow without a failure', async () => {
    const store = new Store();
    const runtime = opened(open);
    runtime.observe(progress({ graph, store, stream: null }));
    await runtime.start('Line.one', undefined, { id: 'o1' });
    await clock.runAll();
    expect([...store.keys]).toEqual(['progress:o1']);
    expect(store.records).toEqual([
      { status: 'running', progress: 0, completed: 0, total: 1, lastNode: '' },
      { status: 'running', progress: 25, completed: 1, total: 4, lastNode: 'Line.one' },
      { status: 'running', progress: 50, completed: 2, total: 4, lastNode: 'Line.two' },
      { status: 'running', progress: 75, completed: 3, total: 4, lastNode: 'Line.three' },
      { status: 'running', progress: 99, completed: 4, total: 4, lastNode: 'Line.file' },
      { status: 'completed', progress: 100, completed: 4, total: 4, lastNode: 'Line.file' },
    ]);
  });

  test.each(['Line.one', 'Line.single', 'Line.list'])(
    '%s: the percentage never falls, is below 100 until the end, and 100 then',
    async (job) => {
      const store = new Store();
      const runtime = opened(open);
      runtime.observe(progress({ graph, store, stream: null }));
      await runtime.start(job);
      await clock.runAll();
      const percents = store.records.map((record) => record.progress);
      expect(percents).toEqual(percents.toSorted((one, other) => one - other));
      expect(percents.slice(0, -1).every((percent) => percent <= 99)).toBe(true);
      expect(percents.at(-1)).toBe(100);
    },
  );
});

test('the entries of a plan add up, and without a graph the total is what has been seen', async () => {
  for (const [options, total] of [
    [{ graph }, 7],
    [{}, 2],
  ] as const) {
    const store = new Store();
    const runtime = opened();
    runtime.observe(progress({ ...options, store, stream: null }));
    await runtime.start(runtime.parallel([{ job: 'Line.one' }, { job: 'Line.one' }]));
    await clock.runAll();
    expect(store.records[1]?.total).toBe(total);
    expect(store.records.at(-1)).toMatchObject({ progress: 100, status: 'completed' });
  }
});

test('the entries of a plan whose turn has not come count, also those that are skipped then', async () => {
  const store = new Store();
  const runtime = opened();
  runtime.observe(progress({ graph, store, stream: null }));
  const single = { job: 'Line.single' } as const;
  await runtime.start(runtime.sequence([single, { ...single, if: false }, single]));
  await clock.runAll();
  expect(store.records.map(({ completed, total, progress: percent }) => [completed, total, percent])).toEqual([
    [0, 3, 0],
    [1, 5, 20],
    [2, 5, 40],
    [3, 6, 50],
    [4, 6, 66],
    [4, 4, 100],
  ]);
});

test('a cancelled run is at 100 when it ends, with its status', async () => {
  const store = new Store();
  const runtime = opened();
  runtime.observe(progress({ graph, store, stream: null }));
  const run = await runtime.start('Line.one');
  await run.cancel();
  await clock.runAll();
  expect(store.records.at(-1)).toMatchObject({ status: 'cancelled', progress: 100 });
});

test('on a terminal one line is drawn again, and a line stays when the run ends', async () => {
  const screen = new Screen(80, true);
  const runtime = opened();
  runtime.observe(progress({ graph, stream: screen }));
  await runtime.start('Line.one', undefined, { id: 'o1' });
  await clock.runAll();
  const [drawn, ...rest] = screen.text.split('\n');
  expect(rest).toEqual(['']);
  expect(drawn?.split('\r\u001B[2K')).toEqual([
    '',
    '██████░░░░░░░░░░░░░░░░░░  25 %  1/4  Line.one',
    '████████████░░░░░░░░░░░░  50 %  2/4  Line.two',
    '██████████████████░░░░░░  75 %  3/4  Line.three',
    'Line.one  o1  completed in 300 ms  4 steps',
  ]);
});

test('runs at once have a line each, which says whose it is; what ends stays above them', async () => {
  const screen = new Screen(80, true);
  const runtime = opened();
  runtime.observe(progress({ graph, stream: screen }));
  await runtime.start('Line.one', undefined, { id: 'first' });
  await clock.advance(150);
  await runtime.start('Line.one', undefined, { id: 'second' });
  await clock.runAll();
  expect(screen.shown).toEqual([
    'Line.one  first  completed in 300 ms  4 steps',
    'Line.one  second  completed in 300 ms  4 steps',
  ]);
  const both = screen.frames.filter((lines) => lines.length > 1 && lines[0]?.includes('first  completed') !== true);
  expect(both.at(-1)).toEqual([
    '██████████████████░░░░░░  75 %  3/4  Line.three  first',
    '██████░░░░░░░░░░░░░░░░░░  25 %  1/4  Line.one  second',
  ]);
});

test('many runs at once do not fill the terminal: those beyond eight are counted', async () => {
  const screen = new Screen(80, true);
  const runtime = opened();
  runtime.observe(progress({ graph, stream: screen }));
  for (let at = 0; at < 12; at++) {
    await runtime.start('Line.one', undefined, { id: `r${at}` });
    await clock.advance(1);
  }
  await clock.runAll();
  expect(Math.max(...screen.frames.map((lines) => lines.filter((line) => line.includes('%')).length))).toBe(8);
  expect(screen.frames.flat()).toContain('and 4 more runs');
  expect(screen.shown).toHaveLength(12);
});

test('a narrow terminal keeps the percentage and loses the bar', async () => {
  const screen = new Screen(24, true);
  const runtime = opened();
  runtime.observe(progress({ graph, stream: screen }));
  await runtime.start('Line.one', undefined, { id: 'an id that is long' });
  await clock.runAll();
  const drawn = screen.text.split('\r\u001B[2K').map((line) => line.trimEnd());
  expect(drawn[1]).toBe(' 25 %  1/4  Line.one');
  expect(drawn.every((line) => [...line].length < 24)).toBe(true);
});

test.each([
  ['a pipe', {}, false],
  ['CI', { CI: 'true' }, true],
  ['a dumb terminal', { TERM: 'dumb' }, true],
])('in %s there is a plain line a quarter, without control codes', async (_where, env, isTTY) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const screen = new Screen(80, isTTY);
  const runtime = opened();
  runtime.observe(progress({ graph, stream: screen }));
  await runtime.start('Line.list', undefined, { id: 'l\u202E1' });
  await clock.runAll();
  expect(screen.lines.length).toBeLessThanOrEqual(7);
  expect(screen.lines.at(-1)).toBe(String.raw`Line.list  l\u{202e}1  completed in 500 ms  22 steps`);
  for (const line of screen.lines) expect(line).not.toMatch(UNPRINTABLE);
});

test('a store that answers later is waited for, and one that fails changes nothing', async () => {
  const runtime = opened();
  let isKept = false;
  runtime.observe(
    progress({
      stream: null,
      store: {
        async set(_key, record) {
          await sleep(clock, 10);
          if (record.status === 'running') throw new Error('the store is away');
          isKept = true;
        },
      },
    }),
  );
  const run = await runtime.start('Line.single');
  await clock.runAll();
  expect([(await run.report()).status, isKept]).toEqual(['completed', true]);
});

test('a store whose promises are not those of the language is waited for, and its failure is one of the observer', async () => {
  const heard: unknown[] = [];
  const runtime = opened();
  const failing = { then: (_kept: unknown, failed: (error: Error) => void) => failed(new Error('the store is away')) };
  runtime.observe(progress({ stream: null, store: { set: () => failing } }));
  runtime.observe({ onObserverFailure: ({ error }) => void heard.push(String(error)) });
  await runtime.start('Line.single');
  await clock.runAll();
  expect(new Set(heard)).toEqual(new Set(['Error: the store is away']));
});

test('options that make no sense are refused', () => {
  expect(() => progress(Object({ store: {}, stream: 1, graph: 'x' }))).toThrow(
    /ONW3004.*`store` to be an object with a method `set`.*`stream` to be a stream to write to, or null.*`graph`/,
  );
});
