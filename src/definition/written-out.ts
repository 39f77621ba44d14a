// A value as it stands inside a text: texts, numbers and dates as they are read, lists and objects as JSON.

import { types } from 'node:util';
import { InvalidArgument } from '../errors/onward-error.ts';
import { describeValue } from '../message/describe.ts';
import type { MessageLimits } from '../message/limits.ts';
import { scanValue } from '../message/scan.ts';
import { isBuiltIn } from '../message/built-in.ts';
import { Problems } from './problems.ts';

interface Insertion {
  readonly limits: MessageLimits;
  /** What inserts the value, as it was written. */
  readonly source: string;
}

/**
 * The value as text.
 *
 * @throws {InvalidArgument} if there is no value, or it has no text.
 * @throws {OnwardError} as `scanValue` does, ONW2003 on numbers and dates that JSON does not know.
 */
export function writtenOut(value: unknown, { limits, source }: Insertion): string {
  if (typeof value === 'string') return value;
  if (value === undefined) {
    throw new InvalidArgument(
      `\`${source}\` has no value to put into a text; give it one, as in \`\${${source} || 'none'}\``,
    );
  }
  const problems = new Problems();
  const copy = scanValue(value, { limits, issues: problems.ofScan, at: source });
  problems.throwIfAny('ONW2003', `what \`${source}\` puts into a text`);
  if (typeof copy !== 'object' || copy === null) return String(copy);
  return types.isDate(copy) ? copy.toISOString() : copy instanceof URL ? copy.href : jsonText(copy, source);
}

function jsonText(copy: object, source: string): string {
  return JSON.stringify(copy, function inJson(this: object, key: string, part: unknown) {
    // The part itself: dates, URLs and buffers have become something else by now.
    const whole: unknown = Reflect.get(this, key);
    if (typeof whole === 'bigint') return String(whole);
    if (typeof whole !== 'object' || whole === null || !isBuiltIn(whole)) return part;
    if (types.isDate(whole) || whole instanceof URL) return part;
    throw new InvalidArgument(`\`${source}\` puts ${describeValue(whole)} into a text; insert a part of it`);
  });
}
