// A graph with its code: the compiled graph, and for each node and edge what of the user's code goes with it.

import type { CompiledGraph, Edge } from '../graph/compiled.ts';
import type { MessageDoor } from '../message/door.ts';
import { isPlaced, type PlacedEdge } from '../run/placed.ts';
import type { Checked, MessageClass, Takes } from '../wiring/v1.ts';

/** The user's half of a node. */
export interface Body {
  readonly service: object;
  readonly call: (service: object, message: unknown, given: unknown) => unknown;
  /** What the unmarked parameter is checked against; undefined if there is none. */
  readonly message: Checked | undefined;
  readonly takes: Takes | undefined;
  /** Time limit of an attempt in milliseconds, 0 for none. */
  readonly timeoutMs: number;
  readonly retryWhen: ((error: unknown) => unknown) | undefined;
  /** What the fields of its message take that are marked, for callbacks that only a run has. */
  readonly marks: Marks;
}

export interface Marks {
  readonly field: string | undefined;
  readonly fieldClass: MessageClass | undefined;
  readonly errorField: string | undefined;
}

export const NO_MARKS: Marks = { field: undefined, fieldClass: undefined, errorField: undefined };

/** The user's half of an edge. */
export interface Route {
  /** Undefined: always taken, unless it is `otherwise`. */
  readonly matches: ((value: unknown) => boolean) | undefined;
  readonly bind: ((from: object) => unknown) | Readonly<Record<string, unknown>> | undefined;
  readonly field: string | undefined;
  readonly fieldClass: MessageClass | undefined;
  /** Of an end callback whose message has a field for each way its target can end. */
  readonly errorField: string | undefined;
  /** Of a join: the classes of its sources' values, by field. */
  readonly sourceClasses: Readonly<Record<string, MessageClass | true>> | undefined;
}

export interface Application {
  readonly graph: CompiledGraph;
  /** By the node's position. */
  readonly bodies: readonly Body[];
  /** By the edge's position in the graph. */
  readonly routes: readonly Route[];
  /** Undefined: messages are taken as they are. */
  readonly door: MessageDoor | undefined;
  /** The node of a method of a class, among the instances there are. */
  nodeFor(service: unknown, method: string): string | undefined;
}

export function routeOf(app: Application, edge: Edge): Route | undefined {
  return isPlaced(edge) ? placedRoute(app, edge) : app.routes[edge.index];
}

/** An edge that only a run has is always taken; what goes where, its node says. */
function placedRoute(app: Application, { moment, to, placement }: PlacedEdge): Route {
  const { field, fieldClass, errorField } = app.bodies[to.index]?.marks ?? NO_MARKS;
  const bound = placement.signed.bound;
  const isRecord = typeof bound === 'object' && bound !== null;
  return {
    matches: undefined,
    bind: isRecord ? { ...bound } : undefined,
    field: moment === 'success' ? field : moment === 'error' ? errorField : undefined,
    fieldClass: moment === 'success' ? fieldClass : undefined,
    errorField: undefined,
    sourceClasses: undefined,
  };
}
