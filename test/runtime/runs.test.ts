// Runs that are asked about: queries and their pages, what waits for a message, cancelling many at once.

import { IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnSuccess, type RunPage, type RunQuery, type Sent } from 'onward';
import { ENGINES, rejectionOf, wired } from '../support/wired.ts';

class Approval {
  @IsString() by!: string;
}
class Orders {
  @Job() submit(): void {}
  @OnSuccess('submit')
  @Handler({ waits: true })
  approve(_approval: Sent<Approval>): void {}
  @Job() fail(): never {
    throw new Error('no paper left');
  }
  @Job() count(): number {
    return 3;
  }
}
const PARAMETERS = { 'Orders.approve': [Approval] } as const;

function idsOf({ runs }: RunPage): string[] {
  return runs.map(({ id }) => id);
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const orders = () => wired(open(), { Orders: new Orders() }, PARAMETERS);

  /** Four runs, a second apart: `a` waits, `b` failed, `c` completed, `d` is suspended. */
  const four = async () => {
    const app = orders();
    await app.start('Orders.submit', undefined, { id: 'a', tags: ['vip'] });
    await app.clock.advance(1_000);
    await app.start('Orders.fail', undefined, { id: 'b' });
    await app.clock.advance(1_000);
    await app.start('Orders.count', undefined, { id: 'c', tags: ['vip', 'night'] });
    await app.clock.advance(1_000);
    await app.start('Orders.count', undefined, { id: 'd', suspended: true });
    await app.clock.advance(1_000);
    return app;
  };

  test('runs are listed with the newest first, open ones and finished ones', async () => {
    const { runtime, clock } = await four();
    const page = await runtime.runs();
    expect(page.runs.map(({ id, job, status, code }) => [id, job, status, code])).toEqual([
      ['d', 'Orders.count', 'suspended', 202],
      ['c', 'Orders.count', 'completed', 0],
      ['b', 'Orders.fail', 'failed', 101],
      ['a', 'Orders.submit', 'running', 200],
    ]);
    expect(page).not.toHaveProperty('cursor');
    const now = clock.now();
    expect(page.runs[3]).toEqual({
      id: 'a',
      job: 'Orders.submit',
      status: 'running',
      code: 200,
      tags: ['vip'],
      startedAt: now - 4_000,
      endedAt: 0,
      counts: { completed: 1, failed: 0, skipped: 0, cancelled: 0 },
      live: 1,
      waitsFor: [{ node: 'Orders.approve', key: 'a~Orders.approve.1', since: now - 4_000 }],
    });
    expect(page.runs[2]).toMatchObject({ error: { message: 'no paper left' }, endedAt: now - 3_000, waitsFor: [] });
  });

  test.each<[query: RunQuery, ids: string[]]>([
    [{ status: 'failed' }, ['b']],
    [{ status: ['running', 'suspended'] }, ['d', 'a']],
    [{ job: 'Orders.count' }, ['d', 'c']],
    [{ job: 'Orders.*' }, ['d', 'c', 'b', 'a']],
    [{ job: 'Orders' }, []],
    [{ node: 'Orders.appro*' }, ['a']],
    [{ tag: 'vip' }, ['c', 'a']],
    [{ tag: 'vip', status: 'completed' }, ['c']],
    [{ id: '[a-b]' }, []],
    [{ id: 'c' }, ['c']],
    [{ id: '*' }, ['d', 'c', 'b', 'a']],
    [{ text: 'paper' }, ['b']],
    [{ text: 'nigh' }, ['c']],
    [{ text: 'Orders.sub' }, ['a']],
    [{ olderThan: '3s' }, ['a']],
    [{ newerThan: '2s' }, ['d', 'c']],
    [{ olderThan: 1_000, newerThan: 3_000 }, ['c', 'b']],
  ])('%j finds the runs for which every condition holds', async (query, ids) => {
    const { runtime } = await four();
    expect(idsOf(await runtime.runs(query))).toEqual(ids);
  });

  test('pages follow each other by their cursors, and runs that start meanwhile do not move them', async () => {
    const { runtime, start, clock } = orders();
    for (let at = 0; at < 25; at++) await start('Orders.count', undefined, { id: `n${at}` });
    await clock.runAll();
    const seen: string[] = [];
    let query: RunQuery = { limit: 10 };
    for (let pages = 1; ; pages++) {
      const { runs, cursor } = await runtime.runs(query);
      seen.push(...runs.map(({ id }) => id));
      if (cursor === undefined) {
        expect(pages).toBe(3);
        break;
      }
      await clock.advance(1);
      await start('Orders.count', undefined, { id: `late${pages}` });
      query = { limit: 10, cursor };
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, at) => `n${24 - at}`));
  });

  test('a page has 100 runs unless the query says otherwise; the last page has no cursor', async () => {
    const { runtime, start, clock } = orders();
    for (let at = 0; at < 101; at++) await start('Orders.count', undefined, { id: `n${at}` });
    await clock.runAll();
    const first = await runtime.runs();
    expect([first.runs.length, first.cursor !== undefined]).toEqual([100, true]);
    const second = await runtime.runs({ cursor: first.cursor ?? '' });
    expect([idsOf(second), second.cursor]).toEqual([['n0'], undefined]);
  });

  test('a query that makes no sense is refused with all of its problems', async () => {
    const { runtime } = orders();
    const wrong = { status: 'done', limit: 0, olderThan: 'yesterday', cursor: 'x', jobs: 'Orders.*' };
    expect(await rejectionOf(runtime.runs(Object(wrong)))).toMatchObject({
      code: 'ONW3004',
      details: {
        problems: [
          expect.stringContaining('`status` to be a status such as running'),
          expect.stringContaining('`limit` to be a whole number of at least 1'),
          expect.stringContaining('`olderThan`'),
          expect.stringContaining('`cursor` to be the `cursor` of the page before'),
          expect.stringContaining('did you mean `job`?'),
        ],
      },
    });
    expect(await rejectionOf(runtime.cancelAll(Object({ olderThan: 'long' })))).toMatchObject({ code: 'ONW3004' });
  });

  test('what waits for a message is listed over all runs, the longest wait first, until it has its message', async () => {
    const { runtime, start, clock } = orders();
    const began = clock.now();
    const first = await start('Orders.submit', undefined, { id: 'ask1' });
    await clock.advance(60_000);
    await start('Orders.submit', undefined, { id: 'ask2' });
    await start('Orders.submit', undefined, { id: 'ask3' });
    await clock.advance(0);
    const node = 'Orders.approve';
    expect(await runtime.waiting()).toEqual([
      { for: 'message', runId: 'ask1', node, key: 'ask1~Orders.approve.1', since: began },
      { for: 'message', runId: 'ask2', node, key: 'ask2~Orders.approve.1', since: began + 60_000 },
      { for: 'message', runId: 'ask3', node, key: 'ask3~Orders.approve.1', since: began + 60_000 },
    ]);
    await Reflect.apply(first.send, first, ['Orders.approve', { by: 'ann' }]);
    await clock.advance(0);
    expect((await runtime.waiting()).map(({ runId }) => runId)).toEqual(['ask2', 'ask3']);
  });

  test('cancelAll cancels the open runs that fit, over all pages, and says how many', async () => {
    const { runtime, start, clock } = orders();
    for (let at = 0; at < 120; at++) {
      await start('Orders.submit', undefined, { id: `n${at}`, tags: at < 110 ? ['old'] : [] });
    }
    await start('Orders.count', undefined, { id: 'over', tags: ['old'] });
    await clock.advance(0);
    expect(await runtime.cancelAll({ tag: 'old' }, 'shop closed')).toBe(110);
    await clock.advance(0);
    const { runs } = await runtime.runs({ status: 'cancelled', limit: 200 });
    expect(runs).toHaveLength(110);
    expect((await (await runtime.run('n0'))?.report())?.cancelReason).toBe('shop closed');
    expect((await runtime.runs({ status: 'running' })).runs).toHaveLength(10);
    expect(await runtime.cancelAll({ tag: 'old' })).toBe(0);
    expect(await runtime.cancelAll()).toBe(10);
  });
});
