// What a plan comes to: R14 to R16 for plans, its results, and its outcomes in the order in which entries end.

import { describe, expect, test } from 'vitest';
import { Job, memoryEngine, OnError, OnSuccess, type EntryResult, type Previous, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, wired, type Wired } from '../support/wired.ts';

async function gathered(outcomes: AsyncIterable<EntryResult>): Promise<string[]> {
  const lines: string[] = [];
  for await (const { index, status } of outcomes) lines.push(`${index} ${status}`);
  return lines;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const smoke = new Error('smoke');
  function kitchen(): Wired {
    class Stove {
      @Job() async slow(): Promise<string> {
        await sleep(app.clock, 100);
        return 'stew';
      }
      @Job() async quick(): Promise<string> {
        await sleep(app.clock, 10);
        return 'salad';
      }
      @Job() nothing(): void {}
      @Job() async burn(): Promise<void> {
        await sleep(app.clock, 50);
        throw smoke;
      }
      @Job() served(): string {
        return 'served';
      }
      @OnSuccess('served') spill(): void {
        throw new Error('spilled');
      }
      @OnError('burn') async air(): Promise<void> {
        await sleep(app.clock, 500);
      }
    }
    const app: Wired = wired(open(), { Stove: new Stove() });
    return app;
  }

  test('R15: the value is the list of values, in the order of the plan, when the whole run is over', async () => {
    const { runtime, clock } = kitchen();
    const run = await runtime.start(
      runtime.parallel([{ job: 'Stove.slow' }, { job: 'Stove.nothing' }, { job: 'Stove.quick' }]),
    );
    let settled = false;
    const value = run.value().then((list) => {
      settled = true;
      return list;
    });
    await clock.advance(99);
    expect(settled).toBe(false);
    await clock.runAll();
    expect(await value).toEqual(['stew', undefined, 'salad']);
  });

  test('R11, R15: entries that all completed have a value, even if what one has caused failed', async () => {
    const { runtime, clock } = kitchen();
    const run = await runtime.start(runtime.sequence([{ job: 'Stove.served' }]));
    await clock.runAll();
    expect([await run.value(), (await run.report()).status]).toEqual([['served'], 'failed']);
  });

  test('R15: an entry without a value is told with all the others, and the first failure is the cause', async () => {
    const { runtime, clock } = kitchen();
    const run = await runtime.start(
      runtime.sequence(
        [{ job: 'Stove.quick' }, { job: 'Stove.quick', if: false }, { job: 'Stove.burn' }, { job: 'Stove.slow' }],
        {},
      ),
      { id: 'dinner' },
    );
    await clock.runAll();
    const error = await rejectionOf(run.value());
    expect(String(error)).toMatchInlineSnapshot(`
      "OnwardError: ONW3050: 3 of 4 entries of sequence have no value; \`results()\` says how each ended:
        entries[1] (Stove.quick) was skipped (code 110)
        entries[2] (Stove.burn) failed: Error: smoke
        entries[3] (Stove.slow) was skipped (code 100)"
    `);
    expect(error).toMatchObject({
      code: 'ONW3050',
      cause: { name: 'Error', message: 'smoke' },
      details: {
        runId: 'dinner',
        entries: [
          { index: 1, job: 'Stove.quick', status: 'skipped', code: 110 },
          { index: 2, job: 'Stove.burn', status: 'failed', code: 101 },
          { index: 3, job: 'Stove.slow', status: 'skipped', code: 100 },
        ],
      },
    });
  });

  test('R15: of many entries without a value ten are told in words, all of them as data', async () => {
    const { runtime, clock } = kitchen();
    const entries = Array.from({ length: 13 }, () => ({ job: 'Stove.quick', if: false }));
    const run = await runtime.start(runtime.parallel(entries), { id: 'feast' });
    await clock.runAll();
    const error = await rejectionOf(run.value());
    expect(String(error)).toMatchInlineSnapshot(`
      "OnwardError: ONW3050: 13 of 13 entries of parallel have no value; \`results()\` says how each ended:
        entries[0] (Stove.quick) was skipped (code 110)
        entries[1] (Stove.quick) was skipped (code 110)
        entries[2] (Stove.quick) was skipped (code 110)
        entries[3] (Stove.quick) was skipped (code 110)
        entries[4] (Stove.quick) was skipped (code 110)
        entries[5] (Stove.quick) was skipped (code 110)
        entries[6] (Stove.quick) was skipped (code 110)
        entries[7] (Stove.quick) was skipped (code 110)
        entries[8] (Stove.quick) was skipped (code 110)
        entries[9] (Stove.quick) was skipped (code 110)
        and 3 more"
    `);
    expect(error).toMatchObject({ details: { entries: { length: 13 } } });
    expect((await run.report()).status).toBe('completed');
  });

  test('results tell how each entry ended, and do not throw', async () => {
    const { runtime, clock } = kitchen();
    const run = await runtime.start(
      runtime.sequence([{ job: 'Stove.nothing' }, { job: 'Stove.burn' }, { job: 'Stove.slow' }]),
    );
    const early = run.results();
    await clock.runAll();
    const results = await early;
    expect(results).toEqual([
      { index: 0, job: 'Stove.nothing', step: 1, code: 0, status: 'completed', value: undefined },
      { index: 1, job: 'Stove.burn', step: 2, code: 101, status: 'failed', error: expect.any(Error) },
      { index: 2, job: 'Stove.slow', step: expect.any(Number), code: 100, status: 'skipped' },
    ]);
    const { steps } = await run.report();
    for (const { step, job } of results) expect(steps.find(({ id }) => id === step)?.node).toBe(job);
    expect(await run.results()).toEqual(results);
  });

  test('outcomes come in the order in which entries end, while the run goes on', async () => {
    const { runtime, clock } = kitchen();
    const run = await runtime.start(
      runtime.parallel([{ job: 'Stove.slow' }, { job: 'Stove.burn' }, { job: 'Stove.quick' }], { keepGoing: true }),
    );
    const outcomes = run.outcomes()[Symbol.asyncIterator]();
    const first = outcomes.next();
    await clock.advance(20);
    expect(await first).toMatchObject({ value: { index: 2, status: 'completed', value: 'salad' } });
    const [second, third] = [outcomes.next(), outcomes.next()];
    await clock.advance(85);
    expect(await second).toMatchObject({ value: { index: 0 } });
    await clock.runAll();
    // Its error callback belongs to it.
    expect(await third).toMatchObject({ value: { index: 1, status: 'failed', error: { message: 'smoke' } } });
    expect(await outcomes.next()).toEqual({ done: true, value: undefined });
  });

  test('who asks late, twice at once, or after breaking out is told of all of them in order', async () => {
    const { runtime, clock } = kitchen();
    const run = await runtime.start(
      runtime.parallel([{ job: 'Stove.slow' }, { job: 'Stove.burn' }, { job: 'Stove.quick' }], { keepGoing: true }),
    );
    await clock.advance(20);
    for await (const { index } of run.outcomes()) {
      expect(index).toBe(2);
      break;
    }
    const both = [gathered(run.outcomes()), gathered(run.outcomes())];
    await clock.runAll();
    const all = ['2 completed', '0 completed', '1 failed'];
    expect(await Promise.all(both)).toEqual([all, all]);
    expect(await gathered(run.outcomes())).toEqual(all);
  });

  test('who stops listening while nothing comes is not kept waiting', async () => {
    const { runtime, clock } = kitchen();
    const run = await runtime.start(runtime.swarm().add('Stove.nothing'));
    await clock.runAll();
    const outcomes = run.outcomes()[Symbol.asyncIterator]();
    expect(await outcomes.next()).toMatchObject({ value: { index: 0 } });
    const pending = outcomes.next();
    const stopped = outcomes.return?.();
    let isOver = false;
    void stopped?.then(() => (isOver = true));
    await clock.advance(1);
    expect(isOver).toBe(true);
    expect(await pending).toEqual({ done: true, value: undefined });
    await run.close();
    await clock.runAll();
  });

  test('a single job is a plan of one: its results and outcomes', async () => {
    const { runtime, start, clock } = kitchen();
    for (const [job, status] of [
      ['Stove.quick', 'completed'],
      ['Stove.burn', 'failed'],
    ] as const) {
      await start(job, undefined, { id: job });
      const run = await runtime.run(job);
      if (run === undefined) throw new Error('it is known');
      const outcomes = gathered(run.outcomes());
      await clock.runAll();
      expect(await run.results()).toMatchObject([{ index: 0, job, step: 1, status }]);
      expect(await outcomes).toEqual([`0 ${status}`]);
    }
  });

  test('of a chain the value is what the last link returned, or the error of the link that failed', async () => {
    const { runtime, clock } = kitchen();
    const good = await runtime.start(runtime.chain(['Stove.slow', 'Stove.quick']));
    const bad = await runtime.start(runtime.chain(['Stove.quick', 'Stove.burn', 'Stove.quick']));
    await clock.runAll();
    expect(await good.value()).toBe('salad');
    expect(await rejectionOf(bad.value())).toMatchObject({ name: 'Error', message: 'smoke' });
    expect((await bad.results()).map(({ status }) => status)).toEqual(['completed', 'failed', 'skipped']);
  });

  test('a report of a plan has no value and no error of its own', async () => {
    const { runtime, clock } = kitchen();
    const run = await runtime.start(runtime.sequence([{ job: 'Stove.burn' }]));
    await clock.runAll();
    const report = await run.report();
    expect([report.job, report.status, report.value]).toEqual(['sequence', 'failed', undefined]);
  });
});

