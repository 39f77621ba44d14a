// A structural copy of a message that is already valid: another object, equal in all its data.

import { OnwardError } from '../errors/onward-error.ts';
import { isPlain, isRecord, setOwnField } from '../values/json.ts';
import { keepSensitive } from '../values/sensitive.ts';
import { isFilled } from './description.ts';
import { instantiate } from './instance.ts';

/** Copies an instance of one class. */
export type Copier = (message: object, depth: number) => object;

/** Copiers of classes, by their prototype. */
const copiers = new WeakMap<object, Copier>();

/** Copies instances with this prototype by the copier. */
export function keepCopier(prototype: object, copier: Copier): void {
  copiers.set(prototype, copier);
}

/** Far more than a message may have, and far less than the stack holds. */
const MOST_DEEP = 500;

/**
 * Copies plain objects, class instances, arrays, dates, maps, sets, URLs and bytes; anything else is shared.
 *
 * @throws {OnwardError} ONW2009 as `instantiate` does, ONW2005 if the value contains itself.
 */
export function copyOf<T>(value: T, depth?: number): T;
export function copyOf(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  const copier = typeof prototype === 'object' && prototype !== null ? copiers.get(prototype) : undefined;
  return copier === undefined ? copyFields(value, depth) : copier(value, depth);
}

/** The copy of an object, without a copier of its class. */
export function copyFields(value: object, depth: number): object {
  if (depth > MOST_DEEP) {
    const text = `the data contains itself, or is nested more than ${MOST_DEEP} deep; give the fields that are needed, or an id`;
    throw new OnwardError('ONW2005', text);
  }
  const inside = depth + 1;
  if (Array.isArray(value)) return value.map((item) => copyOf(item, inside));
  if (!isRecord(value)) return copyOfWhole(value, inside);
  const copy = blankOf(value);
  for (const [field, item] of Object.entries(value)) {
    setOwnField(copy, field, copyOf(item, inside));
  }
  keepSensitive(value, copy);
  return copy;
}

function copyOfWhole(value: object, depth: number): object {
  if (value instanceof Date) return new Date(value);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copyOf(key, depth), copyOf(item, depth)]));
  if (value instanceof Set) return new Set([...value].map((item) => copyOf(item, depth)));
  if (value instanceof URL) return new URL(value);
  return ArrayBuffer.isView(value) ? structuredClone(value) : value;
}

/** An empty object of the same kind. A class is asked for one: private fields come with its constructor only. */
function blankOf(value: object): object {
  const prototype: object | null = Object.getPrototypeOf(value);
  const made = prototype === null ? undefined : Reflect.get(prototype, 'constructor');
  return isFilled(made) ? instantiate(made) : Object.create(prototype);
}

/**
 * A copy of what a body returned, as far as it is plain data: arrays and plain objects. Instances of classes are shared:
 * only their class can make another one.
 */
export function copyOfValue(value: unknown, copies = new Map<object, object>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    copies.set(value, items);
    for (const item of value) items.push(copyOfValue(item, copies));
    return items;
  }
  if (!isPlain(value)) return value;
  const copy = {};
  copies.set(value, copy);
  for (const [field, item] of Object.entries(value)) setOwnField(copy, field, copyOfValue(item, copies));
  keepSensitive(value, copy);
  return copy;
}

/** Lays records over each other: plain objects are merged field by field, anything else is replaced. */
export function mergeOver(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isRecord(base) || !isRecord(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(over)) {
    setOwnField(merged, field, mergeOver(merged[field], value));
  }
  return merged;
}
