// Which members a query for runs may have, apart from the other tables of options: it is loaded with the first query.

import {
  assertNone,
  COUNT,
  DURATION,
  isArrayOf,
  problemsOf,
  STRING,
  type OptionRule,
  type OptionTable,
} from './option-rules.ts';

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

/** @throws {OnwardError} ONW3004 with everything that is wrong with a query. */
export function assertQuery(query: unknown): void {
  assertNone(problemsOf(query, RUN_QUERY_OPTIONS), 'the query is not valid');
}
