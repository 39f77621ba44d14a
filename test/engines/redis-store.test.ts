// The Redis store keeps to what every store keeps to, encrypted as well; and to what holds for several processes.

import { beforeAll, describe, expect, test } from 'vitest';
import type { Store, StoredSummary } from 'onward/engines/store';
import { storeConformance } from 'onward/testing';
import { RedisStore } from '../../src/engines/bullmq/redis-store.ts';
import { EncryptedStore } from '../../src/engines/store/encrypted-store.ts';
import { describeWithRedis, freePort, redisServer, type RedisServer } from '../support/redis.ts';
import { SUMMARY } from '../support/stored-change.ts';

const ENCRYPTION = { current: 'a', keys: { a: '5a'.repeat(32) } };

describeWithRedis('in Redis', () => {
  let server: RedisServer;
  let stores = 0;
  beforeAll(async () => {
    server = await redisServer();
  });

  async function openAt(prefix: string): Promise<RedisStore> {
    const store = new RedisStore({ address: server.address, limitMs: 5_000, prefix });
    await store.open();
    return store;
  }

  describe.each([{ isEncrypted: false }, { isEncrypted: true }])('encrypted: $isEncrypted', ({ isEncrypted }) => {
    const prefixes = new Map<unknown, string>();
    const opened = async (prefix: string): Promise<Store> => {
      const plain = await openAt(prefix);
      const store = isEncrypted ? new EncryptedStore(plain, ENCRYPTION) : plain;
      prefixes.set(store, prefix);
      return store;
    };
    const reopen = async (store: Store): Promise<Store> => {
      await store.close();
      return opened(prefixes.get(store) ?? '');
    };
    test.each(storeConformance({ open: () => opened(`{onward}:${stores++}`), reopen }))('$name', ({ run }) => run());
  });

  test('of two processes that decided on one version, one writes', async () => {
    const [one, other] = [await openAt('{two}'), await openAt('{two}')];
    const change = { runId: 'a', expected: 0, summary: SUMMARY, writes: [], payloads: [], timers: [] };
    const written = await Promise.all([one.commit([change]), other.commit([change])]);
    expect(written.flat().toSorted()).toEqual(['conflict', 'written']);
    one.close();
    other.close();
  });

  test('changes of many runs are few scripts, and a conflict leaves the others alone', async () => {
    const [store, other] = [await openAt('{batch}'), await openAt('{batch}')];
    const changeOf = (runId: string, expected = 0) => ({
      ...{ runId, expected, summary: SUMMARY, writes: [[`s/1`, `of ${runId}`] as const], payloads: [], timers: [] },
    });
    const [first] = await other.commit([changeOf('run7')]);
    expect(first).toBe('written');
    const { redis } = store.connection;
    const scripts = async (): Promise<number> =>
      Number(/evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]);
    const before = await scripts();
    const written = await store.commit(Array.from({ length: 64 }, (_, n) => changeOf(`run${n}`)));
    expect(await scripts()).toBe(before + 2);
    expect(written.flatMap((committed, n) => (committed === 'conflict' ? [n] : []))).toEqual([7]);
    expect((await other.load('run63', ['s/1'])).records.get('s/1')).toBe('of run63');
    store.close();
    other.close();
  });

  test('a summary that is known is not written again, and a script is not larger than its largest change has it', async () => {
    const store = await openAt('{known}');
    const large = 'x'.repeat(300_000);
    const change = {
      runId: 'a',
      expected: 0,
      summary: SUMMARY,
      writes: [],
      payloads: [['p', large] as const],
      timers: [],
    };
    await store.commit([change, { ...change, runId: 'b' }]);
    const summary: StoredSummary = { ...SUMMARY, status: 'completed', isOpen: false, endedAt: 7 };
    await store.commit([{ ...change, expected: 1, payloads: [], isSummaryKnown: true }]);
    await store.commit([{ ...change, runId: 'b', expected: 1, payloads: [], summary }]);
    expect(await store.find('a')).toMatchObject({ version: 2, status: 'running', isOpen: true });
    expect(await store.find('b')).toMatchObject({ version: 2, status: 'completed', endedAt: 7 });
    store.close();
  });

  test('what is loaded says which areas have nothing else', async () => {
    const store = await openAt('{whole}');
    const writes = [['r', '1'] as const, ['s/1', '1'] as const, ['n/a', '1'] as const, ['d/0', '1'] as const];
    await store.commit([{ runId: 'a', expected: 0, summary: SUMMARY, writes, payloads: [], timers: [] }]);
    expect((await store.load('a', ['r'])).whole).toEqual([]);
    expect((await store.load('a', ['r', 's/1', 's/2', 'n/a'])).whole).toEqual(['live', 'lookup']);
    expect((await store.load('a', ['d/0'])).whole).toEqual(['kept']);
    expect((await store.page('a', { area: 'kept', prefix: 'd/' })).records).toEqual([['d/0', '1']]);
    expect((await store.page('a', { area: 'kept', prefix: 'd/*' })).records).toEqual([]);
    store.close();
  });

  test('what was refused while the server was away is not done once it is back', async () => {
    const own = await redisServer();
    const store = new RedisStore({ address: own.address, limitMs: 200, prefix: '{away}' });
    await store.open();
    await own.kill();
    await expect(store.saved.set('key', 'refused')).rejects.toThrow('ONW4010');
    await own.start();
    await expect.poll(async () => Promise.resolve(store.saved.get('key')).catch(() => 'away')).toBeUndefined();
    store.close();
    await own.kill();
  });

  test('what ended long ago is found without a look at what has ended since', async () => {
    const store = await openAt('{ended}');
    const ended = (runId: string, endedAt: number) => ({
      ...{ runId, expected: 0, writes: [], payloads: [], timers: [] },
      summary: { ...SUMMARY, status: 'completed' as const, isOpen: false, endedAt },
    });
    await store.commit(Array.from({ length: 300 }, (_, n) => ended(`new${n}`, 1_000 + n)));
    await store.commit([ended('long', 20), ended('ago', 10)]);
    const { redis } = store.connection;
    const asked = async (): Promise<number> => Number(/hmget:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]);
    const before = await asked();
    const found = await store.runs({ endedBefore: 100, order: 'oldest', limit: 50 });
    expect(found.map(({ runId }) => runId)).toEqual(['ago', 'long']);
    expect((await asked()) - before).toBe(2);
    expect(await store.runs({ endedBefore: 2_000, limit: 250 })).toHaveLength(250);
    expect(await store.remove(['ago', 'long'])).toBe(2);
    expect(await store.runs({ endedBefore: 100, limit: 50 })).toEqual([]);
    store.close();
  });

  test('a change of thousands of records is written, read and removed whole', async () => {
    const store = await openAt('{many}');
    const keys = Array.from({ length: 2_501 }, (_, at) => `h/${at}`);
    const change = { runId: 'a', expected: 0, summary: SUMMARY, payloads: [], timers: [] };
    await store.commit([{ ...change, writes: keys.map((key) => [key, `of ${key}`] as const) }]);
    expect([...(await store.load('a', keys)).records]).toEqual(keys.map((key) => [key, `of ${key}`]));
    await store.commit([{ ...change, expected: 1, writes: keys.map((key) => [key, null] as const) }]);
    expect((await store.load('a', keys)).records.size).toBe(0);
    store.close();
  });

  test('the keys of a store have one hash tag', async () => {
    const store = await openAt('{tag}');
    const timers = [{ key: 't', at: 5, event: '{}' }];
    await store.commit([
      {
        runId: 'a',
        expected: 0,
        summary: SUMMARY,
        writes: [
          ['r', '1'],
          ['n/x', '1'],
          ['h/1', '1'],
        ],
        payloads: [['p', '1']],
        timers,
      },
    ]);
    const keys = await store.connection.ask((redis) => redis.keys('{tag}*'));
    expect(keys.filter((key) => key.endsWith(':a')).toSorted()).toEqual(
      ['kept', 'live', 'lookup', 'payloads', 'timers'].map((part) => `{tag}:${part}:a`),
    );
    store.close();
  });
});

test('a Redis that is not there is reported in time, and says where', async () => {
  const port = await freePort();
  const store = new RedisStore({ address: `redis://127.0.0.1:${port}`, limitMs: 200, prefix: 'x' });
  await expect(store.open()).rejects.toThrow(
    `ONW4010: Redis at 127.0.0.1:${port} cannot be reached: Error: connect ECONNREFUSED 127.0.0.1:${port}; is the address right, and is the server up?`,
  );
});
