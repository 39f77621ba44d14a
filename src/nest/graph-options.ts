// What stands beside the settings where the module is written: it is needed before anything is injected.

import { serviceOf } from '../wiring/service-names.ts';
import { isRecord } from '../values/json.ts';
import {
  ARRAY,
  assertNone,
  FUNCTION,
  isFunction,
  problemsOf,
  READ_ELSEWHERE,
  STRING,
  type OptionRule,
  type OptionTable,
} from '../values/option-rules.ts';
import type { Wiring } from '../wiring/v1.ts';

/** What one call says of its options. */
export const INVALID = 'the options of OnwardModule are not valid';

const TOKEN: OptionRule = {
  fits: (value) => typeof value === 'string' || typeof value === 'symbol' || isFunction(value),
  expected: 'the token of a provider: a class, a string or a symbol',
};

/** @throws {OnwardError} ONW3004 with everything that is wrong with the name and the tokens. */
export function assertGraphOptions(
  given: { readonly name?: unknown; readonly services?: unknown },
  graph: Wiring,
): void {
  const { name, services } = given;
  assertNone(problemsOf({ name, services }, tableOf(graph)), INVALID);
}

/** @throws {OnwardError} ONW3004 also for settings that stand beside `useFactory`, where nothing would read them. */
export function assertAsyncOptions(given: object, graph: Wiring): void {
  const table = { ...tableOf(graph), graph: READ_ELSEWHERE, imports: ARRAY, inject: ARRAY, useFactory: FUNCTION };
  const problems = problemsOf(given, table);
  if (Reflect.get(given, 'useFactory') === undefined)
    problems.push('`useFactory` is missing: the function that gives the settings');
  assertNone(problems, 'the options of OnwardModule.forRootAsync are not valid');
}

function tableOf({ nodes }: Wiring): OptionTable {
  const names = new Set(Object.keys(nodes).map(serviceOf));
  const parts = Object.fromEntries([...names].map((service) => [service, TOKEN]));
  return { name: STRING, services: { fits: isRecord, expected: 'tokens by the names of services', parts } };
}
