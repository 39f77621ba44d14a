// What the steps of a run share: operations, merged when attempts succeed.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnError, OnRunEnd, OnSuccess, type RunReport, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { eventsOf } from '../support/story.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

interface Basket {
  readonly owner: string;
  readonly cents: number;
  readonly dearest: number;
  readonly cheapest: number;
  readonly items: readonly string[];
  readonly when: Date;
}
type Context = StepContext<Basket>;

const OWN = ['context'] as const;

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('a step reads what steps before it have written, and its own changes', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() open({ state }: Context): void {
        seen.push(state.get('owner'), state.get('cents'));
        state.set('owner', 'Ada');
        state.add('cents', 40);
        state.add('cents', 2);
        state.append('items', 'book', 'film');
        state.append('items', 'music');
        state.max('dearest', 30);
        state.max('dearest', 20);
        state.min('cheapest', 30);
        state.min('cheapest', 20);
        state.set('when', new Date(0));
        seen.push(state.get('owner'), state.get('cents'), state.get('items'));
      }
      @OnSuccess('open') close({ state }: Context): void {
        seen.push(state.get('owner'), state.get('when'));
        state.set('owner', 'Bob');
      }
    }
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.open': OWN, 'Shop.close': OWN });
    const report = await app.report('Shop.open');
    expect(seen).toEqual([undefined, undefined, 'Ada', 42, ['book', 'film', 'music'], 'Ada', new Date(0)]);
    expect(report.state).toEqual({
      owner: 'Bob',
      cents: 42,
      items: ['book', 'film', 'music'],
      dearest: 30,
      cheapest: 20,
      when: new Date(0),
    });
  });

  test('steps side by side see the state as it was when they started; their sums, lists and extremes add up', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() fill(): number[] {
        return [3, 1, 2];
      }
      @OnSuccess('fill', { each: true }) async pick(cents: number, { state }: Context): Promise<void> {
        state.add('cents', cents);
        state.max('dearest', cents);
        state.min('cheapest', cents);
        state.append('items', `item ${cents}`);
        await sleep(app.clock, cents * 10);
        seen.push(state.get('cents'));
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.pick': ['any', 'context'] });
    const report = await app.report('Shop.fill');
    expect(seen, 'nobody else’s changes').toEqual([1, 2, 3]);
    expect(report.state).toEqual({ cents: 6, dearest: 3, cheapest: 1, items: ['item 1', 'item 2', 'item 3'] });
  });

  test('a failed attempt changes nothing; the attempt that succeeds counts once', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job({ retry: { attempts: 3, delay: 1 } }) pay({ state, step }: Context): void {
        seen.push(state.get('cents'));
        state.add('cents', 10);
        if (step.attempt < 3) throw new Error('no change');
      }
      @OnSuccess('pay') lose({ state }: Context): void {
        state.set('owner', 'nobody');
        throw new Error('lost');
      }
      @OnError('lose') find({ state }: Context): void {
        state.append('items', 'purse');
      }
    }
    const parameters = { 'Shop.pay': OWN, 'Shop.lose': OWN, 'Shop.find': OWN };
    const report = await wired(open(), { Shop: new Shop() }, parameters).report('Shop.pay');
    expect(seen).toEqual([undefined, undefined, undefined]);
    expect(report.state).toEqual({ cents: 10, items: ['purse'] });
  });

  test('of two steps that set a field the one that succeeds later counts; one that had read it is told as a conflict', async () => {
    class Shop {
      @Job() go(): void {}
      @OnSuccess('go') async slow({ state }: Context): Promise<void> {
        const owner = state.get('owner') ?? 'nobody';
        await sleep(app.clock, 100);
        state.set('owner', `${owner} and slow`);
      }
      @OnSuccess('go') async quick({ state }: Context): Promise<void> {
        await sleep(app.clock, 10);
        state.set('owner', 'quick');
      }
      @OnSuccess('go') async blind({ state }: Context): Promise<void> {
        await sleep(app.clock, 50);
        state.set('owner', 'blind');
      }
    }
    const parameters = { 'Shop.slow': OWN, 'Shop.quick': OWN, 'Shop.blind': OWN };
    const app: Wired = wired(open(), { Shop: new Shop() }, parameters);
    const run = await app.start('Shop.go');
    await app.clock.runAll();
    expect((await run.report()).state).toEqual({ owner: 'nobody and slow' });
    const conflicts = (await eventsOf(run)).filter(({ type }) => type === 'state.conflict');
    expect(conflicts).toMatchObject([{ node: 'Shop.slow', field: 'owner' }]);
  });

  test('a called node sees its caller’s state of the run, and its changes are seen by the caller afterwards', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() async pay(context: Context): Promise<void> {
        await context.call(Shop, 'charge');
        seen.push(context.state.get('cents'));
        context.state.add('cents', 1);
        seen.push(context.state.get('cents'));
      }
      @Handler() charge({ state }: Context): void {
        state.add('cents', 41);
      }
    }
    const parameters = { 'Shop.pay': OWN, 'Shop.charge': OWN };
    const report = await wired(open(), { Shop: new Shop() }, parameters).report('Shop.pay');
    expect(seen).toEqual([41, 42]);
    expect(report.state).toEqual({ cents: 42 });
  });

  test('ONW2022: what would make the state larger than 64 KiB is refused where it is done', async () => {
    const errors: unknown[] = [];
    class Shop {
      @Job() async fill({ state }: Context): Promise<void> {
        state.set('owner', 'x'.repeat(65_000));
        errors.push(await rejectionOf(Promise.resolve().then(() => state.append('items', 'y'.repeat(1_000)))));
        state.append('items', 'small');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }, { 'Shop.fill': OWN }).report('Shop.fill');
    expect(errors[0]).toMatchObject({ code: 'ONW2022' });
    expect(String(errors[0])).toMatchInlineSnapshot(
      `"OnwardError: ONW2022: \`append\` of the field items would make the state 66016 characters of JSON long, the limit is 65536; keep large data elsewhere and its key in the state"`,
    );
    expect(report.status).toBe('completed');
    expect(report.state['items']).toEqual(['small']);
  });

  test('ONW2022: steps side by side that fit alone and not together: the later one fails, and the state stays', async () => {
    class Shop {
      @Job() go(): number[] {
        return [1, 2];
      }
      @OnSuccess('go', { each: true }) async fill(item: number, { state }: Context): Promise<void> {
        state.append('items', `${item}`.repeat(40_000));
        await sleep(app.clock, item);
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.fill': ['any', 'context'] });
    const report = await app.report('Shop.go');
    expect(stepsOf(report)).toEqual(['Shop.go completed 0', 'Shop.fill completed 0', 'Shop.fill failed 101']);
    expect(report.steps[2]?.error).toMatchObject({ code: 'ONW2022' });
    expect(report.state['items']).toEqual(['1'.repeat(40_000)]);
  });

  test('ONW3045: a value that is no data is refused', async () => {
    const errors: unknown[] = [];
    class Shop {
      @Job() async go({ state }: StepContext): Promise<void> {
        errors.push(await rejectionOf(Promise.resolve().then(() => state.set('owner', () => 1))));
        errors.push(await rejectionOf(Promise.resolve().then(() => state.add('cents', Number.NaN))));
      }
    }
    const report = await wired(open(), { Shop: new Shop() }, { 'Shop.go': OWN }).report('Shop.go');
    expect(errors).toMatchObject([{ code: 'ONW3045' }, { name: 'TypeError' }]);
    expect(report.state).toEqual({});
  });

  test('what a body does to a value it has read or set changes nothing of the state', async () => {
    class Shop {
      @Job() go({ state }: StepContext): void {
        const list = ['a'];
        state.set('list', list);
        list.push('b');
        const read: unknown = state.get('list');
        if (Array.isArray(read)) read.push('c');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }, { 'Shop.go': OWN }).report('Shop.go');
    expect(report.state).toEqual({ list: ['a'] });
  });

  test('run callbacks see the state in their report', async () => {
    let seen: unknown;
    class Shop {
      @Job() go({ state }: StepContext): void {
        state.set('owner', 'Ada');
      }
      @OnRunEnd('go') done(report: RunReport): void {
        seen = report.state;
      }
    }
    await wired(open(), { Shop: new Shop() }, { 'Shop.go': OWN }).report('Shop.go');
    expect(seen).toEqual({ owner: 'Ada' });
  });
});
