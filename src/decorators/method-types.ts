// What the live checks read off a method: its return value, its message, its parameters.
//
// S1. Every type here is asked once per annotation in every file of a user: each one costs as little as it can.
// S2. A parameter that accepts every StepContext counts as the context. That may take too much for a context, never too little.
//
// What the compiler is told when a verdict hangs on a type parameter of the user's class.
//
// V1. A decided verdict passes through unchanged.
// V2. An undecided one counts as right: for some type arguments it is. The generator sees the classes that are made.
//
// `from`: names a source of a join in another class.

import type { GivenContext } from '../wiring/context.ts';

/** Any method. It returns nothing here, so that the compiler resolves no return type for it. */
export type AnyMethod = (...args: never) => void;

/** A class, abstract ones included, by what its instances are. */
export type ServiceClass<S> = abstract new (...args: never) => S;

/** The methods that a target may name. Any text passes: a wrong one is answered with a sentence by the verdict. */
export type MethodName<S> = (keyof S & string) | (string & {});

/** The method with that name, `never` if there is none. */
export type MethodOf<S, K> = S[K & keyof S];

/** What a method's body returned, awaited. */
export type ReturnOf<J, Else = never> = J extends (...args: never) => infer R ? Settled<R> : Else;
// A promise, which nearly all return values are, is unpacked by its own argument; `Awaited` is for the rare thenable.
type Settled<R> = R extends Promise<infer V> ? V : R extends { readonly then: unknown } ? Awaited<R> : R;

/** A method's own message: its first parameter that is not the context; `unknown` if it has none. */
export type MessageOf<J> = J extends (first: infer P, ...rest: never) => void
  ? GivenContext extends P
    ? SecondOf<J>
    : P
  : SecondOf<J>;
type SecondOf<J> = J extends (first: never, second: infer P, ...rest: never) => void ? P : unknown;

/** The sentence about a method that is not there. A condition, so that it is shown written out. */
export type NoMethod<S, K> = [K] extends [never]
  ? never
  : ['there is no public method', K, 'only', { [P in keyof S]: S[P] extends AnyMethod ? P : never }[keyof S]];

/**
 * A verdict, or `void` as long as the compiler cannot decide it.
 *
 * The compiler takes a decorator whose return type is undecided only if every outcome is allowed. It leaves `any` out
 * when it asks what the outcomes are: of an undecided `Doubt`, only the right half remains.
 */
// Nothing else disappears so and can still be told from what is right. It goes no further than this file.
// oxlint-disable-next-line typescript/no-explicit-any
export type Decided<V> = Doubted<V, [V] extends [void] ? 'right' : any>;
// `Doubt` stands alone before `extends`: only then does the compiler put what remains of it in its place.
type Doubted<V, Doubt> = Doubt extends unknown ? (0 extends 1 & Doubt ? V : void) : never;

/** A source of a join in another class; in the same class its name is enough. */
export interface From<S, K> {
  readonly service: () => ServiceClass<S>;
  readonly method: K;
}

/** Names a source of a `@Join` in another class. */
export function from<S, K extends MethodName<S>>(service: () => ServiceClass<S>, method: K): From<S, K> {
  return { service, method };
}
