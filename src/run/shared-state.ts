// The state that the steps of a run share: operations, merged in the order in which attempts succeed.
//
// SHARED-STATE-1. Values are what `encode` makes of them, the same on every engine. The items of an array are encoded
//     one by one, so that one can be appended without the others.
// SHARED-STATE-2. `add`, `append`, `max` and `min` commute; of two `set` the later one counts.

import type { Json } from '../values/json.ts';

export type StateValue = { readonly one: Json } | { readonly list: readonly Json[] };

export type StateOperation =
  | {
      readonly op: 'set';
      readonly field: string;
      readonly value: StateValue;
      /** The change of the field that the attempt had read before, if it had read it: 0 for none so far. */
      readonly read?: number;
    }
  | { readonly op: 'add' | 'max' | 'min'; readonly field: string; readonly value: number }
  | { readonly op: 'append'; readonly field: string; readonly value: readonly Json[] };

/** A field with the number of its last change. */
export interface StateField {
  readonly value: StateValue;
  readonly change: number;
}

/** Never changed in place: who holds one holds a snapshot. */
export type SharedState = ReadonlyMap<string, StateField>;

export const NO_STATE: SharedState = new Map();
/** What a run's state may hold, in characters of JSON. */
export const STATE_LIMIT = 65_536;

export interface Merged {
  readonly state: SharedState;
  /** Fields that were set after reading a value that has changed since. */
  readonly conflicts: readonly string[];
}

/** Applies operations in order. Undefined if the state would be too large. */
export function merge(state: SharedState, operations: readonly StateOperation[], change: number): Merged | undefined {
  const merged = new Map(state);
  const conflicts: string[] = [];
  for (const operation of operations) {
    const before = merged.get(operation.field);
    if (operation.op === 'set' && isConflict(operation.read, state.get(operation.field))) {
      conflicts.push(operation.field);
    }
    merged.set(operation.field, { value: applied(operation, before?.value), change });
  }
  return sizeOf(merged) > STATE_LIMIT ? undefined : { state: merged, conflicts };
}

/** One operation on one value. A value that is not a number counts as none, one that is not an array as an empty one. */
export function applied(operation: StateOperation, before: StateValue | undefined): StateValue {
  const number = before !== undefined && 'one' in before && typeof before.one === 'number' ? before.one : undefined;
  switch (operation.op) {
    case 'set':
      return operation.value;
    case 'add':
      return { one: (number ?? 0) + operation.value };
    case 'append':
      return { list: [...(before !== undefined && 'list' in before ? before.list : []), ...operation.value] };
    case 'max':
      return { one: Math.max(number ?? operation.value, operation.value) };
    case 'min':
      return { one: Math.min(number ?? operation.value, operation.value) };
  }
}

function isConflict(read: number | undefined, field: StateField | undefined): boolean {
  return read !== undefined && read !== (field?.change ?? 0);
}

/** Characters of JSON, names included. */
export function sizeOf(state: SharedState): number {
  let size = 0;
  for (const [field, { value }] of state)
    size += field.length + JSON.stringify('one' in value ? value.one : value.list).length;
  return size;
}
