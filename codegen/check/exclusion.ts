// Nodes that cannot both run after one execution of another: on two ways out of it of which only one is taken.
//
// X1. Only what is certain: on the way from the beginning of the run every node has one edge, so that it runs once.
//     A loop, a delivery for each item, a handler that bodies call: whoever may run again may take the other way then.

import type { EdgeModel, NodeModel } from '../model/model.ts';
import type { Way, WholeGraph } from './whole-graph.ts';

export interface Excluding {
  readonly source: EdgeModel;
  readonly other: EdgeModel;
  /** The two ways out of one node. */
  readonly ways: readonly [EdgeModel, EdgeModel];
}

/** Two sources of a join that exclude each other. */
export function findExcluding(sources: readonly EdgeModel[], graph: WholeGraph): Excluding | undefined {
  const taken = new Map<NodeModel, { readonly edge: EdgeModel; readonly source: EdgeModel }[]>();
  for (const source of sources) {
    const edges = source.from === null ? undefined : edgesBefore(source.from, graph);
    for (const edge of edges ?? []) {
      if (edge.from === null) continue;
      const known = taken.get(edge.from) ?? [];
      const other = known.find((item) => excludes(item.edge, edge, graph));
      if (other !== undefined && other.source !== source)
        return { source, other: other.source, ways: [other.edge, edge] };
      if (!known.some((item) => item.edge === edge)) taken.set(edge.from, [...known, { edge, source }]);
    }
  }
  return undefined;
}

/** Every edge that has to be taken before a node runs; undefined if it may run more than once. */
function edgesBefore(node: NodeModel, graph: WholeGraph): EdgeModel[] | undefined {
  const found: EdgeModel[] = [];
  const seen = new Set([node]);
  for (const at of seen) {
    const way = onlyWay(at, graph);
    if (way === undefined || graph.loops().has(at)) return undefined;
    for (const edge of way.edges) {
      if (edge.from === null || !isTakenOnce(edge)) return undefined;
      found.push(edge);
      seen.add(edge.from);
    }
  }
  return found;
}

/** The one way into a node; without edges for a job that begins the run; undefined if there may be others. */
function onlyWay(node: NodeModel, { waysTo }: WholeGraph): Pick<Way, 'edges'> | undefined {
  const ways = waysTo.get(node) ?? [];
  if (node.kind === 'job') return node.watches.length === 0 ? { edges: [] } : undefined;
  if (node.isDeclared) return undefined;
  return node.watches.length === 1 && ways.length === 1 ? ways[0] : undefined;
}

function isTakenOnce({ on, each }: EdgeModel): boolean {
  return !each && (on === 'success' || on === 'error' || on === 'join' || on === 'start' || on === 'end');
}

function excludes(a: EdgeModel, b: EdgeModel, { edgesFrom }: WholeGraph): boolean {
  if (a === b || a.from !== b.from || a.from === null) return false;
  const isChoice = (edge: EdgeModel): boolean => edge.on === 'success' || edge.on === 'error';
  if (!isChoice(a) || !isChoice(b)) return false;
  if (a.on !== b.on) return (edgesFrom.get(a.from) ?? []).every((edge) => !edge.recover);
  if (a.otherwise || b.otherwise) return a.otherwise !== b.otherwise && (a.when ?? b.when) !== undefined;
  if (a.values === undefined || b.values === undefined) return false;
  const values = new Set(a.values.map((item) => item.value));
  return b.values.every((item) => !values.has(item.value));
}
