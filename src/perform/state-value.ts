// Values of the state as the core keeps them, and back.

import { decode, encode } from '../message/codec.ts';
import type { StateValue } from '../run/shared-state.ts';

/** @throws {OnwardError} ONW3045 if the value is no data. */
export function toStateValue(value: unknown): StateValue {
  return Array.isArray(value) ? { list: Array.from(value, (item) => encode(item)) } : { one: encode(value) };
}

export function fromStateValue(value: StateValue): unknown {
  return 'one' in value ? decode(value.one) : value.list.map((item) => decode(item));
}
