// The error of a cancelled run: what a body's signal says, and what those who wanted its value get.

import { OnwardError } from '../errors/onward-error.ts';

export function cancelledError(runId: string, reason: string | undefined): OnwardError {
  const text = `run ${runId} was cancelled${reason === undefined ? '' : `: ${reason}`}`;
  return new OnwardError('ONW3020', text, { details: { runId, ...(reason !== undefined && { reason }) } });
}
