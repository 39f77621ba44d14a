// Which objects are made of fields, by their prototype: nothing of the object itself is looked at.

import { types } from 'node:util';

const known = new WeakMap<object, boolean>();

/** Members by which an object shows that it is a promise, a stream, an emitter, or keeps its content to itself. */
const NO_DATA = ['then', 'pipe', 'getReader', 'emit', Symbol.toStringTag];

const BUILT_IN: ReadonlySet<unknown> = new Set(
  [
    Date,
    Map,
    Set,
    RegExp,
    URL,
    Error,
    Promise,
    Array,
    String,
    Number,
    Boolean,
    Symbol,
    BigInt,
    Function,
    WeakMap,
    WeakSet,
    WeakRef,
    ArrayBuffer,
    SharedArrayBuffer,
    DataView,
    Object.getPrototypeOf(Uint8Array),
  ].map(({ prototype }): unknown => prototype),
);

/** Whether objects with this prototype are data that is made of fields, and nothing else. */
export function isMadeOfFields(prototype: unknown): boolean {
  if (prototype === null) return true;
  if (typeof prototype !== 'object' || types.isProxy(prototype)) return false;
  const before = known.get(prototype);
  if (before !== undefined) return before;
  const verdict = isPlainLine(prototype);
  known.set(prototype, verdict);
  return verdict;
}

function isPlainLine(prototype: object): boolean {
  for (let at: object | null = prototype; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    if (types.isProxy(at) || BUILT_IN.has(at)) return false;
    const own = at;
    if (NO_DATA.some((name) => Object.hasOwn(own, name))) return false;
  }
  return true;
}
