// Runs the user's code that takes part in building a message, and names it when it throws.

import { OnwardError } from '../errors/onward-error.ts';
import { describeThrown } from '../values/describe.ts';

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

/** The error for user code that threw or rejected. */
export function threw(what: string, cause: unknown): OnwardError {
  if (cause instanceof OnwardError) return cause;
  return new OnwardError('ONW2010', `${what} threw ${describeThrown(cause)}`, { cause, details: { what } });
}
