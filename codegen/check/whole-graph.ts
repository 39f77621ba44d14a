// The model as one graph: every way that leads into a node, which nodes are reached along the ways, and which can run for
// ever.
//
// WHOLE-GRAPH-1. A join that needs all its sources is one way with all of them; any other join is one way for each source.
// WHOLE-GRAPH-2. A target that was not found has a report of its own: its node counts as reached.
// WHOLE-GRAPH-3. A way counts once every node that it comes from counts. Each edge is looked at once: linear.

import type { EdgeModel, Model, NodeModel } from '../model/model.ts';
import { circles } from './components.ts';

/** A node, and the nodes that have to be reached before it. */
interface Step {
  readonly to: NodeModel;
  readonly edges: readonly { readonly from: NodeModel | null }[];
}

/** What makes a node run: all of its edges together. */
export interface Way {
  readonly to: NodeModel;
  /** One; of a join that needs all its sources, one for each. */
  readonly edges: readonly EdgeModel[];
}

export interface WholeGraph {
  /** In the order of the model. */
  readonly nodes: readonly NodeModel[];
  readonly ways: () => readonly Way[];
  readonly waysTo: () => ReadonlyMap<NodeModel, readonly Way[]>;
  /** Every node that leads back to itself, with all nodes of its loop, bounded or not. */
  readonly loops: () => Loops;
}

export function wholeGraph({ services }: Model): WholeGraph {
  const nodes = services.flatMap((service) => service.nodes);
  const ways = once(() => nodes.flatMap((node) => waysInto(node)));
  return {
    nodes,
    ways,
    waysTo: once(() => groupBy(ways(), (way) => way.to)),
    loops: once(() => loopsOf(nodes)),
  };
}

/** Most graphs need none of it. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

type Loops = ReadonlyMap<NodeModel, ReadonlySet<NodeModel>>;

function loopsOf(nodes: readonly NodeModel[]): Loops {
  const next = (node: NodeModel): NodeModel[] => node.watchedBy.map((edge) => edge.to);
  const loops = circles(nodes, next).map((members) => new Set(members));
  return new Map(loops.flatMap((members) => [...members].map((node) => [node, members])));
}

function waysInto(node: NodeModel): Way[] {
  const single = node.edges.filter((edge) => !needsAll(edge)).map((edge) => ({ to: node, edges: [edge] }));
  if (single.length === node.edges.length) return single;
  const joins = groupBy(node.edges.filter(needsAll), (edge) => edge.decorator);
  return [...single, ...[...joins.values()].map((edges) => ({ to: node, edges }))];
}

/** An option that cannot be read counts as its default. */
export function needsAll({ join }: EdgeModel): boolean {
  return join !== undefined && join.mode !== 'any' && join.onMissing !== 'run';
}

/** Whether some of its edges were not found. */
export function hasUnknownEdges({ watches, edges }: NodeModel): boolean {
  if (edges.every((edge) => edge.join === undefined)) return edges.length < watches.length;
  const found = groupBy(edges, (edge) => edge.decorator);
  if (found.size < watches.length) return true;
  return [...found.values()].some(lacksSources);
}

/** Whether some sources of a join were not found. */
export function lacksSources(edges: readonly EdgeModel[]): boolean {
  return (edges[0]?.join?.keys.length ?? 0) > edges.length;
}

/** In the order of the first of each group. What has no key is left out. */
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

/** The given nodes, and every node that a way leads to whose sources are all reached. */
export function reachedFrom(
  { ways }: { readonly ways: readonly Step[] },
  starts: readonly NodeModel[],
): Set<NodeModel> {
  const open = new Map(ways.map((way) => [way, way.edges.length]));
  const watchedBy = bySource(ways);
  const reached = new Set(starts);
  // A loop over a set also visits what is added on the way.
  for (const node of reached) {
    for (const way of watchedBy.get(node) ?? []) {
      const left = (open.get(way) ?? 0) - 1;
      open.set(way, left);
      if (left === 0) reached.add(way.to);
    }
  }
  return reached;
}

/** The nodes that keep each other running: what is left once all that ends is taken out. */
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

/** A way appears as often as it watches the node. */
function bySource<W extends Step>(ways: readonly W[]): Map<NodeModel, W[]> {
  const watching = ways.flatMap((way) => way.edges.map(({ from }) => ({ way, from })));
  const groups = groupBy(watching, ({ from }) => from ?? undefined);
  return new Map([...groups].map(([from, found]) => [from, found.map(({ way }) => way)]));
}
