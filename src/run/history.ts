// Which finished steps a run keeps: all, the failed ones, or the last so many and the failed ones.
//
// H1. A bounded history needs no look at what is there: the slot of a step follows from its number.
// H2. Failed steps have slots of their own, so that a long run cannot push the first failure out.

import type { Step } from './state.ts';

/** `'all'`, `'failures'`, or how many of the last finished steps to keep. @default 1000 */
export type History = 'all' | 'failures' | number;

export const DEFAULT_HISTORY = 1_000;
/** At most so many failed steps are kept, the first ones. */
const FAILURES_KEPT = 1_000;

/** The slot of a step that has just ended, or undefined if it is not kept. Failed ones have negative slots. */
export function historySlot(step: Step, history: History): number | undefined {
  const { counts } = step.run;
  if (step.status === 'failed') return counts.failed <= FAILURES_KEPT ? -counts.failed : undefined;
  if (history === 'failures') return undefined;
  const ended = counts.completed + counts.skipped + counts.cancelled - 1;
  if (history === 'all') return ended;
  if (ended < history) return ended;
  return history === 0 ? undefined : ended % history;
}
