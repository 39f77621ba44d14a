// What every engine keeps to, as cases for any test runner: for authors of engines and of stores.
//
// ENGINE-CONFORMANCE-1. A case needs no test runner: it resolves, or rejects with what is wrong.
// ENGINE-CONFORMANCE-2. Each case has an engine of its own, and closes its runtime. What runs come to is what the memory
//     engine makes of them.
// ENGINE-CONFORMANCE-3. An engine whose time passes by itself takes a few seconds in all; none waits for a time that a
//     loaded machine could miss.

import { deepStrictEqual as same, ok, rejects } from 'node:assert';
import type { StartedRun } from '../api/run.ts';
import { memoryEngine } from '../engines/memory/engine.ts';
import type { RunReport } from '../wiring/run-report.ts';
import { Bench, passing, runtimeOn, type EngineUnderTest } from './conformance-bench.ts';
import { Journal, Parcel } from './conformance-works.ts';
import type { ConformanceCase } from './store-conformance.ts';
import { virtualClock } from './virtual-clock.ts';

export type { EngineUnderTest } from './conformance-bench.ts';

/**
 * What an engine keeps to, case by case: `for (const { name, run } of engineConformance({ open })) test(name, run)`, in
 * Vitest, Jest and node:test alike.
 */
export function engineConformance(engine: EngineUnderTest): ConformanceCase[] {
  const cases = { ...CASES, ...(engine.reopen !== undefined && CASES_OF_LIVES) };
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => {
      const bench = new Bench(engine);
      try {
        await check(bench);
      } finally {
        await bench.end();
      }
    },
  }));
}

/** What is the same on every engine: everything but times, ids, and the order in which steps were made. */
function essenceOf(report: RunReport): unknown {
  const { status, value, counts, state, cancelReason, callbackFailures } = report;
  const steps = report.steps.map(({ key, code, returnValue, attempts }) =>
    JSON.stringify([key, code, returnValue, attempts.map((attempt) => attempt.code)]),
  );
  const failed = callbackFailures.map(({ node }) => node);
  // What items append side by side comes in the order in which they end.
  const sets = Object.entries(state).map(([name, kept]) => [name, Array.isArray(kept) ? new Set(kept) : kept]);
  return { status, value, counts, state: sets, cancelReason, callbackFailures: failed, steps: steps.toSorted() };
}

const SPLIT = [{ n: 3 }, { id: 'split' }] as const;

/** What the largest run comes to in memory. */
async function expectedSplit(): Promise<unknown> {
  const clock = virtualClock();
  const runtime = runtimeOn(memoryEngine(), clock, new Journal());
  const run = await runtime.start('Works.split', ...SPLIT);
  const report = await passing(clock, run.report());
  await runtime.close();
  return essenceOf(report);
}

const codeOf = (code: string) => (error: unknown) => {
  same(error instanceof Error ? Reflect.get(error, 'code') : undefined, code);
  return true;
};

type Check = (bench: Bench) => Promise<void>;

