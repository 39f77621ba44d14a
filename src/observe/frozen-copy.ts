// What observers get of the values of a run: copies that nobody can change.
//
// FROZEN-COPY-1. Nothing that an observer does to a copy, or to anything in it, reaches the value. Arrays, objects and
//     instances are frozen; dates, maps, sets and bytes, which cannot be, are copies all the same.
// FROZEN-COPY-2. An instance keeps its class and its fields. No constructor runs, so what the class keeps in private
//     fields is not there: a method that asks for it throws at the observer.
// FROZEN-COPY-3. Errors, promises and functions are handed over as they are: they are not data, and `instanceof` holds.
// FROZEN-COPY-4. A value may contain itself, and be as deep as it likes.

import { types } from 'node:util';
import { isFlat } from '../values/promises.ts';
import { keepSensitive } from '../values/sensitive.ts';

/** A copy of a value, frozen to its depth. */
export function frozenCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!isFlat(value)) return frozenParts(value);
  // Most messages and values are that: one object of strings and numbers.
  const copy = { ...value };
  keepSensitive(value, copy);
  return Object.freeze(copy);
}

function frozenParts(root: object): unknown {
  const copies = new Map<object, object>();
  const open: (readonly [value: object, copy: object])[] = [];
  const copyOf = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null || part instanceof Error || types.isPromise(part)) return part;
    const known = copies.get(part);
    if (known !== undefined) return known;
    const copy = blankOf(part);
    copies.set(part, copy);
    open.push([part, copy]);
    return copy;
  };
  const copy = copyOf(root);
  // Filled one after the other: nesting does not grow the stack.
  for (let next = open.pop(); next !== undefined; next = open.pop()) fill(next[0], next[1], copyOf);
  return copy;
}

/** An object of the same kind, without its fields and items. */
function blankOf(value: object): object {
  const prototype = Reflect.getPrototypeOf(value);
  const copy = blankBuiltIn(value);
  if (copy === undefined) return Object.create(prototype);
  return Reflect.getPrototypeOf(copy) === prototype ? copy : Object.setPrototypeOf(copy, prototype);
}

function blankBuiltIn(value: object): object | undefined {
  if (Array.isArray(value)) return Array.from({ length: value.length });
  if (value instanceof Date) return new Date(value);
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  if (value instanceof URL) return new URL(value);
  if (value instanceof RegExp) return new RegExp(value);
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  return isBytes(value) ? structuredClone(value) : undefined;
}

function isBytes(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

function fill(value: object, copy: object, copyOf: (part: unknown) => unknown): void {
  // They cannot be frozen, and their items are no fields.
  if (isBytes(value)) return;
  if (value instanceof Map && copy instanceof Map) for (const [key, item] of value) copy.set(copyOf(key), copyOf(item));
  if (value instanceof Set && copy instanceof Set) for (const item of value) copy.add(copyOf(item));
  for (const field of Reflect.ownKeys(value)) {
    const { enumerable = false } = Reflect.getOwnPropertyDescriptor(value, field) ?? {};
    // Of a getter its value: it sees what it was made in.
    const part = copyOf(Reflect.get(value, field));
    Reflect.defineProperty(copy, field, { value: part, enumerable, writable: true, configurable: true });
  }
  keepSensitive(value, copy);
  Object.freeze(copy);
}
