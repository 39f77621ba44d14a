// What generated wiring imports. A versioned contract, frozen by a test: a later runtime reads an older wiring.
//
// V1-1. Nothing here has behaviour but `defineGraph`, which notes which services there are, and returns its argument.
// V1-2. A node's `call` gets its service, the unmarked parameter, and what its marks ask for.
// V1-3. Members are only added, and only optional ones: a wiring that was written before stays right.

export type { StepContext } from './context.ts';
export type { RunReport } from './run-report.ts';
export type { KeptClass } from '../values/classes.ts';
import type { KeptClass } from '../values/classes.ts';
import type { DataOf, StepContext } from './context.ts';
import { noteServices } from './service-names.ts';

export type MessageClass = abstract new (...args: never[]) => object;

/** What a method's body returned, awaited. */
export type Returned<Method> = Method extends (...args: never[]) => infer R ? Awaited<R> : never;

/** What a node takes next to its message, or into a field of it. It decides where an edge that is added later may lead. */
export interface NodeMarks {
  /** The field of the message that takes the return value. */
  readonly field?: string;
  /** The field of the message that takes the error. */
  readonly errorField?: string;
  /** The type of the parameter that takes the return value. */
  readonly returnValue?: unknown;
  /** The type of the parameter that takes the error. */
  readonly error?: unknown;
  /** The type of the parameter that takes the target's own message. */
  readonly message?: unknown;
  /** Its message comes from outside, once it is reached. */
  readonly waits?: true;
  /** Its message is no instance of a class: it takes what comes as it is, with every field of its type. */
  readonly asIs?: true;
}

/** A node that can be started by name. `message` is what it takes, `undefined` if it takes nothing. */
export interface JobType<Message, Method, Marks extends NodeMarks = {}> {
  readonly kind: 'job';
  readonly message: Message;
  /** What `start` takes: the data of the message. */
  readonly input: DataOf<Message>;
  readonly returnValue: Returned<Method>;
  readonly marks: Marks;
}

/** A node that is reached inside a run only. */
export interface HandlerType<Message, Method, Marks extends NodeMarks = {}> {
  readonly kind: 'handler';
  readonly message: Message;
  /** It cannot be started. */
  readonly input: never;
  readonly returnValue: Returned<Method>;
  readonly marks: Marks;
}

/** What a parameter is checked against: a class, or `true` for a type that only the compiler knows. */
export type Checked = MessageClass | true;

/** What a body takes next to its unmarked parameter, as the members of `call`'s third argument. */
export interface Takes {
  readonly context?: true;
  readonly returnValue?: Checked;
  readonly error?: true;
  /** The target's own message. */
  readonly message?: Checked;
}

/** Everything a body can get next to its unmarked parameter; a `call` names the members it uses. */
export interface Given {
  readonly context: StepContext;
  readonly returnValue: unknown;
  readonly error: unknown;
  readonly message: unknown;
}

export interface NodeWiring {
  readonly kind: 'job' | 'handler';
  /** The method's name on the class, where the id says another one. */
  readonly method?: string;
  /** What the unmarked parameter is checked against. Absent: the method has none. */
  readonly message?: Checked;
  /** The field of its message that takes the return value, whichever edges lead to it. */
  readonly field?: string;
  /** The class of `field`, where it is one. */
  readonly fieldClass?: MessageClass;
  /** The field of its message that takes the error. */
  readonly errorField?: string;
  readonly takes?: Takes;
  /** Its message comes from outside, once an edge has reached it. */
  readonly waits?: true;
  /** The patterns of its schedules, in the order of the source. */
  readonly schedules?: readonly string[];
  readonly call: (service: never, message: never, given: never) => unknown;
}

/** What leads to a node: a moment of another node or of a run, or a source of a join. */
export type EdgeOn = 'start' | 'success' | 'error' | 'end' | 'cancel' | 'runSuccess' | 'runError' | 'runEnd' | 'join';

export interface EdgeWiring {
  readonly on: EdgeOn;
  /** The node it watches; for a moment of a run the job it was started with, or `*` for any. */
  readonly from: string;
  readonly to: string;
  /** Position among the edge decorators of the callback's method, from the top. */
  readonly decorator: number;
  readonly when?: 'value' | 'pattern' | 'predicate' | 'class';
  /** The annotation's own `when` counts, if it has one: which form it has cannot be read in the source. */
  readonly whenRecorded?: true;
  readonly otherwise?: true;
  /** One step for each item of the returned array. */
  readonly each?: true;
  /** The callback's return value replaces the failed step's. */
  readonly recover?: true;
  /** The field of a join's message that takes the value of this source. All edges of one join have one `decorator`. */
  readonly source?: string;
  /** The bound fields, or that a function gives them. */
  readonly bind?: readonly string[] | 'function';
  /** The field of the callback's message that takes the return value or the error. Absent: the message is the value itself. */
  readonly field?: string;
  /** After an end, where `field` takes the return value: the field that takes the error. */
  readonly errorField?: string;
  /** The class of `field`, where it is one: the value is built and validated as one. */
  readonly fieldClass?: MessageClass;
  /** Shows the compiler that the value fits where it goes. Never called. */
  readonly inject?: (value: never) => unknown;
  /** Shows the compiler that the target's own message fits where it goes. Never called. */
  readonly passes?: (value: never) => unknown;
  /** Shows the compiler that what a recovering callback returns can stand for the failed step's value. Never called. */
  readonly recovers?: (value: never) => unknown;
}

type RouteKey<R> = R extends string | number | boolean | null | bigint | undefined ? `${R}` : never;
/**
 * The table of a node whose every literal return value is routed: the callbacks that take it, by value. Without
 * `strictNullChecks` the compiler does not see null in a type: a table may have it.
 */
export type RoutesOf<R> = { readonly [K in RouteKey<R>]: readonly string[] } & {
  readonly [K in UnseenKey]?: readonly string[];
};
type UnseenKey = null extends string ? 'null' : never;

export interface Wiring {
  readonly contract: 1;
  /** Hash of the graph's structure: part of what tells a run that it has met another graph. */
  readonly graphHash: string;
  /** The services whose name comes from `@Service`, where it is not the name of the class. */
  readonly namedServices?: readonly string[];
  /**
   * The classes that values of the graph may have, by the names under which records keep them: a function, as files may
   * import each other.
   */
  readonly classes?: () => { readonly [name: string]: KeptClass };
  readonly nodes: { readonly [id: string]: NodeWiring };
  readonly edges: readonly EdgeWiring[];
  /** For each exhaustive node, which callbacks take which of its values. The compiler proves it complete. */
  readonly routes?: { readonly [id: string]: { readonly [value: string]: readonly string[] } };
}

/** The wiring with the types of its nodes and services. */
export interface Graph<Nodes, Services> extends Wiring {
  /** Types only; there is no such value at run time. */
  readonly types?: { readonly nodes: Nodes; readonly services: Services };
}

/** Marks a literal as the graph of `Nodes` and `Services`. */
export function defineGraph<Nodes, Services>(wiring: Wiring): Graph<Nodes, Services> {
  noteServices(wiring.nodes);
  return wiring;
}
