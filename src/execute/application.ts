// A graph with its code: the compiled graph, the user's half of each node and edge, and why a body is not called.

import type { CompiledGraph, Edge } from '../graph/graph.ts';
import type { MessageParser } from '../message/parser.ts';
import { isOverlay, type OverlayEdge } from '../run/overlay.ts';
import type { Checked, MessageClass, Takes, Wiring } from '../wiring/v1.ts';
import type { Failure } from '../run/event.ts';
import type { NamedClasses } from '../values/classes.ts';
import { StepCode } from '../run/status.ts';

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
  /** Whether definitions may name it. */
  readonly exposed: boolean;
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

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
/** Takes what nobody would hear otherwise: a printable line, and the same as plain data. Never throws. */
export type Log = (level: LogLevel, text: string, fields: Readonly<Record<string, unknown>>) => void;

export interface Application {
  readonly graph: CompiledGraph;
  /** By the node's position. */
  readonly bodies: readonly Body[];
  /** By the edge's position in the graph. */
  readonly routes: readonly Route[];
  readonly wiring: Wiring;
  /** The option `classes`: what values may be instances of where they are kept, beside the classes of the wiring. */
  readonly addedClasses: NamedClasses | undefined;
  /** Undefined: messages are taken as they are. */
  readonly parser: MessageParser | undefined;
  readonly log: Log;
  /** It has no services and performs nothing: that is left to the processes that have them. */
  readonly isClient?: true;
  /** The node of a method of a class, among the instances there are. */
  nodeFor(service: unknown, method: string): string | undefined;
}

export function routeOf(app: Application, edge: Edge): Route | undefined {
  return isOverlay(edge) ? overlayRoute(app, edge) : app.routes[edge.index];
}

/** An edge that only a run has is always taken; what goes where, its node says. */
function overlayRoute(app: Application, { moment, to, overlay }: OverlayEdge): Route {
  const { field, fieldClass, errorField } = app.bodies[to.index]?.marks ?? NO_MARKS;
  const bound = overlay.signed.bound;
  return {
    matches: undefined,
    bind: typeof bound === 'object' && bound !== null ? { ...bound } : undefined,
    field: moment === 'success' ? field : moment === 'error' ? errorField : undefined,
    fieldClass: moment === 'success' ? fieldClass : undefined,
    errorField: undefined,
    sourceClasses: undefined,
  };
}

export const NO_SUCH_NODE: Failure = { code: StepCode.BLOCK_NOT_FOUND, retry: false, refused: true };
export const BAD_MESSAGE: Failure = { code: StepCode.INVALID_TYPE, retry: false, refused: true };
/** The outcome of the attempt does not count any more. */
export const NOT_CALLED: Failure = { code: StepCode.CANCELLED, retry: false, refused: true };
/** The message of a defined entry cannot be made of what there is. */
export const BAD_FORMULA: Failure = { code: StepCode.INVALID_ARGUMENT, retry: false, refused: true };
/** Thrown for an entry that is not to run. User code cannot throw this instance. */
export const UNMET = new Error('the condition does not hold');
/** A `bind` that throws is a bug of the user, not a wrong message. */
export const BAD_BIND: Failure = { code: StepCode.UNHANDLED_EXCEPTION, retry: false, refused: true };

/** Stands for the body of a node that the graph does not have any more. */
export const NO_BODY: Body = {
  service: {},
  call: () => undefined,
  message: undefined,
  takes: undefined,
  timeoutMs: 0,
  retryWhen: undefined,
  exposed: false,
  marks: NO_MARKS,
};
