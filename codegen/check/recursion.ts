// Bodies that return what they call, and whose calls lead back to them: the compiler cannot infer what they return.
//
// RECURSION-1. A warning: at the same line the compiler reports an implicit `any`, which is an error if it is strict.

import type { Model, NodeModel, ServiceModel } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import type { CallRecord } from '../read/file-record.ts';
import { circles, shortestWay } from './components.ts';
import { showWay } from '../words.ts';
import type { Problem, Report } from '../problem.ts';

/** A call in a body, and the node that it calls. */
interface Call {
  readonly at: CallRecord['at'];
  readonly to: NodeModel;
}

export function checkRecursion(scope: Scope, { services }: Model, report: Report): void {
  const nodes = services.flatMap((service) => service.nodes);
  const calling = nodes.filter((node) => node.member.returnedCalls !== undefined);
  if (calling.length === 0) return;
  const byClass = new Map(services.map((service) => [service.class, service]));
  const calls = new Map(calling.map((node) => [node, callsOf(scope, node, byClass)]));
  const next = (node: NodeModel): NodeModel[] => (calls.get(node) ?? []).map((call) => call.to);
  for (const [start] of circles(calling, next)) {
    const way = start === undefined ? undefined : shortestWay(start, start, next);
    if (way !== undefined) reportCircle(way, calls, report);
  }
}

function callsOf(
  scope: Scope,
  { member, place, slots }: NodeModel,
  byClass: ReadonlyMap<unknown, ServiceModel>,
): readonly Call[] {
  const context = slots.find((slot) => slot.fills === 'context')?.parameter.name;
  const calls = (member.returnedCalls ?? []).filter((call) => call.context === context);
  return calls.flatMap(({ at, service, method }) => {
    const owner = byClass.get(scope.declared(place.file, service)?.class);
    const to = owner?.nodes.find((node) => node.method === method);
    return to === undefined ? [] : [{ at, to }];
  });
}

function reportCircle(way: readonly NodeModel[], calls: ReadonlyMap<NodeModel, readonly Call[]>, report: Report): void {
  const [start] = way;
  if (start === undefined) return;
  const related = way.slice(0, -1).flatMap((node, at): Problem['related'] => {
    const call = calls.get(node)?.find(({ to }) => to === way[at + 1]);
    if (call === undefined) return [];
    return [{ place: { file: node.place.file, at: call.at }, text: `${node.id} returns what ${call.to.id} returns` }];
  });
  const text = `the return type of ${start.id} leads back to itself: ${showWay(way)}; write it out, as in \`${start.method}(…): Promise<number>\``;
  report('ONW1135', start.place, text, { severity: 'warning', related: related.slice(0, 5) });
}
