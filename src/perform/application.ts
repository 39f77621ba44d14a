// A graph with its code: the compiled graph, and for each node and edge what of the user's code goes with it.

import type { CompiledGraph, Edge } from '../graph/compiled.ts';
import type { MessageDoor } from '../message/door.ts';
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
}

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
  return app.routes[edge.index];
}
