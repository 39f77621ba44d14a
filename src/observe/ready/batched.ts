// Events in batches: so many at a time, or after so long.
//
// BATCHED-1. One batch is processed at a time; events that arrive meanwhile go into the next one.
// BATCHED-2. A batch that fails is tried once more. Then it is counted as lost, and reported.
// BATCHED-3. `close` processes what is left.

import { durationMs, type Duration } from '../../graph/duration.ts';
import type { Clock } from '../../execute/clock.ts';
import { systemClock } from '../../execute/clock.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { assertNone, isFunction, problemsOf } from '../../values/option-rules.ts';
import type { Observer } from '../observer.ts';
import { BATCHED_OPTIONS } from './observer-options.ts';

/** How events are put together. */
export interface BatchedOptions {
  /** Events of a batch. @default 100, or `most` if that is less */
  readonly size?: number;
  /** How long the first event of a batch waits for the others. @default '5s' */
  readonly every?: Duration;
  /** Events that are kept; over it the oldest are dropped and counted. @default 10,000, or `size` if that is more */
  readonly most?: number;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/** What has become of the events of a batched observer. */
export interface BatchedObserver extends Observer {
  onEvent(event: RunEvent): void;
  close(): Promise<void>;
  /** Events that were dropped, or were in batches that failed twice. */
  readonly lost: number;
  /** Processes what is there now. */
  flush(): Promise<void>;
}

const EVERY_MS = 5_000;
const SIZE = 100;
const MOST = 10_000;

/**
 * Calls `process` with batches of events. No run waits for it.
 *
 * @throws {OnwardError} ONW3004 if `process` is not a function, or with every option that is wrong.
 */
export function batched(
  process: (events: readonly RunEvent[]) => void | Promise<void>,
  options: BatchedOptions = {},
): BatchedObserver {
  if (!isFunction(process))
    throw new OnwardError('ONW3004', '`batched` needs a function that takes the events of a batch');
  const problems = problemsOf(options, BATCHED_OPTIONS);
  assertNone(problems.length > 0 ? problems : problemsOfRoom(options), 'the options of batched are not valid');
  return new Batches(process, options);
}

/** Otherwise events would be dropped as long as nothing is wrong, and every batch would wait for its time. */
function problemsOfRoom({ size = 1, most }: BatchedOptions): string[] {
  if (most === undefined || !(most < size)) return [];
  return ['expected `most` to be no less than `size`: no batch would ever be full'];
}

class Batches implements BatchedObserver {
  readonly name = 'batched';
  lost = 0;
  readonly #process: (events: readonly RunEvent[]) => void | Promise<void>;
  readonly #size: number;
  readonly #everyMs: number;
  readonly #most: number;
  readonly #clock: Clock;
  readonly #events: RunEvent[] = [];
  #underway: Promise<void> | undefined;
  #callOff: (() => void) | undefined;
  /** What the last failed batch failed with, to be reported by the next hook. */
  #failure: OnwardError | undefined;

  constructor(
    process: (events: readonly RunEvent[]) => void | Promise<void>,
    { most: given, size = Math.min(SIZE, given ?? SIZE), every = EVERY_MS, clock = systemClock() }: BatchedOptions,
  ) {
    this.#process = process;
    this.#size = size;
    this.#everyMs = durationMs(every) ?? EVERY_MS;
    this.#most = given ?? Math.max(MOST, size);
    this.#clock = clock;
  }

  onEvent(event: RunEvent): void {
    this.#events.push(event);
    if (this.#events.length > this.#most) {
      this.#events.shift();
      this.lost++;
    }
    if (this.#events.length >= this.#size) void this.#next();
    else this.#callOff ??= this.#clock.after(this.#everyMs, () => void this.#next(true));
    this.#throwFailure();
  }

  async flush(): Promise<void> {
    while (this.#events.length > 0 || this.#underway !== undefined) await this.#next(true);
  }

  async close(): Promise<void> {
    await this.flush();
    this.#throwFailure();
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Processes full batches, and with `rest` what is left behind them. */
  #next(rest = false): Promise<void> {
    this.#callOff?.();
    this.#callOff = undefined;
    if (this.#underway !== undefined) return this.#underway;
    const least = rest ? 1 : this.#size;
    if (this.#events.length < least) return Promise.resolve();
    this.#underway = this.#work(least);
    return this.#underway;
  }

  async #work(least: number): Promise<void> {
    while (this.#events.length >= least) {
      const batch = this.#events.splice(0, this.#size);
      try {
        await this.#process(batch);
      } catch {
        await this.#again(batch);
      }
    }
    // Not once the promise has settled: an event that comes in between would wait for it in vain.
    this.#underway = undefined;
    if (this.#events.length > 0) this.#callOff ??= this.#clock.after(this.#everyMs, () => void this.#next(true));
  }

  async #again(batch: readonly RunEvent[]): Promise<void> {
    try {
      await this.#process(batch);
    } catch (error) {
      this.lost += batch.length;
      const text = `a batch of ${batch.length} events failed twice and is lost; ${this.lost} events are lost in all`;
      this.#failure = new OnwardError('ONW3062', text, {
        details: { events: batch.length, lost: this.lost },
        cause: error,
      });
    }
  }
}
