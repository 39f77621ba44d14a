// What a compiled reader leaves to be answered when the whole message is read, and where in the message it is.
//
// QUESTION-1. One question is about all fields of an instance, one behind the other, of which nothing but rules of
//             class-validator's own are in question; or about one other field. So data that does not fit costs little more
//             than data that does.

import { joinPath } from '../../values/describe.ts';
import type { Words } from '../../values/issues.ts';
import type { ClassDescription, FieldDescription } from '../description.ts';
import { keyShown, valueShown } from '../secrets.ts';
import type { Filling } from './filling.ts';

/** The key of a map in a path. The data has made it: in a secret it is not shown. */
export interface MapKey {
  readonly mapKey: string;
}

/** A part of the way to an instance. */
export type Label = string | number | MapKey;

export function isMapKey(label: Label): label is MapKey {
  return typeof label === 'object';
}

/** Fields of an instance, a name that the class does not have, or an instance that is to be filled. */
export class Question {
  /** The keys that lead to the instance, the last one first. */
  trail: Label[] | undefined = undefined;
  /** A sensitive field holds the instance. */
  isSecret = false;

  /** @param which those of the fields that are asked about, a bit for each. */
  constructor(
    readonly fields: readonly AskedField[],
    readonly which: number,
    readonly instance: object,
    readonly about: UnknownName | Filling | undefined,
  ) {}
}

export const NO_FIELDS: readonly AskedField[] = [];

/** The name and the value of a field that the class does not have. */
export interface UnknownName {
  readonly description: ClassDescription;
  readonly key: string;
  readonly value: unknown;
}

/** A field as the compiler has seen it. */
export interface AskedField {
  readonly description: ClassDescription;
  readonly field: FieldDescription;
  /** Only rules of class-validator's own, about the value itself. */
  readonly isSimple: boolean;
  /** If it is simple: types of value of which the code asks exactly what the rules do, so never in vain. */
  readonly certainOf: ReadonlySet<string>;
  /** What is nested in it has been read on its own. */
  readonly nestedDone: boolean;
}

export function isFilling(about: Question['about']): about is Filling {
  return about !== undefined && 'filled' in about;
}

/** The fields asked about, in their order. */
export function fieldsOf({ fields, which }: Pick<Question, 'fields' | 'which'>): readonly AskedField[] {
  return which === 0 ? NO_FIELDS : fields.filter((_, at) => (which & (1 << at)) !== 0);
}

/** The place of the lowest bit that is set. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

export function unknownField({ isSecret }: Question, { value, description }: UnknownName): Words {
  return { expected: 'no field of this name', got: valueShown(value, isSecret || description.hasSecrets) };
}

export function unknownPath({ trail, isSecret }: Question, { key }: UnknownName, at = ''): string {
  return joinPath(trailPath(trail, at), keyShown(key, isSecret));
}

/** @param at where the trail begins. */
export function trailPath(trail: readonly Label[] | undefined, at = ''): string {
  if (trail === undefined) return at;
  return trail.reduceRight<string>((path, label) => joinPath(path, isMapKey(label) ? label.mapKey : label), at);
}
