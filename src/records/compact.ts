// Records without what is usual: most members of most steps have the value that nearly all of them have.
//
// COMPACT-1. `expand(compact(record, usual), usual)` equals the record, whatever the record holds. Only what `usual` names
//     is left out.

import type { Json } from '../values/json.ts';

/** The members that differ from the usual ones; an empty array is the same as another one. */
export function compact<T extends object>(record: T, usual: Partial<T>): Partial<T> {
  const kept: Partial<T> = {};
  for (const name in record) {
    const value = record[name];
    if (value === undefined || isSame(value, usual[name])) continue;
    kept[name] = value;
  }
  return kept;
}

/** The whole record again. The border to the store: what we wrote is of the type that we wrote. */
export function expand<T extends object>(kept: Json | undefined, usual: Partial<T>): T | undefined {
  if (typeof kept !== 'object' || kept === null) return undefined;
  // In this order: a second spread costs seven times as much, and records are read with every event.
  const whole = { ...kept } as Partial<T>;
  for (const name in usual) if (whole[name] === undefined) whole[name] = usual[name];
  return whole as T;
}

function isSame(value: unknown, usual: unknown): boolean {
  return value === usual || (Array.isArray(value) && value.length === 0 && Array.isArray(usual) && usual.length === 0);
}
