// The types of a signature: a node with what is bound to it and with callbacks of its own, built at run time.

import type { NodeType, NodeTypes, Parts, Whole, STARTS } from './nodes.ts';
import type { RunHandle, StartOptions } from './run.ts';
import type { MessageClass } from '../wiring/v1.ts';
import type { DataFor, ErrorFit, Left, ReportFit, SuccessFit } from './callback-fit.ts';

declare const SIGNED: unique symbol;

/** Any signature. */
export interface AnySignature {
  /** Types only. */
  readonly [SIGNED]: SignedTypes;
}

/** A signature of a job: a handler cannot be started. */
export interface JobSignature extends AnySignature {
  /** Types only. */
  readonly [SIGNED]: SignedTypes & { readonly node: { readonly kind: 'job' } };
}

interface SignedTypes {
  readonly node: NodeType;
  readonly bound: PropertyKey;
  readonly reports: boolean;
}

/** What may be bound to a node: parts of its data, but not the field that takes a value or an error. */
export type Bindable<Node extends NodeType> =
  DataFor<Node> extends infer Data
    ? Data extends Whole
      ? Nothing
      : Node extends { readonly marks: { readonly field: infer Field extends string } }
        ? Parts<Omit<Data, Field>>
        : Node extends { readonly marks: { readonly errorField: infer Field extends string } }
          ? Parts<Omit<Data, Field>>
          : Parts<Data>
    : never;

/** Nothing can be bound. */
interface Nothing {
  readonly nothing?: never;
}

/** What a start takes after a signature, or its plan after its entries. */
export type StartAfter<Node extends NodeType, Bound extends PropertyKey> =
  Left<DataFor<Node>, Bound> extends infer Data
    ? Data extends undefined
      ? readonly [message?: undefined, options?: SignedStartOptions<Node>]
      : {} extends Data
        ? readonly [message?: Data, options?: SignedStartOptions<Node>]
        : readonly [message: Data, options?: SignedStartOptions<Node>]
    : never;

/** How to start a signature. */
export interface SignedStartOptions<Node extends NodeType = NodeType> extends StartOptions {
  /** Laid over the message and over what is bound. */
  readonly override?: Parts<DataFor<Node>>;
}

/** The node of an id, or the one that is signed. */
export type NodeOf<Nodes extends NodeTypes<Nodes>, C> = C extends { readonly [SIGNED]: { readonly node: infer Node } }
  ? Node extends NodeType
    ? Node
    : never
  : C extends keyof Nodes
    ? Nodes[C]
    : never;
export type BoundOf<C> = C extends { readonly [SIGNED]: { readonly bound: infer Bound extends PropertyKey } }
  ? Bound
  : never;

/** What may be named as a callback, or in a plan. */
export type Callback<Nodes> = (keyof Nodes & string) | AnySignature;

// A callback that names no node gives every verdict at once: then the name itself is wrong.
type Routed<C, Fit> = true extends Fit ? C : Fit;

/** The callbacks of a plan: nodes that can take the report of a run. */
export type ReportCallback<Nodes extends NodeTypes<Nodes>> =
  | ({ [Id in keyof Nodes]: ReportFit<Nodes[Id], never> extends true ? Id : never }[keyof Nodes] & string)
  | { readonly [SIGNED]: { readonly reports: true } };

/**
 * A node with what is bound to it, and with callbacks of its own. It can be extended until it is started or saved; then
 * it accepts nothing more, and can be started again.
 */
export interface Signature<
  Nodes extends NodeTypes<Nodes>,
  Node extends NodeType,
  Bound extends PropertyKey = never,
> extends AnySignature {
  /** Types only. */
  readonly [STARTS]: Node['kind'] extends 'job'
    ? { readonly arguments: StartAfter<Node, Bound>; readonly run: RunHandle<Node['returnValue'], Nodes> }
    : 'a handler starts nothing';
  readonly [SIGNED]: { readonly node: Node; readonly bound: Bound; readonly reports: ReportFit<Node, Bound> };
  /** `Service.method` */
  readonly node: string;
  /**
   * Binds further fields of the message. Records are merged field by field, and what is bound later counts.
   *
   * @throws {OnwardError} ONW3052 once it was started, ONW3004 if it is not an object of fields, or names the field that
   *   takes the value.
   */
  bind<F extends keyof Bindable<Node> = never>(
    fields: Pick<Bindable<Node>, F>,
  ): Signature<Nodes, Node, Bound | NoInfer<F>>;
  /**
   * Keeps the signature as it is now under a key, in place of what was there: `runtime.signature(key)` gives it, in the next
   * process too, if the engine outlives its process.
   *
   * @throws {OnwardError} ONW3045 if something of it cannot be kept; ONW3004 if it is no key; ONW3040 after the runtime has
   *   been closed.
   */
  save(key: string): Promise<void>;
  /**
   * Checks the message of a start against another class first, usually a stricter one, and then against the node's own.
   * The body receives an instance of its own class.
   *
   * @throws {OnwardError} ONW3052 once it was started, ONW3004 if it is not a class.
   */
  validateWith(messageClass: MessageClass): this;
  /**
   * Runs another node when this one is over and completed: it takes the return value as annotated callbacks do.
   * Several callbacks all run, each with a message of its own.
   *
   * @throws {OnwardError} ONW3052 once it was started, ONW3005 if there is no such node.
   */
  onSuccess<const C extends Callback<Nodes>>(
    callback: Routed<C, SuccessFit<Node['returnValue'], Node['message'], NodeOf<Nodes, C>, BoundOf<C>>>,
  ): this;
  /**
   * Runs another node when this one has failed for good, after its last attempt, with the message as it was received.
   *
   * @throws as {@link Signature.onSuccess}.
   */
  onError<const C extends Callback<Nodes>>(
    callback: Routed<C, ErrorFit<Node['message'], NodeOf<Nodes, C>, BoundOf<C>>>,
  ): this;
}
