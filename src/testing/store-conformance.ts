// What every store keeps to, as cases for any test runner: for authors of a `Store`.
//
// STORE-CONFORMANCE-1. A case needs no test runner: it resolves, or rejects with what is wrong.
// STORE-CONFORMANCE-2. Each case opens a store of its own, and closes it. Random ones have a fixed seed.

import { deepStrictEqual as same, ok } from 'node:assert';
import { seededRandom } from './random.ts';
import type {
  LoadedRecords,
  PageQuery,
  RecordPage,
  RunChange,
  Store,
  StoredRun,
  StoredSummary,
} from '../engines/store/store.ts';

/** How to come by the store that is tested. */
export interface StoreUnderTest {
  /** A store that is empty and open. */
  readonly open: () => Store | Promise<Store>;
  /**
   * The same one after its process has ended and another has opened it. @default the store does not outlive a process, and
   * no case asks it to
   */
  readonly reopen?: (store: Store) => Store | Promise<Store>;
}

/** One thing that a store keeps to. */
export interface ConformanceCase {
  readonly name: string;
  /** Rejects with what is wrong. */
  readonly run: () => Promise<void>;
}

/**
 * What a store keeps to, case by case: `for (const { name, run } of storeConformance({ open })) test(name, run)`, in Vitest,
 * Jest and node:test alike.
 */
export function storeConformance({ open, reopen }: StoreUnderTest): ConformanceCase[] {
  const named = Object.entries(CASES).map(([name, check]): ConformanceCase => ({
    name,
    run: async () => {
      const store = await open();
      try {
        await check(store);
      } finally {
        await store.close();
      }
    },
  }));
  const random = [1, 2, 3].flatMap((seed) =>
    [changesAtRandom, textsAtRandom].map((cases) => cases(seed, { open, ...(reopen !== undefined && { reopen }) })),
  );
  return [...named, ...random, ...(reopen === undefined ? [] : [outlives(open, reopen)])];
}

const OPEN: StoredSummary = {
  job: 'Shop.order',
  fingerprint: 'f1',
  tags: ['blue'],
  status: 'running',
  isOpen: true,
  waitsIn: undefined,
  createdAt: 1_000,
  endedAt: 0,
};
const OVER: StoredSummary = { ...OPEN, status: 'completed', isOpen: false, endedAt: 2_000 };

function change(runId: string, expected: number, more: Partial<RunChange> = {}): RunChange {
  return { runId, expected, summary: OPEN, writes: [], payloads: [], timers: [], ...more };
}

const idsOf = (runs: readonly StoredRun[]): string[] => runs.map(({ runId }) => runId);

type Check = (store: Store) => Promise<void>;

/** Records of the run `a`; a store may say more of it. */
async function loadedFrom(store: Store, keys: readonly string[]): Promise<LoadedRecords> {
  const { version, records } = await store.load('a', keys);
  return { version, records };
}

