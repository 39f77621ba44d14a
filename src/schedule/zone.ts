// What the clock on the wall shows in a time zone, and when it is put forward or back.
//
// Z1. A zone changes at most once within three and a half days; none has done otherwise since 1990.

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
  // Offsets such as +02:00 are no names of zones, and known by newer versions of Node only.
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
export function changeWithin(zone: Zone, from: number, to: number): number | undefined {
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

/** The first instant at which the wall clock has reached a time: where it is put forward over it, that very moment. */
export function firstReached(zone: Zone, wall: number): number {
  // A wall clock is at most 14 hours from UTC, and has been put forward by as much as a day (Samoa, 2011).
  const [early, late] = [wall - 36 * HOUR_MS, wall + 36 * HOUR_MS];
  for (const offset of [zone.offsetAt(early), zone.offsetAt(late)]) {
    if (zone.offsetAt(wall - offset) === offset) return wall - offset;
  }
  return changeWithin(zone, early, late) ?? wall - zone.offsetAt(late);
}
