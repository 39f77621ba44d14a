// `when`: what it may be, and what it leaves of a value or of an error.
//
// CHOICE-1. A predicate takes its own target's value only.
// CHOICE-2. The values of the target stand in the type of `when`, so that the editor lists them.

import type { Plain } from './fit.ts';

/** Stands in the place of a `when` that was not given. */
export interface Unset {
  readonly unset: never;
}

/** A value that `when` compares as a whole. `undefined` is not one: the option counts as not given. */
export type Literal = string | number | boolean | bigint | null;

/** Fields that must all be equal; records inside are patterns again. */
export interface Pattern {
  readonly [field: string]: Literal | undefined | Pattern;
}

/** A class of errors. */
export type ErrorClass = abstract new (...args: never[]) => unknown;

// A method, so that the parameter is compared both ways: a predicate takes its own target's value only.
export type Guard<N> = { guard(value: unknown): value is N }['guard'];

/** The values that pass `when`. */
export type Chosen<R, W> = Unset extends W
  ? R
  : W extends (value: never) => boolean
    ? W extends Guard<infer N>
      ? N
      : R
    : R & W;

/**
 * The values that pass where no type says what `when` is. Without `strictNullChecks` null has the type any, and no type
 * says which values are null: then it may be any parameter's.
 */
export type Unchosen<R, W> = null extends string ? (0 extends 1 & W ? W : R) : R;

/** The errors that pass `when`. */
export type Caught<W> = Unset extends W
  ? Error
  : W extends abstract new (...args: never[]) => infer E
    ? E
    : W extends readonly (abstract new (...args: never[]) => infer E)[]
      ? E
      : W extends Guard<infer N>
        ? N
        : Error;

/** `void`, or the sentence about a `when` that no return value passes. */
export type WhenVerdict<R, W> = W extends (value: infer P) => boolean
  ? [R] extends [P]
    ? void
    : ['the target returns', R, 'and when takes', P]
  : W extends AnyFunction
    ? ['when answers at once with true or false, and this is', W]
    : [R] extends [never]
      ? void
      : W extends readonly unknown[]
        ? ['when takes one value: write the annotation once for each of', W[number]]
        : [R & W] extends [never]
          ? ['the target returns', R, 'which is never', W]
          : [UnknownField<R, W>] extends [never]
            ? void
            : ['when asks for', UnknownField<R, W>, 'but the target returns', R];

/** Fields of a pattern, at any depth, that no value has. Patterns look into records only. */
type UnknownField<R, W> = unknown extends R
  ? never
  : W extends Literal | undefined
    ? never
    : { [F in keyof W]: F extends FieldOf<R> ? UnknownField<ValueAt<R, F>, W[F]> : F }[keyof W];
type FieldOf<R> = R extends Plain ? never : keyof R;
type ValueAt<R, F> = R extends Plain ? never : F extends keyof R ? R[F] : never;

/**
 * What `when` of a success edge may be. The values of the target stand in it for the editor, which lists them.
 * Other texts and functions pass, to be answered with a sentence; `AnyFunction` has no signature, so that lambdas take the first one's.
 */
export type Choice<R> =
  | ((returnValue: R) => boolean)
  | (unknown extends R ? never : R)
  | AnyText
  | number
  | boolean
  | bigint
  | null
  | Pattern
  | AnyFunction
  | Unset;
// A string, too: next to `string` itself the editor lists no literals.
interface AnyText {
  readonly [Symbol.iterator]: unknown;
}
export interface AnyFunction {
  readonly [Symbol.hasInstance]: unknown;
}
