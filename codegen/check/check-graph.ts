// The graph as a whole: what no node and no edge can tell by itself.

import type { Model } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import { checkJoins } from './check-joins.ts';
import { checkLoops } from './check-loops.ts';
import { checkReach } from './check-reach.ts';
import { checkRecursion } from './check-recursion.ts';
import { checkRoutes } from './check-routes.ts';
import { checkThrows } from './check-throws.ts';
import type { Report } from './problem.ts';
import { wholeGraph } from './whole-graph.ts';

export function checkGraph(scope: Scope, model: Model, report: Report): void {
  const graph = wholeGraph(model);
  checkLoops(scope, graph, report);
  checkJoins(graph, checkReach(graph, report), report);
  checkRoutes(scope, graph, report);
  checkThrows(scope, graph, report);
  checkRecursion(scope, model, report);
}
