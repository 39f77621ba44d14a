// @OnCancel: this method runs when another one was cancelled.

import type { MethodName, MethodOf, ServiceClass } from './signature.ts';
import type { OwnWatchDecorator, OwnWatchOptions, WatchDecorator, WatchOptions } from './start.ts';
import { edgeDecorator, type EdgeArguments, type RecordingDecorator } from './target.ts';

/**
 * Runs this method when the target was cancelled while it was under way.
 *
 * The unmarked parameter is the target's own message; `bind` lies over it. Only the run waits for it, and nothing
 * cancels it.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function OnCancel<const K extends string, const B = {}>(
  method: K,
  options?: OwnWatchOptions<B>,
): NoInfer<OwnWatchDecorator<K, B>>;
export function OnCancel<S, K extends MethodName<S>, const B = {}>(
  service: () => ServiceClass<S>,
  method: K,
  options?: WatchOptions<MethodOf<S, K>, B>,
): NoInfer<WatchDecorator<S, K, B>>;
export function OnCancel(...given: EdgeArguments): RecordingDecorator {
  return edgeDecorator('OnCancel', 'cancel', given);
}
