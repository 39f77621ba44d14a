// Puts the wiring, the annotations' records and the instances together into an application: the compiled graph, and for
// each of its nodes and edges the user's code that goes with it. The structure comes from the wiring, the options from
// the annotations.
//
// ASSEMBLE-1. The described edges stand in the wiring's order, one for one. The edges of one join share a decorator.
// ASSEMBLE-2. A route stands at its edge's position in the compiled graph, which also holds the joins' own edges.
// ASSEMBLE-3. Every option that is wrong is reported, and then nothing is made.

import { annotatedApartFrom, type EdgeRecord } from '../decorators/record.ts';
import { OnwardError } from '../errors/onward-error.ts';
import type { Application, Body, Log, Route } from '../execute/application.ts';
import { compileGraph } from '../graph/compile.ts';
import { durationMs } from '../graph/duration.ts';
import type {
  CompiledGraph,
  EachPolicy,
  Edge,
  EdgeDescription,
  GraphDescription,
  JoinDescription,
} from '../graph/graph.ts';
import {
  EDGE_OPTIONS,
  flagIn,
  isFunction,
  isObject,
  NODE_OPTIONS,
  numberIn,
  problemsOf,
  type Options,
} from '../values/option-rules.ts';
import type { EdgeWiring } from '../wiring/v1.ts';
import { differencesOf, strayTargets, UNKNOWN_TO_WIRING } from './agreement.ts';
import { matcherOf } from './matcher.ts';
import { nodeDescriptionOf, problemsOfDelays, retryWhenOf, timeoutOf } from './node-options.ts';
import type { Services, WiredEdge, WiredGraph, WiredNode } from './wired-node.ts';

/**
 * @throws {OnwardError} ONW3002 if the wiring does not agree with the annotations, ONW3003 if an instance is of another
 *   class than the annotations name, ONW3004 with every option that is wrong.
 */
export function assemble(
  wired: WiredGraph,
  { parser, log, addedClasses }: Pick<Application, 'parser' | 'log' | 'addedClasses'>,
): Application {
  const strays = strayTargets(wired);
  if (strays.length > 0) {
    throw new OnwardError('ONW3003', `instances of other classes\n  ${strays.join('\n  ')}`, { details: { strays } });
  }
  const differences = differencesOf(wired);
  if (differences.length > 0) {
    const unseen = differences.every((difference) => difference.endsWith(UNKNOWN_TO_WIRING));
    const hint = unseen
      ? '\n  If that changes nothing, something annotates them while the program runs: the generator reads the source only.'
      : '';
    const text = `the wiring is stale, run \`npx onward generate\`:\n  ${differences.join('\n  ')}${hint}`;
    throw new OnwardError('ONW3002', text, { details: { differences } });
  }
  const problems = problemsOfAnnotations(wired);
  if (problems.length > 0) {
    throw new OnwardError('ONW3004', `options of annotations are not valid:\n  ${problems.join('\n  ')}`, {
      details: { problems },
    });
  }
  const graph = compileGraph(describeGraph(wired));
  const routes = routesOf(graph, wired);
  const bodies = [...wired.nodes.values()].map(bodyOf);
  const { wiring } = wired;
  return { graph, bodies, routes, wiring, addedClasses, parser, log, nodeFor: nodeFinder(wired) };
}

/** Says which classes have been annotated since the wiring was generated. What belongs to other graphs is told from that there. */
export function warnOfUnwired(wired: WiredGraph, given: unknown, log: Log): void {
  const others = annotatedApartFrom(wired.services.values());
  if (others.length === 0) return;
  const said = import('./unwired.ts').then(({ unwiredClasses }) => {
    for (const text of unwiredClasses(wired, others, given)) log('warn', `ONW3002: ${text}`, { code: 'ONW3002' });
  });
  // It is advice only: services and logs that throw when they are looked at end no process.
  said.catch(() => undefined);
}

function problemsOfAnnotations({ nodes, edges }: WiredGraph): string[] {
  const known = new Set<EdgeRecord>();
  return [
    ...[...nodes.values()].flatMap(({ id, options }) => [
      ...problemsOf(options, NODE_OPTIONS, id),
      ...problemsOfDelays(options, id),
    ]),
    ...edges.flatMap(({ wiring: { on, from, to }, record, options }) => {
      // The edges of one join have one annotation.
      if (record === undefined || known.has(record)) return [];
      known.add(record);
      if (on === 'join') return problemsOfJoin(options, `join of ${to}`);
      return problemsOf(options, EDGE_OPTIONS[on], `edge ${from} -> ${to}`);
    }),
  ];
}

