// Events in batches.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { Job, OnSuccess, type RunEvent } from 'onward';
import { batched, notify } from 'onward/observers';
import { recorder, virtualClock } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { ENGINES, wired } from '../support/wired.ts';

function eventOf(seq: number): RunEvent {
  return { type: 'run.suspended', runId: 'r', tags: [], seq, at: 0 };
}

/** Batches that are kept, by the numbers of their events. */
class Sink {
  readonly clock = virtualClock();
  readonly batches: number[][] = [];
  fails = 0;
  takes = 0;

  readonly process = async (events: readonly RunEvent[]): Promise<void> => {
    if (this.takes > 0) await sleep(this.clock, this.takes);
    if (this.fails-- > 0) throw new Error('the line is down');
    this.batches.push(events.map(({ seq }) => seq));
  };
}

test('seven events are two batches of three, and one of what is left when the time has passed', async () => {
  const sink = new Sink();
  const observer = batched(sink.process, { size: 3, every: '5s', clock: sink.clock });
  for (let seq = 1; seq <= 7; seq++) observer.onEvent(eventOf(seq));
  await sink.clock.advance(4_999);
  expect(sink.batches).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  await sink.clock.advance(1);
  expect(sink.batches.at(-1)).toEqual([7]);
  expect(sink.clock.waiting).toBe(0);
});

