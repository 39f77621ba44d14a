// Arguments that may be left out, and what stands in their place: types know it, JavaScript gives anything.
//
// LEFT-OUT-1. An option that is undefined is left out (`option-rules.ts`); an argument that is undefined is not, where leaving
//     it out does most.

import { OnwardError } from '../errors/onward-error.ts';
import { problemsOfValue, type OptionRule } from './option-rules.ts';

const REASON: OptionRule = { fits: (value) => typeof value === 'string', expected: 'a string' };

/**
 * Where a method without its argument is about all there is, a variable that is not set is no way to say so.
 *
 * @param all what the method does without it: "pause all nodes".
 * @throws {OnwardError} ONW3004 if the first argument was given, and is undefined.
 */
export function assertNotUnset(given: readonly unknown[], method: string, all: string): void {
  if (given.length === 0 || given[0] !== undefined) return;
  throw new OnwardError('ONW3004', `${method} was given undefined; leave the argument out to ${all}`);
}

/** Why something is cancelled, as it may be left out. */
export function problemsOfReason(reason: unknown): string[] {
  return problemsOfValue('the reason', reason, REASON);
}
