// Dates in data: what JSON can say of a moment, and nothing that `new Date` would guess.

const DAY = String.raw`\d{4}-\d\d-\d\d`;
const TIME = String.raw`T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)`;
const ISO_8601 = new RegExp(`^(${DAY})(?:${TIME})?$`);

/** What a date may be written as, for texts. */
export const DATE_EXPECTED = 'a date: ISO 8601 text with a time zone, or milliseconds';

/**
 * The date that a text or a number of milliseconds stands for, or undefined. A day alone is its start in UTC; a time
 * needs its zone, for without one it would be another moment on every machine.
 */
export function dateFrom(value: unknown): Date | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? valid(new Date(value)) : undefined;
  if (typeof value !== 'string') return undefined;
  const day = ISO_8601.exec(value)?.[1];
  if (day === undefined || !isDay(day)) return undefined;
  return valid(new Date(value));
}

/** Whether the day is in the calendar: engines read 30 February as a day in March. */
function isDay(day: string): boolean {
  return valid(new Date(day))?.toISOString().startsWith(day) === true;
}

function valid(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}
