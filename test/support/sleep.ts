// Waiting as bodies of tests do it: time is the test's.

import type { Clock } from 'onward';

/** Resolves when the clock has gone on by so many milliseconds. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
