// Objects that are values: they are taken whole, and have no fields to be looked at.

import { types } from 'node:util';

/** Whether a scan lets the object through though it is not made of fields. */
export function isBuiltIn(value: object): boolean {
  if (types.isDate(value) || types.isMap(value) || types.isSet(value) || types.isRegExp(value)) return true;
  return ArrayBuffer.isView(value) || value instanceof URL;
}
