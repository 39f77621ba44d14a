// The classes of a graph without its wiring.

import { Classes, type NamedClasses } from '../../src/values/classes.ts';

/** @param unknown takes the names that are asked for and not there. */
export function classesOf(named: NamedClasses, unknown: string[] = []): Classes {
  return new Classes({
    named: () => named,
    rebuilt: () => [],
    nested: () => [],
    onUnknown: (name) => unknown.push(name),
  });
}

/** A graph whose values are plain data. */
export const NO_CLASSES = classesOf({});