const CASES: Readonly<Record<string, Check>> = {
  'brackets, a retry, items, calls, state, a delay, a recovery, a join, a loop, run callbacks: as in memory': async (
    bench,
  ) => {
    const runtime = await bench.begin();
    const run = await runtime.start('Works.split', ...SPLIT);
    same(essenceOf(await bench.over(run.report())), await expectedSplit());
    same(await run.value(), [0, 1, 2]);
  },

  'a run that fails says so: to `value`, in its report, and to callers that find it by its id': async (bench) => {
    const runtime = await bench.begin();
    const run = await runtime.start('Works.pay', { n: 9 }, { id: 'one' });
    await rejects(bench.over(run.value()), { name: 'Refused', message: '9 cents were refused', cents: 9 });
    const { status, steps } = await bench.over(run.report());
    same([status, steps.map(({ node, code }) => [node, code])], ['failed', [['Works.pay', 101]]]);
    same((await (await runtime.run('one'))?.report())?.status, 'failed');
    same(await runtime.run('another'), undefined);
  },

  'the same id with the same message joins the run; with another message it is refused': async (bench) => {
    const runtime = await bench.begin();
    const start = (n: number) => runtime.start('Works.count', { n }, { id: 'one' });
    const runs = await Promise.all([start(5), start(5), start(5)]);
    await rejects(start(6), codeOf('ONW3033'));
    same(await bench.over(Promise.all(runs.map((run) => run.value()))), [5, 5, 5]);
    same(await (await start(5)).value(), 5);
    await bench.over(runtime.idle());
    same(
      bench.journal.calls.map(({ node }) => node),
      ['Works.count', 'Works.counted'],
    );
  },

  'many runs side by side do not touch each other': async (bench) => {
    const runtime = await bench.begin();
    const runs = await Promise.all(
      Array.from({ length: 100 }, (_, n) => runtime.start('Works.count', { n: n % 7 }, { id: `run ${n}` })),
    );
    const values = await bench.over(Promise.all(runs.map((run) => run.value())));
    same(
      values,
      Array.from({ length: 100 }, (_, n) => n % 7),
    );
    await bench.over(runtime.idle());
    same(bench.journal.countOf('Works.counted'), 100);
    same(new Set(bench.journal.calls.map(({ key }) => key)).size, 200);
  },

  'a run that is started suspended begins when it is resumed, and one under way stops in between': async (bench) => {
    const runtime = await bench.begin();
    const run = await runtime.start('Works.count', { n: 40 }, { suspended: true });
    await bench.pass(20);
    same([bench.journal.calls.length, (await run.inspect()).status], [0, 'suspended']);
    await run.resume();
    await bench.until(() => bench.journal.calls.length === 1);
    await run.suspend();
    await bench.pass(20);
    same(bench.journal.calls.length, 1);
    await run.resume();
    same((await bench.over(run.report())).status, 'completed');
    same(bench.journal.calls.length, 2);
  },

  'a cancel aborts the body, runs the cancel callbacks, and ends the run': async (bench) => {
    const runtime = await bench.begin();
    const run = await runtime.start('Works.hold', undefined, { id: 'one' });
    await bench.until(() => bench.journal.calls.length === 1);
    await run.cancel('enough');
    const { status, cancelReason, steps } = await bench.over(run.report());
    same([status, cancelReason], ['cancelled', 'enough']);
    same(steps.map(({ node, status: is }) => `${node} ${is}`).toSorted(), [
      'Works.hold cancelled',
      'Works.tidy completed',
    ]);
    await rejects(run.cancel(), codeOf('ONW3030'));
  },

  'a deadline stops the run and fails it': async (bench) => {
    const runtime = await bench.begin();
    const run = await runtime.start('Works.hold', undefined, { deadline: 1_500 });
    const { status, steps } = await bench.over(run.report());
    same([status, steps.find(({ node }) => node === 'Works.hold')?.status], ['failed', 'cancelled']);
    same(bench.journal.countOf('Works.tidy'), 1);
  },

  'a message from outside goes to the step that waits for it, once': async (bench) => {
    const runtime = await bench.begin();
    const run = await runtime.start('Works.ask', { n: 1 }, { id: 'one' });
    await bench.until(async () => (await runtime.waiting()).length === 1);
    same(
      (await runtime.waiting()).map(({ for: what, runId, node }) => [what, runId, node]),
      [['message', 'one', 'Works.answered']],
    );
    for (let times = 0; times < 2; times++)
      await run.send('Works.answered', { text: 'yes' }, { id: 'm' }).catch((error: unknown) => {
        // The run may be over by the second time.
        ok(times === 1 && codeOf('ONW3030')(error));
      });
    const { status, steps } = await bench.over(run.report());
    same([status, steps.map(({ returnValue }) => returnValue)], ['completed', [1, 'yes']]);
  },

  'a plan keeps its order, and a swarm takes entries while it runs': async (bench) => {
    const runtime = await bench.begin();
    const count = (n: number) => ({ job: 'Works.count', message: { n } }) as const;
    const plan = await runtime.start(runtime.sequence([count(4), count(1), count(2)]));
    const results = await bench.over(plan.results());
    same(
      results.map(({ status }) => status),
      ['completed', 'completed', 'completed'],
    );
    await bench.over(plan.report());
    const keys = bench.journal.calls.filter(({ node }) => node === 'Works.count');
    same(
      keys.map(({ key }) => key.split('~').at(-1)?.split('.').at(2)),
      ['1', '2', '3'],
    );
    const swarm = await runtime.start(runtime.swarm<'Works.count'>({ concurrency: 2 }).add('Works.count', { n: 3 }));
    for (const n of [1, 2]) await swarm.add('Works.count', { n });
    await swarm.close();
    const added = await bench.over(swarm.results());
    same(
      added.map((result) => result.status === 'completed' && result.value),
      [3, 1, 2],
    );
  },

  'values are what they were, wherever they arrive': async (bench) => {
    const runtime = await bench.begin();
    const run = await runtime.start('Works.pack');
    const value = await bench.over(run.value());
    const { status } = await bench.over(run.report());
    same([status, value instanceof Parcel, value], ['completed', true, new Parcel()]);
    same(bench.journal.seen, [new Parcel()]);
  },

  'one at a time is one at a time, over all runs': async (bench) => {
    const runtime = await bench.begin();
    const runs = await Promise.all(Array.from({ length: 8 }, () => runtime.start('Works.single')));
    await bench.over(Promise.all(runs.map((run) => run.report())));
    same([bench.journal.mostUnderway, bench.journal.countOf('Works.single')], [1, 8]);
  },

  'no more begin in a time than the rate allows, over all runs': async (bench) => {
    const runtime = await bench.begin();
    const runs = await Promise.all(Array.from({ length: 5 }, () => runtime.start('Works.rated')));
    await bench.over(Promise.all(runs.map((run) => run.report())));
    const times = bench.journal.calls.map(({ at }) => at);
    same(times.length, 5);
    // A body begins a little after it was let go, by as much as the machine is slow.
    const soonest = Math.min(...times.slice(2).map((at, before) => at - (times[before] ?? 0)));
    ok(soonest >= 45, `three began within ${soonest} ms`);
  },

  'a paused node begins nothing until it is resumed': async (bench) => {
    const runtime = await bench.begin();
    await runtime.pause('Works.counted');
    const run = await runtime.start('Works.count', { n: 1 });
    await bench.until(() => bench.journal.countOf('Works.count') === 1);
    await bench.pass(20);
    same([bench.journal.countOf('Works.counted'), (await run.inspect()).status], [0, 'running']);
    await bench.until(async () => (await heldIn(run)).length === 1);
    same(await heldIn(run), ['Works.counted pause']);
    same(await runtime.pausedNodes(), ['Works.counted']);
    await runtime.resume('Works.counted');
    same((await bench.over(run.report())).status, 'completed');
    same([await heldIn(run), await runtime.pausedNodes()], [[], []]);
  },

  'a step that waits for the rate of its node says so': async (bench) => {
    const runtime = await bench.begin();
    const runs = await Promise.all(Array.from({ length: 24 }, () => runtime.start('Works.rated')));
    const held = async (): Promise<string[]> => (await Promise.all(runs.map(heldIn))).flat();
    let found: string[] = [];
    await bench.until(async () => (found = await held()).length > 0);
    same([...new Set(found)], ['Works.rated rateLimit']);
    await bench.over(Promise.all(runs.map((run) => run.report())));
    same(await held(), []);
  },

  'a run that is being cancelled says so, and what it waits for': async (bench) => {
    const runtime = await bench.begin();
    const run = await runtime.start('Works.hold');
    await bench.until(() => bench.journal.calls.length === 1);
    await runtime.pause('Works.tidy');
    await run.cancel('enough');
    await bench.until(async () => (await heldIn(run)).length === 1);
    const { status, stoppedBy, cancelReason } = await run.inspect();
    same([status, stoppedBy, cancelReason, await heldIn(run)], ['running', 'cancel', 'enough', ['Works.tidy pause']]);
    await runtime.resume();
    const report = await bench.over(run.report());
    same([report.status, report.stoppedBy], ['cancelled', undefined]);
  },

  'a delayed start begins at its time': async (bench) => {
    const runtime = await bench.begin();
    const from = bench.clock.now();
    const run = await runtime.start('Works.count', { n: 0 }, { notBefore: 40 });
    await bench.over(run.report());
    // A timer of Node may come a millisecond ahead of its clock.
    ok((bench.journal.calls[0]?.at ?? 0) - from >= 39);
  },

  'a step limit is exact': async (bench) => {
    const runtime = await bench.begin();
    const run = await runtime.start('Works.count', { n: 0 }, { stepLimit: 1 });
    const { status, steps } = await bench.over(run.report());
    same([status, steps.map(({ code }) => code)], ['failed', [0, 108]]);
  },

  'runs are listed, filtered, and cancelled together': async (bench) => {
    const runtime = await bench.begin();
    for (const id of ['a', 'b', 'c']) await runtime.start('Works.hold', undefined, { id, tags: [id] });
    const over = await runtime.start('Works.count', { n: 0 }, { id: 'd' });
    await bench.until(async () => (await over.inspect()).status === 'completed');
    const idsOf = async (query: Parameters<typeof runtime.runs>[0]): Promise<string[]> =>
      (await runtime.runs(query)).runs.map(({ id }) => id).toSorted();
    same(await idsOf({}), ['a', 'b', 'c', 'd']);
    same(await idsOf({ status: 'running' }), ['a', 'b', 'c']);
    same(await idsOf({ tag: 'b' }), ['b']);
    same(await idsOf({ job: 'Works.count' }), ['d']);
    const { runs, cursor } = await runtime.runs({ limit: 3 });
    const rest = await runtime.runs({ limit: 3, ...(cursor !== undefined && { cursor }) });
    same([...runs, ...rest.runs].map(({ id }) => id).toSorted(), ['a', 'b', 'c', 'd']);
    same(await bench.over(runtime.cancelAll({ job: 'Works.hold' })), 3);
    await bench.over(runtime.idle());
    same(await idsOf({ status: 'cancelled' }), ['a', 'b', 'c']);
  },

  'what happens to a run is told in its order, from its beginning': async (bench) => {
    const runtime = await bench.begin();
    const run = await runtime.start('Works.count', { n: 2 });
    const told: string[] = [];
    const telling = (async () => {
      for await (const event of run.events()) told.push(event.type);
    })();
    await bench.over(telling);
    const step = ['step.started', 'step.completed'];
    same(told, ['run.started', ...step, ...step, 'run.ended']);
  },

  'a closed runtime takes nothing more, and nothing of it goes on': async (bench) => {
    const runtime = await bench.begin();
    await runtime.start('Works.hold');
    await bench.until(() => bench.journal.calls.length === 1);
    await bench.close();
    await rejects(runtime.start('Works.hold'), codeOf('ONW3040'));
    const { length } = bench.journal.calls;
    await bench.pass(30);
    same(bench.journal.calls.length, length);
  },
};

