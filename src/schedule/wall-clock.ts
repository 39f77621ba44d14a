// What a wall clock shows in a time zone, when it is put forward or back, and so when the slots of a schedule are.
//
// WALL-CLOCK-1. A time zone changes at most once within three and a half days; none has done otherwise since 1990.
// WALL-CLOCK-2. A pattern that names hours follows the wall clock: a slot is the first moment at which the clock has
//     reached its time. All times that are skipped when clocks go forward have one slot, the moment of the change; a time
//     that comes twice when they go back has its slot at the first of the two.
// WALL-CLOCK-3. A pattern that leaves the hour open follows elapsed time: a slot is every moment at which the clock shows
//     a time of the pattern. A skipped time has no slot, and one that comes twice has two.
// WALL-CLOCK-4. Slots are strictly increasing.

import type { Calendar } from './calendar.ts';

/** A time zone. Instants are milliseconds since the epoch. */
export interface Zone {
  /** Its IANA name. */
  readonly name: string;
  /** How far the wall clock is ahead of UTC at an instant, in milliseconds. */
  offsetAt(instant: number): number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The zone with this name, by default that of the machine; undefined if there is none. */
export function zoneOf(name?: string): Zone | undefined {
  // Offsets such as +02:00 are not names of time zones, and only newer versions of Node know them.
  if (name !== undefined && !/^[a-z]/i.test(name)) return undefined;
  try {
    const clock = new Intl.DateTimeFormat('en-US', { ...SHOWN, ...(name === undefined ? {} : { timeZone: name }) });
    return { name: clock.resolvedOptions().timeZone, offsetAt: (instant) => offsetOf(clock, instant) };
  } catch {
    return undefined;
  }
}

const SHOWN = {
  calendar: 'gregory',
  numberingSystem: 'latn',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;

function offsetOf(clock: Intl.DateTimeFormat, instant: number): number {
  const shown = new Map(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)] as const));
  const of = (part: Intl.DateTimeFormatPartTypes): number => shown.get(part) ?? 0;
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return wall - Math.floor(instant / 1000) * 1000;
}

/** The first instant after `from` and up to `to` at which the wall clock is put forward or back. */
function changeWithin(zone: Zone, from: number, to: number): number | undefined {
  const offset = zone.offsetAt(from);
  for (let before = from; before < to;) {
    const after = Math.min(before + DAY_MS, to);
    if (zone.offsetAt(after) !== offset) return firstOther(zone, before, after);
    before = after;
  }
  return undefined;
}

/** Bisects: at `before` the old offset still holds, at `after` it does not. */
function firstOther(zone: Zone, before: number, after: number): number {
  const offset = zone.offsetAt(before);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetAt(middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

/** The first instant at which the wall clock has reached a time: the moment of the change where clocks skip it. */
function firstReached(zone: Zone, wall: number): number {
  // A wall clock is at most 14 hours from UTC, and has been put forward by as much as a day (Samoa, 2011).
  const [early, late] = [wall - 36 * HOUR_MS, wall + 36 * HOUR_MS];
  for (const offset of [zone.offsetAt(early), zone.offsetAt(late)]) {
    if (zone.offsetAt(wall - offset) === offset) return wall - offset;
  }
  return changeWithin(zone, early, late) ?? wall - zone.offsetAt(late);
}

/** The first slot after an instant, in milliseconds since the epoch, or undefined if there is none. */
export type NextSlot = (after: number) => number | undefined;

export function slotsOf(calendar: Calendar, zone: Zone): NextSlot {
  const next = calendar.everyHour ? nextShown : nextReached;
  return (after) => next(calendar, zone, after);
}

/** WALL-CLOCK-2. */
function nextReached({ next }: Calendar, zone: Zone, after: number): number | undefined {
  let wall = next(after + zone.offsetAt(after));
  while (wall !== undefined) {
    const slot = firstReached(zone, wall);
    // Otherwise the clock has been put back since, and shows a time again whose slot has passed.
    if (slot > after) return slot;
    wall = next(wall);
  }
  return undefined;
}

/** WALL-CLOCK-3. */
function nextShown({ next }: Calendar, zone: Zone, after: number): number | undefined {
  let since = after;
  let offset = zone.offsetAt(since);
  let wall = next(since + offset);
  while (wall !== undefined) {
    const change = changeWithin(zone, since, wall - offset);
    if (change === undefined) return wall - offset;
    // The clock never shows that time, or not then. It goes on from what it is set to, which may be a slot itself.
    since = change;
    offset = zone.offsetAt(since);
    wall = next(since + offset - 1);
  }
  return undefined;
}

/** The last slot up to `now`, which is not before `slot`. It asks a few times only, even for many slots in between. */
export function newestSlot(next: NextSlot, slot: number, now: number): number {
  let [newest, low, high] = [slot, slot, now];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const following = next(middle);
    if (following === undefined || following > now) high = middle;
    else [newest, low] = [following, following];
  }
  return newest;
}
