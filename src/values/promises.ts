// Finds promises inside values: a value with one in it is not finished, and somebody forgot to await.
//
// PROMISES-1. It looks into arrays, plain objects, maps and sets, into a thousand of them at most; of an instance of a class
//     it looks at its own fields only: a live object of the user, such as a client, may keep promises deeper inside.
// PROMISES-2. Native promises that are found count as handled: none of them ends in an unhandled rejection.

import { OnwardError } from '../errors/onward-error.ts';
import { joinPath, printable } from './describe.ts';

const MOST_LOOKED_INTO = 1_000;

/**
 * @param what what the value is, for the text: "what Shop.order returned".
 * @throws {OnwardError} ONW3045 with the path of the first promise.
 */
export function assertNoPromise(value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null) return;
  const paths = promisesIn(value);
  const [path] = paths;
  if (path === undefined) return;
  const where = path === '' ? 'is' : `has in \`${path}\``;
  const several = paths.length > 1 ? `, and ${paths.length - 1} more` : '';
  const text = `${printable(what)} ${where} a promise${several}; await it first, or all of them with Promise.all`;
  throw new OnwardError('ONW3045', text, {
    issues: paths.map((each) => ({ path: each, expected: 'a value', got: 'a promise; await it first' })),
  });
}

/** A promise that is refused or thrown away counts as handled. */
export function handlePromise(value: unknown): void {
  try {
    if (value instanceof Promise) value.catch(() => undefined);
  } catch {
    // Its `then` is not the native one: it has no rejection that the process would hear of.
  }
}

function promisesIn(root: object): string[] {
  const found: string[] = [];
  try {
    if (isPromise(root)) return [handled(root, '')];
    // Most values are flat, and this is asked of what every body returns.
    if (isFlat(root)) return found;
    const open = new Map<object, string>([[root, '']]);
    for (const [value, path] of open) {
      const isOpen = isTransparent(value);
      for (const [key, part] of partsOf(value)) {
        if (typeof part !== 'object' || part === null) continue;
        if (isPromise(part)) found.push(handled(part, joinPath(path, key)));
        else if (isOpen && open.size < MOST_LOOKED_INTO && !open.has(part)) open.set(part, joinPath(path, key));
      }
    }
  } catch {
    // A getter or a proxy threw: who keeps the value will say so.
  }
  return found;
}

function isFlat(value: object): boolean {
  if (value instanceof Map || value instanceof Set) return false;
  const parts: readonly unknown[] = Array.isArray(value) || ArrayBuffer.isView(value) ? [] : Object.values(value);
  for (const part of Array.isArray(value) ? value : parts) if (typeof part === 'object' && part !== null) return false;
  return true;
}

function isPromise(value: object): boolean {
  return value instanceof Promise || ('then' in value && typeof value.then === 'function');
}

function handled(value: object, path: string): string {
  handlePromise(value);
  return path;
}

function isTransparent(value: object): boolean {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function partsOf(value: object): Iterable<readonly [key: string | number, part: unknown]> {
  if (Array.isArray(value)) return value.entries();
  if (value instanceof Map) return [...value].map(([key, part]): [string, unknown] => [String(key), part]);
  if (value instanceof Set) return [...value].entries();
  return ArrayBuffer.isView(value) ? [] : Object.entries(value);
}
