// The parameters of one run: what its start gives, over the defaults of the definition.

import { describeValue } from '../message/describe.ts';
import { DEFAULT_LIMITS, type MessageLimits } from '../message/limits.ts';
import { scanValue } from '../message/scan.ts';
import type { Definition } from './definition.ts';
import { isBuiltIn } from '../message/built-in.ts';
import { Problems } from './problems.ts';

/**
 * What expressions find under `parameters`. A parameter that is given stands in the place of its default, whole.
 *
 * @throws {OnwardError} ONW3004 with an issue for each problem; ONW2002, ONW2004, ONW2005, ONW2007 or ONW2008 on
 *   data that cannot be read as a message could not.
 */
export function parametersOf(
  { parameters }: Definition,
  given?: unknown,
  limits: MessageLimits = DEFAULT_LIMITS,
): Readonly<Record<string, unknown>> {
  if (given === undefined) return parameters;
  const problems = new Problems();
  const copy = scanValue(given, { limits, issues: problems.ofScan, at: 'parameters' });
  const fields = typeof copy === 'object' && copy !== null && !Array.isArray(copy) && !isBuiltIn(copy) ? copy : {};
  if (fields !== copy) {
    problems.add('parameters', () => ({ expected: 'an object of parameters', got: describeValue(given) }));
  }
  problems.throwIfAny('ONW3004', 'what the start gives');
  return { ...parameters, ...fields };
}
