// Runs the user's code that takes part in building a message, and names it when it throws.
//
// USER-CODE-1. What a validator, a condition or a transform throws ends the work on its own field only: what else is wrong
//              with the message is found first, because it may be the cause.
// USER-CODE-2. What is thrown about a sensitive field may quote it, as `JSON.parse` does: its words are left out.

import { OnwardError } from '../errors/onward-error.ts';
import { describeThrown } from '../values/describe.ts';
import { wordless } from '../values/sensitive.ts';

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
export function threw(what: string, thrown: unknown, isSecret = false): OnwardError {
  if (thrown instanceof OnwardError) return thrown;
  const cause = isSecret ? wordless(thrown) : thrown;
  return new OnwardError('ONW2010', `${what} threw ${describeThrown(cause)}`, { cause, details: { what } });
}