/** What holds steps of a run. */
async function heldIn(run: Pick<StartedRun, 'inspect'>): Promise<string[]> {
  const { steps } = await run.inspect();
  return steps.flatMap(({ node, heldBy }) => (heldBy === undefined ? [] : [`${node} ${heldBy}`]));
}

/** Of engines that keep what they have. */
const CASES_OF_LIVES: Readonly<Record<string, Check>> = {
  'what has ended is there in the next life, and is not called again': async (bench) => {
    const first = await bench.begin();
    const report = await bench.over((await first.start('Works.split', ...SPLIT)).report());
    await bench.over((await first.start('Works.pay', { n: 3 }, { id: 'pay' })).report());
    const { length } = bench.journal.calls;
    const second = await bench.beginAgain();
    same(essenceOf(await bench.over((await second.start('Works.split', ...SPLIT)).report())), essenceOf(report));
    await rejects(second.start('Works.split', { n: 4 }, { id: 'split' }), codeOf('ONW3033'));
    const failed = await second.run('pay');
    await rejects(Promise.resolve(failed?.value()), { name: 'Refused', cents: 3 });
    same(bench.journal.calls.length, length);
  },

  'whenever a life ends, the run ends as if it had not': async (bench) => {
    const expected = await expectedSplit();
    let runtime = await bench.begin();
    let run = await runtime.start('Works.split', ...SPLIT);
    for (const ms of [1, 3, 5, 4, 7]) {
      await bench.pass(ms);
      runtime = await bench.beginAgain();
      run = await runtime.start('Works.split', ...SPLIT);
    }
    same(essenceOf(await bench.over(run.report())), expected);
  },

  'a body that was under way is called again, with the same key': async (bench) => {
    const first = await bench.begin();
    await first.start('Works.count', { n: 30 }, { id: 'one' });
    await bench.until(() => bench.journal.calls.length === 1);
    const second = await bench.beginAgain();
    second.work().catch(() => undefined);
    const run = await second.run('one');
    same((await bench.over(Promise.resolve(run?.report())))?.status, 'completed');
    const [before, after, callback, ...more] = bench.journal.calls.map(({ node, key }) => `${node} ${key}`);
    same([before, callback?.startsWith('Works.counted '), more], [after, true, []]);
  },

  'nothing goes on before the first start or `work`': async (bench) => {
    const first = await bench.begin();
    await first.start('Works.count', { n: 1 }, { id: 'one', suspended: true });
    await first.start('Works.count', { n: 30 }, { id: 'two' });
    await bench.until(() => bench.journal.calls.length === 1);
    const second = await bench.beginAgain();
    same((await (await second.run('two'))?.inspect())?.status, 'running');
    await bench.pass(20);
    same(bench.journal.calls.length, 1);
    await second.start('Works.count', { n: 0 }, { id: 'three' });
    await bench.over(Promise.resolve((await second.run('two'))?.report()));
    same((await (await second.run('one'))?.inspect())?.status, 'suspended');
  },

  'a wait for a message, for a time and for a resume go on': async (bench) => {
    const first = await bench.begin();
    await first.start('Works.ask', { n: 1 }, { id: 'ask' });
    await first.start('Works.count', { n: 1 }, { id: 'later', notBefore: 150 });
    await first.start('Works.count', { n: 2 }, { id: 'held', suspended: true });
    await bench.until(async () => (await first.waiting()).length === 1);
    const second = await bench.beginAgain();
    same(
      (await second.waiting()).map(({ runId }) => runId),
      ['ask'],
    );
    const ask = await second.run('ask');
    await ask?.send('Works.answered', { text: 'yes' });
    await (await second.run('held'))?.resume();
    const third = await bench.beginAgain();
    third.work().catch(() => undefined);
    for (const id of ['ask', 'later', 'held'])
      same((await bench.over(Promise.resolve((await third.run(id))?.report())))?.status, 'completed');
    same(bench.journal.countOf('Works.counted'), 2);
  },

  'values come back as what they were, for callbacks of the next life too': async (bench) => {
    const first = await bench.begin();
    await first.pause('Works.packed');
    const run = await first.start('Works.pack', undefined, { id: 'one' });
    await bench.over(run.entry());
    const second = await bench.beginAgain();
    // Where a pause holds in all processes, it outlives them.
    await second.resume();
    const again = await second.start('Works.pack', undefined, { id: 'one' });
    same(await bench.over(again.value()), new Parcel());
    await bench.over(again.report());
    same(bench.journal.seen, [new Parcel()]);
    ok(bench.journal.seen[0] instanceof Parcel);
  },

  'a failed run goes on in a later life: what has ended is not called again': async (bench) => {
    const first = await bench.begin();
    await bench.over((await first.start('Works.pay', { n: 3 }, { id: 'pay' })).report());
    const second = await bench.beginAgain();
    const run = await second.retry('pay');
    same((await bench.over(run.report())).status, 'completed');
    same(
      bench.journal.calls.map(({ node }) => node),
      ['Works.pay', 'Works.pay', 'Works.paid'],
    );
    await rejects(second.retry('pay'), codeOf('ONW3031'));
  },
};
