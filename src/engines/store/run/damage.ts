// What a store gives back that cannot be what was written: it is said of which run, and nothing is written over it.

import { isOnwardError, OnwardError } from '../../../errors/onward-error.ts';
import { describeThrown, printable, quoted } from '../../../values/describe.ts';

/** @param record undefined: each record can be read, but together they do not form a run. */
export function damaged(runId: string, record: string | undefined, cause: unknown): OnwardError {
  const what = record === undefined ? 'the records' : `the record ${quoted(record)}`;
  const text = `${what} of run ${printable(runId)} cannot be read (${describeThrown(cause)}); the run is left as it is and does not go on, the others do: keep a copy of the store, then restore a backup`;
  return new OnwardError('ONW4005', text, { details: { runId, ...(record !== undefined && { record }) }, cause });
}

/** A run that cannot be read, if that is what a fault says: it is damaged, or no key is there that opens it. */
export function damageOf(fault: unknown): OnwardError | undefined {
  const isOfRun = isOnwardError(fault, 'ONW4005') || isOnwardError(fault, 'ONW4008');
  return isOfRun && typeof fault.details['runId'] === 'string' ? fault : undefined;
}

/** The border to the store: what we wrote is JSON. @throws {OnwardError} ONW4005 if it is none. */
export function readJson<T>(text: string, runId: string, record: string): T {
  try {
    const read: T = JSON.parse(text);
    return read;
  } catch (fault) {
    throw damaged(runId, record, fault);
  }
}

/** What the core makes of the records of a run. @throws {OnwardError} ONW4005 if they cannot be what was written. */
export function onRecordsOf<T>(runId: string, core: () => T): T {
  try {
    return core();
  } catch (fault) {
    throw isOnwardError(fault) ? fault : damaged(runId, undefined, fault);
  }
}
