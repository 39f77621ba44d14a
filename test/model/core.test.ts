// The model on the bare transitions: what goes wrong here goes wrong on every engine.

import { describe, test } from 'vitest';
import { check, RUNS, SEED } from './check-plans.ts';
import { playOnCore } from './play-on-core.ts';

describe(`random plans from seed ${SEED} (run again with SEED=${SEED})`, () => {
  test(`${RUNS} plans end as the rules say`, () => check({ playFor: playOnCore, inOrder: true }), 3_600_000);
});
