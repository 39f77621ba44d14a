// A message to people, when an event asks for one.

import type { RunEvent } from '../../run/run-event.ts';
import type { HookResult, Observer } from '../observer.ts';

/** When to send, and how. */
export interface NotifyOptions {
  /** Which events are worth it: `(event) => event.type === 'run.ended' && event.status === 'failed'`. */
  readonly when: (event: RunEvent) => boolean;
  readonly send: (event: RunEvent) => HookResult;
}

/** Sends something for the events that a predicate selects; observe it with `mode: 'background'`. */
export function notify({ when, send }: NotifyOptions): Observer {
  return {
    name: 'notify',
    onEvent: (event) => (when(event) ? send(event) : undefined),
  };
}
