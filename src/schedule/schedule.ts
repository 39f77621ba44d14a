// Starts a run of a job at each slot of a pattern.
//
// SCHEDULE-1. A slot is started at most once, even if the clock goes back: slots only ever go forward.
// SCHEDULE-2. Of the slots that have passed when the schedule looks at the clock, the newest is started and the others
//     are left out: after the machine has slept there is one run, not a flood.
// SCHEDULE-3. Once it is stopped nothing is started; `stop` resolves when starts that were under way are done.

import type { Clock } from '../execute/clock.ts';
import { gateOf } from './overlap.ts';
import { readScheduleSettings } from './schedule-options.ts';
import { newestSlot, slotsOf } from './wall-clock.ts';

/** A job that is started again and again. */
export interface ScheduleHandle {
  /** The run of a slot has the id `<name>@<slot>`, the slot as an ISO instant. */
  readonly name: string;
  /** The time zone whose wall clock counts. */
  readonly timezone: string;
  /** The next slot, or null if none comes any more. */
  next(): Date | null;
  /** No slot is started from now on. Runs under way go on; a slot that waits for them is discarded. */
  stop(): Promise<void>;
}

/** A run that has been started. */
export interface ScheduledRun {
  /** Settles when the run is over, however it went. */
  readonly over: Promise<unknown>;
}

/** What a schedule needs from the runtime that opens it. */
export interface ScheduleHost {
  /** The name of the job, for messages and for the name of the schedule. */
  readonly job: string;
  /** Options in addition to those of `ScheduleOptions`, which the host reads itself. @default none */
  readonly otherOptions?: readonly string[];
  readonly clock: Clock;
  /** Starts the run of a slot, or joins the run that has its id. */
  start(runId: string, slot: Date): Promise<ScheduledRun>;
  /** Called when the schedule was stopped. */
  onStop?(schedule: ScheduleHandle): void;
  /** Called when a start was refused; the schedule goes on. It must not throw. */
  onFault(error: unknown, slot: Date): void;
}

// Timers stand still while a machine sleeps, so the clock is looked at now and then.
const LONGEST_WAIT_MS = 60_000;

/**
 * Opens a schedule, whose first slot is the first one after now.
 *
 * @param options `ScheduleOptions`, not yet checked.
 *
 * @throws {OnwardError} ONW3054 if the pattern or an option is not valid; ONW6010 if croner is missing.
 */
export async function openSchedule(pattern: unknown, options: unknown, host: ScheduleHost): Promise<ScheduleHandle> {
  const { clock, job, otherOptions } = host;
  const around = { job, otherOptions, now: () => clock.now() };
  const { name, overlap, calendar, zone } = await readScheduleSettings(pattern, options, around);
  const starts = startsOf(name, host);
  const gate = gateOf(overlap, (slot) => starts.perform(slot));
  const nextSlot = slotsOf(calendar, zone);
  let next = nextSlot(clock.now());
  let callOff = (): void => undefined;

  const wait = (): void => {
    if (next === undefined) return;
    callOff = clock.after(Math.min(Math.max(0, next - clock.now()), LONGEST_WAIT_MS), look);
  };
  const look = (): void => {
    const now = clock.now();
    if (next !== undefined && next <= now) {
      const slot = newestSlot(nextSlot, next, now);
      next = nextSlot(slot);
      gate.come(slot);
    }
    wait();
  };
  wait();
  const schedule: ScheduleHandle = {
    name,
    timezone: zone.name,
    next: () => (next === undefined ? null : new Date(next)),
    async stop() {
      next = undefined;
      callOff();
      gate.close();
      host.onStop?.(schedule);
      await starts.settled();
    },
  };
  return schedule;
}

interface Starts {
  /** Starts the run of a slot and resolves when it is over. */
  perform(slot: number): Promise<void>;
  /** Resolves when no start is under way. */
  settled(): Promise<void>;
}

function startsOf(name: string, host: ScheduleHost): Starts {
  const underWay = new Set<Promise<unknown>>();
  const start = async (slot: Date): Promise<ScheduledRun | undefined> => {
    try {
      return await host.start(`${name}@${slot.toISOString()}`, slot);
    } catch (error) {
      host.onFault(error, slot);
      return undefined;
    }
  };
  return {
    async perform(slot) {
      const starting = start(new Date(slot));
      underWay.add(starting);
      const run = await starting;
      underWay.delete(starting);
      // The run itself reports how it went.
      await run?.over.catch(() => undefined);
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}