const CASES: Readonly<Record<string, Check>> = {
  'a run begins with version 1, and each change adds one': async (store) => {
    same(await store.find('a'), undefined);
    same(await loadedFrom(store, ['r']), { version: 0, records: new Map() });
    same(await store.commit([change('a', 0)]), ['written']);
    same(await store.commit([change('a', 1, { summary: OVER })]), ['written']);
    const { cursor, fingerprint = '', ...found } = (await store.find('a')) ?? {};
    const { fingerprint: given = '', ...over } = OVER;
    same(typeof cursor, 'string');
    same(found, { runId: 'a', version: 2, ...over });
    ok(fingerprint === given || store.isSameFingerprint?.('a', fingerprint, given) === true);
  },

  'a change over another version writes nothing, and the others of its commit are written': async (store) => {
    await store.commit([change('a', 0, { writes: [['r', '1']], payloads: [['p', '1']] })]);
    const stale = change('a', 0, {
      writes: [['r', '2']],
      payloads: [['p', '2']],
      timers: [{ key: 't', at: 5, event: '{}' }],
    });
    same(await store.commit([stale, change('b', 0)]), ['conflict', 'written']);
    same(await store.commit([change('c', 3)]), ['conflict']);
    same(await loadedFrom(store, ['r']), { version: 1, records: new Map([['r', '1']]) });
    same(await store.payloads('a', ['p']), ['1']);
    same((await store.due(10, 10)).timers, []);
    ok((await store.find('b')) !== undefined);
    same(await store.find('c'), undefined);
  },

  'only the records that are asked for are loaded, each as it was written last': async (store) => {
    const writes = [
      ['s/1', 'one'],
      ['s/2', 'two'],
      ['s/1', 'one again'],
      ['s/3', 'three'],
      ['s/3', null],
    ] as const;
    await store.commit([change('a', 0, { writes })]);
    const { records } = await store.load('a', ['s/1', 's/3', 's/4']);
    same(records, new Map([['s/1', 'one again']]));
    await store.commit([change('a', 1, { writes: [['s/2', null]] })]);
    same((await store.load('a', ['s/2'])).records, new Map());
  },

  'keys, ids and texts are kept as they are': async (store) => {
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
      same(records, new Map(odd.map((key) => [`x${key}`, `${runId} ${key}`])));
      same(
        await store.payloads(runId, odd),
        odd.map((key) => `${key} ${runId}`),
      );
    }
    same(idsOf(await store.runs({ order: 'oldest', limit: 100 })), odd);
  },

  'payloads come in the order of their names, with a hole for each that is not there': async (store) => {
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
    same(await store.payloads('a', ['q', 'gone', 'p']), [large, undefined, 'first']);
    same([...(await store.payloadNames('a')).names].toSorted(), ['p', 'q']);
    same(await store.payloads('c', ['p']), [undefined]);
  },

  'an area is read in pages, each record once': async (store) => {
    const live = Array.from({ length: 25 }, (_, at) => [`s/${at}`, `step ${at}`] as const);
    const kept = Array.from({ length: 25 }, (_, at) => [`h/${at}`, `ended ${at}`] as const);
    await store.commit([change('a', 0, { writes: [...live, ...kept, ['a/1/1', 'attempt'], ['n/Shop.order', '1']] })]);
    const found = await allPages(store, { area: 'kept', prefix: 'h/', limit: 10 });
    same(found.length, kept.length);
    same(new Map(found), new Map(kept));
    same((await store.page('a', { area: 'lookup' })).records, [['n/Shop.order', '1']]);
    same((await store.page('a', { area: 'live' })).records.length, 25);
    same((await store.page('b', { area: 'live' })).records, []);
  },

  'timers come due in order; they stay until they are removed, or their run is over': async (store) => {
    const timer = (key: string, at: number | null): RunChange['timers'][number] => ({ key, at, event: `"${key}"` });
    await store.commit([
      change('a', 0, { timers: [timer('late', 30), timer('early', 10), timer('moved', 5)] }),
      change('b', 0, { timers: [timer('early', 20)] }),
    ]);
    await store.commit([change('a', 1, { timers: [timer('moved', 40)] })]);
    same(await store.due(9, 10), { timers: [], next: 10 });
    same(await store.due(30, 2), {
      timers: [
        { runId: 'a', key: 'early', at: 10, event: '"early"' },
        { runId: 'b', key: 'early', at: 20, event: '"early"' },
      ],
      next: 30,
    });
    await store.commit([change('a', 2, { timers: [timer('early', null)] }), change('b', 1, { summary: OVER })]);
    same(
      (await store.due(100, 10)).timers.map(({ key }) => key),
      ['late', 'moved'],
    );
    same((await store.due(100, 10)).next, undefined);
  },

  'runs are found by how they stand and when they were created and ended, the newest first': async (store) => {
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
    same(await found({}), 'edcba');
    same(await found({ order: 'oldest' }), 'abcde');
    same(await found({ isOpen: true }), 'eba');
    same(await found({ isOpen: false }), 'dc');
    same(await found({ status: ['suspended', 'failed'] }), 'cb');
    same(await found({ createdFrom: 2, createdBefore: 5 }), 'dcb');
    same(await found({ endedBefore: 60 }), 'c');
    same(await store.countOpen(), 3);
    const [first, second] = await store.runs({ limit: 2 });
    same(idsOf(await store.runs({ limit: 2, after: second?.cursor ?? '' })), ['c', 'b']);
    await store.commit([change('f', 0)]);
    same(idsOf(await store.runs({ limit: 2, after: first?.cursor ?? '' })), ['d', 'c']);
    same(idsOf(await store.runs({ limit: 2, order: 'oldest', after: first?.cursor ?? '' })), ['f']);
  },

  'with which graph a run only waits is kept, and live records can come with their runs': async (store) => {
    const writes = [
      ['o', 'settings'],
      ['r', 'run'],
      ['s/1', 'one'],
      ['n/Shop.order', '1'],
    ] as const;
    await store.commit([change('a', 0, { writes }), change('b', 0, { summary: { ...OPEN, waitsIn: 'graph' } })]);
    same([(await store.find('a'))?.waitsIn, (await store.find('b'))?.waitsIn], [undefined, 'graph']);
    same(idsOf(await store.runs({ exceptWaitingIn: 'graph', limit: 9 })), ['a']);
    same(idsOf(await store.runs({ exceptWaitingIn: 'other', limit: 9 })), ['b', 'a']);
    await store.commit([change('b', 1), change('a', 1, { summary: { ...OPEN, waitsIn: 'graph' } })]);
    same((await store.find('b'))?.waitsIn, undefined);
    const [, a] = await store.runs({ withLive: true, limit: 9 });
    same([a?.runId, a?.version, a?.waitsIn], ['a', 2, 'graph']);
    // A store that would have to look for them leaves them out.
    if (a?.live !== undefined) same(new Map(a.live), new Map(writes.slice(0, 3)));
    same((await store.page('a', { area: 'live' })).version, 2);
  },

  'a text is saved by a key of its own, replaced and removed, whatever runs there are': async (store) => {
    const odd = ['a', 'a/b', 'ä', '\u{1F600}', 'a b'];
    same(await store.saved.get('a'), undefined);
    for (const key of odd) await store.saved.set(key, `saved ${key}`);
    await store.commit([change('a', 0, { summary: OVER })]);
    same(await store.remove(['a']), 1);
    for (const key of odd) same(await store.saved.get(key), `saved ${key}`);
    same(new Set(await store.saved.keys()), new Set(odd));
    await store.saved.set('a', 'x'.repeat(3_000_000));
    same((await store.saved.get('a'))?.length, 3_000_000);
    await store.saved.set('a', null);
    await store.saved.set('never', null);
    same(await store.saved.get('a'), undefined);
    same(await store.saved.get('a/b'), 'saved a/b');
  },

  'what is over can be removed with all that belongs to it, and its id starts over': async (store) => {
    const parts = { writes: [['r', '1']], payloads: [['p', '1']] } as const;
    await store.commit([change('a', 0, { ...parts, summary: OVER }), change('b', 0, parts)]);
    same(await store.remove(['a', 'b', 'c']), 1);
    same(await store.find('a'), undefined);
    ok((await store.find('b')) !== undefined);
    await store.commit([change('a', 0)]);
    same((await store.load('a', ['r'])).records, new Map());
    same(await store.payloads('a', ['p']), [undefined]);
  },
};

