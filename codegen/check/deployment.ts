// What is only asked before a deployment: whether processes can load the wiring without its services, and whether an engine
// keeps what the nodes ask for.

import { CAPABILITIES, type Capabilities } from '../../src/engines/capabilities.ts';
import type { Analysis } from '../generate.ts';
import type { Problem } from '../problem.ts';
import { problemsOfClient } from './client.ts';
import { problemsOnEngine } from './engine.ts';

export interface Deployment {
  /** Some processes are clients. */
  readonly client: boolean;
  /** By its name; undefined: in memory. */
  readonly engine: string | undefined;
}

/** Those that can be asked for, by name. */
export const ENGINES: readonly string[] = Object.keys(CAPABILITIES);

export function deploymentProblems({ scope, model }: Analysis, { client, engine }: Deployment): readonly Problem[] {
  const known = new Map<string | undefined, Capabilities>(Object.entries(CAPABILITIES)).get(engine);
  return [
    ...(client ? problemsOfClient(scope, model) : []),
    ...(engine === undefined || known === undefined ? [] : problemsOnEngine(scope, model, engine, known)),
  ];
}
