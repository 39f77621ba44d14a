// What happens to a slot that comes while runs of the slots before it are under way.
//
// O1. At most so many are under way at once. What is under way is counted from before its start until it is over.
// O2. At most one slot waits, the first that came; further ones are left out.

/** What becomes of a slot that comes too early: it is left out, or one waits; a number: so many may be under way. */
export type Overlap = 'skip' | 'queue' | number;

export interface Gate {
  /** Lets a slot through, keeps it waiting or leaves it out. */
  come(slot: number): void;
  /** Forgets what waits, and keeps everything else out. */
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
