// Which members a query for runs may have, apart from the other tables of options: it is loaded with the first query.

import { inBackticks } from './describe.ts';
import { isRecord } from './json.ts';
import {
  assertNoMore,
  assertNone,
  COUNT,
  DURATION,
  isArrayOf,
  problemsOf,
  STRING,
  type OptionRule,
  type OptionTable,
} from './option-rules.ts';
import { assertNotUnset, problemsOfReason } from './left-out.ts';

const RUN_STATUSES = new Set<unknown>([
  'pending',
  'running',
  'suspended',
  'completed',
  'failed',
  'skipped',
  'cancelled',
]);

const CURSOR: OptionRule = {
  fits: (value) => typeof value === 'string' && /^\d+~./.test(value),
  expected: 'the `cursor` of the page before',
};

function isRunStatus(value: unknown): boolean {
  return RUN_STATUSES.has(value);
}

/** `runtime.runs` and `runtime.cancelAll`. */
export const RUN_QUERY_OPTIONS = {
  status: {
    fits: (value) => isRunStatus(value) || isArrayOf(value, isRunStatus),
    expected: 'a status such as running, suspended, completed, failed or cancelled, or an array of them',
  },
  job: STRING,
  node: STRING,
  tag: STRING,
  id: STRING,
  text: STRING,
  olderThan: DURATION,
  newerThan: DURATION,
  limit: COUNT,
  cursor: CURSOR,
} as const satisfies OptionTable;

/** `cancelAll` is about open runs, and about all of them that fit. */
const { status: _status, limit: _limit, cursor: _cursor, ...CANCEL_QUERY_OPTIONS } = RUN_QUERY_OPTIONS;

/** @throws {OnwardError} ONW3004 with everything that is wrong, or would have it cancel more than was meant. */
export function assertCancelAll(given: readonly unknown[]): void {
  assertNoMore(given.length, 2, 'cancelAll takes a query and a reason');
  assertNotUnset(given, 'cancelAll', 'cancel every open run, or give {} ahead of a reason');
  const [query = {}, reason] = given;
  const unset = isRecord(query) ? Object.keys(query).filter((name) => query[name] === undefined) : [];
  const problems = [
    ...problemsOf(query, CANCEL_QUERY_OPTIONS),
    ...unset.map((name) => `${inBackticks(name)} is undefined, and leaves no run out; leave it out if that is meant`),
    ...problemsOfReason(reason),
  ];
  assertNone(problems, 'nothing was cancelled');
}

/** @param more what stands behind it. @throws {OnwardError} ONW3004 with everything that is wrong with a query. */
export function assertQuery(query: unknown, ...more: readonly unknown[]): void {
  assertNoMore(1 + more.length, 1, 'runs takes a query');
  assertNone(problemsOf(query, RUN_QUERY_OPTIONS), 'the query is not valid');
}
