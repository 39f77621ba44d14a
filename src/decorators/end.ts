// @OnEnd: this method runs when another one's body, children and error callbacks are over, however it went.

import type { MessageOf, MethodName, MethodOf, ReturnOf, ServiceClass } from './signature.ts';
import type { OwnWatchOptions } from './start.ts';
import { edgeDecorator, type EdgeArguments, type RecordingDecorator } from './target.ts';

/** What an end edge knows about its target: it has returned or it has failed. */
export interface EndSource<J> {
  /** The target's own message. */
  readonly message: MessageOf<J>;
  /** Undefined if it has failed. */
  readonly returnValue: ReturnOf<J> | undefined;
  /** The error of the last attempt; undefined if it has returned. */
  readonly error: Error | undefined;
}

export interface EndOptions<J, B> {
  /** Fields laid over the message, or a function that gives them. @default none */
  readonly bind?: B | ((from: EndSource<J>) => B);
  /** Its failure fails the run; otherwise it is listed in `callbackFailures` and changes nothing. @default false */
  readonly critical?: boolean;
}

/**
 * Runs this method when the target's body, children and error callbacks are over, however it went except cancelled.
 *
 * The unmarked parameter is the target's own message, or a class with a marked field; `bind` lies over it. What
 * `@ReturnValue()` and `@ErrorValue()` mark is undefined where the other happened. The target is not over before it.
 *
 * @throws {OnwardError} ONW6001 if it is called as a standard decorator.
 */
export function OnEnd<const K extends string, const B = {}>(
  method: K,
  options?: OwnWatchOptions<B>,
): RecordingDecorator;
export function OnEnd<S, K extends MethodName<S>, const B = {}>(
  service: () => ServiceClass<S>,
  method: K,
  options?: EndOptions<MethodOf<S, K>, B>,
): RecordingDecorator;
export function OnEnd(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('OnEnd', 'end', given);
}
