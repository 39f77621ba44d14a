// The user's half of the edges, from the wiring and the annotations.
//
// T1. A route stands at its edge's position in the compiled graph, which also holds the joins' own edges.

import type { CompiledGraph, Edge } from '../graph/compiled.ts';
import type { Route } from '../perform/application.ts';
import type { EdgeWiring, Wiring } from '../wiring/v1.ts';
import { matcherOf } from './matcher.ts';
import { isFunction, isOptions } from './options.ts';
import { annotationOf, type Services } from './wired-method.ts';

/** By the edge's position in the graph. */
export function routesOf(graph: CompiledGraph, wiring: Wiring, services: Services): Route[] {
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
  return isFunction(bind) || isOptions(bind) ? bind : undefined;
}
