// Bodies that return what they call, and whose calls lead back to them: the compiler cannot infer what they return.
//
// RECURSION-1. A warning: at the same line the compiler reports an implicit `any`, which is an error if it is strict.

import type { NodeModel, Place } from '../model/model.ts';
import { circles, shortestWay } from './components.ts';
import { groupBy, type WholeGraph } from './whole-graph.ts';
import { showWay } from '../words.ts';
import type { Problem, Report } from '../problem.ts';
import { startOf } from '../read/span.ts';

/** A node whose value a body returns. */
interface ReturnedCall {
  readonly place: Place;
  readonly to: NodeModel;
}

type CallsByNode = ReadonlyMap<NodeModel, readonly ReturnedCall[]>;

export function checkRecursion({ nodes }: WholeGraph, report: Report): void {
  const calls = returnedCalls(nodes);
  const next = (node: NodeModel): NodeModel[] => (calls.get(node) ?? []).map((call) => call.to);
  for (const [start] of circles([...calls.keys()], next)) {
    const way = start === undefined ? undefined : shortestWay(start, start, next);
    if (way !== undefined) reportCircle(way, calls, report);
  }
}

/** By the node that calls, in the order of the model and of its text. */
function returnedCalls(nodes: readonly NodeModel[]): CallsByNode {
  const found: { readonly from: NodeModel; readonly place: Place; readonly to: NodeModel }[] = [];
  for (const to of nodes) {
    for (const { from, place, isReturned } of to.callers) if (isReturned === true) found.push({ from, place, to });
  }
  if (found.length === 0) return new Map();
  const byCaller = groupBy(found, ({ from }) => from);
  return new Map(
    nodes.flatMap((node) => {
      const calls = byCaller.get(node)?.toSorted((a, b) => startOf(a.place.at) - startOf(b.place.at));
      return calls === undefined ? [] : [[node, calls] as const];
    }),
  );
}

function reportCircle(way: readonly NodeModel[], calls: CallsByNode, report: Report): void {
  const [start] = way;
  if (start === undefined) return;
  const related = way.slice(0, -1).flatMap((node, at): Problem['related'] => {
    const call = calls.get(node)?.find(({ to }) => to === way[at + 1]);
    if (call === undefined) return [];
    return [{ place: call.place, text: `${node.id} returns what ${call.to.id} returns` }];
  });
  const text = `the return type of ${start.id} leads back to itself: ${showWay(way)}; write it out, as in \`${start.method}(…): Promise<number>\``;
  report('ONW1135', start.place, text, { severity: 'warning', related: related.slice(0, 5) });
}
