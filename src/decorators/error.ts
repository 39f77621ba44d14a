// @OnError: this method runs when its target has failed for good.
//
// ERROR-1. Its types keep the rules of method-types.ts.
// ERROR-2. With `recover: true` the callback returns what the target returns; any value will do if that is nothing.

import type { GivenContext } from '../wiring/context.ts';
import type { AnyFunction, Caught, ErrorClass, Unset } from './choice.ts';
import type { Bind, CallbackOptions, ChoiceOptions, Otherwise } from './edge-options.ts';
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

/** What an error edge knows about its target. */
export interface ErrorSource<J, W> {
  /** The target's own message. */
  readonly message: MessageOf<J>;
  /** The error of the last attempt, narrowed by `when`. */
  readonly error: Caught<W>;
}

export interface ErrorOptions<J, W, B, R = false, F = unknown> extends ChoiceOptions, CallbackOptions {
  readonly when?: W | undefined;
  readonly otherwise?: Otherwise<W>;
  readonly bind?: Bind<ErrorSource<J, W>, B, F>;
  /** What the callback returns stands for the failed value: the target counts as completed. @default false */
  readonly recover?: R;
}

/** Returns `void`, or the sentence that says what is wrong. It is generic where the annotation is held in a constant. */
type ErrorDecorator<T, S, K, W, B, R, F> = unknown extends F
  ? NoInfer<
      <Here, G>(
        target: Here,
        key: string | symbol | FlagMissing,
        descriptor?: TypedPropertyDescriptor<G>,
      ) => Judged<G, ErrorVerdict<unknown extends T ? Here : S, K, G, W, B, R>>
    >
  : Applied<T, F, NoInfer<Decided<ErrorVerdict<S, K, F, W, B, R>>>>;

type ErrorVerdict<S, K, F, W, B, R> = K extends keyof S
  ? S[K] extends AnyMethod
    ? IsLate<W> extends true
      ? ['when answers at once with true or false, and this is', W]
      : [R] extends [true]
        ? RecoverVerdict<S[K], Caught<W>, F, B>
        : EdgeVerdict<S[K], Caught<W>, F, B>
    : ['the target', K, 'is not a method']
  : NoMethod<S, K>;

// Most classes have no call signature, and are done with the first question. What gives `any` may well give a boolean.
type IsLate<W> = [W] extends [(error: never) => infer A]
  ? [A] extends [boolean]
    ? false
    : [W] extends [ErrorClass]
      ? false
      : true
  : false;

// Where the target returns nothing, no callback receives what stands for it.
type RecoverVerdict<J, X, F, B> = [ReturnOf<F>] extends [ReturnOf<J>]
  ? EdgeVerdict<J, X, F, B>
  : [ReturnOf<J>] extends [void]
    ? EdgeVerdict<J, X, F, B>
    : ['what recovers stands for', ReturnOf<J>, 'and this returns', ReturnOf<F>];

// The usual parameters, each in one comparison; the search for a reason only when they do not fit.
type EdgeVerdict<J, X, F, B> = keyof B extends never
  ? F extends (message: MessageOf<J>, error: X, context: GivenContext) => void
    ? void
    : F extends (message: MessageOf<J>, context: GivenContext) => void
      ? void
      : F extends (error: X, context: GivenContext) => void
        ? void
        : Explained<J, X, F, B>
  : Explained<J, X, F, B>;

type Explained<J, X, F, B> = 0 extends 1 & J
  ? void
  : F extends (...args: infer A) => void
    ? ParametersVerdict<A, { on: 'error'; value: X; other: Absent; message: MessageOf<J>; bound: B }>
    : ['only a method can be a node'];

/** What `when` of an error edge may be. Other functions pass, to be answered with a sentence. */
export type ErrorChoice = ErrorClass | readonly ErrorClass[] | ((error: Error) => boolean) | AnyFunction | Unset;

/**
 * Runs this method when the target has failed for good, after its last attempt.
 *
 * The unmarked parameter is the target's own message, or a class with an `@ErrorValue()` field; `bind` lies over it.
 * It handles the news, not the outcome: the target stays failed, unless `recover` lets what this method returns stand
 * for the target's value.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function OnError<
  S,
  K extends MethodName<S>,
  const W extends ErrorChoice,
  const B = {},
  R extends boolean = false,
  F = Elsewhere,
>(
  service: () => ServiceClass<S>,
  method: K,
  options?: ErrorOptions<MethodOf<S, K>, W, B, R, F>,
): ErrorDecorator<object, S, K, W, B, R, F>;
export function OnError<
  K extends MethodName<S>,
  const W extends ErrorChoice,
  const B = {},
  R extends boolean = false,
  S = Elsewhere,
  F = Elsewhere,
>(method: K, options?: ErrorOptions<MethodOf<S, K>, W, B, R, F>): ErrorDecorator<S, S, K, W, B, R, F>;
export function OnError(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('error', given);
}
