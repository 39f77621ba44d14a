// Lines: bodies that follow each other from a job to the end of its flow, where a run can do nothing else.
//
// LINE-1. Which these are is decided once, when a job is started first: a graph has more jobs than a process starts. Every
//     node is one of the fast path and takes a message and a context at most; no edge has a condition, and the last node has
//     none that leads on. No run of the graph has callbacks.
// LINE-2. A line says what is called. What its calls mean for a run, the transitions say, when somebody asks.

import type { Edge, GraphNode } from '../graph/graph.ts';
import type { Application, Body } from './application.ts';
import { takesNoMark, type FastPath } from './fast-path.ts';
import { messageBuilder } from './message.ts';

export interface LineStep {
  readonly node: GraphNode;
  readonly body: Body;
  /** The edge that leads on; null at the end of the line. */
  readonly edge: Edge | null;
  readonly takesContext: boolean;
  /** Makes the message of what comes along the edge; null: the message is that. */
  readonly build: ((source: unknown) => unknown) | null;
}

export interface Line {
  readonly steps: readonly LineStep[];
  /** Room for what its bodies return: copied for each run, for an array that grows takes more. */
  readonly room: readonly undefined[];
}

/** The line that begins with a job; null: there is none. */
export function lineFrom(app: Application, job: string, fastPath: FastPath): Line | null {
  if (app.graph.runEdges.length > 0) return null;
  const steps: LineStep[] = [];
  const met = new Set<GraphNode>();
  let via: Edge | null = null;
  for (let node = app.graph.nodeOf.get(job); node !== undefined;) {
    const body: Body | undefined = app.bodies[node.index];
    if (body === undefined || met.has(node) || !fastPath.isAlone(node) || !takesNoMark(body)) return null;
    met.add(node);
    const edge: Edge | null = fastPath.edges[node.index] ?? null;
    if (!node.plain || (edge === null && (node.success.length > 0 || node.end.length > 0))) return null;
    steps.push({ node, body, edge, takesContext: body.takes?.context === true, build: messageBuilder(app, body, via) });
    via = edge;
    node = edge?.to;
  }
  return steps.length === 0 ? null : { steps, room: steps.map(() => undefined) };
}
