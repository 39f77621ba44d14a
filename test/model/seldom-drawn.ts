// Plans that are drawn once in many thousands, written by hand: they are played ahead of those that are drawn.

import { does, entry, join, planOf, start, success } from './by-hand.ts';
import type { GraphPlan } from './graph-plan.ts';

const WAITS = { do: 'wait' } as const;
const RACE = { mode: 'any', cancelRest: true } as const;

/** R57, R28: two joins with the same sources give up the same step, while another step of that source is live. */
const twoJoins = planOf(
  [does(), does(), does(), does({ operations: [WAITS, WAITS] }), does(), does()],
  [success(0, 1), success(0, 2), success(0, 3), success(2, 3), join([1, 3], 4, RACE), join([1, 3], 5, RACE)],
);

/** R57: of two steps of a source the second one would have filled the instance that was taken. */
const secondInstance = planOf(
  [does(), does(), does({ operations: [WAITS] }), does(), does(), does()],
  [success(0, 1), success(0, 2), success(2, 1), success(1, 3), success(0, 4), success(4, 3), join([1, 3], 5, RACE)],
);

/** R57, M9: a link that lost a race hands nothing on. */
const linkOfChain = planOf(
  [does({ operations: [{ do: 'spawn', node: 2, detached: true, delay: 0 }, WAITS] }), does(), does(), does()],
  [join([0, 2], 3, RACE)],
  { start: start('chain', [entry(0), entry(1)]) },
);

export const SELDOM_DRAWN: readonly GraphPlan[] = [twoJoins, secondInstance, linkOfChain];
