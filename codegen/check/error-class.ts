// What a class of errors extends, and whether a type is one. A base that nothing declares is known by its name.

import { chainOf } from '../model/class-chain.ts';
import type { ClassUse, EdgeModel, Slot } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import type { FileRecord, MemberRecord, TypeRecord } from '../read/file-record.ts';

/** The errors of the language itself; every other class that is not declared may have any base. */
const BUILT_IN = new Set(['RangeError', 'TypeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError']);
export const BUILT_IN_BASES: ReadonlySet<string> = new Set(['Error', 'AggregateError', ...BUILT_IN]);

/** Those that the package exports. */
const OURS = new Set<string | undefined>(['OnwardError', 'RetryableError', 'StepTimeout', 'TerminalError']);

// An alias may lead back to itself.
const MAX_DEPTH = 8;

export interface Line {
  readonly classes: readonly unknown[];
  /** Of the bases that no source declares. */
  readonly names: readonly string[];
}

/** A class and what it extends. */
export function lineOf(scope: Scope, { declared, name }: Pick<ClassUse, 'declared' | 'name'>): Line {
  if (declared?.class === undefined) return { classes: [], names: withBase(name) };
  const chain = chainOf(scope, { file: declared.file, class: declared.class }).classes;
  const last = chain.at(-1)?.class.base;
  const names = last === undefined ? [] : withBase(last.kind === 'name' ? last.path.join('.') : '');
  return { classes: chain.map((item) => item.class), names };
}

function withBase(name: string): string[] {
  return BUILT_IN.has(name) || name === 'AggregateError' ? [name, 'Error'] : [name];
}

/** Whether a parameter certainly takes errors and nothing else: a class of them, or several. */
export function takesErrors(scope: Scope, { class: ofClass, place: { file }, parameter }: Slot): boolean {
  return ofClass === undefined ? isError(scope, file, parameter.type, 0) : isErrorClass(scope, ofClass);
}

/** The fields that errors of an edge may have beside those of each error; undefined if nobody knows. */
export function fieldsOfErrors(scope: Scope, { when, caught }: EdgeModel): Fields {
  if (when === undefined) return new Set();
  const declared = caught?.map((use) => use.declared);
  if (declared?.every((one) => one !== undefined && isErrorClass(scope, one)) !== true) return undefined;
  const chains = declared.flatMap((one) =>
    one?.class === undefined ? [] : chainOf(scope, { ...one, class: one.class }),
  );
  const classes = chains.flatMap((chain) => chain.classes);
  return new Set(classes.flatMap((owner) => owner.class.members.map(({ name }) => name)));
}

type Fields = ReadonlySet<string | undefined> | undefined;

/**
 * Whether a type certainly takes no error: a plain value, or a class with fields that errors do not have.
 *
 * @param known fields that they have beside those of each error
 */
export function takesNoError(scope: Scope, file: FileRecord, type: TypeRecord | undefined, known: Fields): boolean {
  switch (type?.kind) {
    case 'keyword':
      return PLAIN.has(type.text);
    case 'literal':
    case 'array':
      return true;
    case 'union': {
      const items = type.items.filter((item) => !isNothing(item));
      return items.length > 0 && items.every((item) => takesNoError(scope, file, item, known));
    }
    case 'name': {
      const found = scope.declared(file, type.path);
      if (found?.class === undefined) return false;
      const { classes, isComplete } = chainOf(scope, { file: found.file, class: found.class });
      const members = classes.flatMap((owner) => owner.class.members);
      const isErrorLike = members.some(({ name }) => name === 'message');
      const isOther = known !== undefined && members.some((member) => isOwnField(member) && !known.has(member.name));
      return isComplete && !isErrorLike && isOther;
    }
    default:
      return false;
  }
}

const PLAIN = new Set(['string', 'number', 'boolean', 'bigint', 'symbol']);
const OF_ERRORS = new Set<string | undefined>(['name', 'stack', 'cause', 'toString']);

function isOwnField({ name, kind, isStatic, isOptional }: MemberRecord): boolean {
  return name !== undefined && kind !== 'constructor' && !isStatic && !isOptional && !OF_ERRORS.has(name);
}

function isError(scope: Scope, file: FileRecord, type: TypeRecord | undefined, depth: number): boolean {
  if (type === undefined || depth > MAX_DEPTH) return false;
  switch (type.kind) {
    case 'union': {
      const items = type.items.filter((item) => !isNothing(item));
      return items.length > 0 && items.every((item) => isError(scope, file, item, depth));
    }
    case 'intersection':
      return type.items.some((item) => isError(scope, file, item, depth));
    case 'name':
      return isNamedError(scope, file, type.path, depth);
    default:
      return false;
  }
}

function isNothing(type: TypeRecord): boolean {
  return (type.kind === 'keyword' && type.text === 'undefined') || (type.kind === 'literal' && type.value === null);
}

function isNamedError(scope: Scope, file: FileRecord, path: readonly string[], depth: number): boolean {
  const found = scope.lookUp(file, path);
  if (found?.kind === 'ours') return OURS.has(found.name);
  if (found === undefined) return isBuiltIn(file, path);
  if (found.kind !== 'declared') return false;
  if (found.class !== undefined) return isErrorClass(scope, found);
  const { kind, type, bases = [] } = found.declaration;
  const meant = kind === 'alias' ? [type] : bases;
  return meant.some((one) => isError(scope, found.file, one, depth + 1));
}

function isErrorClass(scope: Scope, { file, class: item }: NonNullable<ClassUse['declared']>): boolean {
  const last = item === undefined ? undefined : chainOf(scope, { file, class: item }).classes.at(-1);
  const base = last?.class.base;
  if (last === undefined || base?.kind !== 'name') return false;
  return isBuiltIn(last.file, base.path) || OURS.has(scope.ours(last.file, base.path));
}

function isBuiltIn(file: FileRecord, path: readonly string[]): boolean {
  const name = path.join('.');
  if (name === 'NodeJS.ErrnoException') return true;
  return BUILT_IN_BASES.has(name) && !file.imports.some(({ local }) => local === name);
}
