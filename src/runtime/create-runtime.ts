// Makes a runtime of a graph and its services.

import type { Graph } from '../wiring/v1.ts';
import type { NodeTypes } from '../face/graph-nodes.ts';
import { OnwardRuntime } from './onward-runtime.ts';
import type { Runtime } from '../face/runtime.ts';
import type { RuntimeOptions } from './runtime-options.ts';

/**
 * Makes a runtime. Nothing runs yet.
 *
 * @throws {OnwardError} ONW3001 if `graph` is no wiring, ONW1302 if it is of another contract, ONW3002 with every
 *   difference if it is behind the annotations, ONW3003 if an instance is missing, ONW3004 if options make no sense.
 */
export function createRuntime<Nodes extends NodeTypes<Nodes>, Services>(
  graph: Graph<Nodes, Services>,
  options: RuntimeOptions<Services>,
): Runtime<Nodes> {
  return faceOf<Nodes>(new OnwardRuntime(graph, options));
}

/** The face is typed by the graph; what is behind it is not. */
function faceOf<Nodes extends NodeTypes<Nodes>>(runtime: OnwardRuntime): Runtime<Nodes> {
  return runtime as unknown as Runtime<Nodes>;
}
