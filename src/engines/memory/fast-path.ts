// The fast path: edges along which attempts follow each other without the queue. Found once, when the engine is opened.
//
// FAST-PATH-1. Such an edge is the only one that leads on from its node. The body at its end takes the value as it is,
//     and nothing else, and nothing but the steps is needed for the attempts of both nodes.

import { routeOf, type Application } from '../../execute/application.ts';
import type { Edge, GraphNode } from '../../graph/graph.ts';

/** For each node, by its position, the one simple edge that the fast path takes from it. */
export function fastPathEdgesOf(app: Application): readonly (Edge | null)[] {
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

/** Nothing but the step is needed for its attempts: no slot, no time limit, no context, no start callbacks. */
function isUnlimited(app: Application, node: GraphNode): boolean {
  const body = app.bodies[node.index];
  if (body === undefined || body.timeoutMs > 0 || body.takes?.context === true) return false;
  return node.concurrency === Number.POSITIVE_INFINITY && !node.prepares;
}
