// The model as one graph: every way that leads into a node.
//
// G1. A join that needs all its sources is one way with all of them; one that does with any is a way for each.
// G2. What was not found is told elsewhere: a node with an edge from nowhere counts as reached.

import type { EdgeModel, Model, NodeModel } from '../model/model.ts';
import { circles } from './components.ts';

/** What makes a node run: every one of its edges, at once. */
export interface Way {
  readonly to: NodeModel;
  /** One; of a join that needs all its sources, one for each. */
  readonly edges: readonly EdgeModel[];
}

export interface WholeGraph {
  /** In the order of the model. */
  readonly nodes: readonly NodeModel[];
  readonly ways: readonly Way[];
  readonly waysTo: ReadonlyMap<NodeModel, readonly Way[]>;
  /** Edges by the node that they watch. */
  readonly edgesFrom: ReadonlyMap<NodeModel, readonly EdgeModel[]>;
  /** Every node that leads back to itself, with all that it does so with; whatever bounds the loop. */
  readonly loops: () => Loops;
}

export function wholeGraph({ services }: Model): WholeGraph {
  const nodes = services.flatMap((service) => service.nodes);
  const ways = nodes.flatMap((node) => waysInto(node));
  const edges = nodes.flatMap((node) => node.edges);
  const edgesFrom = groupBy(edges, (edge) => edge.from ?? undefined);
  let loops: Loops | undefined;
  return {
    nodes,
    ways,
    waysTo: groupBy(ways, (way) => way.to),
    edgesFrom,
    loops: () => (loops ??= loopsOf(nodes, edgesFrom)),
  };
}

type Loops = ReadonlyMap<NodeModel, ReadonlySet<NodeModel>>;

function loopsOf(nodes: readonly NodeModel[], edgesFrom: WholeGraph['edgesFrom']): Loops {
  const next = (node: NodeModel): NodeModel[] => (edgesFrom.get(node) ?? []).map((edge) => edge.to);
  const loops = circles(nodes, next).map((members) => new Set(members));
  return new Map(loops.flatMap((members) => [...members].map((node) => [node, members])));
}

function waysInto(node: NodeModel): Way[] {
  const single = node.edges.filter((edge) => !needsAll(edge)).map((edge) => ({ to: node, edges: [edge] }));
  if (single.length === node.edges.length) return single;
  const joins = groupBy(node.edges.filter(needsAll), (edge) => edge.decorator);
  return [...single, ...[...joins.values()].map((edges) => ({ to: node, edges }))];
}

/** What cannot be read is taken for the usual: nothing is said that is not certain. */
export function needsAll({ join }: EdgeModel): boolean {
  return join !== undefined && join.mode !== 'any' && join.onMissing !== 'run';
}

/** Whether some of its edges were not found. */
export function hasUnknownEdges({ watches, edges }: NodeModel): boolean {
  const found = groupBy(edges, (edge) => edge.decorator);
  if (found.size < watches.length) return true;
  return [...found.values()].some(lacksSources);
}

/** Whether some sources of a join were not found. */
export function lacksSources(edges: readonly EdgeModel[]): boolean {
  return (edges[0]?.join?.keys.length ?? 0) > edges.length;
}

/** In the order of the first of each. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K | undefined): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
