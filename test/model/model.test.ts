// The model: what the interpreter predicts of a random application is what both engines tell of it.
//
// M1. In memory everything is compared, down to the millisecond at which each body began.
// M2. From records, with redeliveries, reorderings and losses, likewise: a run's outcome is no matter of luck as long
//     as no two ends fall on the same millisecond. Plans where that happens are passed over, and counted.
// M3. From records, conditions of entries are values: predicates cannot be kept.

import { describe, test } from 'vitest';
import { check, RUNS, SEED, type Subject } from './check-plans.ts';
import { playOnMemory, playOnRecords, withoutPredicates } from './play-for-real.ts';

describe(`random plans from seed ${SEED} (run again with SEED=${SEED})`, () => {
  test(`${RUNS} plans end in memory as predicted`, () => check({ playFor: playOnMemory, inOrder: true }), 3_600_000);

  test(`${RUNS} plans end as predicted from records, with redeliveries, reorderings and losses`, async () => {
    let seed = SEED;
    const playFor: Subject['playFor'] = (plan, world) => playOnRecords(plan, world, seed++);
    await check({ playFor, playable: withoutPredicates, inOrder: false });
  }, 3_600_000);
});
