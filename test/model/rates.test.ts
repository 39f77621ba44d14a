// Random applications whose nodes have a `rateLimit` and a `priority`: they come to what they come to without, on every
// engine, and no node begins more often than it may.
//
// RATES-1. What goes by time or order is left out of the plans (`retriable.ts`): all that is left to be changed is when
//     bodies begin. Plans in which the order decides all the same are passed over, and counted.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Engine } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { journaledEngine } from 'onward/testing';
import { hashFraction } from '../../src/run/step-key.ts';
import { storeFile } from '../support/sqlite.ts';
import { planArbitrary } from './arbitrary-plan.ts';
import { RUNS, SEED } from './check-plans.ts';
import { differencesOf, type Essence } from './essence.ts';
import { nodeName, type GraphPlan, type Pace } from './graph-plan.ts';
import { beginOn, essenceOf, MOST_TIMERS, valueOf } from './play-for-real.ts';
import { goesByOrder, retriable } from './retriable.ts';
import { printPlan } from './print-plan.ts';
import type { ModelRun } from './start-for-real.ts';

async function endOf(run: ModelRun): Promise<Essence> {
  const { steps, ...essence } = await essenceOf(run, { value: await valueOf(run), begins: [], signals: [] });
  // Which source of a join came last is a matter of order.
  return { ...essence, steps: steps.map((line) => line.replace(/(by join>\S+) of n\d+/, '$1')).toSorted() };
}

/** Two in three nodes have a rate, a few of them one that hardly lets anything begin. */
function paced(plan: GraphPlan, seed: number): GraphPlan {
  const paceOf = (node: number): Pace => {
    const drawn = (what: string): number => Math.abs(hashFraction(`${what} ${node}`, seed));
    const rateLimit = { max: 1 + Math.floor(drawn('max') * 3), per: 1 + Math.floor(drawn('per') ** 3 * 20_000) };
    return { priority: Math.floor(drawn('priority') * 4), ...(drawn('has') < 0.67 && { rateLimit }) };
  };
  return { ...plan, nodes: plan.nodes.map((node, at) => ({ ...node, pace: paceOf(at) })) };
}

/** Of each node: more begins in a span than there may be. */
function tooFast({ nodes }: GraphPlan, begins: ReadonlySet<string>): string[] {
  return nodes.flatMap(({ pace }, node) => {
    const times = [...begins]
      .map((line) => line.split(' '))
      .filter(([, name]) => name === nodeName(node))
      .map(([at]) => Number(at))
      .toSorted((one, other) => one - other);
    const { max, per } = pace?.rateLimit ?? { max: Number.POSITIVE_INFINITY, per: 0 };
    return times.flatMap((time, at) =>
      (times[at + max] ?? Number.POSITIVE_INFINITY) - time < per
        ? [`${nodeName(node)} at ${time}: ${times.join()}`]
        : [],
    );
  });
}

/** Some in a file: each of them costs a real one. */
function enginesFor(seed: number): (Engine | undefined)[] {
  const faults = { seed, reorder: seed % 2 === 0, lose: (seed % 3) / 10, slow: (seed % 4) / 4 };
  const engines = [undefined, journaledEngine(), journaledEngine(faults)];
  return seed % 10 === 0 ? [...engines, sqliteEngine({ file: storeFile() })] : engines;
}

const seen = { compared: 0, unfit: 0, delayed: 0 };

async function comesToTheSame(drawn: GraphPlan, seed: number): Promise<void> {
  const plan = retriable(drawn);
  const free = await beginOn(undefined, plan);
  await free.clock.runAll(MOST_TIMERS);
  const report = await free.run.report();
  if (report.status !== 'completed' || goesByOrder(plan, report)) return void seen.unfit++;
  const expected = await endOf(free.run);
  const limited = paced(plan, seed);
  for (const [at, engine] of enginesFor(seed).entries()) {
    const { run, runtime, clock, begins } = await beginOn(engine, limited);
    await clock.runAll(MOST_TIMERS);
    const fast = tooFast(limited, begins);
    const differences = [...differencesOf(expected, await endOf(run)), ...fast];
    await runtime.close();
    if (differences.length > 0)
      throw new Error(`engine ${at}, seed ${seed}:\n${printPlan(limited)}\n${differences.join('\n')}`);
    if (begins.size !== free.begins.size || [...begins].some((line) => !free.begins.has(line))) seen.delayed++;
  }
  seen.compared++;
}

const COUNT = Math.ceil(RUNS / 5);

describe(`${COUNT} random plans from seed ${SEED} (run again with SEED=${SEED})`, () => {
  test('plans with rates and priorities come to what they come to without, on every engine', async () => {
    let seed = SEED;
    const property = fc.asyncProperty(planArbitrary, (plan) => comesToTheSame(plan, seed++));
    await fc.assert(property, { numRuns: COUNT, seed: SEED, endOnFailure: true });
    console.log(`seed ${SEED}, ${COUNT} plans:`, seen);
    expect(seen.compared).toBeGreaterThan(COUNT / 4);
    // Rates have held bodies back.
    expect(seen.delayed).toBeGreaterThan(COUNT / 20);
  }, 3_600_000);
});
