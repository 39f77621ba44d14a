// A thrown value in words, whatever it is.

import { describeValue } from './describe.ts';

const LONGEST = 300;

/** In one line, such as `TypeError: x is not a function` or `nothing (undefined)`. Never throws. */
export function describeThrown(value: unknown): string {
  if (value === undefined) return 'undefined';
  try {
    if (!(value instanceof Error)) return describeValue(value);
    const name = textOf(readField(value, 'name')) ?? 'Error';
    const message = textOf(readField(value, 'message')) ?? '';
    const line = (message === '' ? name : `${name}: ${message}`).replace(/\s*[\r\n]\s*/g, ' · ');
    return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
  } catch {
    return 'a value that cannot be read';
  }
}

/** A field of an error, its getter or trap run; undefined if that throws. */
export function readField(value: object, field: string): unknown {
  try {
    const found: unknown = Reflect.get(value, field);
    return found;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
