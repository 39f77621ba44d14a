// How far something spreads along the ways of a graph: whether a node is reached, whether it can go on for ever.
//
// S1. A way counts once every node that it comes from counts. One look at every edge: linear.

import type { NodeModel } from '../model/model.ts';
import type { Way, WholeGraph } from './whole-graph.ts';

/** Starting with some nodes, every node that a way leads to, all of whose sources were reached before. */
export function reachedFrom({ ways }: Pick<WholeGraph, 'ways'>, starts: readonly NodeModel[]): Set<NodeModel> {
  const open = new Map(ways.map((way) => [way, way.edges.length]));
  const watchedBy = bySource(ways);
  const reached = new Set(starts);
  // A set is gone through in the order in which it grows.
  for (const node of reached) {
    for (const way of watchedBy.get(node) ?? []) {
      const left = (open.get(way) ?? 0) - 1;
      open.set(way, left);
      if (left === 0) reached.add(way.to);
    }
  }
  return reached;
}

/** Every node that keeps the others running and is kept running by them: what is left once all that ends is taken out. */
export function endlessAmong(nodes: readonly NodeModel[], ways: readonly Way[]): Set<NodeModel> {
  const endless = new Set(nodes);
  const alive = new Set(ways);
  const left = new Map(nodes.map((node) => [node, 0]));
  const ended: NodeModel[] = [];
  const end = (way: Way): void => {
    if (!alive.delete(way)) return;
    const count = (left.get(way.to) ?? 0) - 1;
    left.set(way.to, count);
    if (count === 0) ended.push(way.to);
  };
  const watchedBy = bySource(ways);
  for (const way of ways) left.set(way.to, (left.get(way.to) ?? 0) + 1);
  for (const node of nodes) if (left.get(node) === 0) ended.push(node);
  for (const way of ways) if (!way.edges.every(({ from }) => from !== null && endless.has(from))) end(way);
  for (let node = ended.pop(); node !== undefined; node = ended.pop()) {
    endless.delete(node);
    for (const way of watchedBy.get(node) ?? []) end(way);
  }
  return endless;
}

/** A way is there as often as it watches the node. */
function bySource(ways: readonly Way[]): Map<NodeModel, Way[]> {
  const found = new Map<NodeModel, Way[]>();
  for (const way of ways) {
    for (const { from } of way.edges) {
      if (from === null) continue;
      const others = found.get(from);
      if (others === undefined) found.set(from, [way]);
      else others.push(way);
    }
  }
  return found;
}
