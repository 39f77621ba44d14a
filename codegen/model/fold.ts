// What can be told about a value without running anything: literals, constants, enum members, across files.

import type { FileRecord, ValueRecord } from '../read/file-record.ts';
import type { Scope } from './scope.ts';

/** A value and the file it was found in. */
export interface Folded {
  readonly file: FileRecord;
  readonly value: ValueRecord;
}

// A constant may name another one; circles are cut here.
const MAX_DEPTH = 16;

/** Follows names to what they stand for, as far as it can be read. */
export function fold(scope: Scope, folded: Folded, depth = 0): Folded {
  const { file, value } = folded;
  if (value.kind !== 'name' || depth > MAX_DEPTH) return folded;
  for (let length = 1; length <= value.path.length; length++) {
    const found = scope.declared(file, value.path.slice(0, length));
    if (found === undefined) continue;
    const start = found.declaration.value;
    if (start === undefined) return folded;
    const end = walk(scope, { file: found.file, value: start }, value.path.slice(length), depth + 1);
    return end ?? folded;
  }
  return folded;
}

function walk(scope: Scope, from: Folded, path: readonly string[], depth: number): Folded | undefined {
  let at = fold(scope, from, depth);
  for (const name of path) {
    const found = entryOf(scope, at, name);
    if (found === undefined || found === 'hidden') return undefined;
    at = fold(scope, found, depth);
  }
  return at;
}

/** An entry of an object; `hidden` if it may be there but cannot be read. */
export function entryOf(scope: Scope, object: Folded, key: string, depth = 0): Folded | 'hidden' | undefined {
  const { file, value } = fold(scope, object);
  if (value.kind !== 'object' || depth > MAX_DEPTH) return 'hidden';
  const own = value.entries.findLast((entry) => entry.key === key);
  if (own !== undefined) return { file, value: own.value };
  if (value.isOpen) return 'hidden';
  for (const spread of value.spreads.toReversed()) {
    const found = entryOf(scope, { file, value: spread }, key, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The keys of an object; undefined if some cannot be read. */
export function keysOf(scope: Scope, object: Folded, depth = 0): string[] | undefined {
  const { file, value } = fold(scope, object);
  if (value.kind !== 'object' || value.isOpen || depth > MAX_DEPTH) return undefined;
  const keys = value.entries.map((entry) => entry.key);
  for (const spread of value.spreads) {
    const more = keysOf(scope, { file, value: spread }, depth + 1);
    if (more === undefined) return undefined;
    keys.unshift(...more);
  }
  return [...new Set(keys)];
}

/** A text that can be read at build time. */
export function textOf(scope: Scope, folded: Folded): string | undefined {
  const { value } = fold(scope, folded);
  return value.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined;
}

export function isUndefined(value: ValueRecord | undefined): boolean {
  return value?.kind === 'name' && value.path.length === 1 && value.path[0] === 'undefined';
}
