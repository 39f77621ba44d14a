// What every store keeps to: the same tests run on each of them.

import { afterEach, describe, expect, test } from 'vitest';
import type { RunChange, Store, StoredRun, StoredSummary } from '../../src/engines/store/store.ts';
import { seededRandom } from '../../src/testing/random.ts';

export interface StoreUnderTest {
  /** A store that is empty and open. */
  readonly open: () => Promise<Store>;
  /** The same one after its process has ended and another has opened it; absent if it does not outlive a process. */
  readonly reopen?: (store: Store) => Promise<Store>;
}

const OPEN: StoredSummary = {
  job: 'Shop.order',
  fingerprint: 'f1',
  tags: ['blue'],
  status: 'running',
  isOpen: true,
  createdAt: 1_000,
  endedAt: 0,
};
const OVER: StoredSummary = { ...OPEN, status: 'completed', isOpen: false, endedAt: 2_000 };

function change(runId: string, expected: number, more: Partial<RunChange> = {}): RunChange {
  return { runId, expected, summary: OPEN, writes: [], payloads: [], timers: [], ...more };
}

const idsOf = (runs: readonly StoredRun[]): string[] => runs.map(({ runId }) => runId);

export function testStore(name: string, { open, reopen }: StoreUnderTest): void {
  describe(`the store ${name}`, () => {
    const opened: Store[] = [];
    async function opening(): Promise<Store> {
      const store = await open();
      opened.push(store);
      return store;
    }
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    test('a run begins with version 1, and each change adds one', async () => {
      const store = await opening();
      expect(await store.find('a')).toBeUndefined();
      expect(await store.load('a', ['r'])).toEqual({ version: 0, records: new Map() });
      expect(await store.commit([change('a', 0)])).toEqual(['written']);
      expect(await store.commit([change('a', 1, { summary: OVER })])).toEqual(['written']);
      expect(await store.find('a')).toEqual({ runId: 'a', version: 2, cursor: expect.any(String), ...OVER });
    });

    test('a change over another version writes nothing, and the others of its commit are written', async () => {
      const store = await opening();
      await store.commit([change('a', 0, { writes: [['r', '1']], payloads: [['p', '1']] })]);
      const stale = change('a', 0, {
        writes: [['r', '2']],
        payloads: [['p', '2']],
        timers: [{ key: 't', at: 5, event: '{}' }],
      });
      expect(await store.commit([stale, change('b', 0)])).toEqual(['conflict', 'written']);
      expect(await store.commit([change('c', 3)])).toEqual(['conflict']);
      expect(await store.load('a', ['r'])).toEqual({ version: 1, records: new Map([['r', '1']]) });
      expect(await store.payloads('a', ['p'])).toEqual(['1']);
      expect((await store.due(10, 10)).timers).toEqual([]);
      expect(await store.find('b')).toBeDefined();
      expect(await store.find('c')).toBeUndefined();
    });

    test('only the records that are asked for are loaded, each as it was written last', async () => {
      const store = await opening();
      const writes = [
        ['s/1', 'one'],
        ['s/2', 'two'],
        ['s/1', 'one again'],
        ['s/3', 'three'],
        ['s/3', null],
      ] as const;
      await store.commit([change('a', 0, { writes })]);
      const { records } = await store.load('a', ['s/1', 's/3', 's/4']);
      expect(records).toEqual(new Map([['s/1', 'one again']]));
      await store.commit([change('a', 1, { writes: [['s/2', null]] })]);
      expect((await store.load('a', ['s/2'])).records).toEqual(new Map());
    });

    test('keys, ids and texts are kept as they are', async () => {
      const store = await opening();
      const odd = ['a/b', 'a:b', "a'b", 'a"b', 'a%', 'a_', 'ä', 'A', '\u{1F600}', `long${'x'.repeat(500)}`];
      for (const runId of odd) {
        const writes = odd.map((key) => [`x${key}`, `${runId} ${key}`] as const);
        await store.commit([change(runId, 0, { writes, payloads: odd.map((key) => [key, `${key} ${runId}`]) })]);
      }
      for (const runId of odd) {
        const { records } = await store.load(
          runId,
          odd.map((key) => `x${key}`),
        );
        expect(records).toEqual(new Map(odd.map((key) => [`x${key}`, `${runId} ${key}`])));
        expect(await store.payloads(runId, odd)).toEqual(odd.map((key) => `${key} ${runId}`));
      }
      expect(idsOf(await store.runs({ order: 'oldest', limit: 100 }))).toEqual(odd);
    });

    test('payloads come in the order of their names, with a hole for each that is not there', async () => {
      const store = await opening();
      const large = 'x'.repeat(3_000_000);
      await store.commit([
        change('a', 0, {
          payloads: [
            ['p', 'first'],
            ['q', large],
            ['gone', 'gone'],
          ],
        }),
        change('b', 0, { payloads: [['p', 'of b']] }),
      ]);
      await store.commit([change('a', 1, { payloads: [['gone', null]] })]);
      expect(await store.payloads('a', ['q', 'gone', 'p'])).toEqual([large, undefined, 'first']);
      expect([...(await store.payloadNames('a')).names].toSorted()).toEqual(['p', 'q']);
      expect(await store.payloads('c', ['p'])).toEqual([undefined]);
    });

    test('an area is read in pages, each record once', async () => {
      const store = await opening();
      const live = Array.from({ length: 25 }, (_, at) => [`s/${at}`, `step ${at}`] as const);
      const kept = Array.from({ length: 25 }, (_, at) => [`h/${at}`, `ended ${at}`] as const);
      await store.commit([change('a', 0, { writes: [...live, ...kept, ['a/1/1', 'attempt'], ['n/Shop.order', '1']] })]);
      const found: (readonly [string, string])[] = [];
      let after: string | undefined;
      do {
        const page = await store.page('a', {
          area: 'kept',
          prefix: 'h/',
          limit: 10,
          ...(after !== undefined && { after }),
        });
        expect(page.records.length).toBeLessThanOrEqual(10);
        found.push(...page.records);
        after = page.next;
      } while (after !== undefined);
      expect(found).toHaveLength(kept.length);
      expect(new Map(found)).toEqual(new Map(kept));
      expect((await store.page('a', { area: 'lookup' })).records).toEqual([['n/Shop.order', '1']]);
      expect((await store.page('a', { area: 'live' })).records).toHaveLength(25);
      expect((await store.page('b', { area: 'live' })).records).toEqual([]);
    });

    test.each([1, 2, 3])(
      'live records are as they were written last, however many and long they are (seed %i)',
      async (seed) => {
        const random = seededRandom(seed);
        const most = (number: number): number => Math.floor(random() * number);
        let store = await opening();
        await store.commit([change('a', 0)]);
        const expected = new Map<string, string>();
        for (let version = 1; version <= 60; version++) {
          const writes = Array.from({ length: 1 + most(5) }, () => {
            const isRemoved = random() < (version > 40 ? 0.8 : 0.3);
            const length = random() < 0.2 ? 2_000 : most(200);
            return [`s/${most(30)}`, isRemoved ? null : `${version} ${'x'.repeat(length)}`] as const;
          });
          for (const [key, text] of writes) {
            if (text === null) expected.delete(key);
            else expected.set(key, text);
          }
          expect(await store.commit([change('a', version, { writes })])).toEqual(['written']);
          // What was decided on an older version leaves no trace.
          expect(await store.commit([change('a', version, { writes: [['s/1', 'stale']] })])).toEqual(['conflict']);
          if (reopen !== undefined && random() < 0.1) {
            store = await reopen(store);
            opened.push(store);
          }
          const keys = Array.from({ length: 30 }, (_, at) => `s/${at}`);
          expect((await store.load('a', keys)).records).toEqual(expected);
          const found: (readonly [string, string])[] = [];
          let after: string | undefined;
          do {
            const page = await store.page('a', { area: 'live', limit: 4, ...(after !== undefined && { after }) });
            expect(page.records.length).toBeLessThanOrEqual(4);
            found.push(...page.records);
            after = page.next;
          } while (after !== undefined);
          expect(found).toHaveLength(expected.size);
          expect(new Map(found)).toEqual(expected);
        }
      },
    );

    test('timers come due in order; they stay until they are removed, or their run is over', async () => {
      const store = await opening();
      const timer = (key: string, at: number | null): RunChange['timers'][number] => ({ key, at, event: `"${key}"` });
      await store.commit([
        change('a', 0, { timers: [timer('late', 30), timer('early', 10), timer('moved', 5)] }),
        change('b', 0, { timers: [timer('early', 20)] }),
      ]);
      await store.commit([change('a', 1, { timers: [timer('moved', 40)] })]);
      expect(await store.due(9, 10)).toEqual({ timers: [], next: 10 });
      expect(await store.due(30, 2)).toEqual({
        timers: [
          { runId: 'a', key: 'early', at: 10, event: '"early"' },
          { runId: 'b', key: 'early', at: 20, event: '"early"' },
        ],
        next: 30,
      });
      await store.commit([change('a', 2, { timers: [timer('early', null)] }), change('b', 1, { summary: OVER })]);
      expect((await store.due(100, 10)).timers.map(({ key }) => key)).toEqual(['late', 'moved']);
      expect((await store.due(100, 10)).next).toBeUndefined();
    });

    test('runs are found by how they stand and when they were created and ended, the newest first', async () => {
      const store = await opening();
      const summaries: [string, Partial<StoredSummary>][] = [
        ['a', { createdAt: 1 }],
        ['b', { createdAt: 2, status: 'suspended' }],
        ['c', { createdAt: 2, status: 'failed', isOpen: false, endedAt: 50 }],
        ['d', { createdAt: 4, status: 'completed', isOpen: false, endedAt: 60 }],
        ['e', { createdAt: 5, status: 'completed' }],
      ];
      for (const [runId, summary] of summaries)
        await store.commit([change(runId, 0, { summary: { ...OPEN, ...summary } })]);
      const found = async (query: Omit<Parameters<Store['runs']>[0], 'limit'>): Promise<string> =>
        idsOf(await store.runs({ ...query, limit: 10 })).join('');
      expect(await found({})).toBe('edcba');
      expect(await found({ order: 'oldest' })).toBe('abcde');
      expect(await found({ isOpen: true })).toBe('eba');
      expect(await found({ isOpen: false })).toBe('dc');
      expect(await found({ status: ['suspended', 'failed'] })).toBe('cb');
      expect(await found({ createdFrom: 2, createdBefore: 5 })).toBe('dcb');
      expect(await found({ endedBefore: 60 })).toBe('c');
      expect(await store.countOpen()).toBe(3);
      const [first, second] = await store.runs({ limit: 2 });
      expect(idsOf(await store.runs({ limit: 2, after: second?.cursor ?? '' }))).toEqual(['c', 'b']);
      await store.commit([change('f', 0)]);
      expect(idsOf(await store.runs({ limit: 2, after: first?.cursor ?? '' }))).toEqual(['d', 'c']);
      expect(idsOf(await store.runs({ limit: 2, order: 'oldest', after: first?.cursor ?? '' }))).toEqual(['f']);
    });

    test('what is over can be removed with all that belongs to it, and its id begins anew', async () => {
      const store = await opening();
      const parts = { writes: [['r', '1']], payloads: [['p', '1']] } as const;
      await store.commit([change('a', 0, { ...parts, summary: OVER }), change('b', 0, parts)]);
      expect(await store.remove(['a', 'b', 'c'])).toBe(1);
      expect(await store.find('a')).toBeUndefined();
      expect(await store.find('b')).toBeDefined();
      await store.commit([change('a', 0)]);
      expect((await store.load('a', ['r'])).records).toEqual(new Map());
      expect(await store.payloads('a', ['p'])).toEqual([undefined]);
    });

    test.runIf(reopen !== undefined)('it outlives its process', async () => {
      const store = await opening();
      await store.commit([
        change('a', 0, {
          writes: [['r', '1']],
          payloads: [['p', '1']],
          timers: [{ key: 't', at: 5, event: '{}' }],
        }),
      ]);
      const again = await reopen?.(store);
      if (again === undefined) return;
      opened.splice(0, 1, again);
      expect(await again.find('a')).toMatchObject({ version: 1, ...OPEN });
      expect(await again.load('a', ['r'])).toEqual({ version: 1, records: new Map([['r', '1']]) });
      expect(await again.payloads('a', ['p'])).toEqual(['1']);
      expect((await again.due(5, 1)).timers).toHaveLength(1);
    });
  });
}
