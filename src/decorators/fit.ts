// Whether a value, a message and bound fields fill a parameter, and which of its fields stay empty.
//
// FIT-1. Cheap tests come first. What is costly (merging, read-only fields, sentences) is asked after they have failed.
// FIT-2. Types cannot see marks: a field that could take the value counts as filled. The generator sees them and is exact.

import type { AnyMethod } from './method-types.ts';

/** Without fields of its own: filled by a value as it is, or not at all. */
export type Plain =
  | string
  | number
  | boolean
  | bigint
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | Promise<unknown>
  | readonly unknown[]
  | AnyMethod;

/** Fields of message P that neither `bind` fills nor could hold the value. */
export type Unfilled<P, Value, Bound> = {
  [F in keyof P]-?: F extends keyof Bound
    ? Bound[F] extends P[F]
      ? never
      : MutableFits<Bound[F], P[F]> extends true
        ? never
        : F
    : Value extends P[F]
      ? never
      : IsRequired<P, F> extends true
        ? F
        : never;
}[keyof P];

/** Fields of message P that a record does not fill. */
export type Missing<P, From> = {
  [F in keyof P]-?: F extends keyof From
    ? From[F] extends P[F]
      ? never
      : MutableFits<From[F], P[F]> extends true
        ? never
        : F
    : IsRequired<P, F> extends true
      ? F
      : never;
}[keyof P];

/** Whether somebody must give the field: neither optional, nor a method, nor (as far as types tell) a getter. */
type IsRequired<P, F extends keyof P> = undefined extends P[F]
  ? false
  : P[F] extends AnyMethod
    ? false
    : string extends F
      ? false
      : IsReadonly<P, F> extends true
        ? false
        : true;

// A readonly field may be a getter: only the generator can tell.
type IsReadonly<P, F extends keyof P> =
  (<X>() => X extends { [K in F]: P[K] } ? 1 : 2) extends <X>() => X extends { -readonly [K in F]: P[K] } ? 1 : 2
    ? false
    : true;

// Literals in `bind` are inferred as readonly; what they are bound to need not be.
type MutableFits<From, To> = [Mutable<From>] extends [To] ? true : false;
type Mutable<T> = 0 extends 1 & T
  ? T
  : T extends Exclude<Plain, readonly unknown[]>
    ? T
    : { -readonly [K in keyof T]: Mutable<T[K]> };

/** `bind` laid over a base: records are merged, everything else is replaced. */
export type Over<Base, Bound> = [keyof Bound] extends [never]
  ? Base
  : 0 extends 1 & Base
    ? Base
    : Base extends Plain
      ? Bound
      : {
          [K in keyof Base | keyof Bound]: K extends keyof Bound
            ? K extends keyof Base
              ? Bound[K] extends Plain
                ? Bound[K]
                : Over<Base[K], Bound[K]>
              : Bound[K]
            : K extends keyof Base
              ? Base[K]
              : never;
        };

/** A message whose fields are bound, or taken from the target's message, or else hold the value. */
export type Laid<P, From, Bound, Value> = {
  [F in keyof P]: F extends keyof Bound ? Bound[F] : F extends keyof From ? From[F] : Value;
};

/** Bound fields that the message does not have. */
export type Alien<P, Bound> = Exclude<keyof Bound, keyof P>;

/** Bound fields whose values have the wrong type. */
export type Misbound<P, Bound> = {
  [F in keyof Bound]: F extends keyof P
    ? Bound[F] extends P[F]
      ? never
      : MutableFits<Bound[F], P[F]> extends true
        ? never
        : F
    : never;
}[keyof Bound];
