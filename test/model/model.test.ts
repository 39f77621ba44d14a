// The model: what the interpreter predicts of a random application is what both engines tell of it.
//
// M1. In memory everything is compared, down to the millisecond at which each body began.
// M2. From records, with redeliveries, reorderings and losses, likewise: a run's outcome is no matter of luck as long
//     as no two ends fall on the same millisecond. Plans where that happens are passed over, and counted.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planArbitrary } from './arbitrary-plan.ts';
import { differencesOf, predicted, type Essence } from './essence.ts';
import type { GraphPlan } from './graph-plan.ts';
import { playOnMemory, playOnRecords } from './play-for-real.ts';
import { printPlan } from './print-plan.ts';
import { play } from './reference.ts';

const RUNS = Number(process.env['MODEL_RUNS'] ?? (process.env['SOAK'] === undefined ? 1_000 : 50_000));
const GIVEN = Number(process.env['SEED']);
const SEED = Number.isSafeInteger(GIVEN) && GIVEN !== 0 ? GIVEN : Date.now() % 1_000_000;
/** A failure is told as it was drawn: for those who only want to know whether there is one. */
const SHRINKS = process.env['MODEL_SHRINKS'] !== '0';

interface Seen {
  compared: number;
  tied: number;
}

async function isAsPredicted(
  plan: GraphPlan,
  playFor: (plan: GraphPlan) => Promise<Essence>,
  seen: Seen,
): Promise<void> {
  const world = play(plan);
  if (world.ties.length > 0) {
    seen.tied++;
    return;
  }
  seen.compared++;
  const differences = differencesOf(predicted(world), await playFor(plan));
  if (differences.length > 0) throw new Error(differences.join('\n'));
}

async function check(playFor: (plan: GraphPlan) => Promise<Essence>): Promise<void> {
  const seen: Seen = { compared: 0, tied: 0 };
  const property = fc.asyncProperty(planArbitrary, (plan) => isAsPredicted(plan, playFor, seen));
  const result = await fc.check(property, { numRuns: RUNS, seed: SEED, endOnFailure: !SHRINKS });
  const [plan] = result.counterexample ?? [];
  if (plan !== undefined) {
    const why = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
    const again = `SEED=${SEED}, after ${result.numRuns} plans, path ${result.counterexamplePath}`;
    throw new Error(`${again}\n${printPlan(plan)}\n- predicted, + told:\n${why}`);
  }
  expect(result.failed, String(result.errorInstance)).toBe(false);
  console.log(`seed ${SEED}, ${RUNS} plans:`, seen);
  expect(seen.compared).toBeGreaterThan(RUNS * 0.85);
}

describe(`random plans from seed ${SEED} (run again with SEED=${SEED})`, () => {
  test(`${RUNS} plans end in memory as predicted`, () => check(playOnMemory), 3_600_000);

  test(`${RUNS} plans end as predicted from records, with redeliveries, reorderings and losses`, async () => {
    let seed = SEED;
    await check((plan) => playOnRecords(plan, seed++));
  }, 3_600_000);
});
