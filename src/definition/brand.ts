// Which values `definition` has made. Apart from what makes them, so that who only asks loads nothing of it.

import type { Definition } from './definition.ts';

const made = new WeakSet<object>();

export function remembered(definition: Definition): Definition {
  made.add(definition);
  return definition;
}

/** Whether `definition` made the value: nothing that merely looks like a definition is one. */
export function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && made.has(value);
}
