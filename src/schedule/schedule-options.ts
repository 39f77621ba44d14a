// The options of a schedule, checked all at once together with its pattern.

import { OnwardError } from '../errors/onward-error.ts';
import { didYouMean } from '../errors/nearest-name.ts';
import { isRecord } from '../message/copy.ts';
import { describeValue, inBackticks } from '../values/describe.ts';
import { readCalendar, tidied, type Calendar } from './calendar.ts';
import type { Overlap } from './overlap.ts';
import { zoneOf, type Zone } from './wall-clock.ts';

/** How a schedule goes. */
export interface ScheduleOptions {
  /**
   * What becomes of a slot that comes while the run of an earlier one is under way. `'skip'`: it is left out; `'queue'`:
   * at most one waits until that run is over; a number: so many runs at once, further slots are left out.
   * @default 'skip'
   */
  readonly overlap?: Overlap;
  /** The IANA name of the zone whose wall clock counts, such as `'Europe/Berlin'`. @default that of the machine */
  readonly timezone?: string;
  /** The first half of its runs' ids. Schedules of one name start each slot together once. @default job and pattern */
  readonly name?: string;
}

/** The names of the options. */
export const SCHEDULE_OPTIONS: readonly string[] = ['overlap', 'timezone', 'name'];

/** What the options of a schedule are read with. */
export interface ScheduleSurroundings {
  /** The name of the job, for texts and for the name of the schedule. */
  readonly job: string;
  /** Options that are read elsewhere. @default none */
  readonly otherOptions?: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A schedule whose options are all right. */
export interface ScheduleSettings {
  readonly name: string;
  readonly overlap: Overlap;
  readonly calendar: Calendar;
  readonly zone: Zone;
}

// With the slot behind it, the id of a run has at most 512 characters.
const LONGEST_NAME = 480;

/** @throws {OnwardError} ONW3054 with everything that is wrong; ONW6010 if croner is missing. */
export async function readScheduleSettings(
  pattern: unknown,
  options: unknown,
  around: ScheduleSurroundings,
): Promise<ScheduleSettings> {
  const problems: string[] = [];
  const given = optionsOf(options, around, problems);
  const overlap = overlapOf(given['overlap'], problems);
  const zone = timezoneOf(given['timezone'], problems);
  const now = around.now();
  const calendar = await calendarOf(pattern, now + (zone?.offsetAt(now) ?? 0), problems);
  const name = nameOf(given['name'], `${around.job} ${String(pattern)}`, problems);
  if (problems.length > 0 || zone === undefined || calendar === undefined) {
    throw new OnwardError('ONW3054', `the schedule of ${around.job} is not valid: ${problems.join('; ')}`, {
      details: { problems },
    });
  }
  return { name, overlap, calendar, zone };
}

type Given = Readonly<Record<string, unknown>>;

function optionsOf(options: unknown = {}, { otherOptions = [] }: ScheduleSurroundings, problems: string[]): Given {
  if (!isRecord(options)) {
    problems.push(`expected the options to be an object, got ${describeValue(options)}`);
    return {};
  }
  const known = [...SCHEDULE_OPTIONS, ...otherOptions];
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const hint = didYouMean(name, known, inBackticks) ?? `only ${known.join(', ')}`;
    problems.push(`there is no option \`${name}\`; ${hint}`);
  }
  return options;
}

function overlapOf(overlap: unknown, problems: string[]): Overlap {
  if (overlap === undefined) return 'skip';
  if (overlap === 'skip' || overlap === 'queue') return overlap;
  if (typeof overlap === 'number' && Number.isSafeInteger(overlap) && overlap >= 1) return overlap;
  const expected = "'skip', 'queue' or a whole number of at least 1";
  problems.push(`expected \`overlap\` to be ${expected}, got ${describeValue(overlap)}`);
  return 'skip';
}

function timezoneOf(timezone: unknown, problems: string[]): Zone | undefined {
  const zone = timezone === undefined || typeof timezone === 'string' ? zoneOf(timezone) : undefined;
  if (zone === undefined) {
    const expected = "the name of a time zone such as 'Europe/Berlin'";
    problems.push(`expected \`timezone\` to be ${expected}, got ${describeValue(timezone)}`);
  }
  return zone;
}

async function calendarOf(pattern: unknown, wallMs: number, problems: string[]): Promise<Calendar | undefined> {
  const calendar = await readCalendar(pattern, wallMs);
  if (typeof calendar !== 'string') return calendar;
  problems.push(calendar);
  return undefined;
}

function nameOf(name: unknown, byDefault: string, problems: string[]): string {
  if (name === undefined) return tidied(byDefault);
  if (typeof name === 'string' && name.length > 0 && name.length <= LONGEST_NAME) return name;
  problems.push(`expected \`name\` to be text of 1 to ${LONGEST_NAME} characters, got ${describeValue(name)}`);
  return '';
}
