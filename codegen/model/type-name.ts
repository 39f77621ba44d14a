// Types that the wiring can write: the user's own words, with every name leading to something importable.

import type { FileRecord, TypeRecord } from '../read/file-record.ts';
import { WIRING_TYPES } from '../read/our-names.ts';
import { isType, type Declared, type ImportedSymbol, type Scope } from './scope.ts';

export type TypeName =
  | { readonly kind: 'keyword'; readonly text: string }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'symbol'; readonly symbol: ImportedSymbol; readonly arguments: readonly TypeName[] }
  | { readonly kind: 'ours'; readonly name: string; readonly arguments: readonly TypeName[] }
  | { readonly kind: 'global'; readonly name: string; readonly arguments: readonly TypeName[] }
  | { readonly kind: 'array'; readonly isReadonly: boolean; readonly item: TypeName }
  | { readonly kind: 'union' | 'intersection'; readonly items: readonly TypeName[] };

/** Where a type stands: its file and the type parameters around it. */
export interface TypePlace {
  readonly file: FileRecord;
  readonly parameters: readonly string[];
  /** What those of a base class stand for. */
  readonly given?: ReadonlyMap<string, GivenType>;
}

/** A type argument; empty where the wiring cannot name it. */
export interface GivenType {
  readonly type?: TypeName;
  readonly class?: Declared;
}

// Twice the argument in every class of a chain is a type of a million words after twenty.
const MAX_GIVEN_SIZE = 64;

/** What `extends Base<A, B>` gives to the parameters of the base. */
export function givenTypes(
  scope: Scope,
  place: TypePlace,
  base: TypeRecord | undefined,
  parameters: readonly string[],
): ReadonlyMap<string, GivenType> {
  const written = base?.kind === 'name' ? base.arguments : [];
  return new Map(
    parameters.slice(0, written.length).map((name, at) => {
      const type = nameType(scope, place, written[at]);
      const ofClass = classOf(scope, place, written[at]);
      const isSmall = type !== undefined && sizeOf(type) <= MAX_GIVEN_SIZE;
      return [name, { ...(isSmall && { type }), ...(ofClass !== undefined && { class: ofClass }) }];
    }),
  );
}

function sizeOf(type: TypeName): number {
  const parts =
    type.kind === 'array' ? [type.item] : 'items' in type ? type.items : 'arguments' in type ? type.arguments : [];
  return parts.reduce((sum, part) => sum + sizeOf(part), 1);
}

/** The type argument a type is, if it is exactly that. */
function givenTo({ given, parameters }: TypePlace, path: readonly string[]): GivenType | undefined {
  const [first = ''] = path;
  return path.length === 1 && !parameters.includes(first) ? given?.get(first) : undefined;
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
  const argument = givenTo(place, type.path);
  if (argument !== undefined) return argument.type;
  const given = nameAll(scope, place, type.arguments);
  if (given === undefined) return undefined;
  const found = scope.lookUp(place.file, type.path);
  if (found?.kind === 'declared') {
    const symbol = typeSymbol(scope, found);
    return symbol === undefined ? undefined : { kind: 'symbol', symbol, arguments: given };
  }
  if (found?.kind === 'ours') {
    return WIRING_TYPES.includes(found.name) ? { kind: 'ours', name: found.name, arguments: given } : undefined;
  }
  const isGlobal =
    found === undefined && type.path.length === 1 && GLOBALS.has(first) && !isImported(place.file, first);
  return isGlobal ? { kind: 'global', name: first, arguments: given } : undefined;
}

/** A value and a type may share a name, and be exported each on its own. */
function typeSymbol(scope: Scope, { file, declaration: { name, kind }, symbol }: Declared): ImportedSymbol | undefined {
  if (isType(kind) || symbol?.isExternal === true) return symbol;
  const type = file.declarations.find((item) => item.name === name && isType(item.kind));
  return type === undefined ? undefined : scope.symbolOf(file, type);
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
  const argument = givenTo(place, type.path);
  if (argument !== undefined) return argument.class;
  const found = scope.declared(place.file, type.path);
  return found?.class === undefined ? undefined : found;
}

/** What a method's value is once awaited. */
export function awaited(type: TypeName): TypeName {
  const isPromise = type.kind === 'global' && (type.name === 'Promise' || type.name === 'PromiseLike');
  const [value] = isPromise ? type.arguments : [];
  return value === undefined ? type : awaited(value);
}

/** The same of the type as it is written. */
export function awaitedRecord(type: TypeRecord | undefined): TypeRecord | undefined {
  const isPromise = type?.kind === 'name' && type.path.length === 1 && /^Promise(Like)?$/.test(type.path[0] ?? '');
  return isPromise && type.arguments.length === 1 ? awaitedRecord(type.arguments[0]) : type;
}
