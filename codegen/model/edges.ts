// Records in, the graph's model out: edges, from the annotations of callbacks and the nodes they name; the sources of a
// `@Join`, which are fields of its message; and the nodes that bodies call.
//
// EDGES-1. Problems are reported on the way and never stop it.
// EDGES-2. A call in a body is resolved here, once, and listed at the node that is called.

import type { Report } from '../problem.ts';
import type { Model, Annotation, EdgeModel, NodeModel, JoinModel, Place } from './model.ts';
import { readServices, type ServiceDraft } from './services.ts';
import type { Scope } from './scope.ts';
import type { EdgeOn } from '../../src/wiring/v1.ts';
import { isEdgeAnnotation } from '../read/our-names.ts';
import type { AnnotatedMethod } from './class-chain.ts';
import { argumentsOf, booleanOf, isOfRun, MOMENTS, readOptions } from './edge-options.ts';
import { filledMessage, markedField } from './slots.ts';
import { findTarget, type Neighbours, type WrittenTarget } from './target.ts';
import { entryOf, fold, keysOf, foldedString, optionOf, type Folded } from './fold.ts';

export function buildModel(scope: Scope, report: Report): Model {
  const drafts = readServices(scope, report);
  readEdges(scope, drafts, report);
  readCallers(scope, drafts);
  return { services: drafts.map((draft) => draft.service) };
}

/** Adds to every node the edges that lead to it. */
function readEdges(scope: Scope, drafts: readonly ServiceDraft[], report: Report): void {
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

/** Adds to every node the bodies that call it. What a body calls in another way is not known. */
function readCallers(scope: Scope, drafts: readonly ServiceDraft[]): void {
  const byClass = new Map(drafts.map(({ service }) => [service.class, service]));
  for (const from of drafts.flatMap(({ service }) => service.nodes)) {
    const { file } = from.place;
    const context = from.slots.find((slot) => slot.fills === 'context')?.parameter.name;
    for (const { service, method, how, at, isReturned, context: written } of from.member.calls ?? []) {
      const found = scope.declared(file, service)?.class;
      const owner = found === undefined ? undefined : byClass.get(found);
      const to = owner?.nodes.find((node) => node.method === method);
      const gives = isReturned === true && written === context;
      to?.callers.push({ from, how, place: { file, at }, ...(gives && { isReturned: true }) });
    }
  }
}

interface WrittenEdge {
  readonly annotation: Annotation;
  readonly on: EdgeOn;
  readonly decorator: number;
  readonly to: NodeModel;
}

/** None if its target is not found; of a join, one for each source that is. */
function readEdge(scope: Scope, { annotation, on, decorator, to }: WrittenEdge, among: Neighbours): EdgeModel[] {
  // That its parentheses are missing is reported at the annotation.
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

/** A source whose node was found. */
interface Source {
  readonly source: string;
  readonly place: Place;
  readonly from: NodeModel;
  readonly keys: readonly string[];
}

function readSources(scope: Scope, written: Folded | undefined, place: Place, among: Neighbours): readonly Source[] {
  const keys = written === undefined ? undefined : keysOf(scope, written);
  if (written === undefined || keys === undefined) {
    const at = written === undefined ? place : { file: written.file, at: written.value.at };
    const text =
      "the sources of a join cannot be read at build time; write them by the fields of the message, as `{ stock: 'reserve' }`";
    among.report('ONW1131', at, text);
    return [];
  }
  if (keys.length === 0) {
    const at = { file: written.file, at: written.value.at };
    among.report('ONW1115', at, 'a join without sources never runs; name the nodes whose values it waits for');
  }
  return keys.flatMap((source) => {
    const entry = entryOf(scope, written, source);
    if (entry === undefined || entry === 'hidden') return [];
    const at: Place = { file: entry.file, at: entry.value.at };
    const target = targetOf(scope, entry, at);
    if (target === undefined) {
      const text = "the source cannot be read at build time; write it as `'reserve'` or `from(() => Stock, 'reserve')`";
      among.report('ONW1131', at, text);
      return [];
    }
    const from = findTarget(scope, target, among);
    return from === undefined ? [] : [{ source, place: at, from, keys }];
  });
}

/** `'reserve'` of the same class, or `from(() => Stock, 'reserve')`. */
function targetOf(scope: Scope, entry: Folded, place: Place): WrittenTarget | undefined {
  if (foldedString(scope, entry) !== undefined) return { place, method: entry, isSource: true };
  const { file, value } = fold(scope, entry);
  if (value.kind !== 'call' || scope.ours(file, value.path) !== 'from') return undefined;
  const [service, method] = value.arguments.map((argument) => ({ file, value: argument }));
  return { place, ...(service !== undefined && { service }), ...(method !== undefined && { method }) };
}

function joinOf(scope: Scope, options: Folded | undefined): Pick<JoinModel, 'mode' | 'onMissing' | 'cancelRest'> {
  const rest = optionOf(scope, options, 'cancelRest');
  return {
    mode: choiceOf(scope, options, 'mode', ['all', 'any']),
    onMissing: choiceOf(scope, options, 'onMissing', ['skip', 'run']),
    cancelRest: rest === 'hidden' ? rest : rest !== undefined && booleanOf(scope, rest),
  };
}

/** One of two words; the first is the default. */
function choiceOf<const W extends string>(
  scope: Scope,
  options: Folded | undefined,
  key: string,
  words: readonly [W, W],
): W | 'hidden' {
  const found = optionOf(scope, options, key);
  if (found === undefined) return words[0];
  const text = found === 'hidden' ? undefined : foldedString(scope, found);
  return words.find((word) => word === text) ?? 'hidden';
}
