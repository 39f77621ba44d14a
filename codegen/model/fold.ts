// What is known of a value without running anything: literals, constants, enum members, across files.
//
// FOLD-1. Circles and spreads that multiply end: one question follows so many names and no more.

import type { FileRecord, ValueRecord } from '../read/file-record.ts';
import type { Declared, Scope } from './scope.ts';

/** A value and the file it was found in. */
export interface Folded {
  readonly file: FileRecord;
  readonly value: ValueRecord;
}

const MAX_DEPTH = 48;
const MAX_STEPS = 1_000;

/** How far one question has been followed. */
class Trail {
  #depth = 0;
  #steps = 0;

  follow<T>(step: () => T, otherwise: T): T {
    if (this.#depth >= MAX_DEPTH || this.#steps >= MAX_STEPS) return otherwise;
    this.#depth++;
    this.#steps++;
    const result = step();
    this.#depth--;
    return result;
  }
}

/** Follows names to what they stand for, as far as it can be read. */
export function fold(scope: Scope, folded: Folded, trail = new Trail()): Folded {
  return trail.follow(() => foldName(scope, folded, trail), folded);
}

function foldName(scope: Scope, folded: Folded, trail: Trail): Folded {
  const { file, value } = folded;
  if (value.kind !== 'name') return folded;
  for (let length = 1; length <= value.path.length; length++) {
    const found = scope.declared(file, value.path.slice(0, length));
    if (found === undefined) continue;
    const start = found.declaration.value;
    if (start === undefined) return folded;
    const end = walk(scope, { file: found.file, value: start }, value.path.slice(length), trail);
    return end ?? folded;
  }
  return folded;
}

function walk(scope: Scope, from: Folded, path: readonly string[], trail: Trail): Folded | undefined {
  let at = fold(scope, from, trail);
  for (const name of path) {
    const found = entryOf(scope, at, name, trail);
    if (found === undefined || found === 'hidden') return undefined;
    at = fold(scope, found, trail);
  }
  return at;
}

/** An entry of an object; `hidden` if it may be there but cannot be read. */
export function entryOf(scope: Scope, object: Folded, key: string, trail = new Trail()): Folded | 'hidden' | undefined {
  return trail.follow(() => findEntry(scope, fold(scope, object, trail), key, trail), 'hidden');
}

function findEntry(scope: Scope, { file, value }: Folded, key: string, trail: Trail): Folded | 'hidden' | undefined {
  if (value.kind !== 'object') return 'hidden';
  const own = value.entries.findLast((entry) => entry.key === key);
  if (own !== undefined) return { file, value: own.value };
  if (value.isOpen) return 'hidden';
  for (const spread of value.spreads.toReversed()) {
    const found = entryOf(scope, { file, value: spread }, key, trail);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The same of options, where `undefined` counts as left out. */
export function optionOf(scope: Scope, options: Folded | undefined, key: string): Folded | 'hidden' | undefined {
  const found = options === undefined ? undefined : entryOf(scope, options, key);
  return found === undefined || found === 'hidden' || !isUndefined(found.value) ? found : undefined;
}

/** The keys of an object; undefined if some cannot be read. */
export function keysOf(scope: Scope, object: Folded, trail = new Trail()): string[] | undefined {
  return trail.follow(() => collectKeys(scope, fold(scope, object, trail), trail), undefined);
}

function collectKeys(scope: Scope, { file, value }: Folded, trail: Trail): string[] | undefined {
  if (value.kind !== 'object' || value.isOpen) return undefined;
  const keys = new Set<string>();
  for (const spread of value.spreads) {
    const more = keysOf(scope, { file, value: spread }, trail);
    if (more === undefined) return undefined;
    for (const key of more) keys.add(key);
  }
  for (const { key } of value.entries) keys.add(key);
  return [...keys];
}

/** The class that a name stands for, also through constants that have another name for it. */
export function classNamed(scope: Scope, file: FileRecord, path: readonly string[]): Declared | undefined {
  const found = scope.declared(file, path);
  if (found === undefined || found.class !== undefined || found.declaration.value?.kind !== 'name') return found;
  const value = fold(scope, { file: found.file, value: found.declaration.value });
  return value.value.kind === 'name' ? (scope.declared(value.file, value.value.path) ?? found) : found;
}

/** A string that can be read at build time. */
export function foldedString(scope: Scope, folded: Folded): string | undefined {
  const { value } = fold(scope, folded);
  return value.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined;
}

export function isUndefined(value: ValueRecord | undefined): boolean {
  return value?.kind === 'name' && value.path.length === 1 && value.path[0] === 'undefined';
}
