// Checks that run on request, before a deployment: whether a process can load the wiring without the services, and whether
// an engine supports what the nodes use.

import { CAPABILITIES, type Capabilities } from '../../src/engines/capabilities.ts';
import type { Analysis } from '../generate.ts';
import type { Problem } from '../problem.ts';
import { problemsOfClient } from './client.ts';
import { problemsOnEngine } from './engine.ts';

export interface Deployment {
  /** Some processes are clients. */
  readonly client: boolean;
  /** The name of the engine; undefined for the memory engine. */
  readonly engine: string | undefined;
}

/** The names that `--engine` accepts. */
export const ENGINES: readonly string[] = Object.keys(CAPABILITIES);

export function deploymentProblems(
  { scope, model, print }: Analysis,
  { client, engine }: Deployment,
): readonly Problem[] {
  const known = new Map<string | undefined, Capabilities>(Object.entries(CAPABILITIES)).get(engine);
  return [
    ...(client ? problemsOfClient(scope, model, print().values) : []),
    ...(engine === undefined || known === undefined ? [] : problemsOnEngine(scope, model, engine, known)),
  ];
}
