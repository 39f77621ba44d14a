// Whether the sources of a join fill its message, and the sentence that says what does not fit.
//
// JOIN-VERDICT-1. The cheap test comes first; the search for a reason only after it has failed.
// JOIN-VERDICT-2. A source that runs for each item of an array gives an array. Only the generator sees whether it does:
//                 a field may take the one or the other.

import type { SentMark, GivenContext } from '../wiring/context.ts';
import type { Alien, Misbound, Missing, Over, Plain } from './fit.ts';
import type { From, AnyMethod, NoMethod, ReturnOf } from './method-types.ts';
import type { Absent } from './parameter.ts';

/** What a source returns; `Absent` if there is no such method. */
type ValueOf<T, X> = X extends keyof T
  ? ReturnOf<T[X], Absent>
  : X extends From<infer S, infer K>
    ? K extends keyof S
      ? ReturnOf<S[K], Absent>
      : Absent
    : Absent;
type Values<T, J, Lack> = { [N in keyof J]: ValueOf<T, J[N]> | Lack };

/** `void`, or the sentence about the first source or field that does not fit. `Lack` is what stands for a missing source. */
export type JoinVerdict<T, F, J, Lack, B> = F extends (message: infer P, context: GivenContext) => void
  ? [keyof J | keyof B] extends [keyof P]
    ? unknown extends P | P[keyof P]
      ? Explained<T, F, J, Lack, B>
      : Values<T, J, Lack> & B extends P
        ? void
        : Explained<T, F, J, Lack, B>
    : Explained<T, F, J, Lack, B>
  : Explained<T, F, J, Lack, B>;

// Asks about the method first: as long as that is open, the compiler looks no further.
type Explained<T, F, J, Lack, B> = F extends (...args: infer A) => void
  ? [keyof J] extends [never]
    ? ['a join needs a source']
    : string extends keyof J
      ? void // Sources that are no record of literals have their own error, or are left to the generator.
      : [Misspelt<T, J>] extends [never]
        ? ByParameters<DataOf<A>, A, { sources: J; lack: Lack; bound: B; values: Values<T, J, Lack> }>
        : Misspelt<T, J>
  : ['only a method can be a node'];

/** The sentences about sources that are no methods. A condition, so that several of them are shown in full. */
type Misspelt<T, J> = {
  [N in keyof J]: NameOf<J[N]> extends keyof ServiceOf<T, J[N]>
    ? ServiceOf<T, J[N]>[NameOf<J[N]>] extends AnyMethod
      ? never
      : ['the target', NameOf<J[N]>, 'is not a method']
    : NoMethod<ServiceOf<T, J[N]>, NameOf<J[N]>>;
}[keyof J] extends infer Found
  ? Found
  : never;

// A source as it is written: a method's name, or what `from` gives.
type ServiceOf<T, X> = X extends From<infer S, unknown> ? S : T;
type NameOf<X> = X extends From<unknown, infer K> ? K : X;

interface Given {
  readonly sources: unknown;
  readonly lack: unknown;
  readonly bound: unknown;
  /** What the sources give, by field. */
  readonly values: unknown;
}

/** The parameters without the context. */
type DataOf<A extends readonly unknown[]> = A extends readonly []
  ? []
  : number extends A['length']
    ? [unknown]
    : A extends readonly [_?: infer P, ...rest: infer Rest]
      ? unknown extends P
        ? [P, ...DataOf<Rest>]
        : GivenContext extends P
          ? DataOf<Rest>
          : [Exclude<P, undefined>, ...DataOf<Rest>]
      : [];

type ByParameters<D, A, X extends Given> = D extends readonly []
  ? [keyof X['bound']] extends [never]
    ? void
    : ['bind has nothing to lie over: the method takes no message']
  : D extends readonly [infer P]
    ? unknown extends P
      ? void
      : 0 extends 1 & X['bound'][keyof X['bound']]
        ? void // A bound value of type any: mostly a misspelt property, which has its own error.
        : ByMember<P, X> extends infer Found
          ? void extends Found
            ? void
            : Found
          : never
    : ['a join takes one message and the context, this one takes', A];

// Of a union one member that is filled is enough. What is sent from outside needs nothing from the sources.
type ByMember<P, X extends Given> = P extends unknown
  ? SentMark extends keyof P
    ? void
    : P extends Plain
      ? [
          'the sources give',
          { -readonly [N in keyof X['values']]: X['values'][N] },
          'which does not fit the parameter',
          P,
        ]
      : ByFields<P, X>
  : never;

type ByFields<P, X extends Given> = [Exclude<keyof X['sources'], keyof P>] extends [never]
  ? [Unfit<P, X>] extends [never]
    ? [Exclude<Missing<P, Over<X['values'], X['bound']>>, keyof X['sources']>] extends [never]
      ? [Alien<P, X['bound']>] extends [never]
        ? void
        : ['bind has', Alien<P, X['bound']>, 'but the message has no such field', P]
      : [Misbound<P, X['bound']>] extends [never]
        ? ['no source and no bound value fills', Pick<P, Missing<P, Over<X['values'], X['bound']>>>, 'of', P]
        : ['bind gives the wrong type for', Misbound<P, X['bound']>, 'of', P]
    : Unfit<P, X>
  : ['the message has no field for the source', Exclude<keyof X['sources'], keyof P>, 'of', P];

/** The sentences about sources whose values do not fit their fields: a condition as above. */
type Unfit<P, X extends Given> = {
  [N in keyof X['values']]: N extends keyof X['bound']
    ? never
    : N extends keyof P
      ? [X['values'][N]] extends [P[N] | X['lack']]
        ? undefined extends P[N] | Exclude<undefined, X['lack']>
          ? never
          : ['the source', N, 'may be missing, and undefined does not fit', P[N]]
        : [Exclude<X['values'][N], X['lack']>[]] extends [P[N]]
          ? never
          : ['the source', N, 'gives', X['values'][N], 'which does not fit', P[N]]
      : never;
}[keyof X['values']] extends infer Found
  ? Found
  : never;
