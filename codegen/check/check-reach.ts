// Handlers that nothing leads to: only each other, or what is not reached itself.

import type { NodeModel } from '../model/model.ts';
import { isOfRun } from '../model/edge-options.ts';
import { showList } from './in-words.ts';
import type { Report } from './problem.ts';
import { reachedFrom } from './spread.ts';
import { hasUnknownEdges, type WholeGraph } from './whole-graph.ts';

/** Tells the handlers that are not reached, and gives back those that are, with all jobs. */
export function checkReach({ nodes, ways }: WholeGraph, report: Report): ReadonlySet<NodeModel> {
  const anyWay = ways.flatMap(({ to, edges }) => edges.map((edge) => ({ to, edges: [edge] })));
  const reached = reachedFrom({ ways: anyWay }, nodes.filter(isEntry));
  for (const node of nodes) if (!reached.has(node)) reportUnreached(node, report);
  return reached;
}

/** Whether a run begins with it, ends with it, or a body may call it. What waits is there to be reached by an edge. */
export function isEntry(node: NodeModel): boolean {
  const { kind, watches, edges, facts } = node;
  const isCalled = watches.length === 0 && facts.waits !== true;
  return kind === 'job' || isCalled || edges.some((edge) => isOfRun(edge.on)) || hasUnknownEdges(node);
}

function reportUnreached(node: NodeModel, report: Report): void {
  const sources = node.edges.flatMap(({ from }) => from ?? []).filter((from) => from !== node);
  const related = node.edges.slice(0, 3).map(({ place, from }) => ({ place, text: `it waits for ${from?.id} here` }));
  const why =
    sources.length === 0
      ? node.edges.length === 0
        ? 'it waits for a message once an edge has reached it, and none leads there'
        : 'it runs only after itself'
      : `${list(sources)} would have to be reached first, and no job leads there`;
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
