// Records in, the graph's model out: edges, from the annotations of callbacks and the nodes they name; the sources of a
// `@Join`, which are fields of its message; and the nodes that bodies call.
//
// EDGES-1. Problems are reported on the way and never stop it.
// EDGES-2. A call in a body is resolved here, once, and listed at the node that is called.

import type { Findings, Part } from '../findings.ts';
import { Table, type Memory } from '../memory.ts';
import type { Report } from '../problem.ts';
import type { ClassRecord } from '../read/file-record.ts';
import type { Model, Annotation, CallerModel, EdgeModel, NodeModel, JoinModel, Place, ServiceModel } from './model.ts';
import { readServices, type ServiceDraft } from './services.ts';
import { scopeOf, type Scope } from './scope.ts';
import type { EdgeOn } from '../../src/wiring/v1.ts';
import { isEdgeAnnotation } from '../read/our-names.ts';
import type { AnnotatedMethod } from './class-chain.ts';
import { keptClasses, reachedClasses } from './classes.ts';
import { argumentsOf, booleanOf, isOfRun, MOMENTS, readOptions } from './edge-options.ts';
import { filledMessage, markedField } from './slots.ts';
import { findTarget, type Neighbours, type WrittenTarget } from './target.ts';
import { entryOf, fold, keysOf, foldedString, optionOf, type Folded } from './fold.ts';

export function buildModel(scope: Scope, findings: Findings): Model {
  const drafts = readServices(scope, findings);
  const { touched, around, watched } = readEdges(scope, drafts, findings);
  listWatching(watched, around);
  const hasCalls = readCallers(scope, drafts);
  const classes = keptClasses(scope, drafts, touched);
  const services = drafts.map((draft) => draft.service);
  // Keeps only the sources of the scope alive.
  const { sources } = scope;
  const reached: Model['reached'] = () => reachedClasses(scopeOf(sources), drafts);
  return { services, touched, around, hasCalls, classes, reached };
}

/** A service, and the services that its edges come from, possibly itself. */
interface Watched {
  readonly service: ServiceModel;
  readonly from: ReadonlySet<ServiceModel>;
}

/** Gives the nodes of these services the edges that watch them. */
function listWatching(watched: readonly Watched[], services: ReadonlySet<ServiceModel>): void {
  for (const { nodes } of services) for (const { watchedBy } of nodes) if (watchedBy.length > 0) watchedBy.length = 0;
  for (const { service, from: sources } of watched) {
    if (!isAny(sources, services)) continue;
    for (const { edges } of service.nodes) {
      for (const edge of edges) {
        if (edge.from !== null && services.has(edge.from.service)) edge.from.watchedBy.push(edge);
      }
    }
  }
}

/** What the edges of a service were read from. */
interface EdgeSources {
  readonly services: ReadonlySet<ServiceModel>;
  /** Whether a target was not found where it was named: any other service may be why. */
  readonly isOpen: boolean;
}

const EDGES = new Table<ServiceModel, Part<EdgeSources>>();

/** What was watched when edges were read last. */
const BEFORE = new WeakMap<Memory, readonly Watched[]>();

interface EdgesRead extends Pick<Model, 'touched' | 'around'> {
  /** In the order of the model. */
  readonly watched: readonly Watched[];
}

/** Gives every node the edges that lead to it. */
function readEdges(scope: Scope, drafts: readonly ServiceDraft[], findings: Findings): EdgesRead {
  const services = drafts.map((draft) => draft.service);
  const current = new Set(services);
  const renewed = new Set<ServiceModel>();
  const watched = drafts.map((draft) => {
    const { service } = draft;
    const read = (report: Report): EdgeSources => {
      renewed.add(service);
      return readEdgesOf(scope, draft, { own: service, services, report });
    };
    const isStale = (from: EdgeSources): boolean => from.isOpen || !isEvery(from.services, current);
    return { service, from: findings.part(EDGES, service, read, isStale).services };
  });
  const { memory } = scope.sources;
  const before = BEFORE.get(memory) ?? [];
  if (memory.isTracking) BEFORE.set(memory, watched);
  if (renewed.size === services.length) return { touched: renewed, around: renewed, watched };
  const touched = new Set(watched.flatMap(({ service, from }) => (isAny(from, renewed) ? [service] : [])));
  return { touched, around: aroundOf(touched, { before, watched, current }), watched };
}

