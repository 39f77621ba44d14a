// Turns a plan into a run plan, and fingerprints it to tell apart two starts with one id.

import { inLanes, plainEntryOf, type RunPlan } from '../run/plan.ts';
import { fingerprintOf, type Fingerprint } from '../values/fingerprint.ts';
import type { BuildMessage, GivenAtStart, StartablePlan } from './plan.ts';

/** @throws {OnwardError} ONW2001 to ONW2010 if a message does not fit. */
export async function planOf(startable: StartablePlan, given: GivenAtStart, build: BuildMessage): Promise<RunPlan> {
  const lanes = await startable.lanes(given, build);
  const { name, onSuccess, onFailure } = startable;
  const flow = await startable.flow(given);
  const callbacks = [onSuccess, onFailure].flatMap((signed) => (signed === undefined ? [] : [signed.node]));
  return {
    name,
    entries: inLanes(lanes),
    flow: callbacks.length === 0 ? flow : { ...flow, callbacks },
    ...(onSuccess !== undefined && { onSuccess }),
    ...(onFailure !== undefined && { onFailure }),
  };
}

/**
 * Fingerprints of plans: messages count as they are given, for what a class fills in (the time of day, a number made up)
 * differs from start to start.
 */
export class PlanFingerprint {
  /** By the entry's place. */
  readonly #given: Fingerprint[] = [];

  /** Takes the message of an entry as it is given, in the turn in which it is. */
  take(job: string, data: unknown, at: number): void {
    this.#given[at] = fingerprintOf(job, data);
  }

  /** Predicates all look alike: two plans are the same if they differ in nothing else. */
  of(plan: RunPlan): Fingerprint | undefined {
    // A signature that asks for nothing but a job and its message is the same as a start of that job.
    if (plainEntryOf(plan) !== undefined) return this.#given[0];
    const entries = plan.entries.map(({ condition, message, ...entry }) => ({
      ...entry,
      message: this.#given[entry.at]?.text ?? message,
      if: withoutPredicates(condition),
    }));
    return fingerprintOf(plan.name, { ...plan, entries });
  }
}

function withoutPredicates(condition: unknown): unknown {
  if (!Array.isArray(condition)) return condition;
  return condition.map((part: unknown) => (typeof part === 'function' ? 'predicate' : part));
}
