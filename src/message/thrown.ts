// What a body threw, in words. Whatever it is, nothing here throws.

/** A thrown value in one line, such as `TypeError: x is not a function`. Never throws. */
export function describeThrown(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value that cannot be read';
  }
}
