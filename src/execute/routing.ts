// What user code says about how a body ended: which edges match, and whether another attempt may help.
//
// ROUTING-1. It never throws: what user code throws here is a fault of its edge, or counts as "no".
// ROUTING-2. The `when` of an edge is called once for each end of a body, where the body ran.

import { isOnwardError } from '../errors/onward-error.ts';
import type { Failure } from '../run/event.ts';
import { ALL_ROUTES, NO_ROUTES, type EdgeFault, type Routing } from '../run/step-data.ts';
import { isFinalCode, StepCode } from '../run/status.ts';
import type { Edge, GraphNode } from '../graph/graph.ts';
import { routeOf, type Application, type Body, type Route } from './application.ts';

export function routingOnSuccess(app: Application, node: GraphNode, value: unknown): Routing {
  return node.plain ? ALL_ROUTES : routingOf(app, node.success, value);
}

export function routingOnError(app: Application, node: GraphNode, error: unknown): Routing {
  return routingOf(app, node.error, error);
}

/** Which edges match, without a question where none has a condition. After a `when` that threw, `otherwise` is not taken: it is unknown what was left over. */
function routingOf(app: Application, edges: readonly Edge[], value: unknown): Routing {
  const [only] = edges;
  if (only === undefined) return ALL_ROUTES;
  // The usual case, without lists: a loop asks it in every round.
  if (edges.length === 1 && only.each === null && !only.otherwise) return routingOfOne(app, only, value);
  const sizes = sizesOf(edges, value);
  if (!isConditional(edges)) return sizes === undefined ? ALL_ROUTES : { routes: 'all', sizes };
  const { taken, faults } = routesOf(app, edges, value);
  if (sizes === undefined && faults === null && taken.length === edges.length) return ALL_ROUTES;
  if (sizes === undefined) return faults === null ? { routes: taken } : { routes: taken, faults };
  return faults === null ? { routes: taken, sizes } : { routes: taken, sizes, faults };
}

function routingOfOne(app: Application, edge: Edge, value: unknown): Routing {
  if (!edge.conditional) return ALL_ROUTES;
  try {
    return matches(routeOf(app, edge), value) ? ALL_ROUTES : NO_ROUTES;
  } catch (error) {
    return { routes: [], faults: [{ edge: edge.id, error }] };
  }
}

function isConditional(edges: readonly Edge[]): boolean {
  for (const { conditional } of edges) if (conditional) return true;
  return false;
}

function routesOf(
  app: Application,
  edges: readonly Edge[],
  value: unknown,
): { readonly taken: number[]; readonly faults: EdgeFault[] | null } {
  const taken: number[] = [];
  let faults: EdgeFault[] | null = null;
  let matched = false;
  for (let position = 0; position < edges.length; position++) {
    const edge = edges[position];
    if (edge === undefined || edge.otherwise) continue;
    try {
      if (!matches(routeOf(app, edge), value)) continue;
      taken.push(position);
      matched ||= edge.conditional;
    } catch (error) {
      (faults ??= []).push({ edge: edge.id, error });
    }
  }
  if (matched || faults !== null) return { taken, faults };
  for (const [position, { otherwise }] of edges.entries()) if (otherwise) taken.push(position);
  return { taken: taken.sort((a, b) => a - b), faults };
}

function matches(route: Route | undefined, value: unknown): boolean {
  return route?.matches === undefined || route.matches(value);
}

/** The length of the array, at the position of each edge that goes over its items. */
function sizesOf(edges: readonly Edge[], value: unknown): number[] | undefined {
  let spreads = false;
  for (const { each } of edges) spreads ||= each !== null;
  if (!spreads) return undefined;
  const size = lengthOf(value);
  return edges.map(({ each }) => (each === null ? -1 : size));
}

/** -1 for what is not an array, or a proxy that throws. */
function lengthOf(value: unknown): number {
  const length = safely(() => (Array.isArray(value) ? value.length : -1)) ?? -1;
  return Number.isSafeInteger(length) ? length : -1;
}

/** Why a body failed, and whether to try again. */
export function failureOf(error: unknown, body: Body): Failure {
  const names = namesOf(error);
  const code = stepCodeOf(error, names);
  const retry = !isFinalCode(code) && !names.includes('TerminalError') && allowsRetry(body, error);
  const retryAfterMs = names.includes('RetryableError') ? millisecondsIn(error, 'retryAfterMs') : undefined;
  return retryAfterMs === undefined ? { code, retry, refused: false } : { code, retry, refused: false, retryAfterMs };
}

/** The attempt took too long: a retry may be faster. */
export const TIMED_OUT: Failure = { code: StepCode.TIMEOUT, retry: true, refused: false };

function stepCodeOf(error: unknown, names: readonly unknown[]): StepCode {
  if (names.includes('InvalidArgument') || names.includes('RangeError')) return StepCode.INVALID_ARGUMENT;
  if (names.includes('AssertionError') && fieldOf(error, 'code') === 'ERR_ASSERTION') return StepCode.ASSERTION_ERROR;
  if (safely(() => isOnwardError(error) && (error.code.startsWith('ONW2') || error.code === 'ONW3045')))
    return StepCode.INVALID_TYPE;
  return StepCode.UNHANDLED_EXCEPTION;
}

function allowsRetry(body: Body, error: unknown): boolean {
  const { retryWhen } = body;
  return retryWhen === undefined || safely(() => answerOf(retryWhen(error))) === true;
}

/** A promise says no: the answer is needed at once. */
function answerOf(routing: unknown): boolean {
  if (!(routing instanceof Promise)) return Boolean(routing);
  routing.catch(() => undefined);
  return false;
}

/** What an error is called, along its prototypes: a second copy of the package has other classes. */
function namesOf(error: unknown): readonly unknown[] {
  const names: unknown[] = [];
  if (typeof error !== 'object' || error === null) return names;
  try {
    for (let at: object | null = error; at !== null; at = Object.getPrototypeOf(at)) {
      names.push(at.constructor?.name);
      // An inherited one is found where it stands.
      if (Object.hasOwn(at, 'name')) names.push(Reflect.get(at, 'name', error));
    }
  } catch {
    // What was read before it threw still counts.
  }
  return names;
}

function fieldOf(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null ? safely(() => Reflect.get(error, field)) : undefined;
}

function millisecondsIn(error: unknown, field: string): number | undefined {
  const value = fieldOf(error, field);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Errors can be hostile: their getters may throw. */
function safely<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
