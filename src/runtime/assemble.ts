// Puts the wiring, the annotations' records and the instances together into an application.
//
// The graph as the compiler takes it: the structure from the wiring, the options from the annotations.
//
// S1. Its edges stand in the wiring's order, one for one. The edges of one join share a decorator.
//
// The user's half of the edges, from the wiring and the annotations.
//
// T1. A route stands at its edge's position in the compiled graph, which also holds the joins' own edges.
//
// The node of a method of a class, as a body names the child it starts.

import { OnwardError } from '../errors/onward-error.ts';
import { compileGraph } from '../graph/compile.ts';
import type { MessageParser } from '../message/parser.ts';
import type { Application, Body, Route } from '../execute/application.ts';
import type { NodeWiring, Wiring, EdgeWiring } from '../wiring/v1.ts';
import { differencesOf } from './agreement.ts';
import { retryWhenOf, timeoutOf, nodeDescriptionOf } from './node-options.ts';
import {
  type Problems,
  countOf,
  durationOf,
  flagOf,
  wordOf,
  type Options,
  isFunction,
  isObject,
} from '../values/option-rules.ts';
import { methodIn, recordIn, type Services, annotationOf } from './wired-node.ts';
import type {
  EachPolicy,
  EdgeDescription,
  GraphDescription,
  JoinDescription,
  CompiledGraph,
  Edge,
} from '../graph/graph.ts';
import { matcherOf } from './matcher.ts';

/**
 * @throws {OnwardError} ONW3002 if the wiring does not agree with the annotations, ONW3004 if options make no sense.
 */
export function assemble(wiring: Wiring, services: Services, parser: MessageParser | undefined): Application {
  const differences = differencesOf(wiring, services);
  if (differences.length > 0) {
    const text = `the wiring is stale, run \`npx onward generate\`:\n  ${differences.join('\n  ')}`;
    throw new OnwardError('ONW3002', text, { details: { differences } });
  }
  const problems: Problems = [];
  const graph = compileGraph(describeGraph(wiring, services, problems));
  const routes = routesOf(graph, wiring, services);
  const bodies = graph.nodes.map(({ name }) => bodyFor(name, wiring, services, problems));
  if (problems.length > 0) {
    throw new OnwardError('ONW3004', `options of annotations make no sense:\n  ${problems.join('\n  ')}`, {
      details: { problems },
    });
  }
  return { graph, bodies, routes, parser, nodeFor: nodeFinder(wiring, services) };
}

function bodyFor(id: string, wiring: Wiring, services: Services, problems: Problems): Body {
  const node = wiring.nodes[id];
  const service = services.get(methodIn(wiring, id).service);
  if (node === undefined || service === undefined)
    throw new OnwardError('ONW3003', `${id} has no instance of its service`);
  const options = recordIn(wiring, id, services)?.options ?? {};
  return {
    service,
    call: callOf(node),
    message: node.message,
    takes: node.takes,
    timeoutMs: timeoutOf(options, id, problems),
    retryWhen: retryWhenOf(options, id, problems),
    marks: { field: node.field, fieldClass: node.fieldClass, errorField: node.errorField },
  };
}

/** The wiring's calls take the types of the user; the runtime hands them what it has built for them. */
function callOf(node: NodeWiring): Body['call'] {
  return node.call as Body['call'];
}

/** Items of an `each` that are under way at a time, if the annotation does not say. */
const ITEMS_AT_A_TIME = 64;

function describeGraph(wiring: Wiring, services: Services, problems: Problems): GraphDescription {
  const joins = new JoinIds();
  const arrivals = wiring.edges.map((edge) => (edge.on === 'join' ? joins.of(edge) : undefined));
  const optionsOf = (edge: EdgeWiring): Options => annotationOf(edge, wiring, services)?.options ?? {};
  return {
    hash: wiring.graphHash,
    nodes: Object.keys(wiring.nodes).map((id) =>
      nodeDescriptionOf(recordIn(wiring, id, services)?.options ?? {}, id, problems),
    ),
    edges: wiring.edges.map((edge, at) => {
      const join = arrivals[at];
      return join === undefined ? describeEdge(edge, optionsOf(edge), problems) : describeArrival(edge, join);
    }),
    joins: joins.all.map(([id, edge]) => describeJoin(id, edge.to, optionsOf(edge), problems)),
    spawns: Object.values(wiring.nodes).some(({ takes }) => takes?.context === true),
  };
}

/** `join>To.method`, with `#2` and so on for further joins that lead to the same node. */
class JoinIds {
  /** With the first edge of each. */
  readonly all: (readonly [id: string, edge: EdgeWiring])[] = [];
  readonly #ids = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  of(edge: EdgeWiring): string {
    const key = `${edge.decorator} ${edge.to}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(edge.to) ?? 0) + 1;
    const id = count === 1 ? `join>${edge.to}` : `join>${edge.to}#${count}`;
    this.#counts.set(edge.to, count);
    this.#ids.set(key, id);
    this.all.push([id, edge]);
    return id;
  }
}

function describeEdge(edge: EdgeWiring, options: Options, problems: Problems): EdgeDescription {
  const { from, to, on } = edge;
  const what = (name: string): string => `edge ${from} -> ${to}: expected \`${name}\``;
  const critical = flagOf(options['critical'], what('critical'), problems);
  return {
    from,
    to,
    moment: on === 'join' ? 'success' : on,
    conditional: edge.when !== undefined,
    otherwise: edge.otherwise === true,
    recover: edge.recover === true,
    afterMs: durationOf(options['after'], 0, what('after'), problems),
    ...(edge.each === true && { each: eachPolicyOf(options, what, problems) }),
    ...(critical !== undefined && { critical }),
  };
}

