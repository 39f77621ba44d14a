// @OnStart: this method runs before the body of another one, which waits for it. Its types are @OnCancel's too.
//
// O1. The verdict is the decorator's return type: `void`, or a sentence as a tuple, shown at the decorator.
// O2. It never refuses right code. It may accept what the generator, which sees the marks, refuses.
// O3. Decorators are handed out as NoInfer: the compiler would search every branch of the verdict for type arguments.

import type { GivenContext } from '../wiring/step-context.ts';
import type { Laid } from './fit.ts';
import type { Absent, ParametersVerdict } from './parameter.ts';
import type { AnyMethod, MessageOf, MethodName, MethodOf, NoMethod, ServiceClass } from './signature.ts';
import { edgeDecorator, type EdgeArguments, type RecordingDecorator } from './target.ts';
import type { Decided } from './verdict.ts';

/** What a start or a cancel edge knows about its target. */
export interface MessageSource<J> {
  /** The target's own message. */
  readonly message: MessageOf<J>;
}

export interface WatchOptions<J, B> {
  /** Fields laid over the message, or a function that gives them. @default none */
  readonly bind?: B | ((from: MessageSource<J>) => B);
  /** Its failure fails the run; otherwise it is listed in `callbackFailures` and changes nothing. @default false */
  readonly critical?: boolean;
}

/** The options beside a target of the same class. A `bind` function needs a written parameter type. */
export interface OwnWatchOptions<B> {
  /** Fields laid over the message, or a function that gives them. @default none */
  readonly bind?: B | ((from: never) => B);
  /** Its failure fails the run; otherwise it is listed in `callbackFailures` and changes nothing. @default false */
  readonly critical?: boolean;
}

/** Applied to a method; its return type is `void`, or the sentence that says what is wrong. */
export type WatchDecorator<S, K, B> = <F>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>,
) => Decided<WatchVerdict<S, K, F, B>>;

/** As {@link WatchDecorator}, for a target in the class the decorator stands in. */
export type OwnWatchDecorator<K, B> = <S extends object, F>(
  target: S,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>,
) => Decided<WatchVerdict<S, K, F, B>>;

type WatchVerdict<S, K, F, B> = K extends keyof S
  ? S[K] extends AnyMethod
    ? EdgeVerdict<S[K], F, B>
    : ['the target', K, 'is not a method']
  : NoMethod<S, K>;

// The usual parameters in one comparison; the search for a reason only when they do not fit.
type EdgeVerdict<J, F, B> = [keyof B] extends [never]
  ? F extends (message: MessageOf<J>, context: GivenContext) => void
    ? void
    : Explained<J, F, B>
  : F extends (message: infer P, context: GivenContext) => void
    ? [keyof B] extends [keyof P]
      ? Laid<P, MessageOf<J>, B, Absent> extends P
        ? void
        : Explained<J, F, B>
      : Explained<J, F, B>
    : Explained<J, F, B>;

type Explained<J, F, B> = 0 extends 1 & J
  ? void
  : F extends (...args: infer A) => void
    ? ParametersVerdict<A, { on: 'start'; value: Absent; other: Absent; message: MessageOf<J>; bound: B }>
    : ['only a method can be a node'];

/**
 * Runs this method before the target's body, which waits for it.
 *
 * The unmarked parameter is the target's own message; `bind` lies over it. Several run one by one, in declared order;
 * one that fails does not stop the body.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function OnStart<const K extends string, const B = {}>(
  method: K,
  options?: OwnWatchOptions<B>,
): NoInfer<OwnWatchDecorator<K, B>>;
export function OnStart<S, K extends MethodName<S>, const B = {}>(
  service: () => ServiceClass<S>,
  method: K,
  options?: WatchOptions<MethodOf<S, K>, B>,
): NoInfer<WatchDecorator<S, K, B>>;
export function OnStart(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('OnStart', 'start', given);
}
