// What the compiler is told when a verdict hangs on a type parameter of the user's class.
//
// V1. A decided verdict passes through unchanged.
// V2. An undecided one counts as right: for some type arguments it is. The generator sees the classes that are made.

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
