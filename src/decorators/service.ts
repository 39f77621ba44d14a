// @Service: the name of a class in the ids of its nodes.

import { assertLegacyCall, assertParentheses, recordService } from './record.ts';

export interface ServiceOptions {
  /** The first half of the ids of this class's nodes. @default the name of the class */
  readonly name?: string;
}

/** Puts a class decorator down to what it may be applied to: a class. */
export type ServiceDecorator = (service: abstract new (...args: never) => object, context?: undefined) => void;

/**
 * Gives a class a name of its own in the ids of its nodes, so that renaming the class renames no node.
 *
 * Optional: a class without it goes by its own name. Subclasses do not inherit it.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function Service(options?: ServiceOptions): ServiceDecorator;
export function Service(...given: readonly [options?: ServiceOptions]): ServiceDecorator {
  assertParentheses('Service', given);
  const [options = {}] = given;
  return (service, context?: unknown) => {
    assertLegacyCall('Service', service, context);
    if (options.name !== undefined) recordService(service, options.name);
  };
}
