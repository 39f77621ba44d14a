// The fields of message classes, each with everything that is written of it along the chain of classes: class-validator and
// class-transformer read the annotations of a field from its class and all that this extends.

import { chainOf, typePlace } from '../model/class-chain.ts';
import type { ClassPlace } from '../model/model.ts';
import type { Declared, Scope } from '../model/scope.ts';
import { classOf, type TypePlace } from '../model/type-name.ts';
import type { AnnotationRecord, FileRecord, MemberRecord, TypeRecord } from '../read/file-record.ts';
import { isDeclaration } from '../read/outputs.ts';

/** One declaration of a field. */
export interface FieldUse {
  readonly owner: ClassPlace;
  readonly member: MemberRecord;
}

/** An annotation of a field, and what it is: `class-validator IsInt`. */
export interface FieldAnnotation {
  readonly source: string;
  readonly record: AnnotationRecord;
}

/** A field by its name. */
export interface ChainField {
  readonly name: string;
  /** The nearest declaration. */
  readonly use: FieldUse;
  /** All declarations, the nearest first. */
  readonly uses: readonly FieldUse[];
  readonly annotations: readonly FieldAnnotation[];
}

/** The public fields of a class and its bases; undefined if some of its sources cannot be read. */
export function chainFields(scope: Scope, { file, class: item }: Declared): readonly ChainField[] | undefined {
  if (item === undefined) return undefined;
  const { classes, isComplete } = chainOf(scope, { file, class: item });
  // The declarations of a package have lost their annotations.
  if (!isComplete || classes.some((owner) => isOfPackage(owner.file))) return undefined;
  const found = new Map<string, FieldUse[]>();
  for (const owner of classes) {
    for (const member of owner.class.members) {
      if (member.kind !== 'property' || member.isStatic || member.name === undefined) continue;
      if (member.visibility !== 'public') continue;
      const uses = found.get(member.name);
      if (uses === undefined) found.set(member.name, [{ owner, member }]);
      else uses.push({ owner, member });
    }
  }
  return [...found].flatMap(([name, uses]) => {
    const [use] = uses;
    return use === undefined ? [] : [{ name, use, uses, annotations: uses.flatMap(annotationsOf) }];
  });
}

/** The annotations of one declaration. */
export function annotationsOf({ owner, member }: FieldUse): FieldAnnotation[] {
  return member.annotations.map((record) => ({ source: sourceOf(owner.file, record), record }));
}

/** `class-validator IsInt`; the name alone if it is not imported. */
function sourceOf(file: FileRecord, { path }: AnnotationRecord): string {
  const [first = '', second = ''] = path;
  const imported = file.imports.find((item) => item.local === first);
  if (imported === undefined) return first;
  return `${imported.from} ${imported.imported === '*' ? second : imported.imported}`;
}

/** A class that a field holds. */
export interface Nested {
  readonly class: Declared;
  /** Absent where the written type does not say it. */
  readonly isList?: boolean;
}

/** The class that a field holds, by its type or by `@Type`. */
export function nestedIn(scope: Scope, { uses }: ChainField): Nested | undefined {
  for (const { owner, member } of uses) {
    const place = typePlace(owner, []);
    const written = member.type === undefined ? undefined : nestedType(scope, place, member.type);
    if (written !== undefined) return written;
  }
  for (const use of uses) {
    const named = annotationsOf(use).find(({ source }) => source === 'class-transformer Type');
    const [thunk] = named?.record.arguments ?? [];
    if (thunk?.kind !== 'function' || thunk.returns?.kind !== 'name') continue;
    const found = scope.declared(use.owner.file, thunk.returns.path);
    if (found?.class !== undefined) return { class: found };
  }
  return undefined;
}

const COLLECTIONS: ReadonlyMap<string | undefined, number> = new Map([
  ...['Array', 'ReadonlyArray', 'Set', 'ReadonlySet'].map((name) => [name, 0] as const),
  ...['Map', 'ReadonlyMap'].map((name) => [name, 1] as const),
]);

function nestedType(scope: Scope, place: TypePlace, type: TypeRecord): Nested | undefined {
  if (type.kind === 'array') return asList(nestedType(scope, place, type.item));
  if (type.kind === 'union') {
    const only = withoutNothing(type);
    return only === undefined ? undefined : nestedType(scope, place, only);
  }
  if (type.kind !== 'name') return undefined;
  const ofClass = classOf(scope, place, type);
  if (ofClass !== undefined) return { class: ofClass, isList: false };
  const [name, ...more] = type.path;
  const item = type.arguments[COLLECTIONS.get(name) ?? -1];
  return more.length === 0 && item !== undefined ? asList(nestedType(scope, place, item)) : undefined;
}

function asList(nested: Nested | undefined): Nested | undefined {
  return nested === undefined ? undefined : { ...nested, isList: true };
}

/** A type without `null` and `undefined`; undefined if it is more than one then. */
export function withoutNothing(type: TypeRecord): TypeRecord | undefined {
  if (type.kind !== 'union') return type;
  const [only, ...others] = type.items.filter((item) => !isNothing(item));
  return others.length > 0 ? undefined : only;
}

function isNothing(type: TypeRecord): boolean {
  return type.kind === 'literal' ? type.value === null : type.kind === 'keyword' && type.text === 'undefined';
}

/** Whether class-validator has anything to check in a class. */
export function hasValidators(scope: Scope, { file, class: item }: Declared): boolean {
  if (item === undefined) return false;
  return chainOf(scope, { file, class: item }).classes.some((owner) =>
    owner.class.members.some((member) =>
      annotationsOf({ owner, member }).some(({ source }) => source.startsWith('class-validator ')),
    ),
  );
}

function isOfPackage({ path }: FileRecord): boolean {
  return isDeclaration(path) || path.includes('/node_modules/');
}
