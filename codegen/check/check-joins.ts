// Joins that can never complete: a source that nothing leads to, that needs the join first, or that another excludes.

import type { EdgeModel, NodeModel } from '../model/model.ts';
import { isEntry } from './check-reach.ts';
import { circles, shortestWay } from './components.ts';
import { findExcluding, type Excluding } from './exclusion.ts';
import { showEdge, showWay } from './in-words.ts';
import type { Report } from './problem.ts';
import { reachedFrom } from './spread.ts';
import { groupBy, needsAll, type Way, type WholeGraph } from './whole-graph.ts';

const FIX = "take another source, or let it run without: `mode: 'any'` or `onMissing: 'run'`";

export function checkJoins(graph: WholeGraph, reached: ReadonlySet<NodeModel>, report: Report): void {
  const joins = graph.ways.filter((way) => way.edges[0]?.join !== undefined && way.edges.length > 0);
  const needing = joins.filter((way) => way.edges.length > 1 || isSelf(way));
  for (const way of needing) reportUnreached(way, reached, report);
  reportCircles(graph, reached, report);
  for (const { edges } of needing) {
    const found = findExcluding(edges, graph);
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

/** Joins that need what only they lead to. What waits for such a join, or for what is not reached, is not told again. */
function reportCircles({ nodes, ways }: WholeGraph, reached: ReadonlySet<NodeModel>, report: Report): void {
  // A body may call what is annotated as a node of its own.
  const starts = nodes.filter((node) => node.isDeclared || isEntry(node));
  const completed = reachedFrom({ ways }, starts);
  const stuck = nodes.filter((node) => reached.has(node) && !completed.has(node));
  const edges = stuck.flatMap((node) => node.edges);
  const isStuck = new Set(stuck);
  const leading = groupBy(edges, ({ from }) => (from !== null && isStuck.has(from) ? from : undefined));
  const next = (node: NodeModel): NodeModel[] => (leading.get(node) ?? []).map((edge) => edge.to);
  for (const circle of circles(stuck, next)) {
    const members = new Set(circle);
    const into = circle.flatMap((node) => node.edges);
    if (into.some(({ from }) => from !== null && !completed.has(from) && !members.has(from))) continue;
    const back = into.find((edge) => needsAll(edge) && edge.from !== null && members.has(edge.from));
    if (back !== undefined) reportCircle(back, next, report);
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

function reportExclusion({ source, other, ways }: Excluding, report: Report): void {
  const fork = ways[0].from?.id ?? '';
  const text = `this join never completes: of ${other.from?.id} and ${source.from?.id} only one runs after one ${fork}; use \`mode: 'any'\` or \`onMissing: 'run'\``;
  const related = ways.map((edge) => ({ place: edge.place, text: showEdge(edge) }));
  report('ONW1132', source.join?.place ?? source.place, text, { severity: 'warning', related });
}
