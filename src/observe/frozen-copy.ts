// What observers get of the values of a run: copies that nobody can change.
//
// FROZEN-COPY-1. Nothing that an observer does to a copy, or to anything in it, reaches the value. Arrays, objects and
//     instances are frozen; dates, maps, sets and bytes, which cannot be, are copies all the same.
// FROZEN-COPY-2. An instance keeps its class and its fields. No constructor runs, so what the class keeps in private
//     fields is not there: a method that asks for it throws at the observer.
// FROZEN-COPY-3. An error stays one of its class, with its message, stack, cause and fields; what its class computes is
//     computed from the error itself, when it is read. Promises and functions are handed over as they are.
// FROZEN-COPY-4. A value may contain itself, and be as deep as it likes.
// FROZEN-COPY-5. It never throws: copies are made while a run goes on. A field whose getter throws is left out, and
//     words stand in the place of what cannot be read at all.

import { types } from 'node:util';
import { keepRevived } from '../values/class-of.ts';
import { describeValue } from '../values/describe.ts';
import { isFlat } from '../values/promises.ts';
import { keepSensitive } from '../values/sensitive.ts';

/** A copy of a value, frozen to its depth. */
export function frozenCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!isFlat(value)) return frozenParts(value);
  // Most messages and values are that: one object of strings and numbers.
  try {
    const copy = { ...value };
    keepSensitive(value, copy);
    return Object.freeze(copy);
  } catch {
    // A getter that throws only now.
    return frozenParts(value);
  }
}

function frozenParts(root: object): unknown {
  const copies = new Map<object, unknown>();
  const open: (readonly [value: object, copy: object])[] = [];
  const copyOf = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null || types.isPromise(part)) return part;
    if (copies.has(part)) return copies.get(part);
    const copy = blankFor(part);
    copies.set(part, copy);
    if (typeof copy === 'object' && copy !== part) open.push([part, copy]);
    return copy;
  };
  const copy = copyOf(root);
  // Filled one after the other: nesting does not grow the stack.
  for (let next = open.pop(); next !== undefined; next = open.pop()) fill(next[0], next[1], copyOf);
  return copy;
}

/** What a copy begins as; the object itself if there is none to make, or words if it cannot be read. */
function blankFor(part: object): object | string {
  try {
    // It is made of what its prototype computes, such as the error of an aborted signal.
    return part instanceof Error && !types.isNativeError(part) ? part : blankOf(part);
  } catch {
    return `[cannot be read: ${describeValue(part)}]`;
  }
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
  if (value instanceof Error) return blankError();
  if (value instanceof Date) return new Date(value);
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  if (value instanceof URL) return new URL(value);
  if (value instanceof RegExp) return new RegExp(value);
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  return isBytes(value) ? structuredClone(value) : undefined;
}

function blankError(): Error {
  const { stackTraceLimit } = Error;
  // It gets the stack of the error that it is a copy of.
  Error.stackTraceLimit = 0;
  const blank = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return blank;
}

/** FROZEN-COPY-3. Its stack, which is costly to make, and the getters of its class, which may ask for private fields. */
function fillError(error: Error, copy: object): void {
  const lazily = (field: PropertyKey, enumerable: boolean): void => {
    const get = (): unknown => frozenCopy(Reflect.get(error, field));
    Reflect.defineProperty(copy, field, { get, enumerable, configurable: true });
  };
  lazily('stack', false);
  keepRevived(error, copy);
  for (let at = Reflect.getPrototypeOf(error); at !== null && at !== Error.prototype; at = Reflect.getPrototypeOf(at)) {
    for (const [field, found] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (found.get !== undefined && !Object.hasOwn(copy, field)) lazily(field, false);
    }
  }
}

function isBytes(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

function fill(value: object, copy: object, copyOf: (part: unknown) => unknown): void {
  // They cannot be frozen, and their items are no fields.
  if (isBytes(value)) return;
  try {
    if (value instanceof Map && copy instanceof Map)
      for (const [key, item] of value) copy.set(copyOf(key), copyOf(item));
    if (value instanceof Set && copy instanceof Set) for (const item of value) copy.add(copyOf(item));
    if (value instanceof Error) fillError(value, copy);
    for (const field of Reflect.ownKeys(value)) {
      if (!(value instanceof Error && field === 'stack')) copyField(value, copy, field, copyOf);
    }
    keepSensitive(value, copy);
  } catch {
    // It is a proxy, or another object that throws: what was read before is there.
  }
  Object.freeze(copy);
}

function copyField(value: object, copy: object, field: PropertyKey, copyOf: (part: unknown) => unknown): void {
  const { enumerable = false } = Reflect.getOwnPropertyDescriptor(value, field) ?? {};
  let part: unknown;
  try {
    // Of a getter its value: it sees what it was made in.
    part = copyOf(Reflect.get(value, field));
  } catch {
    return;
  }
  Reflect.defineProperty(copy, field, { value: part, enumerable, writable: true, configurable: true });
}
