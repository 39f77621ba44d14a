// A message to people, when an event asks for one.

import type { RunEvent } from '../../run/run-event.ts';
import { assertNone, problemsOf } from '../../values/option-rules.ts';
import type { HookResult, Observer } from '../observer.ts';
import { NOTIFY_OPTIONS } from './observer-options.ts';

/** When to send, and how. */
export interface NotifyOptions {
  /** Which events are worth it: `(event) => event.type === 'run.ended' && event.status === 'failed'`. */
  readonly when: (event: RunEvent) => boolean;
  readonly send: (event: RunEvent) => HookResult;
}

/**
 * Sends something for the events that a predicate selects; observe it with `mode: 'background'` so that no body waits.
 *
 * @throws {OnwardError} ONW3004 with every option that is missing or wrong.
 */
export function notify(options: NotifyOptions): Observer {
  const { when, send } = options ?? {};
  assertNone(
    problemsOf({ ...options, when: when ?? null, send: send ?? null }, NOTIFY_OPTIONS),
    'the options of notify are not valid',
  );
  return {
    name: 'notify',
    onEvent: (event) => (when(event) ? send(event) : undefined),
  };
}
