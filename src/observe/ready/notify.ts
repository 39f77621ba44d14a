// A message to people, when an event asks for one.

import type { RunEvent } from '../../run/run-event.ts';
import { assertNone, missingParts, problemsOf } from '../../values/option-rules.ts';
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
  const given: Readonly<Record<string, unknown>> = Object(options);
  const needs = { parts: NOTIFY_OPTIONS, needs: ['when', 'send'] };
  const missing = missingParts(needs, (part) => given[part] === undefined, '');
  assertNone([...problemsOf(options ?? {}, NOTIFY_OPTIONS), ...missing], 'the options of notify are not valid');
  const { when, send } = options;
  return {
    name: 'notify',
    onEvent: (event) => (when(event) ? send(event) : undefined),
  };
}
