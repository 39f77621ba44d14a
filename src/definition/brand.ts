// Which values `definition` has made. Separate from the code that makes them: asking loads nothing of it.

import type { Definition } from './definition.ts';

const made = new WeakSet<object>();

/** Records that `definition` made the value, and gives it back. */
export function remembered(definition: Definition): Definition {
  made.add(definition);
  return definition;
}

/** Whether `definition` made the value: a value that merely looks like a definition is not one. */
export function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && made.has(value);
}
