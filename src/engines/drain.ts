// How an engine that forgets its runs is closed: they may end by themselves, then they are cancelled, then it is over.
//
// C1. It resolves whatever bodies do: one that ignores its signal, or a run callback, which no cancel reaches, may never
//     return.

import type { Clock } from '../perform/clock.ts';
import type { CloseLimits } from './engine.ts';

export interface Draining {
  readonly clock: Clock;
  readonly limits: CloseLimits;
  /** Resolves when no run is open. */
  readonly idle: () => Promise<void>;
  readonly cancelAll: () => void;
}

export async function drain({ clock, limits, idle, cancelAll }: Draining): Promise<void> {
  let callOff = (): void => undefined;
  const outOfTime = new Promise<void>((resolve) => {
    callOff = clock.after(limits.drainMs, () => {
      cancelAll();
      callOff = clock.after(limits.graceMs, resolve);
    });
  });
  await Promise.race([idle(), outOfTime]);
  callOff();
}
