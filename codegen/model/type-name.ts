// Types that the wiring can write: the user's own words, with every name leading to something importable.

import type { FileRecord, TypeRecord } from '../read/file-record.ts';
import type { Declared, ImportedSymbol, Scope } from './scope.ts';

export type TypeName =
  | { readonly kind: 'keyword'; readonly text: string }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'symbol'; readonly symbol: ImportedSymbol; readonly arguments: readonly TypeName[] }
  | { readonly kind: 'global'; readonly name: string; readonly arguments: readonly TypeName[] }
  | { readonly kind: 'array'; readonly isReadonly: boolean; readonly item: TypeName }
  | { readonly kind: 'union' | 'intersection'; readonly items: readonly TypeName[] };

/** Where a type stands: its file and the type parameters around it. */
export interface TypePlace {
  readonly file: FileRecord;
  readonly parameters: readonly string[];
}

// Names that mean the same in every file that does not declare or import them.
const GLOBALS = new Set([
  ...['Array', 'ReadonlyArray', 'Date', 'Error', 'Map', 'Set', 'ReadonlyMap', 'ReadonlySet', 'Promise', 'PromiseLike'],
  ...[
    'Record',
    'Partial',
    'Required',
    'Readonly',
    'Pick',
    'Omit',
    'NonNullable',
    'RegExp',
    'Uint8Array',
    'ArrayBuffer',
  ],
  ...['RangeError', 'TypeError', 'SyntaxError', 'AggregateError', 'URL', 'AbortSignal', 'Iterable', 'AsyncIterable'],
]);

/** The type in words the wiring can use; undefined if it cannot be named there. */
export function nameType(scope: Scope, place: TypePlace, type: TypeRecord | undefined): TypeName | undefined {
  if (type === undefined) return undefined;
  switch (type.kind) {
    case 'keyword':
      // `any` would spread into the wiring; the live type says the same where it is needed.
      return type.text === 'any' ? undefined : { kind: 'keyword', text: type.text };
    case 'literal':
      return { kind: 'literal', value: type.value };
    case 'array': {
      const item = nameType(scope, place, type.item);
      return item === undefined ? undefined : { kind: 'array', isReadonly: type.isReadonly, item };
    }
    case 'union':
    case 'intersection': {
      const items = nameAll(scope, place, type.items);
      return items === undefined ? undefined : { kind: type.kind, items };
    }
    case 'name':
      return nameReference(scope, place, type);
    case 'other':
      return undefined;
  }
}

function nameReference(
  scope: Scope,
  place: TypePlace,
  type: Extract<TypeRecord, { kind: 'name' }>,
): TypeName | undefined {
  const [first = ''] = type.path;
  if (place.parameters.includes(first)) return undefined;
  const given = nameAll(scope, place, type.arguments);
  if (given === undefined) return undefined;
  const found = scope.lookUp(place.file, type.path);
  if (found?.kind === 'declared') {
    return found.symbol === undefined ? undefined : { kind: 'symbol', symbol: found.symbol, arguments: given };
  }
  const isGlobal =
    found === undefined && type.path.length === 1 && GLOBALS.has(first) && !isImported(place.file, first);
  return isGlobal ? { kind: 'global', name: first, arguments: given } : undefined;
}

function isImported(file: FileRecord, name: string): boolean {
  return file.imports.some((item) => item.local === name);
}

function nameAll(scope: Scope, place: TypePlace, types: readonly TypeRecord[]): TypeName[] | undefined {
  const named = types.flatMap((type) => nameType(scope, place, type) ?? []);
  return named.length === types.length ? named : undefined;
}

/** The class a type is, if it is exactly one. */
export function classOf(scope: Scope, place: TypePlace, type: TypeRecord | undefined): Declared | undefined {
  if (type?.kind !== 'name' || place.parameters.includes(type.path[0] ?? '')) return undefined;
  const found = scope.declared(place.file, type.path);
  return found?.class === undefined ? undefined : found;
}

/** What a method's value is once awaited. */
export function awaited(type: TypeName): TypeName {
  const isPromise = type.kind === 'global' && (type.name === 'Promise' || type.name === 'PromiseLike');
  const [value] = isPromise ? type.arguments : [];
  return value === undefined ? type : awaited(value);
}
