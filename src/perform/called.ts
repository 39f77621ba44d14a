// What the caller of a node gets: its value, or whatever it failed with.

import type { CallEnd } from '../run/call-record.ts';
import type { Called } from './attempt.ts';
import { thrownOf } from './refused.ts';

export function calledWith(over: Promise<CallEnd>): Called {
  const ended = over.then(({ status, value }) => {
    if (status === 'completed') return value;
    throw thrownOf(value);
  });
  // It is heard of where the body waits for it.
  ended.catch(() => undefined);
  return { ended };
}
