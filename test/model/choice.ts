// Which edges a return value or an error takes, by position.

import type { EdgePlan } from './graph-plan.ts';
import { Planned, tagOf } from './script.ts';

/** R24: a `when` that throws is not taken, and then `otherwise` is not either; what asks nothing is always taken. */
export function choose(
  edges: readonly (readonly [number, EdgePlan | undefined])[],
  of: unknown,
): { readonly routes: readonly number[]; readonly faults: readonly number[] } {
  const tag = of instanceof Planned ? of.tag : tagOf(of);
  const faults: number[] = [];
  const matched: number[] = [];
  for (const [at, edge] of edges) {
    if (edge === undefined || !('when' in edge) || edge.when === null) continue;
    if ('throws' in edge.when) faults.push(at);
    else if (edge.when.is === tag) matched.push(at);
  }
  const isTaken = ([at, edge]: readonly [number, EdgePlan | undefined]): boolean => {
    if (edge === undefined || !('when' in edge)) return true;
    if (edge.otherwise) return matched.length === 0 && faults.length === 0;
    return edge.when === null || matched.includes(at);
  };
  return { routes: edges.filter(isTaken).map(([at]) => at), faults };
}
