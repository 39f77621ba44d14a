// @OnSuccess: this method runs when another one is over and completed.
//
// O1. The verdict is the decorator's return type: `void`, or a sentence as a tuple, shown at the decorator.
// O2. It never refuses right code. It may accept what the generator, which sees the marks, refuses.
// O3. Decorators are handed out as NoInfer: the compiler would search every branch of the verdict for type arguments.
// O4. No type parameter of a decorator has a constraint that is a method: comparing with it costs more than the verdict.

import type { Duration } from '../graph/duration.ts';
import type { GivenContext } from '../wiring/context.ts';
import type { Chosen, Literal, Pattern, Unset, WhenVerdict } from './choice.ts';
import type { Absent, ParametersVerdict } from './parameter.ts';
import type {
  AnyMethod,
  MessageOf,
  MethodName,
  MethodOf,
  NoMethod,
  ReturnOf,
  ServiceClass,
  Decided,
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

/** The `otherwise` of an edge: not beside a `when`. */
export type Otherwise<W> = Unset extends W ? true : 'an edge has `when` or `otherwise`, not both';

/** A number that is asked for by `each` only. */
export type BesideEach<E> = E extends true ? number : 'only beside `each: true`';

export interface SuccessOptions<J, W, B, E = false> {
  /**
   * Takes the edge only for this return value: a literal, a pattern whose every field must be equal, or a predicate.
   * @default every return value
   */
  readonly when?: W | undefined;
  /** Takes the edge when no sibling's `when` did. @default not set */
  readonly otherwise?: Otherwise<W>;
  /** Fields laid over the message, or a function that gives them. @default none */
  readonly bind?: B | ((from: SuccessSource<J, E>) => B);
  /** One step for each item of the returned array. @default false */
  readonly each?: E;
  /** How many items are under way at a time; a whole number of at least 1. @default 64 */
  readonly concurrency?: BesideEach<E>;
  /** No new items after so many have failed; a whole number of at least 1. @default any number */
  readonly stopAfterFailures?: BesideEach<E>;
  /** Wait before the step runs; a number is milliseconds. @default none */
  readonly after?: Duration;
  /** `false`: its failure does not fail the run and is listed in `callbackFailures`. @default true */
  readonly critical?: boolean;
}

/** The options beside a target of the same class. Functions in them need written parameter types. */
export interface OwnSuccessOptions<W, B, E = false> {
  /**
   * Takes the edge only for this return value: a literal, a pattern whose every field must be equal, or a predicate.
   * @default every return value
   */
  readonly when?: W | undefined;
  /** Takes the edge when no sibling's `when` did. @default not set */
  readonly otherwise?: Otherwise<W>;
  /** Fields laid over the message, or a function that gives them. @default none */
  readonly bind?: B | ((from: never) => B);
  /** One step for each item of the returned array. @default false */
  readonly each?: E;
  /** How many items are under way at a time; a whole number of at least 1. @default 64 */
  readonly concurrency?: BesideEach<E>;
  /** No new items after so many have failed; a whole number of at least 1. @default any number */
  readonly stopAfterFailures?: BesideEach<E>;
  /** Wait before the step runs; a number is milliseconds. @default none */
  readonly after?: Duration;
  /** `false`: its failure does not fail the run and is listed in `callbackFailures`. @default true */
  readonly critical?: boolean;
}

/** Applied to a method; its return type is `void`, or the sentence that says what is wrong. */
export type SuccessDecorator<S, K, W, B, E = false> = <F>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>,
) => Decided<SuccessVerdict<S, K, F, W, B, E>>;

/** As {@link SuccessDecorator}, for a target in the class the decorator stands in. */
export type OwnSuccessDecorator<K, W, B, E = false> = <S extends object, F>(
  target: S,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>,
) => Decided<SuccessVerdict<S, K, F, W, B, E>>;

type SuccessVerdict<S, K, F, W, B, E> = K extends keyof S
  ? S[K] extends AnyMethod
    ? Unset extends W
      ? [E] extends [false]
        ? EdgeVerdict<S[K], ReturnOf<S[K]>, F, B>
        : ItemVerdict<S[K], ReturnOf<S[K]>, F, B, E>
      : WhenVerdict<ReturnOf<S[K]>, W> extends infer Refusal extends readonly unknown[]
        ? Refusal
        : [E] extends [false]
          ? EdgeVerdict<S[K], Chosen<ReturnOf<S[K]>, W>, F, B>
          : ItemVerdict<S[K], Chosen<ReturnOf<S[K]>, W>, F, B, E>
    : ['the target', K, 'is not a method']
  : NoMethod<S, K>;

// An `each` whose type is just boolean is read by the generator.
type ItemVerdict<J, V, F, B, E> = [E] extends [true]
  ? [V] extends [readonly unknown[]]
    ? EdgeVerdict<J, V[number & keyof V], F, B>
    : ['each takes an array, and the target returns', V]
  : void;

// The usual parameters, each in one comparison; the search for a reason only when they do not fit. A message that is
// bound is tried with the value in every field that `bind` leaves.
type EdgeVerdict<J, V, F, B> = [keyof B] extends [never]
  ? F extends (value: V, context: GivenContext) => void
    ? void
    : F extends (value: V, message: MessageOf<J> & GivenContext, context: GivenContext) => void
      ? void
      : Explained<J, V, F, B>
  : F extends (message: infer P, context: GivenContext) => void
    ? [keyof B] extends [keyof P]
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
  const K extends string,
  const W extends ((value: never) => boolean) | Literal | Pattern | Unset,
  const B = {},
  E extends boolean = false,
>(method: K, options?: OwnSuccessOptions<W, B, E>): NoInfer<OwnSuccessDecorator<K, W, B, E>>;
export function OnSuccess<
  S,
  K extends MethodName<S>,
  const W extends ((returnValue: ReturnOf<MethodOf<S, K>>) => boolean) | Literal | Pattern | Unset,
  const B = {},
  E extends boolean = false,
>(
  service: () => ServiceClass<S>,
  method: K,
  options?: SuccessOptions<MethodOf<S, K>, W, B, E>,
): NoInfer<SuccessDecorator<S, K, W, B, E>>;
export function OnSuccess(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('success', given);
}
