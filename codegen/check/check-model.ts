// Every rule of the generator. What only types can tell is left to the user's compiler.

import type { Model } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import { checkEdgeOptions } from './check-edge-options.ts';
import { checkEdges } from './check-edges.ts';
import { checkGraph } from './check-graph.ts';
import { checkMembers } from './check-members.ts';
import { checkMessage } from './check-message.ts';
import { checkNames } from './check-names.ts';
import { checkNested } from './check-nested.ts';
import { checkOptions } from './check-options.ts';
import { checkParentheses } from './check-parentheses.ts';
import { checkSent } from './check-sent.ts';
import { checkSlots } from './check-slots.ts';
import { checkSources } from './check-sources.ts';
import { checkWhen } from './check-when.ts';
import type { Report } from './problem.ts';

export function checkModel(scope: Scope, model: Model, report: Report): void {
  checkParentheses(scope, report);
  checkMembers(scope, model, report);
  checkNames(model, report);
  for (const node of model.services.flatMap((service) => service.nodes)) {
    checkSlots(node, report);
    checkSent(node, report);
    checkMessage(scope, node, report);
    checkEdges(node, report);
    checkSources(node, report);
    checkEdgeOptions(scope, node, report);
    checkOptions(scope, node, report);
    checkWhen(scope, node, report);
  }
  checkNested(scope, model, report);
  checkGraph(scope, model, report);
  // Last: by now every file that matters has been read.
  for (const file of scope.sources.ofProject()) {
    for (const { at, text } of file.syntaxErrors) report('ONW1001', { file, at }, text);
  }
}
