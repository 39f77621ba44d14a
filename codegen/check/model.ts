// Every rule of the generator: of each node, and of the graph as a whole. What only types can show is left to the user's
// compiler.

import type { Findings, Part } from '../findings.ts';
import { Table } from '../memory.ts';
import type { Model, ServiceModel } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import { checkEdgeOptions, checkOptions, checkSchedules } from './options.ts';
import { checkEdges } from './edges.ts';
import { checkImportable, checkMembers, checkOverride } from './members.ts';
import { checkNamedClasses } from './load-order.ts';
import { checkJoinSources, checkMessage } from './message.ts';
import { checkNames, checkScheduleNames, checkServiceNames } from './names.ts';
import { checkNested } from './nested.ts';
import { checkSent, checkSlots } from './slots.ts';
import { checkWhen } from './when.ts';
import type { Report } from '../problem.ts';
import type { FileRecord } from '../read/file-record.ts';
import { checkJoins, checkReach } from './joins.ts';
import { checkLoops, hasCircle } from './loops.ts';
import type { Outline } from './outline.ts';
import { checkRecursion } from './recursion.ts';
import { checkRoutes, checkThrows } from './routes.ts';
import { once, wholeGraph } from './whole-graph.ts';

/** What is wrong within a service. */
const SERVICES = new Table<ServiceModel, Part<undefined>>();

export function checkModel(scope: Scope, model: Model, outlines: readonly Outline[], findings: Findings): void {
  checkMembers(scope, model, findings);
  checkServiceNames(model, findings.report);
  checkScheduleNames(model, findings.report);
  for (const service of model.services) {
    const isStale = (): boolean => model.touched.has(service);
    findings.part(SERVICES, service, (report) => checkService(scope, service, report), isStale);
  }
  checkNested(scope, model, findings);
  findings.whole((report) => checkGraph(scope, model, outlines, report));
  // Last: by now every file that the rules look at has been read.
  for (const file of scope.sources.ofProject()) {
    if (file.syntaxErrors.length === 0 || !isLookedAt(scope, findings, file)) continue;
    for (const { at, text } of file.syntaxErrors) findings.report('ONW1001', { file, at }, text);
  }
}

/** In a project that stays open there are files that nothing leads to any more. */
function isLookedAt({ sources }: Scope, findings: Findings, file: FileRecord): boolean {
  return !sources.memory.isTracking || findings.hasRead(file.path) || sources.selected().includes(file);
}

function checkService(scope: Scope, service: ServiceModel, report: Report): undefined {
  checkNames(service, report);
  checkImportable(scope, service, report);
  for (const node of service.nodes) {
    checkOverride(scope, node, report);
    checkSlots(node, report);
    checkSent(node, report);
    checkMessage(scope, node, report);
    checkEdges(scope, node, report);
    checkJoinSources(scope, node, report);
    checkEdgeOptions(scope, node, report);
    checkOptions(scope, node, report);
    checkSchedules(scope, node, report);
    checkWhen(scope, node, report);
    checkNamedClasses(scope, node, report);
  }
}

/** Rules that the outlines show to be irrelevant are skipped. */
function checkGraph(scope: Scope, model: Model, outlines: readonly Outline[], report: Report): void {
  const graph = once(() => wholeGraph(model));
  if (hasCircle(outlines.flatMap(({ inner }) => inner))) checkLoops(scope, graph(), report);
  const hasJoin = outlines.some((outline) => outline.hasJoin);
  if (hasJoin || !outlines.every(({ isNear }) => isNear)) {
    const reached = checkReach(graph(), outlines, report);
    if (hasJoin) checkJoins(graph(), reached, report);
  }
  const routed = outlines.flatMap((outline) => outline.routed);
  checkRoutes(scope, graph, routed, report);
  const throwing = outlines.flatMap((outline) => outline.throwing);
  checkThrows(scope, throwing, report);
  if (model.hasCalls) checkRecursion(graph(), report);
}