function eachPolicyOf(options: Options, what: (name: string) => string, problems: Problems): EachPolicy {
  return {
    concurrency: countOf(options['concurrency'], what('concurrency'), problems) ?? ITEMS_AT_A_TIME,
    stopAfterFailures:
      countOf(options['stopAfterFailures'], what('stopAfterFailures'), problems) ?? Number.POSITIVE_INFINITY,
  };
}

function describeArrival({ from, to, source }: EdgeWiring, join: string): EdgeDescription {
  return { from, to, moment: 'success', arrival: { join, source: source ?? from } };
}

function describeJoin(id: string, to: string, options: Options, problems: Problems): JoinDescription {
  const what = (name: string): string => `join of ${to}: expected \`${name}\``;
  const critical = flagOf(options['critical'], what('critical'), problems);
  return {
    id,
    to,
    mode: wordOf(options['mode'], ['all', 'any'], what('mode'), problems),
    onMissing: wordOf(options['onMissing'], ['skip', 'run'], what('onMissing'), problems),
    ...(critical !== undefined && { critical }),
  };
}

/** By the edge's position in the graph. */
function routesOf(graph: CompiledGraph, wiring: Wiring, services: Services): Route[] {
  const wired = wiringsOf(graph, wiring);
  return graph.edges.map((edge) => {
    const from = wired.get(edge);
    if (from === undefined) return NO_ROUTE;
    const route = routeFor(edge, from, annotationOf(from, wiring, services)?.options ?? {});
    return edge.moment === 'join' ? { ...route, sourceClasses: classesOf(from, wiring) } : route;
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
function wiringsOf(graph: CompiledGraph, wiring: Wiring): ReadonlyMap<Edge, EdgeWiring> {
  const found = new Map<Edge, EdgeWiring>();
  // Apart from the joins, the compiled edges are the wired ones in their order.
  const edges = graph.edges.filter(({ moment }) => moment !== 'join');
  for (const [at, edge] of edges.entries()) {
    const from = wiring.edges[at];
    if (from === undefined) continue;
    found.set(edge, from);
    const join = edge.arrival?.join.edge;
    if (join !== undefined && !found.has(join)) found.set(join, from);
  }
  return found;
}

function routeFor(edge: Edge, wired: EdgeWiring, options: Readonly<Record<string, unknown>>): Route {
  if (edge.moment === 'join') return { ...NO_ROUTE, bind: bindOf(options) };
  // An arrival takes whatever its source returned; the message is put together at the join.
  if (edge.arrival !== null) return { ...NO_ROUTE, field: wired.source, fieldClass: wired.fieldClass };
  return {
    matches: wired.when === undefined ? undefined : matcherOf(options['when'], wired.on, wired.when),
    bind: bindOf(options),
    field: wired.field,
    fieldClass: wired.fieldClass,
    errorField: wired.errorField,
    sourceClasses: undefined,
  };
}

/** The classes of a join's sources, by field. */
function classesOf({ to, decorator }: EdgeWiring, wiring: Wiring): Route['sourceClasses'] {
  const sources = wiring.edges.filter((edge) => edge.on === 'join' && edge.to === to && edge.decorator === decorator);
  return Object.fromEntries(sources.map(({ source = '', fieldClass }) => [source, fieldClass ?? (true as const)]));
}

function bindOf({ bind }: Readonly<Record<string, unknown>>): Route['bind'] {
  return isFunction(bind) || isObject(bind) ? bind : undefined;
}

/** Finds the node of a class and a method. Of several instances the nearest: of the class itself, then of a subclass. */
function nodeFinder(wiring: Wiring, services: Services): (service: unknown, method: string) => string | undefined {
  const idOf = new Map<string, string>();
  for (const id of Object.keys(wiring.nodes)) {
    const { service, method } = methodIn(wiring, id);
    idOf.set(`${service}.${method}`, id);
  }
  const nodesOf = new WeakMap<object, Map<string, string | undefined>>();
  return (service, method) => {
    // An arrow function is no class: nothing can be an instance of it.
    if (!isFunction(service) || !isObject(service.prototype)) return undefined;
    const known = nodesOf.get(service) ?? new Map<string, string | undefined>();
    nodesOf.set(service, known);
    if (!known.has(method)) known.set(method, find(service, method));
    return known.get(method);
  };

  function find(service: (...args: unknown[]) => unknown, method: string): string | undefined {
    const candidates = [...services]
      .filter(([, instance]) => instance instanceof service)
      .map(([name, instance]) => ({ id: idOf.get(`${name}.${method}`), away: distanceTo(service, instance) }))
      .filter(({ id }) => id !== undefined);
    return candidates.toSorted((a, b) => a.away - b.away)[0]?.id;
  }
}

/** How many classes lie between an instance and a class it is of. */
function distanceTo(service: (...args: unknown[]) => unknown, instance: object): number {
  let distance = 0;
  let at: object | null = Object.getPrototypeOf(instance);
  for (; at !== null && at !== service.prototype; at = Object.getPrototypeOf(at)) distance++;
  return distance;
}
