// Joins that can never complete: a source that nothing leads to, that needs the join first, or that another excludes.

import type { EdgeModel, NodeModel } from '../model/model.ts';
import { isEntry } from './check-reach.ts';
import { circles, shortestWay } from './components.ts';
import { exclusionAmong } from './exclusion.ts';
import { showEdge, showWay } from './in-words.ts';
import type { Report } from './problem.ts';
import { reachedFrom } from './spread.ts';
import type { Way, WholeGraph } from './whole-graph.ts';

const FIX = "take another source, or let it run without: `mode: 'any'` or `onMissing: 'run'`";

export function checkJoins(graph: WholeGraph, reached: ReadonlySet<NodeModel>, report: Report): void {
  const joins = graph.ways.filter((way) => way.edges[0]?.join !== undefined && way.edges.length > 0);
  const needing = joins.filter((way) => way.edges.length > 1 || isSelf(way));
  for (const way of needing) reportUnreached(way, reached, report);
  reportCircles(graph, reached, report);
  const exclusion = exclusionAmong(graph);
  for (const { edges } of needing) {
    const found = exclusion.between(edges);
    if (found !== undefined) reportExclusion(found, report);
  }
}

function isSelf({ to, edges }: Way): boolean {
  return edges.some((edge) => edge.from === to);
}

function reportUnreached({ to, edges }: Way, reached: ReadonlySet<NodeModel>, report: Report): void {
  // That a join is not reached at all is told of it as of any other node.
  if (!edges.some(({ from }) => from !== null && reached.has(from))) return;
  for (const { from, join, place } of edges) {
    if (from === null || reached.has(from)) continue;
    const text = `this join never completes: no run reaches ${from.id}, which ${to.id} waits for; ${FIX}`;
    const related = [{ place: from.place, text: 'it is declared here' }];
    report('ONW1132', join?.place ?? place, text, { severity: 'warning', related });
  }
}

/** Joins that need what only they lead to. What waits for such a join is not told once more. */
function reportCircles({ nodes, ways }: WholeGraph, reached: ReadonlySet<NodeModel>, report: Report): void {
  // A body may call what is annotated as a node of its own.
  const starts = nodes.filter((node) => node.isDeclared || isEntry(node));
  const completed = reachedFrom({ ways }, starts);
  const isStuck = (node: NodeModel): boolean => reached.has(node) && !completed.has(node);
  const stuck = ways.filter(({ to, edges }) => edges.every(({ from }) => from !== null) && isStuck(to));
  const leading = new Map<NodeModel, NodeModel[]>();
  for (const { to, edges } of stuck) {
    for (const { from } of edges)
      if (from !== null && isStuck(from)) leading.set(from, [...(leading.get(from) ?? []), to]);
  }
  const next = (node: NodeModel): readonly NodeModel[] => leading.get(node) ?? [];
  for (const circle of circles(nodes.filter(isStuck), next)) {
    const members = new Set(circle);
    const edge = stuck
      .filter((way) => members.has(way.to))
      .flatMap(({ edges }) => edges)
      .find(({ from, join }) => join !== undefined && from !== null && members.has(from));
    if (edge !== undefined) reportCircle(edge, next, report);
  }
}

function reportCircle(edge: EdgeModel, next: (node: NodeModel) => readonly NodeModel[], report: Report): void {
  const { from, to, join, place } = edge;
  if (from === null) return;
  const way = from === to ? [to, to] : [...(shortestWay(to, from, next) ?? [to, from]), to];
  const why = from === to ? `${to.id} waits for itself` : `it waits for ${from.id}, which runs only after it`;
  const text = `this join never completes: ${why} (${showWay(way)}); ${FIX}`;
  report('ONW1132', join?.place ?? place, text);
}

function reportExclusion(
  { source, other, ways }: NonNullable<ReturnType<ReturnType<typeof exclusionAmong>['between']>>,
  report: Report,
): void {
  const fork = ways[0].from?.id ?? '';
  const text = `this join never completes: of ${other.from?.id} and ${source.from?.id} only one runs after one ${fork}; use \`mode: 'any'\` or \`onMissing: 'run'\``;
  const related = ways.map((edge) => ({ place: edge.place, text: showEdge(edge) }));
  report('ONW1132', source.join?.place ?? source.place, text, { severity: 'warning', related });
}
