// Runs the user's code that takes part in building a message, and names it when it throws.
//
// USER-CODE-1. What a validator, a condition or a transform throws ends the work on its own field only: what else is wrong
//              with the message is found first, because it may be the cause.

import { OnwardError } from '../errors/onward-error.ts';
import { describeThrown } from '../values/describe.ts';
import type { Issues } from '../values/issues.ts';

/**
 * What the function gives.
 *
 * @throws {OnwardError} ONW2010 if it throws, naming it: `a validator of ChargeCard.cents threw TypeError: …`.
 */
export function runNamed<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw threw(what, cause);
  }
}

/** Where user code belongs to; built only if it throws. */
export interface FieldCode {
  readonly issues: Issues;
  readonly path: () => string;
  readonly what: () => string;
}

/** What the function gives; undefined if it throws. The field at the path is settled then, and the error kept. */
export function runOfField<T>({ issues, path, what }: FieldCode, run: () => T): T | undefined {
  try {
    return run();
  } catch (cause) {
    issues.fail(path(), threw(what(), cause));
    return undefined;
  }
}

/** The error for user code that threw or rejected. */
export function threw(what: string, cause: unknown): OnwardError {
  if (cause instanceof OnwardError) return cause;
  return new OnwardError('ONW2010', `${what} threw ${describeThrown(cause)}`, { cause, details: { what } });
}