function changesAtRandom(seed: number, { open, reopen }: StoreUnderTest): ConformanceCase {
  return {
    name: `live records are as they were written last, however many and long they are (seed ${seed})`,
    run: async () => {
      const random = seededRandom(seed);
      const most = (number: number): number => Math.floor(random() * number);
      let store = await open();
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
        same(await store.commit([change('a', version, { writes })]), ['written']);
        // What was decided on an older version leaves no trace.
        same(await store.commit([change('a', version, { writes: [['s/1', 'stale']] })]), ['conflict']);
        if (reopen !== undefined && random() < 0.1) store = await reopen(store);
        const keys = Array.from({ length: 30 }, (_, at) => `s/${at}`);
        same((await store.load('a', keys)).records, expected);
        const found = await allPages(store, { area: 'live', limit: 4 });
        same(found.length, expected.size);
        same(new Map(found), expected);
      }
      await store.close();
    },
  };
}

function textsAtRandom(seed: number, { open, reopen }: StoreUnderTest): ConformanceCase {
  return {
    name: `records of every kind and payloads are as they were written last, also at the end (seed ${seed})`,
    run: async () => {
      const random = seededRandom(seed);
      const most = (number: number): number => Math.floor(random() * number);
      let store = await open();
      await store.commit([change('a', 0)]);
      const [records, payloads] = [new Map<string, string>(), new Map<string, string>()];
      const some = (into: Map<string, string>, keys: readonly string[]): (readonly [string, string | null])[] =>
        Array.from({ length: most(4) }, () => {
          const key = `${keys[most(keys.length)] ?? ''}${most(20)}`;
          const length = random() < 0.1 ? 5_000 : most(200);
          const text = random() < 0.3 ? null : `${length} ${'y'.repeat(length)}`;
          if (text === null) into.delete(key);
          else into.set(key, text);
          return [key, text];
        });
      const last = 100 + most(50);
      for (let version = 1; version <= last; version++) {
        const parts = { writes: some(records, ['s/', 'n/', 'h/']), payloads: some(payloads, ['p']) };
        const summary = version === last ? { summary: OVER } : {};
        same(await store.commit([change('a', version, { ...parts, ...summary })]), ['written']);
        if (reopen !== undefined && random() < 0.1) store = await reopen(store);
        if (version % 10 > 0 && version < last) continue;
        const found = await Promise.all(
          (['live', 'lookup', 'kept'] as const).map((area) => allPages(store, { area, limit: 7 })),
        );
        same(new Map(found.flat()), records);
        same(found.flat().length, records.size);
        same((await store.load('a', [...records.keys()])).records, records);
        same(await store.payloads('a', [...payloads.keys(), 'none']), [...payloads.values(), undefined]);
        same(new Set((await store.payloadNames('a')).names), new Set(payloads.keys()));
        same((await store.find('a'))?.version, version + 1);
      }
      await store.close();
    },
  };
}

