// S-M9: a process ends between a step and its callbacks, whatever kind of callback it is; the next one begins each once,
// with what it would have had, and a third one finds nothing to do.

import { describe, expect, test } from 'vitest';
import {
  ErrorValue,
  Handler,
  Job,
  Join,
  Message,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnRunError,
  OnRunSuccess,
  OnStart,
  OnSuccess,
  ReturnValue,
  type RunReport,
  type StepContext,
} from 'onward';
import { IsInt } from 'class-validator';
import { sqliteEngine } from 'onward/engines/sqlite';
import { DRIVERS, storeFile } from '../support/sqlite.ts';
import { sleep } from '../support/sleep.ts';
import { wired, type Parameters, type Wired } from '../support/wired.ts';

class Order {
  @IsInt() n!: number;
}
class Receipt {
  readonly at = new Date(5_000);
  readonly lines: ReadonlyMap<string, bigint>;
  constructor(n: number) {
    this.lines = new Map([['tea', BigInt(n)]]);
  }
}
class Refused extends Error {
  readonly cents = 5;
}

/** What the callbacks of all lives were given. */
const seen: unknown[][] = [];

class Shop {
  app: Wired | undefined;
  @Job() async sell({ n }: Order): Promise<Receipt> {
    return new Receipt(n);
  }
  @OnStart('sell') start(@Message() order: Order): void {
    seen.push(['start', order.n]);
  }
  @OnSuccess('sell') success(@ReturnValue() receipt: Receipt, @Message() order: Order): Receipt {
    seen.push(['success', receipt instanceof Receipt, receipt.lines.get('tea'), receipt.at, order.n]);
    return receipt;
  }
  @OnEnd('sell') end(@ReturnValue() receipt: Receipt): void {
    seen.push(['end', receipt.lines.get('tea')]);
  }
  @OnSuccess('success') chained(@ReturnValue() receipt: Receipt): void {
    seen.push(['chained', receipt.at]);
  }
  @Join({ sold: 'sell', told: 'success' }) join(both: { readonly sold: Receipt; readonly told: Receipt }): void {
    seen.push(['join', both.sold.at, both.told.lines.get('tea')]);
  }
  @OnRunSuccess('sell') runSuccess(report: RunReport): void {
    seen.push(['runSuccess', report.status]);
  }
  @OnRunEnd('sell') runEnd(report: RunReport): void {
    seen.push(['runEnd', report.status]);
  }

  @Job() async refuse(order: Order): Promise<void> {
    if (order.n > 0) throw new Refused('no');
  }
  @OnError('refuse', { when: Refused }) error(@ErrorValue() error: Refused, @Message() order: Order): void {
    seen.push(['error', error instanceof Refused, error.cents, order.n]);
  }
  @OnError('refuse', { recover: true }) recover(): Receipt {
    seen.push(['recover']);
    return new Receipt(1);
  }
  @OnSuccess('refuse') recovered(receipt: Receipt): void {
    seen.push(['recovered', receipt instanceof Receipt]);
  }
  @Job() async fall(): Promise<void> {
    throw new Refused('no');
  }
  @OnRunError('fall') runError(report: RunReport): void {
    seen.push(['runError', report.status, report.error instanceof Refused]);
  }

  @Job() async list({ n }: Order): Promise<Receipt[]> {
    return Array.from({ length: n }, (_, at) => new Receipt(at));
  }
  @OnSuccess('list', { each: true, concurrency: 1 }) item(receipt: Receipt): void {
    seen.push(['item', receipt.lines.get('tea')]);
  }

  @Job() async hold(order: Order, context: StepContext): Promise<number> {
    if (this.app !== undefined) await sleep(this.app.clock, 1_000);
    return context.signal.aborted ? 0 : order.n;
  }
  @OnCancel('hold') cancel(@Message() order: Order): void {
    seen.push(['cancel', order.n]);
  }

  @Handler() note(receipt: Receipt): void {
    seen.push(['note', receipt instanceof Receipt]);
  }
  @Handler() tell(report: RunReport): void {
    seen.push(['tell', report.status]);
  }
}

