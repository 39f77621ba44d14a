// New instances of message classes, and how their fields are set.

import { OnwardError } from '../errors/onward-error.ts';
import { describeThrown } from '../values/describe.ts';
import type { AnyClass } from './description.ts';

/**
 * A new instance, its constructor called without arguments.
 *
 * @throws {OnwardError} ONW2009 if the constructor throws.
 */
export function instantiate(messageClass: AnyClass): object {
  try {
    const made: unknown = Reflect.construct(messageClass, []);
    if (typeof made === 'object' && made !== null && Object.isExtensible(made)) return made;
  } catch (cause) {
    throw cannotInstantiate(messageClass, `its constructor threw ${describeThrown(cause)}`, cause);
  }
  throw cannotInstantiate(messageClass, 'its constructor freezes what it makes, so that no field can be filled');
}

function cannotInstantiate(messageClass: AnyClass, reason: string, cause?: unknown): OnwardError {
  return new OnwardError(
    'ONW2009',
    `an instance of ${messageClass.name} cannot be made: ${reason}; ` +
      'a message is made without arguments and then filled, so give the class fields, not constructor parameters',
    { details: { class: messageClass.name }, ...(cause === undefined ? {} : { cause }) },
  );
}

/** What a prototype of the class, or of a class it is derived from, defines under the name: a method or an accessor. */
export function inheritedMember(messageClass: AnyClass, name: string): PropertyDescriptor | undefined {
  for (let at: unknown = messageClass.prototype; isPrototype(at); at = Object.getPrototypeOf(at)) {
    const found = Reflect.getOwnPropertyDescriptor(at, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Methods and getters are no fields: data never replaces them. */
export function isSettable(messageClass: AnyClass, name: string): boolean {
  const found = inheritedMember(messageClass, name);
  return found === undefined || found.set !== undefined;
}

function isPrototype(value: unknown): value is object {
  return typeof value === 'object' && value !== null && value !== Object.prototype;
}
