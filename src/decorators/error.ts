// @OnError: this method runs when another one has failed for good.
//
// O1. The verdict is the decorator's return type: `void`, or a sentence as a tuple, shown at the decorator.
// O2. It never refuses right code. It may accept what the generator, which sees the marks, refuses.
// O3. Decorators are handed out as NoInfer: the compiler would search every branch of the verdict for type arguments.

import type { Duration } from '../graph/duration.ts';
import type { GivenContext } from '../wiring/context.ts';
import type { Caught, ErrorClass, Unset } from './choice.ts';
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
import type { Otherwise } from './success.ts';
import { edgeDecorator, type EdgeArguments, type RecordingDecorator } from './record.ts';

/** What an error edge knows about its target. */
export interface ErrorSource<J, W> {
  /** The target's own message. */
  readonly message: MessageOf<J>;
  /** The error of the last attempt, narrowed by `when`. */
  readonly error: Caught<W>;
}

export interface ErrorOptions<J, W, B, R = false> {
  /** Takes the edge only for errors of this class, of one of these classes, or for which the predicate holds. @default every error */
  readonly when?: W | undefined;
  /** Takes the edge when no sibling's `when` did. @default not set */
  readonly otherwise?: Otherwise<W>;
  /** Fields laid over the message, or a function that gives them. @default none */
  readonly bind?: B | ((from: ErrorSource<J, W>) => B);
  /** What the callback returns stands for the failed value: the target counts as completed. @default false */
  readonly recover?: R;
  /** Wait before the step runs; a number is milliseconds. @default none */
  readonly after?: Duration;
  /** `true`: its failure fails the run, which else lists it in `callbackFailures`. @default false */
  readonly critical?: boolean;
}

/** The options beside a target of the same class. A `bind` function needs a written parameter type. */
export interface OwnErrorOptions<W, B, R = false> {
  /** Takes the edge only for errors of this class, of one of these classes, or for which the predicate holds. @default every error */
  readonly when?: W | undefined;
  /** Takes the edge when no sibling's `when` did. @default not set */
  readonly otherwise?: Otherwise<W>;
  /** Fields laid over the message, or a function that gives them. @default none */
  readonly bind?: B | ((from: never) => B);
  /** What the callback returns stands for the failed value: the target counts as completed. @default false */
  readonly recover?: R;
  /** Wait before the step runs; a number is milliseconds. @default none */
  readonly after?: Duration;
  /** `true`: its failure fails the run, which else lists it in `callbackFailures`. @default false */
  readonly critical?: boolean;
}

/** Applied to a method; its return type is `void`, or the sentence that says what is wrong. */
export type ErrorDecorator<S, K, W, B, R = false> = <F>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>,
) => Decided<ErrorVerdict<S, K, F, W, B, R>>;

/** As {@link ErrorDecorator}, for a target in the class the decorator stands in. */
export type OwnErrorDecorator<K, W, B, R = false> = <S extends object, F>(
  target: S,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>,
) => Decided<ErrorVerdict<S, K, F, W, B, R>>;

type ErrorVerdict<S, K, F, W, B, R> = K extends keyof S
  ? S[K] extends AnyMethod
    ? [R] extends [true]
      ? RecoverVerdict<S[K], Caught<W>, F, B>
      : EdgeVerdict<S[K], Caught<W>, F, B>
    : ['the target', K, 'is not a method']
  : NoMethod<S, K>;

// Where the target returns nothing, nobody is given what stands for it.
type RecoverVerdict<J, X, F, B> = [ReturnOf<F>] extends [ReturnOf<J>]
  ? EdgeVerdict<J, X, F, B>
  : [ReturnOf<J>] extends [void]
    ? EdgeVerdict<J, X, F, B>
    : ['what recovers stands for', ReturnOf<J>, 'and this returns', ReturnOf<F>];

// The usual parameters, each in one comparison; the search for a reason only when they do not fit.
type EdgeVerdict<J, X, F, B> = [keyof B] extends [never]
  ? F extends (message: MessageOf<J>, error: X & GivenContext, context: GivenContext) => void
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

/** What `when` of an error edge may be. */
export type ErrorChoice = ErrorClass | readonly ErrorClass[] | ((error: Error) => boolean) | Unset;

/**
 * Runs this method when the target has failed for good, after its last attempt.
 *
 * The unmarked parameter is the target's own message, or a class with an `@ErrorValue()` field; `bind` lies over it.
 * It handles the news, not the outcome: the target stays failed, unless `recover` lets what this method returns stand
 * for the target's value.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function OnError<const K extends string, const W extends ErrorChoice, const B = {}, R extends boolean = false>(
  method: K,
  options?: OwnErrorOptions<W, B, R>,
): NoInfer<OwnErrorDecorator<K, W, B, R>>;
export function OnError<
  S,
  K extends MethodName<S>,
  const W extends ErrorChoice,
  const B = {},
  R extends boolean = false,
>(
  service: () => ServiceClass<S>,
  method: K,
  options?: ErrorOptions<MethodOf<S, K>, W, B, R>,
): NoInfer<ErrorDecorator<S, K, W, B, R>>;
export function OnError(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('error', given);
}