function problemsOfJoin(options: Options, place: string): string[] {
  const problems = problemsOf(options, EDGE_OPTIONS.join, place);
  if (options['cancelRest'] !== true || options['mode'] === 'any') return problems;
  const text = "`cancelRest` needs `mode: 'any'`: a join of all its sources needs each of them";
  return [...problems, `${place}: ${text}`];
}

function bodyOf({ wiring, callee, call, options }: WiredNode): Body {
  return {
    service: callee,
    call,
    message: wiring.message,
    takes: wiring.takes,
    timeoutMs: timeoutOf(options),
    retryWhen: retryWhenOf(options),
    exposed: options['expose'] === true,
    marks: { field: wiring.field, fieldClass: wiring.fieldClass, errorField: wiring.errorField },
  };
}

/** Items of an `each` that are under way at a time, if the annotation does not say. */
const ITEMS_AT_A_TIME = 64;

function describeGraph({ wiring, nodes, edges }: WiredGraph): GraphDescription {
  const joins = new JoinIds();
  return {
    nodes: [...nodes.values()].map(({ id, options }) => nodeDescriptionOf(options, id)),
    edges: edges.map((edge) =>
      edge.wiring.on === 'join' ? describeArrival(edge, joins.of(edge)) : describeEdge(edge),
    ),
    joins: joins.all.map(([id, edge]) => describeJoin(id, edge)),
    spawns: Object.values(wiring.nodes).some(({ takes }) => takes?.context === true),
    wiring: wiring.graphHash,
  };
}

/** `join>To.method`, with `#2` and so on for further joins that lead to the same node. */
class JoinIds {
  /** With the first edge of each. */
  readonly all: (readonly [id: string, edge: WiredEdge])[] = [];
  readonly #ids = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  of(edge: WiredEdge): string {
    const { to, decorator } = edge.wiring;
    const key = `${decorator} ${to}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(to) ?? 0) + 1;
    const id = count === 1 ? `join>${to}` : `join>${to}#${count}`;
    this.#counts.set(to, count);
    this.#ids.set(key, id);
    this.all.push([id, edge]);
    return id;
  }
}

/** What the wiring leaves open, the annotation has recorded. */
function hasCondition({ when, whenRecorded }: EdgeWiring, options: Options): boolean {
  return when !== undefined || (whenRecorded === true && options['when'] !== undefined);
}

function describeEdge({ wiring, options }: WiredEdge): EdgeDescription {
  const { from, to, on } = wiring;
  const critical = flagIn(options, 'critical');
  return {
    from,
    to,
    moment: on === 'join' ? 'success' : on,
    conditional: hasCondition(wiring, options),
    otherwise: wiring.otherwise === true,
    recover: wiring.recover === true,
    afterMs: durationMs(options['after']) ?? 0,
    ...(wiring.each === true && { each: eachPolicyOf(options) }),
    ...(critical !== undefined && { critical }),
    terms: termsOf(wiring, options),
  };
}

/** What of an edge the core does not know and what still decides where a run goes, and with what. */
function termsOf({ field, errorField }: EdgeWiring, { when, bind }: Options): Readonly<Record<string, unknown>> {
  return { when, bind, field, errorField };
}

function eachPolicyOf(options: Options): EachPolicy {
  return {
    concurrency: numberIn(options, 'concurrency') ?? ITEMS_AT_A_TIME,
    stopAfterFailures: numberIn(options, 'stopAfterFailures') ?? Number.POSITIVE_INFINITY,
  };
}

function describeArrival({ wiring, options }: WiredEdge, join: string): EdgeDescription {
  const { from, to, source } = wiring;
  const terms = termsOf(wiring, options);
  return { from, to, moment: 'success', arrival: { join, source: source ?? from }, terms };
}

function describeJoin(id: string, { wiring: { to }, options }: WiredEdge): JoinDescription {
  const critical = flagIn(options, 'critical');
  return {
    id,
    to,
    mode: options['mode'] === 'any' ? 'any' : 'all',
    cancelRest: options['cancelRest'] === true,
    onMissing: options['onMissing'] === 'run' ? 'run' : 'skip',
    ...(critical !== undefined && { critical }),
  };
}

