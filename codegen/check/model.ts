// Every rule of the generator: of each node, and of the graph as a whole. What only types can show is left to the user's
// compiler.

import type { Model } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import { checkEdgeOptions, checkOptions, checkSchedules } from './options.ts';
import { checkEdges } from './edges.ts';
import { checkMembers, checkParentheses } from './members.ts';
import { checkJoinSources, checkMessage } from './message.ts';
import { checkNames } from './names.ts';
import { checkNested } from './nested.ts';
import { checkSent, checkSlots } from './slots.ts';
import { checkWhen } from './when.ts';
import type { Report } from '../problem.ts';
import { checkJoins, checkReach } from './joins.ts';
import { checkLoops } from './loops.ts';
import { checkRecursion } from './recursion.ts';
import { checkRoutes, checkThrows } from './routes.ts';
import { wholeGraph } from './whole-graph.ts';

export function checkModel(scope: Scope, model: Model, report: Report): void {
  checkParentheses(scope, report);
  checkMembers(scope, model, report);
  checkNames(model, report);
  for (const node of model.services.flatMap((service) => service.nodes)) {
    checkSlots(node, report);
    checkSent(node, report);
    checkMessage(scope, node, report);
    checkEdges(node, report);
    checkJoinSources(scope, node, report);
    checkEdgeOptions(scope, node, report);
    checkOptions(scope, node, report);
    checkSchedules(scope, node, report);
    checkWhen(scope, node, report);
  }
  checkNested(scope, model, report);
  checkGraph(scope, model, report);
  // Last: by now every file that the rules look at has been read.
  for (const file of scope.sources.ofProject()) {
    for (const { at, text } of file.syntaxErrors) report('ONW1001', { file, at }, text);
  }
}

function checkGraph(scope: Scope, model: Model, report: Report): void {
  const graph = wholeGraph(model);
  checkLoops(scope, graph, report);
  checkJoins(graph, checkReach(graph, report), report);
  checkRoutes(scope, graph, report);
  checkThrows(scope, graph, report);
  checkRecursion(model, report);
}
