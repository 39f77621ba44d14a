// A host whose runs take as long as the test says, on a clock that can be set wrong.

import { virtualClock, type VirtualClock } from 'onward/testing';
import type { Clock } from '../../src/execute/clock.ts';
import type { ScheduleHost } from '../../src/schedule/schedule.ts';

export interface RecordedHost extends ScheduleHost {
  readonly time: VirtualClock;
  /** `slot started ended`, as `06:00 06:00 06:10`, in the order of starts; what is under way has no end. */
  runs(): string[];
  readonly ids: readonly string[];
  readonly faults: readonly string[];
  /** The most runs that were under way at once. */
  readonly most: number;
  /** Sets the clock forward or back, in milliseconds: timers know nothing of it. */
  setClock(byMs: number): void;
}

export interface HostOptions {
  /** @default 2026-01-01T00:00Z */
  readonly startAt?: number;
  /** How long a run takes, in milliseconds. @default 0 */
  readonly lasts?: (slot: Date) => number;
  /** Instead of a start. */
  readonly refuse?: (slot: Date) => unknown;
}

export function recordedHost({ startAt, lasts = () => 0, refuse = () => undefined }: HostOptions = {}): RecordedHost {
  const time = virtualClock(startAt ?? Date.UTC(2026, 0, 1));
  let skewMs = 0;
  const clock: Clock = {
    now: () => time.now() + skewMs,
    coarse: () => time.now() + skewMs,
    after: (ms, callback) => time.after(ms, callback),
    nextTurn: (callback) => time.nextTurn(callback),
  };
  const runs: { readonly slot: Date; readonly started: Date; ended?: Date }[] = [];
  const ids: string[] = [];
  const faults: string[] = [];
  let [underWay, most] = [0, 0];
  return {
    job: 'Reports.daily',
    clock,
    time,
    ids,
    faults,
    get most() {
      return most;
    },
    async start(id, slot) {
      const refusal = refuse(slot);
      if (refusal !== undefined) throw refusal;
      ids.push(id);
      const run: (typeof runs)[number] = { slot, started: new Date(clock.now()) };
      runs.push(run);
      most = Math.max(most, ++underWay);
      const over = new Promise<void>((resolve) => {
        time.after(lasts(slot), () => {
          run.ended = new Date(clock.now());
          underWay--;
          resolve();
        });
      });
      return { over };
    },
    onFault: (error, slot) => void faults.push(`${shown(slot)} ${String(error)}`),
    runs: () => runs.map(({ slot, started, ended }) => [slot, started, ended].map(shown).join(' ').trim()),
    setClock(byMs) {
      skewMs += byMs;
    },
  };
}

function shown(date: Date | undefined): string {
  return date?.toISOString().slice(11, 16) ?? '';
}
