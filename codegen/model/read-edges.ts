// Edges, from the annotations of callbacks and the nodes they name.

import type { EdgeOn } from '../../src/wiring/v1.ts';
import type { Report } from '../check/problem.ts';
import { isEdgeAnnotation } from '../read/our-names.ts';
import type { AnnotatedMethod } from './class-chain.ts';
import { argumentsOf, isOfRun, MOMENTS, readOptions } from './edge-options.ts';
import { filledMessage, markedField } from './filled-message.ts';
import type { Annotation, EdgeModel, NodeModel } from './model.ts';
import { joinOf, readSources } from './read-join.ts';
import type { ServiceDraft } from './read-services.ts';
import { findTarget, type Neighbours } from './read-target.ts';
import type { Scope } from './scope.ts';

/** Adds to every node the edges that lead to it. */
export function readEdges(scope: Scope, drafts: readonly ServiceDraft[], report: Report): void {
  const services = drafts.map((draft) => draft.service);
  for (const { service, methods } of drafts) {
    const among = { own: service, services, report };
    for (const [node, method] of methods) node.edges.push(...readEdgesTo(scope, node, method, among));
  }
}

function readEdgesTo(scope: Scope, to: NodeModel, { annotations }: AnnotatedMethod, among: Neighbours): EdgeModel[] {
  const edges = annotations.flatMap((annotation) =>
    isEdgeAnnotation(annotation.name) ? [{ annotation, on: MOMENTS[annotation.name] }] : [],
  );
  return edges.flatMap(({ annotation, on }, decorator) => readEdge(scope, { annotation, on, decorator, to }, among));
}

interface WrittenEdge {
  readonly annotation: Annotation;
  readonly on: EdgeOn;
  readonly decorator: number;
  readonly to: NodeModel;
}

/** None if its target is not found; of a join, one for each source that is. */
function readEdge(scope: Scope, { annotation, on, decorator, to }: WrittenEdge, among: Neighbours): EdgeModel[] {
  // That its parentheses are missing is told of the annotation.
  if (!annotation.record.isCalled) return [];
  const place = { file: annotation.file, at: annotation.record.at };
  const { service, method, sources, options } = argumentsOf(scope, on, annotation);
  const facts = { on, to, decorator, place, ...readOptions(scope, on, options, among.report) };
  if (on === 'join') {
    const join = joinOf(scope, options);
    return readSources(scope, sources, place, among).map(({ from, ...written }) => {
      const field = filledMessage(to)?.fields.find((item) => item.name === written.source && !item.isMethod);
      return { ...facts, from, join: { ...join, ...written }, ...(field !== undefined && { field }) };
    });
  }
  if (isOfRun(on) && service === undefined && method === undefined) return [{ ...facts, from: null }];
  const target = {
    place,
    ...(service !== undefined && { service }),
    ...(method !== undefined && { method }),
  };
  const from = findTarget(scope, target, among);
  return from === undefined ? [] : [{ ...facts, from, ...markedFields(to, on) }];
}

/** The fields that take what the moment is about. After an end there is a value or an error: each has its own. */
function markedFields(to: NodeModel, on: EdgeOn): Pick<EdgeModel, 'field' | 'errorField'> {
  const mark = on === 'error' ? 'error' : on === 'success' || on === 'end' ? 'returnValue' : undefined;
  const field = mark === undefined ? undefined : markedField(to, mark);
  const errorField = on === 'end' ? markedField(to, 'error') : undefined;
  return { ...(field !== undefined && { field }), ...(errorField !== undefined && { errorField }) };
}