const PARAMETERS: Parameters = {
  'Shop.sell': [Order],
  'Shop.start': [Order],
  'Shop.success': ['any', Order],
  'Shop.end': ['any'],
  'Shop.chained': ['any'],
  'Shop.join': ['any'],
  'Shop.runSuccess': ['any'],
  'Shop.runEnd': ['any'],
  'Shop.refuse': [Order],
  'Shop.error': ['any', Order],
  'Shop.recovered': ['any'],
  'Shop.runError': ['any'],
  'Shop.list': [Order],
  'Shop.item': ['any'],
  'Shop.hold': [Order, 'context'],
  'Shop.cancel': [Order],
  'Shop.note': ['any'],
  'Shop.tell': ['any'],
};

type Begin = (app: Wired) => Promise<unknown>;

const started =
  (job: string, n: number): Begin =>
  (app) =>
    app.start(job, { n }, { id: 'one' });
const sell = { job: 'Shop.sell', message: { n: 2 } };

/** The node whose bodies the first life does not begin, what begins the run, and what the node is given in the next one. */
const CASES: readonly (readonly [node: string, begin: Begin, given: readonly unknown[][]])[] = [
  ['start', started('Shop.sell', 3), [['start', 3]]],
  ['success', started('Shop.sell', 3), [['success', true, 3n, new Date(5_000), 3]]],
  ['end', started('Shop.sell', 3), [['end', 3n]]],
  ['chained', started('Shop.sell', 3), [['chained', new Date(5_000)]]],
  ['join', started('Shop.sell', 3), [['join', new Date(5_000), 3n]]],
  ['runSuccess', started('Shop.sell', 3), [['runSuccess', 'completed']]],
  ['runEnd', started('Shop.sell', 3), [['runEnd', 'completed']]],
  ['error', started('Shop.refuse', 2), [['error', true, 5, 2]]],
  ['recover', started('Shop.refuse', 2), [['recover']]],
  ['recovered', started('Shop.refuse', 2), [['recovered', true]]],
  ['runError', (app) => app.start('Shop.fall', undefined, { id: 'one' }), [['runError', 'failed', true]]],
  [
    'item',
    started('Shop.list', 3),
    [
      ['item', 0n],
      ['item', 1n],
      ['item', 2n],
    ],
  ],
  [
    'cancel',
    async (app) => {
      const run = await app.start('Shop.hold', { n: 4 }, { id: 'one' });
      await app.clock.advance(10);
      await run.cancel();
    },
    [['cancel', 4]],
  ],
  [
    'note',
    ({ runtime }) => runtime.start(runtime.sign('Shop.sell').onSuccess('Shop.note'), { n: 2 }, { id: 'one' }),
    [['note', true]],
  ],
  [
    'tell',
    ({ runtime }) => runtime.start(runtime.sequence([sell, sell], { onSuccess: 'Shop.tell' }), { id: 'one' }),
    [['tell', 'completed']],
  ],
];

describe.each(DRIVERS)('%s', (driver) => {
  const life = (file: string): Wired => {
    const shop = new Shop();
    const engine = sqliteEngine({ file, driver, synchronous: 'normal' });
    shop.app = wired(engine, { Shop: shop }, PARAMETERS, { classes: { Receipt, Refused } });
    return shop.app;
  };

  const leave = async ({ runtime, clock }: Wired): Promise<void> => {
    const closing = runtime.close({ drainMs: 0 });
    await clock.advance(1);
    await closing;
  };

  test.each(CASES)('%s: it begins in the next life, once, with what it would have had', async (node, begin, given) => {
    const file = storeFile();
    seen.length = 0;
    const first = life(file);
    await first.runtime.pause(`Shop.${node}`);
    await begin(first);
    await first.clock.advance(2_000);
    const ofNode = (): unknown[][] => seen.filter(([name]) => name === node);
    expect(ofNode()).toEqual([]);
    await leave(first);
    const others = seen.length;
    const second = life(file);
    const working = second.runtime.work();
    await second.clock.runAll();
    expect(ofNode()).toEqual(given);
    expect((await (await second.runtime.run('one'))?.inspect())?.endedAt).toBeGreaterThan(0);
    expect(seen.length).toBeGreaterThanOrEqual(others + given.length);
    await leave(second);
    await working;
    const third = life(file);
    const all = seen.length;
    const again = third.runtime.work();
    await third.clock.runAll();
    expect(seen).toHaveLength(all);
    await leave(third);
    await again;
  });
});
