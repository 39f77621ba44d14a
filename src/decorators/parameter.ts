// The slow half of the live checks: which parameter of a callback has no source, and the sentence that says so.
//
// PARAMETER-1. Asked only after the cheap test of the annotation's own file has failed.
// PARAMETER-2. A parameter is right if some marks would make it right: types cannot see marks. The generator can.

import type { SentMark, GivenContext } from '../wiring/context.ts';
import type { Alien, Misbound, Missing, Over, Plain, Unfilled } from './fit.ts';

/** Stands in the place of a value that the moment does not have. */
export interface Absent {
  readonly absent: never;
}

/** What an edge can give: a value, a second one, the target's message, and what `bind` says. */
export interface Sources {
  readonly on: 'success' | 'error' | 'start' | 'end' | 'run';
  /** The return value, or the error after an error. */
  readonly value: unknown;
  /** The error at the end. */
  readonly other: unknown;
  readonly message: unknown;
  readonly bound: unknown;
}

/** `void`, or the sentence about the first parameter without a source. */
export type ParametersVerdict<A extends readonly unknown[], X extends Sources> = 0 extends 1 &
  X['bound'][keyof X['bound']]
  ? void // A bound value of type any: mostly a misspelt property, which has its own error.
  : FirstMisfit<A, X> extends infer Misfit
    ? [Misfit] extends [never]
      ? BindVerdict<A, X>
      : Misfit
    : never;

// Optional parameters have to be taken off the front one by one; a rest parameter has no end and is left to the generator.
type FirstMisfit<A extends readonly unknown[], X extends Sources> = A extends readonly []
  ? never
  : number extends A['length']
    ? never
    : A extends readonly [unknown?, ...infer Rest]
      ? Accepts<A[0], X> extends true
        ? FirstMisfit<Rest, X>
        : Reason<A[0], X>
      : never;

type Accepts<P, X extends Sources> = [GivenContext] extends [P]
  ? true
  : [X['value']] extends [P]
    ? true
    : [X['message'] & {}] extends [P]
      ? true
      : [X['other']] extends [P]
        ? true
        : true extends Fillable<Exclude<P, undefined>, X>
          ? true
          : false;

// One member of a union that can be filled is enough. What is sent from outside needs nothing from the edge.
type Fillable<P, X extends Sources> = P extends unknown
  ? SentMark extends keyof P
    ? true
    : P extends Plain
      ? false
      : Gaps<P, X>
  : never;

// Three ways to fill a message class: a marked field and `bind`; the unmarked value under `bind`; the target's
// message, which is all there is before a step and of a run.
type Gaps<P, X extends Sources> = X['on'] extends 'start' | 'run'
  ? [Missing<P, Over<X['message'] & {}, X['bound']>>] extends [never]
    ? true
    : false
  : [Unfilled<P, X['value'], X['bound']>] extends [never]
    ? true
    : [Missing<P, Over<X['on'] extends 'success' ? X['value'] : X['message'] & {}, X['bound']>>] extends [never]
      ? true
      : [Missing<P, X['message'] & {}>] extends [never]
        ? true
        : false;

/** Bound fields need one parameter that has them all, and with types they fit. */
type BindVerdict<A extends readonly unknown[], X extends Sources> = [keyof X['bound']] extends [never]
  ? void
  : A extends readonly []
    ? ['bind has nothing to lie over: the method takes no message']
    : Fault<A[number], X['bound']> extends infer Found
      ? [Found] extends [never]
        ? ['bind has', UnknownField<A[number], X['bound']>, 'but the message has no such field', A[0]]
        : true extends Found
          ? void
          : Found
      : never;
/** For each parameter that has all bound fields: `true`, or the sentence about those of another type. */
type Fault<P, Bound> = unknown extends P
  ? true
  : P extends P
    ? [Alien<P, Bound>] extends [never]
      ? [Misbound<P, Values<Bound>>] extends [never]
        ? true
        : ['bind gives the wrong type for', Misbound<P, Values<Bound>>, 'of', P]
      : never
    : never;
// Records are merged and may be parts: only what replaces a field as a whole has to fit alone.
type Values<Bound> = { [F in keyof Bound as Bound[F] extends Plain ? F : never]: Bound[F] };
type UnknownField<P, Bound> = Exclude<keyof Bound, P extends P ? keyof P : never>;

type Reason<P, X extends Sources> = X['on'] extends 'start' | 'run'
  ? Unfilling<P, X, X['on'] extends 'run' ? 'the report is' : 'the target takes'>
  : X['on'] extends 'end'
    ? AtTheEnd<P, X>
    : P extends Error
      ? X['on'] extends 'error'
        ? ['the error is any', X['value'], 'until `when` names', P]
        : ['the target returns', X['value'], 'which does not fit the parameter', P]
      : P extends Plain
        ? Unfit<P, X>
        : [Misbound<P, X['bound']>] extends [never]
          ? [keyof P] extends [Unfilled<P, X['value'], X['bound']>]
            ? Unfit<P, X>
            : X['on'] extends 'error'
              ? Unfit<P, X>
              : [
                  'the target returns',
                  X['value'],
                  'and bind gives no value for',
                  Pick<P, Unfilled<P, X['value'], X['bound']> & keyof P>,
                  'of',
                  P,
                ]
          : ['bind gives the wrong type for', Misbound<P, X['bound']>, 'of', P];

type Unfit<P, X extends Sources> = X['on'] extends 'error'
  ? ['the target takes', X['message'], 'and fails with', X['value'], 'and neither fills', P]
  : ['the target returns', X['value'], 'which does not fit the parameter', P];

// Where nothing but the message and `bind` can fill a parameter.
type Unfilling<P, X extends Sources, Says extends string> = P extends Plain
  ? [Says, X['message'], 'which does not fit the parameter', P]
  : [Misbound<P, X['bound']>] extends [never]
    ? Exclude<Missing<P, Over<X['message'] & {}, X['bound']>>, keyof (X['message'] & {})> extends infer Unknown
      ? [Unknown] extends [never]
        ? [Says, X['message'], 'which does not fit the parameter', P]
        : [keyof P] extends [Unknown]
          ? [Says, X['message'], 'which does not fit the parameter', P]
          : [Says, X['message'], 'and nothing fills', Pick<P, Unknown & keyof P>, 'of', P]
      : never
    : ['bind gives the wrong type for', Misbound<P, X['bound']>, 'of', P];

// One of the two has not happened.
type AtTheEnd<P, X extends Sources> = P extends Error
  ? ['the error is', X['other'], 'which does not fit the parameter', P]
  : [Exclude<X['value'], undefined>] extends [P]
    ? ['the target may have failed, so the return value is', X['value'], 'which does not fit the parameter', P]
    : Unfilling<P, X, 'the target takes'>;
