// Entries of a plan in their lanes, and what was signed for them, as the interpreter sees it.

import type { EntryPlan } from './start-plan.ts';
import type { Signed, Step } from './world.ts';

export interface Entry {
  /** In the order in which entries have their turn. */
  readonly number: number;
  /** Its place in the plan as it was written. */
  readonly at: number;
  readonly plan: EntryPlan;
  readonly message: unknown;
  /** Null until its turn. */
  step: Step | null;
  hasFailed: boolean;
  /** It, or what it has caused, has failed the run: R55. */
  failsRun: boolean;
}

/** Entries one after another. */
export interface Lane {
  readonly entries: readonly Entry[];
  state: 'waiting' | 'open' | 'closed';
  /** The entry that has had its turn last. */
  at: number;
}

/** How the entry before ended. */
export type Previous = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** The callbacks that were added to a signed node. */
export function callbacksOf({ node, signed }: Step, moment: 'success' | 'error'): Signed[] {
  if (signed === null) return [];
  return signed.plan[moment].map((plan, at) => ({
    path: `${signed.path}.${moment[0]}${at}`,
    plan,
    moment,
    from: node,
  }));
}
