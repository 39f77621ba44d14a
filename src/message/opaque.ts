// Which objects are no data, though they may look like it.

import { types } from 'node:util';

/** Says what the object is if it is no data, such as `a promise; await it first`. Undefined for data. */
export function whyNotData(value: object): string | undefined {
  if (types.isPromise(value) || hasMethod(value, 'then')) return 'a promise; await it first';
  if (types.isNativeError(value) || value instanceof Error) return 'an error; pass what it says instead';
  if (hasMethod(value, 'pipe') || hasMethod(value, 'getReader')) return 'a stream; read it first';
  if (hasMethod(value, 'emit') && hasMethod(value, 'on')) return 'an event emitter';
  if (types.isBoxedPrimitive(value)) return 'a boxed primitive; use the primitive itself';
  if (types.isWeakMap(value) || types.isWeakSet(value)) return 'a weak collection';
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return 'a buffer that is no Uint8Array';
  // Built-in classes keep their content out of sight and carry a tag; reading fields of one would lose everything.
  if (isTagged(value) && Object.keys(value).length === 0) return 'an object that keeps its content to itself';
  return undefined;
}

/** Looks a method up without running a getter. */
function hasMethod(value: object, name: string): boolean {
  return typeof inherited(value, name)?.value === 'function';
}

function isTagged(value: object): boolean {
  return inherited(value, Symbol.toStringTag) !== undefined;
}

function inherited(value: object, key: PropertyKey): PropertyDescriptor | undefined {
  for (let at: object | null = value; at !== null; at = Reflect.getPrototypeOf(at)) {
    const found = Reflect.getOwnPropertyDescriptor(at, key);
    if (found !== undefined) return found;
  }
  return undefined;
}
