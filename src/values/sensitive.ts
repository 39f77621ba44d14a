// Which fields are not to be shown: those that a class marks with `@Sensitive()`, and those of data that a record has kept
// of such a class.
//
// SENSITIVE-1. Values keep their fields: bodies get them whole. Only what shows a value to people leaves them out.
// SENSITIVE-2. A copy of a value hides the same fields, also where its class is not known any more.
// SENSITIVE-3. Without any mark in the process nothing is looked up.

/** What stands in the place of a field that is not shown. */
export const REDACTED = '[redacted]';

/** By the prototype of a class, or by a value without a class. */
const marked = new WeakMap<object, ReadonlySet<string>>();
let isUsed = false;

/** @param of the prototype of a class, or one value. */
export function markSensitive(of: object, fields: Iterable<string>): void {
  isUsed = true;
  marked.set(of, new Set([...(marked.get(of) ?? []), ...fields]));
}

/** The fields of a value that are not shown, those of its base classes included; undefined if there are none. */
export function sensitiveFieldsOf(value: object): ReadonlySet<string> | undefined {
  if (!isUsed) return undefined;
  let fields: ReadonlySet<string> | undefined;
  for (let at: object | null = value; at !== null; at = Reflect.getPrototypeOf(at)) {
    const own = marked.get(at);
    if (own !== undefined) fields = fields === undefined ? own : new Set([...fields, ...own]);
  }
  return fields;
}

/** SENSITIVE-2, of a copy that has no class. */
export function keepSensitive(value: object, copy: object): void {
  const fields = sensitiveFieldsOf(value);
  if (fields !== undefined && sensitiveFieldsOf(copy) === undefined) markSensitive(copy, fields);
}
