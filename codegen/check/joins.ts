// Handlers that no run reaches, and joins that can never complete: a source that no run reaches, that runs only after the
// join, or that another source excludes.
//
// JOINS-1. Sources exclude each other only for certain: on the way from the start of the run every node has one edge, so it
//          runs once. What may run again may take the other way then: a node of a loop, one that runs for each item, a
//          handler that bodies call.
// JOINS-2. A join that no run reaches is reported as a node that no run reaches, not as a join.

import type { EdgeModel, NodeModel } from '../model/model.ts';
import { circles, shortestWay } from './components.ts';
import { showEdge, showWay, showList } from '../words.ts';
import type { Report } from '../problem.ts';
import { isEntry, type Outline } from './outline.ts';
import { groupBy, needsAll, reachedFrom, type Way, type WholeGraph } from './whole-graph.ts';

const FIX = "take another source, or let the join run without it: `mode: 'any'` or `onMissing: 'run'`";

export function checkJoins(graph: WholeGraph, reachedNodes: () => ReadonlySet<NodeModel>, report: Report): void {
  const reached = reachedNodes();
  const joins = graph.ways().filter((way) => way.edges[0]?.join !== undefined && way.edges.length > 0);
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
  if (!edges.some(({ from }) => from !== null && reached.has(from))) return;
  for (const { from, join, place } of edges) {
    if (from === null || reached.has(from)) continue;
    const text = `this join never completes: no run reaches ${from.id}, which ${to.id} waits for; ${FIX}`;
    const related = [{ place: from.place, text: 'declared here' }];
    report('ONW1132', join?.place ?? place, text, { severity: 'warning', related });
  }
}

/** Joins that wait for what only they lead to. What waits for such a join, or for what no run reaches, is not reported again. */
function reportCircles({ nodes, ways }: WholeGraph, reached: ReadonlySet<NodeModel>, report: Report): void {
  // A body may call what is annotated as a node of its own.
  const starts = nodes.filter((node) => node.isDeclared || isEntry(node));
  const completed = reachedFrom({ ways: ways() }, starts);
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
  const text = `this join never completes: each time ${fork} runs, only one of ${other.from?.id} and ${source.from?.id} follows; use \`mode: 'any'\` or \`onMissing: 'run'\``;
  const related = ways.map((edge) => ({ place: edge.place, text: showEdge(edge) }));
  report('ONW1132', source.join?.place ?? source.place, text, { severity: 'warning', related });
}

export interface Excluding {
  readonly source: EdgeModel;
  readonly other: EdgeModel;
  /** The two ways out of one node. */
  readonly ways: readonly [EdgeModel, EdgeModel];
}

/** Two sources of a join that exclude each other. */
function findExcluding(sources: readonly EdgeModel[], graph: WholeGraph): Excluding | undefined {
  const taken = new Map<NodeModel, { readonly edge: EdgeModel; readonly source: EdgeModel }[]>();
  for (const source of sources) {
    const edges = source.from === null ? undefined : edgesBefore(source.from, graph);
    for (const edge of edges ?? []) {
      if (edge.from === null) continue;
      const known = taken.get(edge.from) ?? [];
      const other = known.find((item) => excludes(item.edge, edge));
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

/** The only way into a node; without edges for a job that begins the run; undefined if there may be others. */
function onlyWay(node: NodeModel, { waysTo }: WholeGraph): Pick<Way, 'edges'> | undefined {
  const ways = waysTo().get(node) ?? [];
  if (node.kind === 'job') return node.watches.length === 0 ? { edges: [] } : undefined;
  if (node.isDeclared) return undefined;
  return node.watches.length === 1 && ways.length === 1 ? ways[0] : undefined;
}

function isTakenOnce({ on, each }: EdgeModel): boolean {
  return !each && (on === 'success' || on === 'error' || on === 'join' || on === 'start' || on === 'end');
}

function excludes(a: EdgeModel, b: EdgeModel): boolean {
  if (a === b || a.from !== b.from || a.from === null) return false;
  const isChoice = (edge: EdgeModel): boolean => edge.on === 'success' || edge.on === 'error';
  if (!isChoice(a) || !isChoice(b)) return false;
  if (a.on !== b.on) return a.from.watchedBy.every((edge) => !edge.recover);
  if (a.otherwise || b.otherwise) return a.otherwise !== b.otherwise && (a.when ?? b.when) !== undefined;
  if (a.values === undefined || b.values === undefined) return false;
  const values = new Set(a.values.map((item) => item.value));
  return b.values.every((item) => !values.has(item.value));
}

/** Reports the handlers that no run reaches; gives the nodes that some run reaches: by edges, or by calls of bodies. */
export function checkReach(
  { nodes }: WholeGraph,
  outlines: readonly Outline[],
  report: Report,
): () => ReadonlySet<NodeModel> {
  // Most graphs are known to be reached after one look at each node.
  if (outlines.every(({ isNear }) => isNear)) return () => new Set(nodes);
  const reached = reachedByAny(nodes);
  for (const node of nodes) if (!reached.has(node)) reportUnreachedNode(node, report);
  return () => reached;
}

function reachedByAny(nodes: readonly NodeModel[]): ReadonlySet<NodeModel> {
  const calls = nodes.flatMap((to) => to.callers.map(({ from }) => ({ from, to })));
  const callsFrom = groupBy(calls, ({ from }) => from);
  const reached = new Set(nodes.filter(isEntry));
  // A loop over a set also visits what is added on the way.
  for (const node of reached) {
    for (const { to } of node.watchedBy) reached.add(to);
    for (const { to } of callsFrom.get(node) ?? []) reached.add(to);
  }
  return reached;
}

function reportUnreachedNode(node: NodeModel, report: Report): void {
  const sources = node.edges.flatMap(({ from }) => from ?? []).filter((from) => from !== node);
  const related = node.edges.slice(0, 3).map(({ place, from }) => ({ place, text: `it waits for ${from?.id} here` }));
  const why =
    sources.length === 0
      ? node.edges.length === 0
        ? 'it waits for a message after an edge reaches it, and no edge leads to it'
        : 'it runs only after itself'
      : `it follows ${list(sources)}, and no job leads there`;
  const fix = node.facts.waits === true ? '' : ', or annotate it with @Job()';
  const text = `no run reaches ${node.id}: ${why}; add an edge from a node that is reached${fix}`;
  report('ONW1111', node.place, text, { severity: 'warning', related });
}

function list(sources: readonly NodeModel[]): string {
  return showList(
    sources.map((source) => source.id),
    'or',
  );
}
