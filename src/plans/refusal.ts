// Why a plan is not started: what is wrong with its messages, as one error. Loaded when one is wrong.

import { OnwardError, isOnwardError, type Issue } from '../errors/onward-error.ts';
import { describeThrown } from '../values/describe.ts';
import type { StartableEntry } from './plan.ts';

/** An entry whose message cannot be used. */
export interface RefusedEntry {
  readonly at: number;
  readonly reason: unknown;
}

/** One error with the problems of all of them; what is no problem of a message is thrown as it is. */
export function refusalOf(refused: readonly RefusedEntry[], entries: readonly StartableEntry[]): unknown {
  const foreign = refused.find(({ reason }) => !isOnwardError(reason));
  if (foreign !== undefined) return foreign.reason;
  const lines = refused.map(({ at, reason }) => {
    const text = reason instanceof Error ? reason.message : String(reason);
    return `entries[${at}] (${entries[at]?.signed.node}): ${text}`;
  });
  const issues = refused.flatMap(({ at, reason }): readonly Issue[] => {
    const own = isOnwardError(reason) ? reason.issues : [];
    if (own.length > 0) return own.map((issue) => ({ ...issue, path: pathIn(at, issue.path) }));
    return [{ path: pathIn(at, ''), expected: 'a message that fits the job', got: describeThrown(reason) }];
  });
  const text = `${refused.length === 1 ? 'a message' : `${refused.length} messages`} of the plan cannot be used:\n  ${lines.join('\n  ')}`;
  return new OnwardError('ONW2003', text, { issues, cause: refused[0]?.reason });
}

function pathIn(at: number, path: string): string {
  const stem = `entries[${at}].message`;
  if (path === '') return stem;
  return path.startsWith('[') ? `${stem}${path}` : `${stem}.${path}`;
}
