// A clock that moves when the test says so.

import { OnwardError } from '../errors/onward-error.ts';
import type { Clock } from '../execute/clock.ts';
import { describeValue } from '../values/describe.ts';

/** A clock whose time stands still until it is advanced. */
export interface VirtualClock extends Clock {
  /**
   * Moves time forward, calling every timer that comes due in order, and lets what they start go on in between. While it
   * is advanced from two places, the later of both times counts.
   *
   * @throws {OnwardError} ONW3004 if time would go back, or nowhere.
   */
  advance(ms: number): Promise<void>;
  /** Advances from timer to timer until there are none. @throws {Error} after `limit` timers: something goes round. */
  runAll(limit?: number): Promise<void>;
  /** Timers that are waiting. */
  readonly waiting: number;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time starts at `startAt`, in milliseconds since the epoch.
 *
 * @default 2026-01-01
 * @throws {OnwardError} ONW3004 if it is no time.
 */
export function virtualClock(startAt: number = Date.UTC(2026, 0, 1)): VirtualClock {
  if (!Number.isFinite(startAt)) {
    const text = `expected the time at which the clock starts, milliseconds since the epoch such as Date.parse('2026-01-01T00:00Z'), got ${describeValue(startAt)}`;
    throw new OnwardError('ONW3004', text);
  }
  const timers = new Set<Timer>();
  let now = startAt;
  let made = 0;
  let turns = 0;
  /** Everything that can go on without time going on has gone on. */
  const settled = async (): Promise<void> => {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (turns === 0) return;
    }
  };
  const next = (): Timer | undefined => firstOf(timers);
  const fire = async (timer: Timer): Promise<void> => {
    timers.delete(timer);
    now = Math.max(now, timer.at);
    timer.callback();
    await settled();
  };
  return {
    now: () => now,
    coarse: () => now,
    after(ms, callback) {
      const timer = { at: now + Math.max(0, ms), order: made++, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    nextTurn(callback) {
      turns++;
      setImmediate(() => {
        turns--;
        callback();
      });
    },
    async advance(ms) {
      assertTime(ms);
      const until = now + ms;
      await settled();
      for (let timer = next(); timer !== undefined && timer.at <= until; timer = next()) await fire(timer);
      now = Math.max(now, until);
      await settled();
    },
    async runAll(limit = 100_000) {
      await settled();
      for (let timer = next(), fired = 0; timer !== undefined; timer = next(), fired++) {
        if (fired >= limit) throw new Error(`more than ${limit} timers came due: something sets them for ever`);
        await fire(timer);
      }
    },
    get waiting() {
      return timers.size;
    },
  };
}

function firstOf(timers: Iterable<Timer>): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    if (timer.at === Number.POSITIVE_INFINITY) continue; // never due, however far time is moved
    if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
      first = timer;
  }
  return first;
}

function assertTime(ms: number): void {
  if (ms >= 0 && Number.isFinite(ms)) return;
  const text = `expected a time to advance the clock by, milliseconds of at least 0, got ${describeValue(ms)}`;
  throw new OnwardError('ONW3004', text);
}
