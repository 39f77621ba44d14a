// What a process hears of runs that others perform: observers of `scope: 'all'`, and what bodies emit.

import { Redis } from 'ioredis';
import { beforeEach, expect, test } from 'vitest';
import type { Observer, RunEvent } from 'onward';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { depotsOn } from '../support/depots.ts';
import { describeWithRedis } from '../support/redis.ts';

describeWithRedis('listening', () => {
  const cases = casesOnRedis();
  const { opened, worker } = depotsOn(cases);
  let redis: Redis;
  beforeEach(() => {
    redis = cases.redis();
  });

  /** Hears everything. */
  function ear(): { readonly heard: RunEvent[]; readonly observer: Observer } {
    const heard: RunEvent[] = [];
    return { heard, observer: { onEvent: (event) => void heard.push(event) } };
  }
  async function untilOver(heard: readonly RunEvent[], runs = 1): Promise<void> {
    await expect.poll(() => heard.filter(({ type }) => type === 'run.ended').length, { timeout: 20_000 }).toBe(runs);
  }
  function numbers(events: readonly RunEvent[], runId: string): number[] {
    const passing = new Set(['custom', 'progress', 'step.attempt']);
    return events.filter((event) => event.runId === runId && !passing.has(event.type)).map(({ seq }) => seq);
  }
  function upTo(last = 0): number[] {
    return Array.from({ length: last }, (_, at) => at + 1);
  }

  test('N4: with `scope: all` an observer hears what other processes do, in order, each event once, with its values', async () => {
    const [client, watcher] = [opened(), opened()];
    const [all, own] = [ear(), ear()];
    watcher.observe(all.observer, { scope: 'all' });
    watcher.observe(own.observer);
    await watcher.runs();
    await Promise.all([worker(), worker()]);
    const runs = await Promise.all([1, 2, 3].map((n) => client.start('Depot.carry', { ms: 20 }, { id: `run${n}` })));
    await Promise.all(runs.map((run) => run.report()));
    await untilOver(all.heard, 3);
    for (const { id } of runs) expect(numbers(all.heard, id)).toEqual(upTo(numbers(all.heard, id).at(-1)));
    const ofFirst = all.heard.filter(({ runId }) => runId === 'run1');
    expect(ofFirst[0]).toMatchObject({ type: 'run.started', message: { ms: 20 }, source: 'start' });
    const ended = ofFirst.filter((event) => event.type === 'step.completed');
    expect(ended.map(({ node, value }) => [node, value])).toEqual(
      expect.arrayContaining([
        ['Depot.carry', [1, 2, 3]],
        ['Depot.sign', 'signed'],
        ['Depot.stack', 3],
      ]),
    );
    expect(ofFirst.at(-1)).toMatchObject({ type: 'run.ended', status: 'completed', value: [1, 2, 3] });
    expect(own.heard).toEqual([]);
  });

  test('an observer of one run hears of that one wherever it is performed', async () => {
    const client = opened();
    await worker();
    const heard = ear();
    const run = await client.start('Depot.carry', { ms: 20 }, { observers: [[heard.observer, { scope: 'all' }]] });
    const other = await client.start('Depot.carry', { ms: 0 });
    await Promise.all([run.report(), other.report()]);
    await untilOver(heard.heard);
    expect(new Set(heard.heard.map(({ runId }) => runId))).toEqual(new Set([run.id]));
    expect(numbers(heard.heard, run.id)).toEqual(upTo(numbers(heard.heard, run.id).at(-1)));
  });

  test('what gets lost on its way is read from the store', async () => {
    const [client, watcher] = [opened(), opened()];
    const all = ear();
    watcher.observe(all.observer, { scope: 'all' });
    await watcher.runs();
    await worker();
    const run = await client.start('Depot.carry', { ms: 300 }, { id: 'one' });
    await expect.poll(() => all.heard.map(({ type }) => type)).toContain('step.started');
    // Longer than the first body takes: what is told meanwhile reaches nobody.
    const cut = setInterval(() => void redis.client('KILL', 'TYPE', 'pubsub').catch(() => undefined), 5);
    await run.report().finally(() => clearInterval(cut));
    await untilOver(all.heard);
    expect(numbers(all.heard, 'one')).toEqual(upTo(numbers(all.heard, 'one').at(-1)));
  });

  test('what comes late, twice or not at all is told in order, and once', async () => {
    const emit = Redis.prototype.emit;
    let count = 0;
    Redis.prototype.emit = function unreliable(this: Redis, name: string | symbol, ...given: unknown[]): boolean {
      const pass = (): boolean => Reflect.apply(emit, this, [name, ...given]);
      if (name !== 'message' || !String(given[0]).endsWith(':all')) return pass();
      const kind = count++ % 5;
      if (kind === 1) return false;
      if (kind === 2) setTimeout(pass, 40);
      else pass();
      if (kind === 3) setTimeout(pass, 60);
      return true;
    };
    try {
      const [client, watcher] = [opened(), opened()];
      const all = ear();
      watcher.observe(all.observer, { scope: 'all' });
      await watcher.runs();
      void client.work();
      const ids = ['a', 'b', 'c', 'd'];
      await Promise.all(ids.map(async (id) => (await client.start('Depot.carry', { ms: 5 }, { id })).report()));
      await untilOver(all.heard, ids.length);
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (const id of ids) expect(numbers(all.heard, id)).toEqual(upTo(numbers(all.heard, id).at(-1)));
    } finally {
      Redis.prototype.emit = emit;
    }
  });

  test('N10: what a body emits in another process is among the events of the run, in its place', async () => {
    const client = opened();
    await worker();
    const run = await client.start('Depot.count', { ms: 100 }, { id: 'one' });
    const seen: string[] = [];
    for await (const event of run.events()) {
      if (event.type === 'custom' && event.data === undefined) seen.push(event.name);
      else if (event.type === 'custom') seen.push(JSON.stringify([event.name, ...(event.data as Map<number, Date>)]));
      else if (event.type === 'progress') seen.push(`${event.done.toFixed(2)} ${event.text}`);
      else seen.push('node' in event ? `${event.type} ${event.node}` : event.type);
    }
    expect(seen).toEqual([
      'run.started',
      'step.started Depot.count',
      ...[1, 2, 3].flatMap((n) => [
        `["piece",[${n},"1970-01-01T00:00:00.00${n}Z"]]`,
        `${(n / 3).toFixed(2)} ${n} of 3`,
      ]),
      'step.completed Depot.count',
      'step.started Depot.told',
      'told',
      'step.completed Depot.told',
      'run.ended',
    ]);
  });

  test('nothing is sent that nobody listens to, and nothing that can be read without the key', async () => {
    const encryption = { current: 'a', keys: { a: '0'.repeat(64) } };
    const said: string[] = [];
    const wire = cases.redis();
    wire.on('pmessage', (_pattern: string, channel: string, text: string) => {
      if (/:(all|run:.*|whole:.*)$/.test(channel)) said.push(text);
    });
    await wire.psubscribe(`*${cases.queue}:changed*`);
    const client = opened({ encryption });
    await worker({ options: { encryption } });
    await (await client.start('Depot.count', { ms: 0 })).report();
    expect(said).toEqual([]);
    const all = ear();
    client.observe(all.observer, { scope: 'all' });
    await client.runs();
    await (await client.start('Depot.count', { ms: 50 })).report();
    await untilOver(all.heard);
    expect(all.heard.flatMap((event) => (event.type === 'custom' ? [event.data] : []))).toEqual([
      ...[1, 2, 3].map((n) => new Map([[n, new Date(n)]])),
      undefined,
    ]);
    expect(said.length).toBeGreaterThan(5);
    expect(said.join('')).not.toMatch(/1970|counted|of 3|Depot/);
  });

  test('what cannot be read of another process is dropped, and reported once', async () => {
    const [old, current] = ['0'.repeat(64), '1'.repeat(64)];
    const log: string[] = [];
    const watcher = opened({ encryption: { current: 'a', keys: { a: old } } }, (line) => log.push(line));
    const all = ear();
    watcher.observe(all.observer, { scope: 'all' });
    await watcher.runs();
    const ahead = opened({ encryption: { current: 'b', keys: { a: old, b: current } } });
    void ahead.work();
    await (await ahead.start('Depot.count', { ms: 20 })).report();
    await expect.poll(() => log.join('')).toContain('ONW4008');
    for (const text of ['x {broken', 'x null', 'x {"events":[{"type":"custom"}]}', 'x {"later":true}'])
      await redis.publish(`{onward}:${cases.queue}:changed:all`, text);
    await expect.poll(() => log.join('')).toContain('the same version of Onward');
    // It still hears those whose key it has.
    const same = opened({ encryption: { current: 'a', keys: { a: old, b: current } } });
    void same.work();
    await ahead.close();
    await (await same.start('Depot.count', { ms: 20 })).report();
    await untilOver(all.heard);
    expect(log.filter((line) => line.includes('is not heard here'))).toHaveLength(2);
  });

  test('of a version whose messages it cannot read, a process still gets every event that has a number', async () => {
    const publish = Redis.prototype.publish;
    // News that a run has changed is its id, in every version.
    Redis.prototype.publish = function other(this: Redis, channel: string | Buffer, text: string | Buffer) {
      const isSaid = /:(listeners|all|run:.*|whole:.*)$/.test(String(channel));
      return Reflect.apply(publish, this, [
        channel,
        isSaid ? `${String(text).split(' ', 1)[0]} {"form":"later"}` : text,
      ]);
    };
    try {
      const log: string[] = [];
      const client = opened({}, (line) => log.push(line));
      // It listens by the time the other one asks who does.
      await client.runs();
      void opened().work();
      const run = await client.start('Depot.carry', { ms: 50 }, { id: 'one' });
      const read: RunEvent[] = [];
      for await (const event of run.events()) read.push(event);
      expect(read.at(-1)).toMatchObject({ type: 'run.ended', status: 'completed' });
      expect(numbers(read, 'one')).toEqual(upTo(numbers(read, 'one').at(-1)));
      await expect.poll(() => log.filter((line) => line.includes('the same version of Onward')).length).toBe(1);
    } finally {
      Redis.prototype.publish = publish;
    }
  });

  test('nobody hears of all runs who observes one', async () => {
    const client = opened();
    await worker();
    const first = ear();
    const run = await client.start('Depot.carry', { ms: 300 }, { observers: [[first.observer, { scope: 'all' }]] });
    const heard = await redis.pubsub('CHANNELS', `*${cases.queue}:changed:*`);
    await run.report();
    await untilOver(first.heard);
    const topics = (heard as string[]).map((channel) => channel.split(':changed:')[1]);
    expect(topics).toContain(`whole:${run.id}`);
    expect(topics).not.toContain('all');
    await expect.poll(() => redis.pubsub('CHANNELS', `*${cases.queue}:changed:whole:*`)).toEqual([]);
  });

  test('a runtime that closes hands on first what it has heard', async () => {
    const watcher = opened();
    const all = ear();
    watcher.observe(all.observer, { scope: 'all' });
    await watcher.runs();
    void watcher.work();
    const run = await watcher.start('Depot.carry', { ms: 0 });
    await run.report();
    await watcher.close();
    expect(all.heard.at(-1)?.type).toBe('run.ended');
    expect(numbers(all.heard, run.id)).toEqual(upTo(numbers(all.heard, run.id).at(-1)));
  });
});
