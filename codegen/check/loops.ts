// Loops: callbacks may lead back to where they come from, as long as something ends the loop.
//
// LOOPS-1. The code says what ends a loop: `when` or `otherwise` on one of its edges, `maxRounds` on one of its nodes, a
//          node that waits for a message from outside, or a join that also waits for a node outside the loop.
// LOOPS-2. A cancel comes from outside, and the end of a run comes once: neither makes a loop.
// LOOPS-3. Loops that share nodes make one report, with the shortest way around.

import { entryOf } from '../model/fold.ts';
import type { EdgeModel, NodeModel } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import { circles, shortestWay } from './components.ts';
import { showEdges, showWay } from '../words.ts';
import type { Report } from '../problem.ts';
import { endlessAmong, groupBy, lacksSources, needsAll, type WholeGraph } from './whole-graph.ts';

export function checkLoops(scope: Scope, { nodes, ways }: WholeGraph, report: Report): void {
  const unbounded = nodes.filter(({ facts }) => facts.maxRounds === undefined && facts.waits !== true);
  const free = ways().filter(
    ({ edges }) => edges.every((edge) => goesOn(scope, edge)) && !(edges.every(needsAll) && lacksSources(edges)),
  );
  const endless = endlessAmong(unbounded, free);
  const edges = free.filter((way) => endless.has(way.to)).flatMap((way) => way.edges);
  const leading = groupBy(edges, ({ from }) => (from !== null && endless.has(from) ? from : undefined));
  const next = (node: NodeModel): NodeModel[] => (leading.get(node) ?? []).map((edge) => edge.to);
  const candidates = nodes.filter((node) => endless.has(node));
  for (const circle of circles(candidates, next)) {
    const start = circle.find((node) => node.kind === 'job') ?? circle[0];
    const way = start === undefined ? undefined : shortestWay(start, start, next);
    if (way !== undefined) reportLoop(way, leading, report);
  }
}

/**
 * Whether some path of edges returns to its start. Most graphs have none.
 *
 * @param inner the nodes that have edges and are watched.
 */
export function hasCircle(inner: readonly NodeModel[]): boolean {
  if (inner.length === 0) return false;
  return circles(inner, (node) => node.watchedBy.flatMap(({ to }) => (to.watchedBy.length > 0 ? to : []))).length > 0;
}

const MOMENTS_OF_LOOPS: ReadonlySet<EdgeModel['on']> = new Set(['start', 'success', 'error', 'end', 'join']);

/** Whether it is taken every time. */
function goesOn(scope: Scope, { on, when, otherwise, options }: EdgeModel): boolean {
  if (!MOMENTS_OF_LOOPS.has(on) || when !== undefined || otherwise) return false;
  // Options that cannot be read have a report of their own; they may hold a `when`.
  if (options === undefined) return true;
  return ['when', 'otherwise'].every((key) => entryOf(scope, options, key) !== 'hidden');
}

function reportLoop(
  way: readonly NodeModel[],
  leading: ReadonlyMap<NodeModel, readonly EdgeModel[]>,
  report: Report,
): void {
  const edges = way.flatMap((node, at) => leading.get(node)?.find((edge) => edge.to === way[at + 1]) ?? []);
  const back = edges.pop();
  if (back === undefined) return;
  const canChoose = [back, ...edges].some(({ on }) => on === 'success' || on === 'error');
  const limit = '`maxRounds` on one of its nodes';
  const fix = canChoose ? `put \`when\` or \`otherwise\` on one of its edges, or ${limit}` : `put ${limit}`;
  const text = `nothing bounds this loop: ${showWay(way)}; ${fix}`;
  report('ONW1110', back.join?.place ?? back.place, text, { related: showEdges(edges) });
}
