// A definition as something that a run can be started with.

import { definition as read, type Definition } from '../definition/definition.ts';
import type { StartOptions } from '../face/start-options.ts';
import type { PlanRun } from '../face/plan-run.ts';
import type { Startable } from '../face/startable.ts';

/** What a definition refers to as `parameters`, over the defaults that it has itself. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A plan that was read from JSON. Its value is a record of what its steps returned, by their ids. */
export type StartableDefinition = Definition &
  Startable<readonly [parameters?: Parameters, options?: StartOptions], PlanRun<{}, Parameters, readonly unknown[]>>;

/**
 * Reads a plan from JSON: text, UTF-8, or data that is parsed already. A definition comes back as it is. Which jobs
 * there are shows when it runs: those with `expose: true`.
 *
 * @throws {OnwardError} ONW3051 with an issue for each problem; ONW2006 with line and column if the text is not JSON;
 *   ONW2002, ONW2004, ONW2005, ONW2007 or ONW2008 on data that cannot be read as a message could not.
 */
export function definition(json: unknown): StartableDefinition {
  return startable(read(json));
}

/** What a start makes of it, only its type knows. */
function startable(known: Definition): StartableDefinition {
  return known as StartableDefinition;
}
