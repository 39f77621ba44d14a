// @OnStart: this method runs before the body of another one, which waits for it.

import type { MessageOf, MethodName, MethodOf, ServiceClass } from './signature.ts';
import { edgeDecorator, type EdgeArguments, type RecordingDecorator } from './target.ts';

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

/**
 * Runs this method before the target's body, which waits for it.
 *
 * The unmarked parameter is the target's own message; `bind` lies over it. Several run one by one, in declared order;
 * one that fails does not stop the body.
 *
 * @throws {OnwardError} ONW6001 if it is called as a standard decorator.
 */
export function OnStart<const K extends string, const B = {}>(
  method: K,
  options?: OwnWatchOptions<B>,
): RecordingDecorator;
export function OnStart<S, K extends MethodName<S>, const B = {}>(
  service: () => ServiceClass<S>,
  method: K,
  options?: WatchOptions<MethodOf<S, K>, B>,
): RecordingDecorator;
export function OnStart(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('OnStart', 'start', given);
}
