// The entry `onward/definitions`: plans that come as JSON. Separate, so that plans written in code load nothing of it.

import type { Definition } from './definition/defined.ts';
import { definition as read } from './definition/definition.ts';
import type { StartOptions } from './api/run.ts';
import type { PlanRun } from './api/plan-run.ts';
import type { Startable } from './api/nodes.ts';

export { definitionSchema } from './definition/schema.ts';
export type { DefinedStep, Definition } from './definition/defined.ts';
export type { JsonSchema } from './definition/schema.ts';

/** What a definition refers to as `parameters`, over the defaults that it has itself. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A plan that was read from JSON. Its value is a record of what its steps returned, by their ids. */
export type StartableDefinition = Definition &
  Startable<readonly [parameters?: Parameters, options?: StartOptions], PlanRun<{}, Parameters, readonly unknown[]>>;

/**
 * Reads a plan from JSON: a string, UTF-8 bytes, or data that is parsed already. A definition comes back as it is.
 * Which jobs exist is decided when it runs: those with `expose: true`.
 *
 * @throws {OnwardError} ONW3051 with an issue for each problem; ONW2006 with line and column if the text is not JSON;
 *   ONW2002, ONW2004, ONW2005, ONW2007 or ONW2008 on data that a message could not be either.
 */
export function definition(json: unknown): StartableDefinition {
  return startable(read(json));
}

/** What a start takes and gives back is known to the type only. */
function startable(known: Definition): StartableDefinition {
  return known as StartableDefinition;
}
