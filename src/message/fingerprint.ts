// What tells two messages apart: the same for the same target and data, whatever the order of the fields.

import { createHash } from 'node:crypto';
import { encode } from './codec.ts';

/** @throws {OnwardError} ONW3045 if the message cannot be kept in a record. */
export function fingerprintOf(target: string, message: unknown): string {
  const text = JSON.stringify([target, encode(message)], (_key, value: unknown) => sorted(value));
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
