// Which fields are not to be shown: those that a class marks with `@Sensitive()`, and those of data that a record has kept
// of such a class.
//
// SENSITIVE-1. Values keep their fields: bodies get them whole. Only what shows a value to people leaves them out.
// SENSITIVE-2. A copy of a value hides the same fields, also where its class is not known any more.
// SENSITIVE-3. Without any mark in the process nothing is looked up.
// SENSITIVE-4. On a console a value shows itself so, wherever it is printed, and an error in JSON, too: nobody reads that
//     back. The JSON of other values may be data for another system: the code that writes it decides.

import type { InspectOptions } from 'node:util';
import { describeValue } from './describe.ts';

/** What stands in the place of a field that is not shown. */
export const REDACTED = '[redacted]';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** By the prototype of a class, or by a value without a class. */
const marked = new WeakMap<object, ReadonlySet<string>>();
let isUsed = false;

/** Whether anything in the process is marked. */
export function anySensitive(): boolean {
  return isUsed;
}

/** @param of the prototype of a class, or one value. */
export function markSensitive(of: object, fields: Iterable<string>): void {
  isUsed = true;
  marked.set(of, new Set([...(marked.get(of) ?? []), ...fields]));
  define(of, INSPECT, showOnConsole);
  if (of instanceof Error) define(of, 'toJSON', errorAsJson);
}

/** Unless the class has its own. */
function define(of: object, name: PropertyKey, value: (this: object, ...given: never[]) => unknown): void {
  if (name in of || !Object.isExtensible(of)) return;
  Reflect.defineProperty(of, name, { value, configurable: true, writable: true, enumerable: false });
}

/** The fields of a value that are not shown, those of its base classes included; undefined if there are none. */
export function sensitiveFieldsOf(value: object): ReadonlySet<string> | undefined {
  if (!isUsed) return undefined;
  let fields: ReadonlySet<string> | undefined;
  for (let at: object | null = value; at !== null; at = Reflect.getPrototypeOf(at)) {
    const own = marked.get(at);
    if (own !== undefined) fields = fields === undefined ? own : new Set([...fields, ...own]);
  }
  return fields;
}

/** SENSITIVE-2, of a copy that has no class. */
export function keepSensitive(value: object, copy: object): void {
  const fields = sensitiveFieldsOf(value);
  if (fields !== undefined && sensitiveFieldsOf(copy) === undefined) markSensitive(copy, fields);
}

/** A value in a few words, of a secret only its kind: `[redacted] (a string)`. */
export function valueShown(value: unknown, isSecret: boolean): string {
  if (!isSecret || value === undefined || value === null) return describeValue(value);
  return `${REDACTED} (${kindOf(value)})`;
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  // The words for a date say which one it is.
  return value instanceof Date ? 'a date' : describeValue(value);
}

/** A part of a path. What data calls its parts may be a secret, too; a position is none. */
export function keyShown(key: string | number, isSecret: boolean): string | number {
  return isSecret && typeof key === 'string' ? REDACTED : key;
}

/** An error with the same name and the same frames, which says nothing. */
export function wordless(thrown: unknown): Error {
  const error = new Error(REDACTED);
  if (!(thrown instanceof Error)) return error;
  Object.defineProperty(error, 'name', { value: thrown.name, configurable: true, writable: true });
  const frames = String(thrown.stack).match(/^ {4}at .*$/gm) ?? [];
  error.stack = [`${thrown.name}: ${REDACTED}`, ...frames].join('\n');
  return error;
}

type Inspect = (value: unknown, options: InspectOptions) => string;

/** How `console.log` shows a value with sensitive fields. */
function showOnConsole(this: object, _depth: number, options: InspectOptions, inspect: Inspect): unknown {
  return inspect(hiding(this), options);
}

/** The same object without what is hidden, which shows itself as any other does. */
function hiding(value: object): object {
  const hidden = sensitiveFieldsOf(value);
  const shown: object = value instanceof Error ? new Error() : {};
  Object.setPrototypeOf(shown, Reflect.getPrototypeOf(value));
  for (const field of Reflect.ownKeys(value)) {
    const { enumerable = false, get } = Reflect.getOwnPropertyDescriptor(value, field) ?? {};
    const isHidden = typeof field === 'string' && hidden?.has(field) === true;
    // A stack may be a getter of the error that it is of.
    const isRead = get === undefined || field === 'stack';
    const item: unknown = isHidden ? REDACTED : isRead ? Reflect.get(value, field) : '[Getter]';
    Reflect.defineProperty(shown, field, { value: item, enumerable, configurable: true });
  }
  Reflect.defineProperty(shown, INSPECT, { value: undefined, enumerable: false });
  return shown;
}

function errorAsJson(this: object): Record<string, unknown> {
  return { name: Reflect.get(this, 'name'), message: Reflect.get(this, 'message'), ...hiding(this) };
}
