// A plan as a store keeps it: every payload under a name, and its reference in the payload's place.
//
// PAYLOADS-1. It throws for what cannot be kept, such as a predicate, before anything is written, and names the place.

import { isOnwardError, OnwardError } from '../errors/onward-error.ts';
import type { Entry, RunPlan, Signed } from '../run/plan.ts';
import type { Ref } from '../run/step-data.ts';

/** Keeps a value under a name that is unique within the run, and returns its reference. */
export type Keep = (name: string, value: unknown) => Ref;

/** @throws {OnwardError} ONW3045 if a payload cannot be kept. */
export function keptPlan(plan: RunPlan, keep: Keep): RunPlan {
  const { flow, onSuccess, onFailure } = plan;
  const { parameters } = flow;
  return {
    ...plan,
    entries: keptEntries(plan.entries, 0, keep),
    flow:
      parameters === undefined
        ? flow
        : { ...flow, parameters: keptPart(parameters, { name: 'parameters', path: 'parameters' }, keep) },
    ...(onSuccess !== undefined && {
      onSuccess: keptSigned(onSuccess, { name: 'onSuccess', path: 'onSuccess' }, keep),
    }),
    ...(onFailure !== undefined && {
      onFailure: keptSigned(onFailure, { name: 'onFailure', path: 'onFailure' }, keep),
    }),
  };
}

/** @throws {OnwardError} ONW3045 if a payload cannot be kept. */
export function keptEntries(entries: readonly Entry[], first: number, keep: Keep): Entry[] {
  return entries.map((entry, index) => {
    const place = { name: `entry${first + index}`, path: `entries[${entry.at}]` };
    const { message, condition } = entry;
    return {
      ...entry,
      ...keptSigned(entry, place, keep),
      ...(message !== undefined && { message: keptPart(message, within(place, 'message'), keep) }),
      ...(condition !== undefined && { condition: keptPart(condition, within(place, 'if'), keep) }),
    };
  });
}

/** Where a payload stands: its name in the store, and for people. */
interface Place {
  readonly name: string;
  readonly path: string;
}

function within({ name, path }: Place, part: string): Place {
  return { name: `${name}.${part}`, path: `${path}.${part}` };
}

function keptSigned(signed: Signed, place: Place, keep: Keep): Signed {
  const { node, bound, success, error } = signed;
  const all = (callbacks: readonly Signed[], moment: 'onSuccess' | 'onError'): Signed[] =>
    callbacks.map((callback, at) => {
      const own = { name: `${place.name}.${moment}${at}`, path: `${place.path}.${moment}[${at}]` };
      return keptSigned(callback, own, keep);
    });
  return {
    node,
    ...(bound !== undefined && { bound: keptPart(bound, within(place, 'bound'), keep) }),
    ...(success !== undefined && { success: all(success, 'onSuccess') }),
    ...(error !== undefined && { error: all(error, 'onError') }),
  };
}

function keptPart(value: unknown, { name, path }: Place, keep: Keep): Ref {
  try {
    return keep(name, value);
  } catch (error) {
    throw isOnwardError(error, 'ONW3045') ? located(error, path) : error;
  }
}

/** The same error with the whole path. */
function located(error: OnwardError, stem: string): OnwardError {
  const issues = error.issues.map((issue) => ({ ...issue, path: joined(stem, issue.path) }));
  const [first] = issues;
  const text = `\`${first?.path ?? stem}\` cannot be kept in a record: it is ${first?.got ?? 'no data'}; engines that keep records take values only: decide ahead of the start, or in the job`;
  return new OnwardError('ONW3045', text, { issues, cause: error });
}

function joined(stem: string, path: string): string {
  return path === '' || path.startsWith('[') ? `${stem}${path}` : `${stem}.${path}`;
}
