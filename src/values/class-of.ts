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

/** A copy of such an error was of the same classes. */
export function keepRevived(error: object, copy: object): void {
  const names = revivedNames.get(error);
  if (names !== undefined) revivedNames.set(copy, names);
}

/** What the class of an error called itself that came back from a record, if the graph does not name it. */
export function revivedClassOf(error: object): string | undefined {
  return revivedNames.get(error)?.[1];
}

/**
 * Whether the error came back from a record and was of a class of this name. Its class may be one that the graph does not
 * name: `instanceof` knows nothing of it then.
 */
export function wasOfClass(error: unknown, name: string): boolean {
  return typeof error === 'object' && error !== null && revivedNames.get(error)?.includes(name) === true;
}
