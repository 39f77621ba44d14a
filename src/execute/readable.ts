// Values of runs as JSON that a person can read: for logs and HTTP answers, not for reading back.
//
// READABLE-1. It never throws: what JSON has no form for is written in words.
// READABLE-2. Fields that a class marks as sensitive are `[redacted]`.
// READABLE-3. Errors keep message, code, stack, cause and their own fields; who has set no name goes by the class.

import { describeThrown, describeValue, errorNameOf } from '../values/describe.ts';
import { REDACTED, sensitiveFieldsOf } from '../values/sensitive.ts';

const DEEPEST = 20;

/** A value as data that `JSON.stringify` takes. */
export function readable(value: unknown, above: readonly unknown[] = []): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function' || typeof value === 'symbol') return describeValue(value);
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[circular]';
  if (above.length >= DEEPEST) return '[nested deeper]';
  try {
    return ofObject(value, [...above, value]);
  } catch (error) {
    return `[cannot be read: ${describeThrown(error)}]`;
  }
}

function ofObject(value: object, above: readonly unknown[]): unknown {
  if (value instanceof Error) return ofError(value, above);
  if (Array.isArray(value)) return value.map((item) => readable(item, above));
  if (value instanceof Map) return [...value].map(([key, item]) => [readable(key, above), readable(item, above)]);
  if (value instanceof Set) return [...value].map((item) => readable(item, above));
  const isMarked = sensitiveFieldsOf(value) !== undefined;
  if (!isMarked && 'toJSON' in value && typeof value.toJSON === 'function') return value.toJSON();
  return fieldsOf(value, above);
}

function ofError(error: Error, above: readonly unknown[]): unknown {
  const { message, stack, cause } = error;
  const fields = fieldsOf(error, above);
  // Of a class that extends one of ours it may be the name of that.
  delete fields['name'];
  return {
    name: errorNameOf(error),
    message,
    ...('code' in error && { code: readable(error.code, above) }),
    ...fields,
    ...(cause !== undefined && { cause: readable(cause, above) }),
    stack,
  };
}

function fieldsOf(value: object, above: readonly unknown[]): Record<string, unknown> {
  const hidden = sensitiveFieldsOf(value);
  const shown = (field: string, item: unknown): unknown =>
    hidden?.has(field) === true ? REDACTED : readable(item, above);
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, shown(field, item)]));
}
