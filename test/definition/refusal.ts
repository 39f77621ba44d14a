// What a call says when it refuses, for snapshots.

import { InvalidArgument, isOnwardError } from '../../src/errors/onward-error.ts';

/** The text of the error; errors that are not ours are thrown on. */
export function refusalOf(call: () => unknown): string {
  try {
    return `taken: ${JSON.stringify(call())}`;
  } catch (error) {
    if (isOnwardError(error)) return error.message;
    if (error instanceof InvalidArgument) return `InvalidArgument: ${error.message}`;
    throw error;
  }
}
