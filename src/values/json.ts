// Plain JSON data: its types, how to tell them apart, and how to write a field.
//
// JSON-1. A field is written to the object itself, also under the name `__proto__`, and no setter runs.
// JSON-2. Built-in objects, such as dates and maps, are values as a whole: nothing looks into their fields.

import { types } from 'node:util';
import { describeValue, joinPath } from './describe.ts';
import type { Problems } from './issues.ts';

/** What JSON can say, and nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Names through which data reaches prototypes: no message, parameter or reference may have a field of such a name. */
export const DANGEROUS_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Sets an ordinary own field. */
export function setOwnField(target: object, key: string, value: unknown): void {
  // An assignment is several times as fast; under a name that there is already it might meet a setter.
  if (!(key in target)) Reflect.set(target, key, value);
  else Reflect.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Whether the sanitizer accepts the object although it is not made of fields. */
export function isBuiltIn(value: object): boolean {
  if (types.isDate(value) || types.isMap(value) || types.isSet(value) || types.isRegExp(value)) return true;
  return ArrayBuffer.isView(value) || value instanceof URL;
}

/** An object of JSON. */
export interface JsonRecord {
  readonly [key: string]: Json;
}

/** An object literal, or one without a prototype. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

/** An object of fields, and not a value such as an array, a date or a promise. */
export function isRecord(value: Json | undefined): value is JsonRecord;
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>>;
export function isRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !isBuiltIn(value) && !(value instanceof Promise);
}

/**
 * The sanitized value as JSON. What JSON cannot say goes to the problems; -0 becomes 0, as it does in JSON text.
 * Recursion is bounded by the depth that the sanitizer lets through.
 */
export function jsonOf(value: unknown, path: string, problems: Problems): Json {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map((item, at) => jsonOf(item, joinPath(path, at), problems));
  if (typeof value === 'object' && !isBuiltIn(value)) return recordOf(value, path, problems);
  problems.add(path, () => ({ expected: 'data that JSON can hold', got: describeValue(value) }));
  return null;
}

function recordOf(value: object, path: string, problems: Problems): JsonRecord {
  const record: { [key: string]: Json } = {};
  for (const [key, part] of Object.entries(value)) {
    setOwnField(record, key, jsonOf(part, joinPath(path, key), problems));
  }
  return record;
}

/** The data itself, frozen in all its parts. It must not contain itself. */
export function deepFrozen<T>(data: T): T {
  const open: unknown[] = [data];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (typeof part !== 'object' || part === null || Object.isFrozen(part)) continue;
    Object.freeze(part);
    for (const inner of Object.values(part)) if (typeof inner === 'object') open.push(inner);
  }
  return data;
}
