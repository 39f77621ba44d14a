// The options of a schedule, checked all at once together with its pattern.

import type { Overlap } from '../decorators/schedule.ts';
import { OnwardError } from '../errors/onward-error.ts';
import {
  problemsOf,
  problemsOfValue,
  READ_ELSEWHERE,
  SCHEDULE_OPTIONS,
  stringIn,
  type Options,
} from '../values/option-rules.ts';
import { readCalendar, tidied, type Calendar } from './calendar.ts';
import { zoneOf, type Zone } from './wall-clock.ts';
import { isRecord } from '../values/json.ts';

/** What the options of a schedule are read with. */
export interface ScheduleSurroundings {
  /** The name of the job, for messages and for the name of the schedule. */
  readonly job: string;
  /** Options that are read elsewhere. @default none */
  readonly otherOptions?: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The options of a schedule, all of which fit. */
export interface ScheduleSettings {
  readonly name: string;
  readonly overlap: Overlap;
  readonly calendar: Calendar;
  readonly zone: Zone;
}

/**
 * @param options `ScheduleOptions`, not yet checked.
 * @throws {OnwardError} ONW3054 with everything that is wrong; ONW6010 if croner is missing.
 */
export async function readScheduleSettings(
  pattern: unknown,
  options: unknown,
  around: ScheduleSurroundings,
): Promise<ScheduleSettings> {
  const { job, otherOptions = [] } = around;
  const others = otherOptions.map((name) => [name, READ_ELSEWHERE] as const);
  const problems = problemsOf(options, { ...SCHEDULE_OPTIONS, ...Object.fromEntries(others) });
  const given = isRecord(options) ? options : {};
  const timezone = stringIn(given, 'timezone');
  const zone = zoneOf(timezone);
  if (zone === undefined && timezone !== '')
    problems.push(...problemsOfValue('`timezone`', timezone, { ...SCHEDULE_OPTIONS.timezone, fits: () => false }));
  const now = around.now();
  const calendar = await readCalendar(pattern, now + (zone?.offsetAt(now) ?? 0));
  if (typeof calendar === 'string') problems.push(calendar);
  if (problems.length > 0 || zone === undefined || typeof calendar === 'string') {
    throw new OnwardError('ONW3054', `the schedule of ${job} is not valid: ${problems.join('; ')}`, {
      details: { problems },
    });
  }
  const name = stringIn(given, 'name') ?? tidied(`${job} ${String(pattern)}`);
  return { name, overlap: overlapOf(given), calendar, zone };
}

function overlapOf({ overlap }: Options): Overlap {
  return overlap === 'queue' || typeof overlap === 'number' ? overlap : 'skip';
}
