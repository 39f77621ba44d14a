// A plan as a store keeps it: every payload under a name, and its reference in the payload's place.
//
// K1. It throws for what cannot be kept, predicates among it, before anything is written.

import type { Entry, Plan, Signed } from '../run/plan.ts';
import type { Ref } from '../run/ref.ts';

/** Keeps a value under a name that is unique within the run, and returns its reference. */
export type Keep = (name: string, value: unknown) => Ref;

/** @throws {OnwardError} ONW3045 if a payload cannot be kept. */
export function keptPlan(plan: Plan, keep: Keep): Plan {
  const { flow, onSuccess, onFailure } = plan;
  const { parameters } = flow;
  return {
    ...plan,
    entries: keptEntries(plan.entries, 0, keep),
    flow: parameters === undefined ? flow : { ...flow, parameters: keep('parameters', parameters) },
    ...(onSuccess !== undefined && { onSuccess: keptSigned(onSuccess, 'onSuccess', keep) }),
    ...(onFailure !== undefined && { onFailure: keptSigned(onFailure, 'onFailure', keep) }),
  };
}

/** @throws {OnwardError} ONW3045 if a payload cannot be kept. */
export function keptEntries(entries: readonly Entry[], first: number, keep: Keep): Entry[] {
  return entries.map((entry, index) => {
    const name = `entry${first + index}`;
    const { message, condition } = entry;
    return {
      ...entry,
      ...keptSigned(entry, name, keep),
      ...(message !== undefined && { message: keep(`${name}.message`, message) }),
      ...(condition !== undefined && { condition: keep(`${name}.if`, condition) }),
    };
  });
}

function keptSigned(signed: Signed, name: string, keep: Keep): Signed {
  const { node, bound, success, error } = signed;
  const all = (callbacks: readonly Signed[], moment: string): Signed[] =>
    callbacks.map((callback, at) => keptSigned(callback, `${name}.${moment}${at}`, keep));
  return {
    node,
    ...(bound !== undefined && { bound: keep(`${name}.bound`, bound) }),
    ...(success !== undefined && { success: all(success, 's') }),
    ...(error !== undefined && { error: all(error, 'e') }),
  };
}