/** By the edge's position in the graph. */
function routesOf(graph: CompiledGraph, { edges }: WiredGraph): Route[] {
  const wired = wiredEdgesOf(graph, edges);
  return graph.edges.map((edge) => {
    const from = wired.get(edge);
    if (from === undefined) return NO_ROUTE;
    const route = routeFor(edge, from);
    return edge.moment === 'join' ? { ...route, sourceClasses: classesOf(from.wiring, edges) } : route;
  });
}

const NO_ROUTE: Route = {
  matches: undefined,
  bind: undefined,
  field: undefined,
  fieldClass: undefined,
  errorField: undefined,
  sourceClasses: undefined,
};

/** What each edge was wired as; the edge of a join as the first of its sources. */
function wiredEdgesOf(graph: CompiledGraph, wired: readonly WiredEdge[]): ReadonlyMap<Edge, WiredEdge> {
  const found = new Map<Edge, WiredEdge>();
  // Apart from the joins, the compiled edges are the wired ones in their order.
  const edges = graph.edges.filter(({ moment }) => moment !== 'join');
  for (const [at, edge] of edges.entries()) {
    const from = wired[at];
    if (from === undefined) continue;
    found.set(edge, from);
    const join = edge.arrival?.join.edge;
    if (join !== undefined && !found.has(join)) found.set(join, from);
  }
  return found;
}

function routeFor(edge: Edge, { wiring, options }: WiredEdge): Route {
  if (edge.moment === 'join') return { ...NO_ROUTE, bind: bindOf(options) };
  // An arrival takes what its source returned; the join builds the message.
  if (edge.arrival !== null) return { ...NO_ROUTE, field: wiring.source, fieldClass: wiring.fieldClass };
  return {
    matches: hasCondition(wiring, options) ? matcherOf(options['when'], wiring.on, wiring.when) : undefined,
    bind: bindOf(options),
    field: wiring.field,
    fieldClass: wiring.fieldClass,
    errorField: wiring.errorField,
    sourceClasses: undefined,
  };
}

/** The classes of a join's sources, by field. */
function classesOf({ to, decorator }: EdgeWiring, edges: readonly WiredEdge[]): Route['sourceClasses'] {
  const sources = edges
    .map(({ wiring }) => wiring)
    .filter((edge) => edge.on === 'join' && edge.to === to && edge.decorator === decorator);
  return Object.fromEntries(sources.map(({ source = '', fieldClass }) => [source, fieldClass ?? (true as const)]));
}

function bindOf({ bind }: Options): Route['bind'] {
  return isFunction(bind) || isObject(bind) ? bind : undefined;
}

/** Finds the node of a class and a method. Of several instances the nearest: of the class itself, then of a subclass. */
function nodeFinder({ nodes, services }: WiredGraph): Application['nodeFor'] {
  const idOf = new Map<string, string>();
  for (const { id, service, method } of nodes.values()) idOf.set(`${service}.${method}`, id);
  const nodesOf = new WeakMap<object, Map<string, string | undefined>>();
  return (service, method) => {
    // An arrow function is not a class: nothing can be an instance of it.
    if (!isFunction(service) || !isObject(service.prototype)) return undefined;
    const known = nodesOf.get(service) ?? new Map<string, string | undefined>();
    nodesOf.set(service, known);
    if (!known.has(method))
      known.set(
        method,
        nearestNode(service, services, (name) => idOf.get(`${name}.${method}`)),
      );
    return known.get(method);
  };
}

type AnyClass = (...args: unknown[]) => unknown;

function nearestNode(
  service: AnyClass,
  services: Services,
  idIn: (service: string) => string | undefined,
): string | undefined {
  const candidates = [...services]
    .filter(([, instance]) => instance instanceof service)
    .map(([name, instance]) => ({ id: idIn(name), away: distanceTo(service, instance) }))
    .filter(({ id }) => id !== undefined);
  return candidates.toSorted((a, b) => a.away - b.away)[0]?.id;
}

/** How many classes lie between an instance and a class that it is an instance of. */
function distanceTo(service: AnyClass, instance: object): number {
  let distance = 0;
  let at: object | null = Object.getPrototypeOf(instance);
  for (; at !== null && at !== service.prototype; at = Object.getPrototypeOf(at)) distance++;
  return distance;
}
