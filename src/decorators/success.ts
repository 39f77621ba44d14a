// @OnSuccess: this method runs when its target is over and completed.
//
// SUCCESS-1. Its types keep the rules of method-types.ts.
// SUCCESS-2. `each: true` is judged by the item. An `each` whose type is only boolean is left to the generator.

import type { GivenContext } from '../wiring/context.ts';
import type { Choice, Chosen, Guard, Unchosen, Unset, WhenVerdict } from './choice.ts';
import type { Bind, ChoiceOptions, FlowOptions, Otherwise } from './edge-options.ts';
import type { Absent, ParametersVerdict } from './parameter.ts';
import type {
  AnyMethod,
  MessageOf,
  MethodName,
  MethodOf,
  NoMethod,
  ReturnOf,
  ServiceClass,
  Applied,
  Elsewhere,
  FlagMissing,
  Decided,
  Judged,
} from './method-types.ts';
import { edgeDecorator, type EdgeArguments, type RecordingDecorator } from './record.ts';

/** What a success edge knows about its target. */
export interface SuccessSource<J, E = false> {
  /** The target's own message. */
  readonly message: MessageOf<J>;
  /** With `each` the item. */
  readonly returnValue: E extends true ? ItemOf<ReturnOf<J>> : ReturnOf<J>;
}
type ItemOf<V> = V extends readonly unknown[] ? V[number] : never;

/** A number that only an edge with `each` has. */
export type WithEach<E> = E extends true ? number : 'only with `each: true`';

export interface SuccessOptions<J, W, B, E = false, F = unknown> extends ChoiceOptions, FlowOptions {
  readonly when?: W | undefined;
  readonly otherwise?: Otherwise<W>;
  readonly bind?: Bind<SuccessSource<J, E>, B, F>;
  /** One step for each item of the returned array. @default false */
  readonly each?: E;
  /** How many items are live at a time; a whole number of at least 1. @default 64 */
  readonly concurrency?: WithEach<E>;
  /** No new items after so many have failed; a whole number of at least 1. @default any number */
  readonly stopAfterFailures?: WithEach<E>;
}

/** Returns `void`, or the sentence that says what is wrong. It is generic where the annotation is held in a constant. */
type SuccessDecorator<T, S, K, W, B, E, F> = unknown extends F
  ? NoInfer<
      <Here, G>(
        target: Here,
        key: string | symbol | FlagMissing,
        descriptor?: TypedPropertyDescriptor<G>,
      ) => Judged<G, SuccessVerdict<unknown extends T ? Here : S, K, G, W, B, E>>
    >
  : Applied<T, F, NoInfer<Decided<SuccessVerdict<S, K, F, W, B, E>>>>;

type SuccessVerdict<S, K, F, W, B, E> = K extends keyof S
  ? S[K] extends AnyMethod
    ? TargetVerdict<S[K], F, W, B, E>
    : ['the target', K, 'is not a method']
  : NoMethod<S, K>;

type TargetVerdict<J, F, W, B, E> = Unset extends W
  ? ValueVerdict<J, Unchosen<ReturnOf<J>, W>, F, B, E>
  : W extends (value: ReturnOf<J>) => boolean
    ? ValueVerdict<J, W extends Guard<infer N> ? N : ReturnOf<J>, F, B, E>
    : WhenVerdict<ReturnOf<J>, W> extends infer Refusal extends readonly unknown[]
      ? Refusal
      : ValueVerdict<J, Chosen<ReturnOf<J>, W>, F, B, E>;

type ValueVerdict<J, V, F, B, E> = true extends E ? ItemVerdict<J, V, F, B, E> : EdgeVerdict<J, V, F, B>;

// An `each` whose type is just boolean is read by the generator.
type ItemVerdict<J, V, F, B, E> = [E] extends [true]
  ? [V] extends [readonly unknown[]]
    ? EdgeVerdict<J, V[number & keyof V], F, B>
    : ['each takes an array, and the target returns', V]
  : void;

// The usual parameters, each in one comparison; the search for a reason only when they do not fit. A message that is
// bound is tried with the value in every field that `bind` leaves.
type EdgeVerdict<J, V, F, B> = keyof B extends never
  ? F extends (value: V, context: GivenContext) => void
    ? void
    : F extends (value: V, message: MessageOf<J>, context: GivenContext) => void
      ? void
      : Explained<J, V, F, B>
  : F extends (message: infer P, context: GivenContext) => void
    ? keyof B extends keyof P
      ? { [Field in keyof P]: Field extends keyof B ? B[Field] : V } extends P
        ? void
        : Explained<J, V, F, B>
      : Explained<J, V, F, B>
    : Explained<J, V, F, B>;

type Explained<J, V, F, B> = 0 extends 1 & J
  ? void
  : F extends (...args: infer A) => void
    ? ParametersVerdict<A, { on: 'success'; value: V; other: Absent; message: MessageOf<J>; bound: B }>
    : ['only a method can be a node'];

/**
 * Runs this method when the target is over and completed.
 *
 * The unmarked parameter is the message: the return value, or a class with a marked field; `bind` lies over it.
 * Several decorators are several edges. Predicates and functions in the options run once, after the target's body.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function OnSuccess<
  S,
  K extends MethodName<S>,
  const W extends Choice<ReturnOf<MethodOf<S, K>>>,
  const B = {},
  E extends boolean = false,
  F = Elsewhere,
>(
  service: () => ServiceClass<S>,
  method: K,
  options?: SuccessOptions<MethodOf<S, K>, W, B, E, F>,
): SuccessDecorator<object, S, K, W, B, E, F>;
export function OnSuccess<
  K extends MethodName<S>,
  const W extends Choice<ReturnOf<MethodOf<S, K>>>,
  const B = {},
  E extends boolean = false,
  S = Elsewhere,
  F = Elsewhere,
>(method: K, options?: SuccessOptions<MethodOf<S, K>, W, B, E, F>): SuccessDecorator<S, S, K, W, B, E, F>;
export function OnSuccess(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('success', given);
}
