// The straight stretches of a graph: nodes that are followed by one step, whose body takes what they return.

import type { Edge, GraphNode } from '../graph/compiled.ts';
import { Phase } from '../run/phase.ts';
import type { Step } from '../run/state.ts';
import { routeOf, type Application } from '../perform/application.ts';

/** For each node, by its position, the one simple edge that leads on from it along a straight stretch. */
export function straightEdgesOf(app: Application): readonly (Edge | null)[] {
  return app.graph.nodes.map((node) => {
    const [edge] = node.success;
    if (edge === undefined || node.success.length > 1 || node.end.length > 0) return null;
    return isUnlimited(app, node) && edge.isSimple && isBare(app, edge) ? edge : null;
  });
}

/** The body of the node at its end takes the value as it is, and nothing else. */
function isBare(app: Application, edge: Edge): boolean {
  const body = app.bodies[edge.to.index];
  const route = routeOf(app, edge);
  if (body === undefined || !isUnlimited(app, edge.to) || edge.to.guarded) return false;
  return body.takes === undefined && route?.bind === undefined && route?.field === undefined;
}

/** Nothing about its attempts is kept beside its steps: no slot, no time limit, no context, no start callbacks. */
function isUnlimited(app: Application, node: GraphNode): boolean {
  const body = app.bodies[node.index];
  if (body === undefined || body.timeoutMs > 0 || body.takes?.context === true) return false;
  return node.concurrency === Number.POSITIVE_INFINITY && !node.prepares;
}

/** Nothing has to be asked before its body is called. */
export function isFree({ phase, node }: Step): boolean {
  return phase === Phase.RUNNING && node.concurrency === Number.POSITIVE_INFINITY;
}
