// What tells two starts with one id apart: the job and its message, or the whole of a plan.

import { fingerprintOf } from '../message/fingerprint.ts';
import type { Plan } from '../run/plan.ts';

interface Identified {
  readonly id?: string;
}

/** Undefined for a run whose id is made up: nobody joins it. */
export function fingerprintFor(job: string, message: unknown, { id }: Identified): string | undefined {
  return id === undefined ? undefined : fingerprintOf(job, message);
}

/** Predicates all look alike: two plans are the same if they differ in nothing else. */
export function planFingerprint(plan: Plan, { id }: Identified): string | undefined {
  if (id === undefined) return undefined;
  const entries = plan.entries.map(({ condition, ...entry }) => ({ ...entry, if: withoutPredicates(condition) }));
  return fingerprintOf(plan.name, { ...plan, entries });
}

function withoutPredicates(condition: unknown): unknown {
  if (!Array.isArray(condition)) return condition;
  return condition.map((part: unknown) => (typeof part === 'function' ? 'predicate' : part));
}
