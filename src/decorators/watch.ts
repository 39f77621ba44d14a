// @OnStart, @OnEnd and @OnCancel: this method watches how its target goes, and carries nothing on.
//
// WATCH-1. Their types keep the rules of method-types.ts.
// WATCH-2. @OnStart and @OnCancel know the target's message only, and share their types.

import type { GivenContext } from '../wiring/context.ts';
import type { Bind, CallbackOptions } from './edge-options.ts';
import type { Laid } from './fit.ts';
import type { Absent, ParametersVerdict } from './parameter.ts';
import type {
  AnyMethod,
  MessageOf,
  MethodName,
  MethodOf,
  NoMethod,
  ServiceClass,
  Applied,
  Elsewhere,
  FlagMissing,
  Decided,
  Judged,
  ReturnOf,
} from './method-types.ts';
import { edgeDecorator, type EdgeArguments, type RecordingDecorator } from './record.ts';

/** What a start or a cancel edge knows about its target. */
export interface MessageSource<J> {
  /** The target's own message. */
  readonly message: MessageOf<J>;
}

export interface WatchOptions<J, B, F = unknown> extends CallbackOptions {
  readonly bind?: Bind<MessageSource<J>, B, F>;
}

/** Returns `void`, or the sentence that says what is wrong. It is generic where the annotation is held in a constant. */
type WatchDecorator<T, S, K, B, F> = unknown extends F
  ? NoInfer<
      <Here, G>(
        target: Here,
        key: string | symbol | FlagMissing,
        descriptor?: TypedPropertyDescriptor<G>,
      ) => Judged<G, WatchVerdict<unknown extends T ? Here : S, K, G, B>>
    >
  : Applied<T, F, NoInfer<Decided<WatchVerdict<S, K, F, B>>>>;

type WatchVerdict<S, K, F, B> = K extends keyof S
  ? S[K] extends AnyMethod
    ? StartVerdict<S[K], F, B>
    : ['the target', K, 'is not a method']
  : NoMethod<S, K>;

// The usual parameters in one comparison; the search for a reason only when they do not fit.
type StartVerdict<J, F, B> = keyof B extends never
  ? F extends (message: MessageOf<J>, context: GivenContext) => void
    ? void
    : ExplainedStart<J, F, B>
  : F extends (message: infer P, context: GivenContext) => void
    ? keyof B extends keyof P
      ? Laid<P, MessageOf<J>, B, Absent> extends P
        ? void
        : ExplainedStart<J, F, B>
      : ExplainedStart<J, F, B>
    : ExplainedStart<J, F, B>;

type ExplainedStart<J, F, B> = 0 extends 1 & J
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
export function OnStart<S, K extends MethodName<S>, const B = {}, F = Elsewhere>(
  service: () => ServiceClass<S>,
  method: K,
  options?: WatchOptions<MethodOf<S, K>, B, F>,
): WatchDecorator<object, S, K, B, F>;
export function OnStart<K extends MethodName<S>, const B = {}, S = Elsewhere, F = Elsewhere>(
  method: K,
  options?: WatchOptions<MethodOf<S, K>, B, F>,
): WatchDecorator<S, S, K, B, F>;
export function OnStart(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('start', given);
}

/** What an end edge knows about its target: it has returned or it has failed. */
export interface EndSource<J> {
  /** The target's own message. */
  readonly message: MessageOf<J>;
  /** Undefined if it has failed. */
  readonly returnValue: ReturnOf<J> | undefined;
  /** The error of the last attempt; undefined if it has returned. */
  readonly error: Error | undefined;
}

export interface EndOptions<J, B, F = unknown> extends CallbackOptions {
  readonly bind?: Bind<EndSource<J>, B, F>;
}

/** Returns `void`, or the sentence that says what is wrong. It is generic where the annotation is held in a constant. */
type EndDecorator<T, S, K, B, F> = unknown extends F
  ? NoInfer<
      <Here, G>(
        target: Here,
        key: string | symbol | FlagMissing,
        descriptor?: TypedPropertyDescriptor<G>,
      ) => Judged<G, EndVerdict<unknown extends T ? Here : S, K, G, B>>
    >
  : Applied<T, F, NoInfer<Decided<EndVerdict<S, K, F, B>>>>;

type EndVerdict<S, K, F, B> = K extends keyof S
  ? S[K] extends AnyMethod
    ? EndEdgeVerdict<S[K], F, B>
    : ['the target', K, 'is not a method']
  : NoMethod<S, K>;

// The usual parameters, each in one comparison; the search for a reason only when they do not fit. What holds for the
// return value and for the error at once is enough for a parameter of either.
type EndEdgeVerdict<J, F, B> = keyof B extends never
  ? F extends (message: MessageOf<J>, context: GivenContext) => void
    ? void
    : F extends (message: MessageOf<J>, either: (ReturnOf<J> & Error) | undefined, context: GivenContext) => void
      ? void
      : ExplainedEnd<J, F, B>
  : F extends (message: infer P, context: GivenContext) => void
    ? keyof B extends keyof P
      ? Laid<P, MessageOf<J>, B, (ReturnOf<J> & Error) | undefined> extends P
        ? void
        : ExplainedEnd<J, F, B>
      : ExplainedEnd<J, F, B>
    : ExplainedEnd<J, F, B>;

type ExplainedEnd<J, F, B> = 0 extends 1 & J
  ? void
  : F extends (...args: infer A) => void
    ? ParametersVerdict<
        A,
        { on: 'end'; value: ReturnOf<J> | undefined; other: Error | undefined; message: MessageOf<J>; bound: B }
      >
    : ['only a method can be a node'];

/**
 * Runs this method when the target's body, children and error callbacks are over, however it went except cancelled.
 *
 * The unmarked parameter is the target's own message, or a class with a marked field; `bind` lies over it. What
 * `@ReturnValue()` and `@ErrorValue()` mark is undefined where the other happened. The target is not over before it.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function OnEnd<S, K extends MethodName<S>, const B = {}, F = Elsewhere>(
  service: () => ServiceClass<S>,
  method: K,
  options?: EndOptions<MethodOf<S, K>, B, F>,
): EndDecorator<object, S, K, B, F>;
export function OnEnd<K extends MethodName<S>, const B = {}, S = Elsewhere, F = Elsewhere>(
  method: K,
  options?: EndOptions<MethodOf<S, K>, B, F>,
): EndDecorator<S, S, K, B, F>;
export function OnEnd(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('end', given);
}

/**
 * Runs this method when the target was cancelled while it was live.
 *
 * The unmarked parameter is the target's own message; `bind` lies over it. Only the run waits for it, and nothing
 * cancels it.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function OnCancel<S, K extends MethodName<S>, const B = {}, F = Elsewhere>(
  service: () => ServiceClass<S>,
  method: K,
  options?: WatchOptions<MethodOf<S, K>, B, F>,
): WatchDecorator<object, S, K, B, F>;
export function OnCancel<K extends MethodName<S>, const B = {}, S = Elsewhere, F = Elsewhere>(
  method: K,
  options?: WatchOptions<MethodOf<S, K>, B, F>,
): WatchDecorator<S, S, K, B, F>;
export function OnCancel(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('cancel', given);
}
