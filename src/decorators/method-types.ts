// The types that all live checks share: what they read off a method, and how a verdict reaches the user.
//
// METHOD-TYPES-1. The verdict is the return type of the decorator: `void`, or a sentence as a tuple, which the compiler
//                 shows at the annotation.
// METHOD-TYPES-2. A verdict never refuses right code. It may accept what the generator refuses, which sees the marks
//                 and the whole graph.
// METHOD-TYPES-3. An undecided verdict counts as right: for some type arguments of the user's class it is.
// METHOD-TYPES-4. Verdicts stand in NoInfer: the compiler would search each of their branches for type arguments.
// METHOD-TYPES-5. No type parameter has a method as its constraint, and rest parameters are `never[]`, not `never`:
//                 either costs more than a verdict.
// METHOD-TYPES-6. Each type here is asked once per annotation in each file of a user: it costs as little as it can.
// METHOD-TYPES-7. A parameter that accepts every StepContext counts as the context: it may take too much, never too little.

import type { GivenContext } from '../wiring/context.ts';

/** Any method. It returns nothing here, so that the compiler resolves no return type for it. */
export type AnyMethod = (...args: never[]) => void;

/** A class, abstract ones included, by what its instances are. */
export type ServiceClass<S> = abstract new (...args: never[]) => S;

/** The methods that a target may name. Any string passes: the verdict has a sentence for a wrong one. */
export type MethodName<S> = (keyof S & string) | (string & {});

/** The method with that name, `never` if there is none. */
export type MethodOf<S, K> = S[K & keyof S];

/** What a method's body returned, awaited. */
export type ReturnOf<J, Else = never> = J extends (...args: never[]) => infer R ? Settled<R> : Else;
// A promise, which nearly all return values are, is unpacked by its own argument; `Awaited` is for the rare thenable, and
// for promises in a promise.
type Settled<R> = R extends Promise<infer V> ? Thenless<V> : Thenless<R>;
type Thenless<R> = R extends { readonly then: unknown } ? Awaited<R> : R;

/** A method's own message: its first parameter that is not the context; `unknown` if it has none. */
export type MessageOf<J> = J extends (first: infer P, ...rest: never[]) => void
  ? GivenContext extends P
    ? SecondOf<J>
    : P
  : SecondOf<J>;
type SecondOf<J> = J extends (first: never, second: infer P, ...rest: never[]) => void ? P : unknown;

/**
 * The message for a method that does not exist. It is a conditional type so that editors show it in full. If the class is
 * unknown, the call already has an error, such as a wrong option, and a second one would hide it.
 */
export type NoMethod<S, K> = unknown extends S
  ? void
  : ['there is no public method', K, 'only', { [P in keyof S]: S[P] extends AnyMethod ? P : never }[keyof S]];

/**
 * A verdict, or `void` as long as the compiler cannot decide it.
 *
 * The compiler takes a decorator whose return type is undecided only if every outcome is allowed. It leaves `any` out
 * when it asks what the outcomes are: of an undecided `Doubt`, only the right half remains.
 */
// Nothing else disappears like this and is still distinguishable from a right verdict. It does not leave this file.
// oxlint-disable-next-line typescript/no-explicit-any
export type Decided<V> = Doubted<V, [V] extends [void] ? 'right' : any>;
// `Doubt` stands alone before `extends`: only then does the compiler put what remains of it in its place.
type Doubted<V, Doubt> = Doubt extends unknown ? (0 extends 1 & Doubt ? V : void) : never;

/** The verdict where the annotation is applied; `void` if no descriptor is passed: standard decorators have an error already. */
export type Judged<G, V> = unknown extends G ? void : Decided<V>;

/**
 * A decorator whose class and method the compiler knows when the annotation is called: it infers T and F from where the
 * annotation stands. So the editor lists the methods of the class, functions in the options need no written types, and
 * nothing is inferred a second time when the decorator is applied.
 */
export type Applied<T, F, V> = (
  target: T,
  key: string | symbol | FlagMissing,
  descriptor?: TypedPropertyDescriptor<F>,
) => V;

/**
 * Stands where standard decorators pass something else: the compiler's error then shows this text. Nothing fits it.
 * A condition, so that it is shown written out.
 */
export type FlagMissing<Text = 'set experimentalDecorators: true in tsconfig.json'> = [Text] extends [never]
  ? never
  : [Text];

/**
 * Stands for a class or a method that is not known where the annotation is called: `const paid = OnSuccess(…)`.
 * Only `any` fits every descriptor, which is invariant.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export type Elsewhere = any;

/** A source of a join in another class; in the same class its name is enough. */
export interface From<S, K> {
  readonly service: () => ServiceClass<S>;
  readonly method: K;
}

/** Names a source of a `@Join` in another class. */
export function from<S, K extends MethodName<S>>(service: () => ServiceClass<S>, method: K): NoInfer<From<S, K>> {
  return { service, method };
}
