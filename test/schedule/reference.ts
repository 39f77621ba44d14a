// The slots of a pattern as one would find them by hand: a look at the wall clock in every minute.

/** A pattern as data: the minutes and hours it names, every day. */
export interface Times {
  readonly minutes: readonly number[];
  /** Undefined: the hour is left open. */
  readonly hours: readonly number[] | undefined;
}

const MINUTE_MS = 60_000;

export function patternOf({ minutes, hours }: Times): string {
  return `${minutes.join(',')} ${hours?.join(',') ?? '*'} * * *`;
}

/** What the clock on the wall shows, as if it hung in UTC. */
export function wallClock(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return (instant) => Date.parse(`${format.format(instant).replace(' ', 'T')}Z`);
}

/** Every slot after `from` and up to `to`, both whole minutes. */
export function slotsByHand(times: Times, zone: string, from: number, to: number): number[] {
  const shown = wallClock(zone);
  // What the clock has reached already: after it was put back, times come again that are over.
  let reached = shown(from);
  for (let at = from - 25 * 60 * MINUTE_MS; at < from; at += MINUTE_MS) reached = Math.max(reached, shown(at));
  const slots: number[] = [];
  for (let at = from + MINUTE_MS; at <= to; at += MINUTE_MS) {
    const wall = shown(at);
    if (times.hours === undefined ? isNamed(times, wall) : isAnyNamed(times, reached, wall)) slots.push(at);
    reached = Math.max(reached, wall);
  }
  return slots;
}

function isAnyNamed(times: Times, after: number, to: number): boolean {
  for (let wall = after + MINUTE_MS; wall <= to; wall += MINUTE_MS) if (isNamed(times, wall)) return true;
  return false;
}

function isNamed({ minutes, hours }: Times, wall: number): boolean {
  const time = new Date(wall);
  return minutes.includes(time.getUTCMinutes()) && (hours === undefined || hours.includes(time.getUTCHours()));
}