/** The records of an area, page by page; a page is no longer than its limit. */
async function allPages(store: Store, query: PageQuery & { readonly limit: number }): Promise<RecordPage['records']> {
  const found: (readonly [key: string, text: string])[] = [];
  let after: string | undefined;
  do {
    const page = await store.page('a', { ...query, ...(after !== undefined && { after }) });
    ok(page.records.length <= query.limit);
    found.push(...page.records);
    after = page.next;
  } while (after !== undefined);
  return found;
}

function outlives(open: StoreUnderTest['open'], reopen: NonNullable<StoreUnderTest['reopen']>): ConformanceCase {
  return {
    name: 'it outlives its process',
    run: async () => {
      const parts = {
        writes: [['r', '1']],
        payloads: [['p', '1']],
        timers: [{ key: 't', at: 5, event: '{}' }],
      } as const;
      const first = await open();
      await first.commit([change('a', 0, parts)]);
      await first.saved.set('k', 'saved');
      const store = await reopen(first);
      try {
        const { version, isOpen } = (await store.find('a')) ?? {};
        same({ version, isOpen }, { version: 1, isOpen: true });
        same(await loadedFrom(store, ['r']), { version: 1, records: new Map([['r', '1']]) });
        same(await store.payloads('a', ['p']), ['1']);
        same((await store.due(5, 1)).timers.length, 1);
        same(await store.saved.get('k'), 'saved');
      } finally {
        await store.close();
      }
    },
  };
}
