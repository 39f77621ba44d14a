// A class with what it extends, and the annotated methods it has of its own or from there.

import { Table } from '../memory.ts';
import type { FileRecord, MemberRecord } from '../read/file-record.ts';
import { METHOD_ANNOTATIONS } from '../read/our-names.ts';
import { annotationOf } from './annotation.ts';
import { classNamed } from './fold.ts';
import type { Annotation, ClassPlace } from './model.ts';
import type { Scope } from './scope.ts';
import { givenTypes, type GivenType, type TypePlace } from './type-name.ts';

export interface AnnotatedMethod {
  /** The signature that is called. */
  readonly member: MemberRecord;
  readonly file: FileRecord;
  /** Where the types of its signature stand. */
  readonly place: TypePlace;
  readonly annotations: readonly Annotation[];
  /** The method whose annotations these are, where it is another one. */
  readonly inheritedFrom?: { readonly member: MemberRecord; readonly file: FileRecord };
}

export interface ClassChain {
  /** Nearest first. */
  readonly classes: readonly ClassPlace[];
  /** Whether every base class was found. */
  readonly isComplete: boolean;
}

const ON_METHODS: ReadonlySet<string> = new Set(METHOD_ANNOTATIONS);

export function chainOf(scope: Scope, start: ClassPlace): ClassChain {
  const classes: ClassPlace[] = [];
  let at: ClassPlace | undefined = start;
  while (at !== undefined) {
    classes.push(at);
    if (at.class.base === undefined) return { classes, isComplete: true };
    const next = baseOf(scope, at);
    at = classes.some((known) => known.class === next?.class) ? undefined : next;
  }
  return { classes, isComplete: false };
}

function baseOf(scope: Scope, owner: ClassPlace): ClassPlace | undefined {
  const { base } = owner.class;
  const found = base?.kind === 'name' ? classNamed(scope, owner.file, base.path) : undefined;
  if (found?.class === undefined) return undefined;
  const given = givenTypes(scope, typePlace(owner, []), base, found.class.typeParameters);
  return { file: found.file, class: found.class, given };
}

const NOTHING: ReadonlyMap<string, GivenType> = new Map();

/** Where the types in a class stand, or those in a method that has type parameters of its own. */
export function typePlace(owner: ClassPlace, own: readonly string[]): TypePlace {
  const given = owner.given ?? NOTHING;
  const open = owner.class.typeParameters.filter((name) => !given.has(name));
  return { file: owner.file, parameters: [...open, ...own], given };
}

const NONE: readonly never[] = [];

const ANNOTATIONS = new Table<MemberRecord, readonly Annotation[]>();

/** Annotations of ours on a member, from the top; those of other packages are left out. Read once a scope. */
export function methodAnnotations(scope: Scope, file: FileRecord, member: MemberRecord): readonly Annotation[] {
  if (member.annotations.every(({ path }) => scope.isForeign(file, path))) return NONE;
  return ANNOTATIONS.recall(scope.sources.memory, member, () => readMethodAnnotations(scope, file, member));
}

function readMethodAnnotations(scope: Scope, file: FileRecord, member: MemberRecord): readonly Annotation[] {
  return member.annotations.flatMap((record) => {
    const annotation = annotationOf(scope, file, record);
    return annotation !== undefined && ON_METHODS.has(annotation.name) ? [annotation] : [];
  });
}

/** By name, in the order of declaration, those of base classes first. An override keeps its place. */
export function annotatedMethods(scope: Scope, chain: ClassChain): Map<string, AnnotatedMethod> {
  const found = new Map<string, AnnotatedMethod>();
  for (const owner of chain.classes.toReversed()) {
    const { file } = owner;
    for (const member of owner.class.members) {
      const { name } = member;
      if (name === undefined || member.isStatic || member.kind === 'constructor') continue;
      const own = methodAnnotations(scope, file, member);
      const before = found.get(name);
      const place = typePlace(owner, member.typeParameters);
      if (own.length > 0) found.set(name, { member, file, place, annotations: own });
      else if (before !== undefined && member.kind === 'method') {
        const inheritedFrom = before.inheritedFrom ?? { member: before.member, file: before.file };
        found.set(name, { ...before, member, file, place, inheritedFrom });
      }
    }
  }
  return found;
}
