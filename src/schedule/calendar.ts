// The border to the cron parser: which times of a wall clock a pattern names. It knows no time zone and no daylight saving
// time; wall-clock.ts turns such times into instants.
//
// CALENDAR-1. Wall-clock times are milliseconds since the epoch, as if the clock showed UTC.
// CALENDAR-2. A pattern that never comes is refused when it is read.

import { createRequire } from 'node:module';
import type { Cron } from 'croner';
import { OnwardError } from '../errors/onward-error.ts';
import { describeValue } from '../values/describe.ts';

/** The wall-clock times that a pattern names. */
export interface Calendar {
  /** The first time after the given one, or undefined if none comes any more. */
  readonly next: (wallMs: number) => number | undefined;
  /** Whether the pattern leaves the hour open: on its days it has a time in each of the 24 hours. */
  readonly everyHour: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LONGEST_PATTERN = 256;
/** Every pattern that ever comes comes after it. */
const ANY_TIME = Date.UTC(2001, 0);
// The parser also accepts dates, which do not repeat, and years, after which nothing would come.
const FORM = /^(?:@[a-z]+|\S+(?: \S+){4,5})$/i;

/** The pattern with one blank between its fields. */
export function tidied(pattern: string): string {
  return pattern.trim().replace(/\s+/g, ' ');
}

/**
 * Reads a pattern: five fields, six with seconds ahead, or a name such as `@daily`.
 *
 * @param fromMs the wall-clock time after which the pattern must name one.
 * @returns the times, or a sentence that says what is wrong with the pattern.
 * @throws {OnwardError} ONW6010 if croner is missing.
 */
export async function readCalendar(given: unknown, fromMs: number): Promise<Calendar | string> {
  return calendarOf(await loadParser(), given, fromMs);
}

/**
 * What is wrong with a pattern, as a sentence, for who reads sources; undefined if nothing is, or if croner is missing.
 * It waits for nothing, and what it says does not depend on the time.
 */
export function problemOfPattern(pattern: string): string | undefined {
  const parser = parserHere();
  if (parser === undefined) return undefined;
  const calendar = calendarOf(parser, pattern, ANY_TIME);
  return typeof calendar === 'string' ? calendar : undefined;
}

function calendarOf({ Cron: Parser }: CronParser, given: unknown, fromMs: number): Calendar | string {
  if (typeof given !== 'string') return misfit(given);
  const pattern = tidied(given);
  if (pattern.length > LONGEST_PATTERN || !FORM.test(pattern)) return misfit(given);
  try {
    // In UTC no hour is missing and none comes twice, in any time zone of the machine.
    const cron = new Parser(pattern, { timezone: 'UTC', paused: true });
    const next = (wallMs: number): number | undefined => cron.nextRun(new Date(wallMs))?.getTime();
    const first = next(fromMs);
    if (first === undefined) return `the pattern ${describeValue(pattern)} never comes: no date fits it`;
    return { next, everyHour: isEveryHour(next, first) };
  } catch (error) {
    return `${misfit(given)} (${reasonOf(error)})`;
  }
}

/** The parser counts days and months from 0: its number for one would be looked for in the pattern, and not found. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^CronPattern: /, '').replace(/^(Invalid value for (?:day|month)): -?\d+$/, '$1');
}

function misfit(pattern: unknown): string {
  const expected = 'five fields (minute hour day month weekday), six with seconds ahead, or a name such as @daily';
  return `expected the pattern to be ${expected}, got ${describeValue(pattern)}`;
}

/** Tried on a day of the pattern: there are many ways to leave the hour open. */
function isEveryHour(next: Calendar['next'], wallMs: number): boolean {
  const day = Math.floor(wallMs / DAY_MS) * DAY_MS;
  for (let hour = day; hour < day + DAY_MS; hour += HOUR_MS) {
    if ((next(hour - 1) ?? Infinity) >= hour + HOUR_MS) return false;
  }
  return true;
}

interface CronParser {
  readonly Cron: typeof Cron;
}

async function loadParser(): Promise<CronParser> {
  try {
    return await import('croner');
  } catch (cause) {
    throw new OnwardError('ONW6010', 'schedules need croner; install it with `npm i croner`', { cause });
  }
}

let here: CronParser | undefined;

function parserHere(): CronParser | undefined {
  try {
    here ??= createRequire(import.meta.url)('croner');
  } catch {
    // The generator warns of that, and what opens schedules fails.
    return undefined;
  }
  return here;
}
