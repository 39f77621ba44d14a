// A structural copy of a message that is already valid: another object, equal in all its data.

import { isFilled } from './fill.ts';
import { instantiate } from './instantiate.ts';

/** Copies plain objects, class instances, arrays, dates, maps, sets and bytes; anything else is shared. @throws {OnwardError} ONW2009 as `instantiate` does. */
export function copyOf<T>(value: T): T;
export function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyOf(item));
  if (value instanceof Date) return new Date(value);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copyOf(key), copyOf(item)]));
  if (value instanceof Set) return new Set([...value].map((item) => copyOf(item)));
  if (ArrayBuffer.isView(value)) return structuredClone(value);
  const copy = blankOf(value);
  for (const [field, item] of Object.entries(value)) {
    Object.defineProperty(copy, field, { value: copyOf(item), writable: true, enumerable: true, configurable: true });
  }
  return copy;
}

/** An empty object of the same kind. A class is asked for one: private fields come with its constructor only. */
function blankOf(value: object): object {
  const prototype: object | null = Object.getPrototypeOf(value);
  const made = prototype === null ? undefined : Reflect.get(prototype, 'constructor');
  return isFilled(made) ? instantiate(made) : Object.create(prototype);
}

/** Lays records over each other: plain objects are merged field by field, anything else is replaced. */
export function mergeOver(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isRecord(base) || !isRecord(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(over)) {
    const laid = mergeOver(merged[field], value);
    Object.defineProperty(merged, field, { value: laid, writable: true, enumerable: true, configurable: true });
  }
  return merged;
}

/** An object of fields, and not a value such as a date or a list. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return (
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date) &&
    !(value instanceof Map) &&
    !(value instanceof Set)
  );
}
