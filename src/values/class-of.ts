// Of which class a value is, as its prototype says: none, a name, or for errors out of records the names that were kept.

/** Whether an object of this prototype is nothing but its fields: a literal, also one of another realm. */
export function isPlainPrototype(prototype: object | null): boolean {
  return prototype === null || prototype === Object.prototype || Reflect.getPrototypeOf(prototype) === null;
}

/** The name that a class gives itself, for texts. */
export function classNameOf(prototype: object): string {
  const declared: unknown = Reflect.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof declared === 'function' && declared.name !== '' ? declared.name : 'a class without a name';
}

/** The names of the classes of errors that came back from records, their own first. */
const revivedNames = new WeakMap<object, readonly string[]>();

export function cameBackAs(error: object, names: readonly string[]): void {
  revivedNames.set(error, names);
}

/**
 * Whether the error came back from a record and was of a class of this name. Its class may be one that the graph does not
 * name: `instanceof` knows nothing of it then.
 */
export function wasOfClass(error: unknown, name: string): boolean {
  return typeof error === 'object' && error !== null && revivedNames.get(error)?.includes(name) === true;
}
