// Steps that become each other leave no object behind: what a run has to say for itself is made again when it is read. A run
// that somebody watches keeps each of its steps. Both have to say the same.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planArbitrary } from './arbitrary-plan.ts';
import { RUNS, SEED } from './check-plans.ts';
import { storyInMemory } from './play-for-real.ts';
import { SELDOM_DRAWN } from './seldom-drawn.ts';

/** Who hears of steps has them stay what they are. */
const WATCHING = { onStepEnd: (): void => undefined };

test(`events, report and results are the same with and without stretches (run again with SEED=${SEED})`, async () => {
  const isTheSame = fc.asyncProperty(planArbitrary, async (plan) => {
    expect(await storyInMemory(plan, [])).toBe(await storyInMemory(plan, [WATCHING]));
  });
  const examples = SELDOM_DRAWN.map((plan): [typeof plan] => [plan]);
  await fc.assert(isTheSame, { numRuns: Math.ceil(RUNS / 2), seed: SEED, examples });
}, 3_600_000);
