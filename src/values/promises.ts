// Finds promises inside values: a value with one in it is not finished, and somebody forgot to await.
//
// PROMISES-1. It looks into arrays, plain objects, maps and sets, into a thousand of them at most; of an instance of a class
//     it looks at its own fields only: a live object of the user, such as a client, may keep promises deeper inside.
// PROMISES-2. Native promises that are found count as handled: none of them ends in an unhandled rejection.

import { OnwardError } from '../errors/onward-error.ts';
import { joinPath, printable } from './describe.ts';

const MOST_LOOKED_INTO = 1_000;
const MOST_DEEP = 100;

/**
 * @param what what the value is, for the text: "what Shop.order returned".
 * @throws {OnwardError} ONW3045 with the path of the first promise.
 */
export function assertNoPromise(value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null || !mayHoldPromise(value)) return;
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

/** Nothing but strings, numbers and the like, or a plain object of them: most bodies return that, and it is seen at once. */
export function isFlat(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  try {
    if (!isPlain(value)) return false;
    for (const field in value) {
      const part = value[field];
      if ((typeof part === 'object' && part !== null) || typeof part === 'function') return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** Whether `await` would wait for it. Asking may run user code, which may throw. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return value instanceof Promise || typeof Reflect.get(value, 'then') === 'function';
}

/** What `await` would wait for. Asking a promise that is not the language's own may run user code, which may throw. */
export function promiseOf(value: PromiseLike<unknown>): Promise<unknown> {
  return value instanceof Promise && value.constructor === Promise ? value : Promise.resolve(value);
}

/** By its constructor: to ask for a prototype is a call out of the machine's own code, a field is none. */
function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  return value.constructor === Object;
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
    if (isThenable(root)) return [handled(root, '')];
    const open = new Map<object, string>([[root, '']]);
    for (const [value, path] of open) {
      const isOpen = isTransparent(value);
      for (const [key, part] of partsOf(value)) {
        if (typeof part !== 'object' || part === null) continue;
        if (isThenable(part)) found.push(handled(part, joinPath(path, key)));
        else if (isOpen && !open.has(part)) open.set(part, joinPath(path, key));
      }
    }
  } catch {
    // A getter or a proxy threw: the code that keeps the value reports that.
  }
  return found;
}

/** How many objects the question that is being asked may still look into. */
let left = 0;

/**
 * The same question without an answer to where: asked of what every body returns, and only the few that hold a promise
 * pay for paths. A value that contains itself is looked into until the limit is reached.
 */
function mayHoldPromise(value: object): boolean {
  left = MOST_LOOKED_INTO;
  try {
    return holdsPromise(value, 0);
  } catch {
    // A getter or a proxy threw: the code that keeps the value reports that.
    return false;
  }
}

function holdsPromise(value: object, depth: number): boolean {
  if (--left < 0 || depth > MOST_DEEP) return false;
  if (Array.isArray(value)) return isAnyHeld(value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null)
    return 'then' in value || isAnyHeld(Object.values(value), depth);
  if (value instanceof Map || value instanceof Set) return isAnyHeld([...value.values()], depth);
  if (isThenable(value)) return true;
  if (ArrayBuffer.isView(value)) return false;
  return Object.values(value).some((part) => typeof part === 'object' && part !== null && isThenable(part));
}

function isAnyHeld(parts: readonly unknown[], depth: number): boolean {
  for (const part of parts) {
    if (typeof part !== 'object' || part === null) continue;
    if (part instanceof Promise || holdsPromise(part, depth + 1)) return true;
  }
  return false;
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

/** If the second part is refused at once, nothing awaits the first any more: its rejection must not stay unhandled. */
export function whilePending<T>(first: unknown, second: () => T): T {
  try {
    return second();
  } catch (error) {
    if (first instanceof Promise) first.catch(() => undefined);
    throw error;
  }
}
