// What user code says about how a body ended: which edges match, and whether another attempt may help.
//
// V1. It never throws: what user code throws here is a fault of its edge, or counts as "no".
// V2. User code runs once for each end of a body, beside the body.

import { isOnwardError } from '../errors/onward-error.ts';
import type { Failure } from '../run/event.ts';
import { ALL, type EdgeFault, type Facts } from '../run/facts.ts';
import { isFinalCode, StepCode } from '../run/status.ts';
import type { Edge, GraphNode } from '../graph/compiled.ts';
import { routeOf, type Application, type Body, type Route } from './application.ts';

export function factsOnSuccess(app: Application, node: GraphNode, value: unknown): Facts {
  return node.plain ? ALL : factsOf(app, node.success, value);
}

export function factsOnError(app: Application, node: GraphNode, error: unknown): Facts {
  return factsOf(app, node.error, error);
}

/** Which edges match, without a question where none has a condition. After a `when` that threw, `otherwise` is not taken: it cannot be told what was left over. */
function factsOf(app: Application, edges: readonly Edge[], value: unknown): Facts {
  const sizes = sizesOf(edges, value);
  if (!edges.some(({ conditional }) => conditional)) return sizes === undefined ? ALL : { routes: 'all', sizes };
  const taken: number[] = [];
  const faults: EdgeFault[] = [];
  let matched = false;
  for (const [position, edge] of edges.entries()) {
    if (edge.otherwise) continue;
    const verdict = ask(routeOf(app, edge), value);
    if ('fault' in verdict) faults.push({ edge: edge.id, error: verdict.fault });
    else if (verdict.matches) taken.push(position);
    matched ||= edge.conditional && 'matches' in verdict && verdict.matches;
  }
  if (!matched && faults.length === 0) {
    for (const [position, { otherwise }] of edges.entries()) if (otherwise) taken.push(position);
    taken.sort((a, b) => a - b);
  }
  const more = { ...(sizes !== undefined && { sizes }), ...(faults.length > 0 && { faults }) };
  return { routes: taken, ...more };
}

/** The length of the array, beside each edge that goes over its items. */
function sizesOf(edges: readonly Edge[], value: unknown): number[] | undefined {
  if (!edges.some(({ each }) => each !== null)) return undefined;
  const size = Array.isArray(value) ? value.length : -1;
  return edges.map(({ each }) => (each === null ? -1 : size));
}

function ask(route: Route | undefined, value: unknown): { readonly matches: boolean } | { readonly fault: unknown } {
  try {
    return { matches: route?.matches === undefined || route.matches(value) };
  } catch (fault) {
    return { fault };
  }
}

/** Why a body failed, and whether to try again. */
export function failureOf(error: unknown, body: Body): Failure {
  const names = namesOf(error);
  const code = codeOf(error, names);
  const retry = !isFinalCode(code) && !names.includes('TerminalError') && allowsRetry(body, error);
  const retryAfterMs = names.includes('RetryableError') ? millisecondsIn(error, 'retryAfterMs') : undefined;
  return { code, retry, refused: false, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** The attempt took too long: another one may be faster. */
export const TIMED_OUT: Failure = { code: StepCode.TIMEOUT, retry: true, refused: false };

function codeOf(error: unknown, names: readonly unknown[]): StepCode {
  if (names.includes('InvalidArgument') || safely(() => error instanceof RangeError)) return StepCode.INVALID_ARGUMENT;
  if (names.includes('AssertionError') && fieldOf(error, 'code') === 'ERR_ASSERTION') return StepCode.ASSERTION_ERROR;
  if (safely(() => isOnwardError(error) && error.code.startsWith('ONW2'))) return StepCode.INVALID_TYPE;
  return StepCode.UNHANDLED_EXCEPTION;
}

function allowsRetry(body: Body, error: unknown): boolean {
  const { retryWhen } = body;
  return retryWhen === undefined || safely(() => answerOf(retryWhen(error))) === true;
}

/** A promise says no: the answer is needed at once. */
function answerOf(verdict: unknown): boolean {
  if (!(verdict instanceof Promise)) return Boolean(verdict);
  verdict.catch(() => undefined);
  return false;
}

/** What an error is called, along its prototypes: another copy of the package has other classes. */
function namesOf(error: unknown): readonly unknown[] {
  const names: unknown[] = [];
  if (typeof error !== 'object' || error === null) return names;
  try {
    for (let at: object | null = error; at !== null; at = Object.getPrototypeOf(at)) {
      names.push(at.constructor?.name, Reflect.get(at, 'name', error));
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
