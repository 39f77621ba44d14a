// Writes a field of an object itself, whatever its name: `__proto__` becomes a field like any other, no setter runs.

/** Sets an ordinary own field. */
export function setOwnField(target: object, key: string, value: unknown): void {
  Reflect.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
