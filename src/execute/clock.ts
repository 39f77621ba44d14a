// Time, as the runtime sees it. Everything that waits or reads a clock is given one.

/** A source of time and timers. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** The same, but may be as old as this turn of the event loop: cheap enough to ask at every step. */
  coarse(): number;
  /** Calls back after a time in milliseconds. What it returns cancels the call. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back in the next turn of the event loop: timers and I/O that are due come first. */
  nextTurn(callback: () => void): void;
}

/** Node fires timers of 2^31 ms and more at once: longer waits are cut in pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of the machine. */
export function systemClock(): Clock {
  // A field of an object is written in place. Each number that a variable is given is an object of its own.
  const coarse = { ms: Number.NaN };
  coarse.ms = 0;
  const forget = (): void => {
    coarse.ms = 0;
  };
  return {
    now(): number {
      const now = Date.now();
      // The coarse time is never older than a time that was given out.
      if (coarse.ms !== 0) coarse.ms = now;
      return now;
    },
    coarse(): number {
      if (coarse.ms === 0) {
        coarse.ms = Date.now();
        setImmediate(forget);
      }
      return coarse.ms;
    },
    after: waitInPieces,
    nextTurn: (callback) => void setImmediate(callback),
  };
}

function waitInPieces(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    const pieceMs = Math.min(leftMs, LONGEST_TIMER_MS);
    timer = setTimeout(() => (leftMs > pieceMs ? wait(leftMs - pieceMs) : callback()), pieceMs);
  };
  wait(Math.max(0, ms));
  return () => clearTimeout(timer);
}