function aroundOf(
  touched: ReadonlySet<ServiceModel>,
  among: {
    readonly before: readonly Watched[];
    readonly watched: readonly Watched[];
    readonly current: ReadonlySet<ServiceModel>;
  },
): ReadonlySet<ServiceModel> {
  const found = new Set(touched);
  for (const { service, from } of among.watched) if (touched.has(service)) for (const item of from) found.add(item);
  for (const { service, from } of among.before) {
    if (!touched.has(service) && among.current.has(service)) continue;
    for (const item of from) if (among.current.has(item)) found.add(item);
  }
  return found;
}

function isEvery<T>(items: ReadonlySet<T>, among: ReadonlySet<T>): boolean {
  for (const item of items) if (!among.has(item)) return false;
  return true;
}

function isAny<T>(items: ReadonlySet<T>, among: ReadonlySet<T>): boolean {
  for (const item of items) if (among.has(item)) return true;
  return false;
}

function readEdgesOf(scope: Scope, { service, methods }: ServiceDraft, given: Omit<Neighbours, 'miss'>): EdgeSources {
  const services = new Set([service]);
  let isOpen = false;
  const among = { ...given, miss: () => void (isOpen = true) };
  for (const [node, method] of methods) {
    const edges = readEdgesTo(scope, node, method, among);
    for (const { from } of edges) if (from !== null) services.add(from.service);
    node.edges.splice(0, node.edges.length, ...edges);
  }
  return { services, isOpen };
}

function readEdgesTo(scope: Scope, to: NodeModel, { annotations }: AnnotatedMethod, among: Neighbours): EdgeModel[] {
  const edges = annotations.flatMap((annotation) =>
    isEdgeAnnotation(annotation.name) ? [{ annotation, on: MOMENTS[annotation.name] }] : [],
  );
  return edges.flatMap(({ annotation, on }, decorator) => readEdge(scope, { annotation, on, decorator, to }, among));
}

/** A call in a body, and the class that it names. */
interface WrittenCall {
  readonly class: ClassRecord;
  readonly method: string;
  readonly caller: CallerModel;
}

const CALLS = new Table<ServiceModel, readonly WrittenCall[]>();

/** The nodes that were called when bodies were read last. */
const CALLED = new WeakMap<Memory, Set<NodeModel>>();

/** Gives every node the bodies that call it. What a body calls in another way is not known. Returns whether any does. */
function readCallers(scope: Scope, drafts: readonly ServiceDraft[]): boolean {
  const { memory } = scope.sources;
  for (const { callers } of CALLED.get(memory) ?? []) callers.length = 0;
  const called = new Set<NodeModel>();
  CALLED.set(memory, called);
  if (!drafts.some(({ isCalling }) => isCalling)) return false;
  const byClass = new Map(drafts.map(({ service }) => [service.class, service]));
  for (const { service, isCalling } of drafts) {
    if (!isCalling) continue;
    for (const call of CALLS.recall(memory, service, () => readCalls(scope, service))) {
      const to = byClass.get(call.class)?.nodes.find((node) => node.method === call.method);
      if (to === undefined) continue;
      to.callers.push(call.caller);
      called.add(to);
    }
  }
  return called.size > 0;
}

function readCalls(scope: Scope, { nodes }: ServiceModel): readonly WrittenCall[] {
  return nodes.flatMap((from) => {
    const { file } = from.place;
    const context = from.slots.find((slot) => slot.fills === 'context')?.parameter.name;
    return from.member.calls.flatMap(({ service, method, how, at, isReturned, context: written }) => {
      const found = scope.declared(file, service)?.class;
      const gives = isReturned === true && written === context;
      const caller = { from, how, place: { file, at }, ...(gives && { isReturned: true as const }) };
      return found === undefined ? [] : [{ class: found, method, caller }];
    });
  });
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