test('events that arrive while a batch is processed go into the next one, one batch at a time', async () => {
  const sink = new Sink();
  sink.takes = 100;
  const observer = batched(sink.process, { size: 2, every: '1s', clock: sink.clock });
  for (let seq = 1; seq <= 3; seq++) observer.onEvent(eventOf(seq));
  await sink.clock.advance(50);
  for (let seq = 4; seq <= 5; seq++) observer.onEvent(eventOf(seq));
  await sink.clock.advance(149);
  expect(sink.batches).toEqual([[1, 2]]);
  await sink.clock.advance(1);
  expect(sink.batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
  await sink.clock.advance(2_000);
  expect(sink.batches.at(-1)).toEqual([5]);
});

test('no event is left behind, whenever it arrives', async () => {
  const sink = new Sink();
  const observer = batched(sink.process, { size: 1, every: '1h', clock: sink.clock });
  for (let seq = 1; seq <= 50; seq++) {
    observer.onEvent(eventOf(seq));
    for (let turns = 0; turns < seq % 5; turns++) await Promise.resolve();
  }
  await sink.clock.advance(0);
  expect(sink.batches.flat()).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
});

test('a batch that fails is tried once more; one that fails twice is lost, counted and reported', async () => {
  const sink = new Sink();
  const observer = batched(sink.process, { size: 2, clock: sink.clock });
  sink.fails = 1;
  for (const seq of [1, 2]) observer.onEvent(eventOf(seq));
  await sink.clock.advance(0);
  expect([sink.batches, observer.lost]).toEqual([[[1, 2]], 0]);
  sink.fails = 2;
  for (const seq of [3, 4]) observer.onEvent(eventOf(seq));
  await sink.clock.advance(0);
  expect([sink.batches, observer.lost]).toEqual([[[1, 2]], 2]);
  expect(() => observer.onEvent(eventOf(5))).toThrow(/ONW3062.*a batch of 2 events failed twice and is lost/);
  expect(() => observer.onEvent(eventOf(6))).not.toThrow();
  await sink.clock.advance(0);
  expect(sink.batches.at(-1)).toEqual([5, 6]);
});

test('close processes what is left, and rejects with a failure that nobody has heard of', async () => {
  const sink = new Sink();
  const observer = batched(sink.process, { size: 3, clock: sink.clock });
  for (let seq = 1; seq <= 5; seq++) observer.onEvent(eventOf(seq));
  await observer.close();
  expect(sink.batches).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  observer.onEvent(eventOf(6));
  sink.fails = 2;
  await expect(observer.close()).rejects.toThrow(/ONW3062/);
});

test('past the most the oldest events drop, and are counted', async () => {
  const sink = new Sink();
  sink.takes = 100;
  const observer = batched(sink.process, { size: 2, most: 4, clock: sink.clock });
  for (let seq = 1; seq <= 10; seq++) observer.onEvent(eventOf(seq));
  expect(observer.lost).toBe(4);
  await sink.clock.runAll();
  expect(sink.batches).toEqual([
    [1, 2],
    [7, 8],
    [9, 10],
  ]);
});

test('a batch has room, whichever of its size and what is kept is given', async () => {
  const sink = new Sink();
  const observer = batched(sink.process, { size: 10_001, clock: sink.clock });
  for (let seq = 1; seq <= 10_001; seq++) observer.onEvent(eventOf(seq));
  await sink.clock.advance(0);
  expect([observer.lost, sink.batches.length, sink.batches[0]?.length]).toEqual([0, 1, 10_001]);
  const small = batched(sink.process, { most: 2, clock: sink.clock });
  for (const seq of [1, 2]) small.onEvent(eventOf(seq));
  await sink.clock.advance(0);
  expect([small.lost, sink.batches.at(-1)]).toEqual([0, [1, 2]]);
});

test('options that make no sense are refused', () => {
  expect(() => batched(() => {}, { size: 0, every: 0 })).toThrow(/ONW3004.*`size`.*`every`/);
  expect(() => batched(() => {}, { size: 5, most: 4 })).toThrow(
    'ONW3004: the options of batched are not valid: expected `most` to be no less than `size`: no batch would ever be full',
  );
  expect(() => Reflect.apply(batched, undefined, [null])).toThrow(/ONW3004.*needs a function/);
  expect(() => notify(Object({ when: 1 }))).toThrow(
    /ONW3004.*`when` to be a function.*got 1; expected `send` to be a function, got nothing/,
  );
  for (const given of [undefined, null, 'often'])
    expect(() => notify(given as never)).toThrow(/ONW3004.*`when`.*`send`/);
  expect(() => Reflect.apply(notify, undefined, [])).toThrow(/ONW3004/);
});

describe.each(ENGINES)('$engine engine', ({ open }) => {
  class Line {
    @Job() one(): void {}
    @OnSuccess('one') two(): never {
      throw Object.assign(new Error('fire'), { severity: 'critical' });
    }
  }

  test('closing the runtime flushes: every event of every run is in some batch, once and in order', async () => {
    const { runtime, start, clock } = wired(open(), { Line: new Line() });
    const seen: string[] = [];
    const all: string[] = [];
    const lineOf = ({ runId, seq, type }: RunEvent): string => `${runId} ${seq} ${type}`;
    runtime.observe(batched((events) => void seen.push(...events.map(lineOf)), { size: 4, clock }));
    runtime.observe({ onEvent: (event) => void all.push(lineOf(event)) });
    for (const id of ['a', 'b', 'c']) await start('Line.one', undefined, { id });
    await clock.advance(0);
    await runtime.close();
    expect(seen).toEqual(all);
    expect(seen.length).toBeGreaterThan(15);
    expect(clock.waiting).toBe(0);
  });

  test('D9: a server is sent every event once, also if it is down for a moment', async () => {
    const bodies: string[] = [];
    let isDown = true;
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const body = await text(request);
      if (!isDown) bodies.push(body);
      response.writeHead(isDown ? 503 : 204).end();
      isDown = false;
    };
    const server = createServer((request, response) => void answer(request, response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const sent = batched(async (events) => {
      const body = events.map((event) => JSON.stringify(event)).join('\n');
      const { ok, status } = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
      if (!ok) throw new Error(`the server answers ${status}`);
    });
    const { runtime, report } = wired(open(), { Line: new Line() });
    runtime.observe(sent);
    const kept = recorder();
    runtime.observe(kept);
    await report('Line.one', undefined, { id: 'r' });
    await sent.flush();
    const events = bodies.flatMap((body) => body.split('\n').map((line): unknown => JSON.parse(line)));
    expect(events).toEqual(kept.events.map((event): unknown => JSON.parse(JSON.stringify(event))));
    expect([events.length > 5, sent.lost]).toEqual([true, 0]);
    server.close();
    await once(server, 'close');
  });

  test('notify sends for the events that are asked for, and no others', async () => {
    const { runtime, report } = wired(open(), { Line: new Line() });
    const sent: string[] = [];
    const send = (event: RunEvent): void => void sent.push(event.type);
    runtime.observe(notify({ when: (event) => 'severity' in event && event.severity === 'critical', send }));
    runtime.observe(notify({ when: (event) => event.type === 'run.ended', send: () => Promise.reject(new Error()) }));
    expect((await report('Line.one')).status).toBe('failed');
    expect(sent).toEqual(['step.failed']);
  });
});
