// New instances of message classes.

import { OnwardError } from '../errors/onward-error.ts';
import type { AnyClass } from './class-shape.ts';
import { describeThrown } from './describe-thrown.ts';

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