test('R35: what the entry before returned is given as it is: instances, errors and circles too', async () => {
  class Money {
    readonly #cents: number;
    constructor(cents: number) {
      if (!Number.isInteger(cents)) throw new TypeError('cents are missing');
      this.#cents = cents;
    }
    get text(): string {
      return `${this.#cents} cents`;
    }
  }
  interface Found {
    readonly money: Money;
    readonly error: Error;
    readonly list: { n: number }[];
    self?: unknown;
  }
  const seen: unknown[] = [];
  const asked: unknown[] = [];
  class Desk {
    @Job() find(): Found {
      const found: Found = { money: new Money(5), error: new Error('torn'), list: [{ n: 1 }] };
      found.self = found;
      return found;
    }
    @Job() look(context: StepContext): void {
      const { previous } = context;
      if (previous?.ok !== true) return;
      const { money, error, list, self } = previous.value as Found;
      for (const item of list) item.n = 9;
      seen.push(money.text, error.message, list, self === previous.value, context.previous === previous);
    }
  }
  const { runtime, clock } = wired(memoryEngine(), { Desk: new Desk() }, { 'Desk.look': ['context'] });
  const isAsked = ({ previous }: { readonly previous: Previous | undefined }): boolean => asked.push(previous?.ok) > 0;
  const run = await runtime.start(runtime.sequence([{ job: 'Desk.find' }, { job: 'Desk.look', if: isAsked }]));
  await clock.runAll();
  expect(await run.results()).toMatchObject([{ value: { list: [{ n: 1 }] } }, { status: 'completed' }]);
  expect([seen, asked]).toEqual([['5 cents', 'torn', [{ n: 9 }], true, true], [true]]);
});
