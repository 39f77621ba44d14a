// What happens to a slot that comes while runs of earlier slots are under way.
//
// OVERLAP-1. The number under way is limited. A run counts from before its start until it is over.
// OVERLAP-2. At most one slot waits, the first that came; others are left out.

import type { Overlap } from '../decorators/schedule.ts';

export interface Gate {
  /** Begins a slot, keeps it waiting or leaves it out. */
  come(slot: number): void;
  /** Discards the slot that waits, and begins nothing more. */
  close(): void;
}

/** @param perform begins a slot and resolves when it is over; it never rejects. */
export function gateOf(overlap: Overlap, perform: (slot: number) => Promise<void>): Gate {
  const limit = typeof overlap === 'number' ? overlap : 1;
  let underWay = 0;
  let waiting: number | undefined;
  let isClosed = false;

  const begin = async (slot: number): Promise<void> => {
    underWay++;
    await perform(slot);
    underWay--;
    const following = waiting;
    waiting = undefined;
    if (following !== undefined) void begin(following);
  };
  return {
    come(slot) {
      if (isClosed) return;
      if (underWay < limit) void begin(slot);
      else if (overlap === 'queue') waiting ??= slot;
    },
    close() {
      isClosed = true;
      waiting = undefined;
    },
  };
}
