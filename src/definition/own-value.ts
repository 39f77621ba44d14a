// Reads what belongs to an object itself. Nothing inherited is reached, and nothing of the object runs unnoticed.

import { InvalidArgument } from '../errors/onward-error.ts';

/**
 * The value of an own field, or undefined.
 *
 * @throws {InvalidArgument} if the field is a getter, or a proxy throws; `where` says which field it is.
 */
export function ownValue(object: object, key: string | number, where: () => string): unknown {
  const descriptor = descriptorOf(object, key, where);
  if (descriptor?.get === undefined && descriptor?.set === undefined) return descriptor?.value;
  throw new InvalidArgument(`${where()} is a getter, which would run code; return plain data`);
}

function descriptorOf(object: object, key: string | number, where: () => string): PropertyDescriptor | undefined {
  try {
    return Reflect.getOwnPropertyDescriptor(object, key);
  } catch (cause) {
    throw new InvalidArgument(`${where()} cannot be read: the object threw; return plain data`, { cause });
  }
}
