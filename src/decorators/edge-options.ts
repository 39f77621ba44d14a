// The options that several edge annotations share.
//
// EDGE-OPTIONS-1. An option that two annotations have means the same in both, and its comment stands here, once: editors
//                 show it for the option of each annotation, which writes its own type and no comment.
// EDGE-OPTIONS-2. No base has type parameters: a generic base costs each annotation of a user two types more.

import type { Duration } from '../graph/duration.ts';
import type { Unset } from './choice.ts';

interface EdgeOptions {
  /** Fields laid over the message, or a function that returns them. @default none */
  readonly bind?: unknown;
}

/** Options of an annotation that carries the run on: @OnSuccess and @Join. */
export interface FlowOptions extends EdgeOptions {
  /** `false`: its failure does not fail the run and is listed in `callbackFailures`. @default true */
  readonly critical?: boolean;
}

/** Options of an annotation that carries nothing on: all others. */
export interface CallbackOptions extends EdgeOptions {
  /** `true`: its failure fails the run. Otherwise it is listed in `callbackFailures` and changes nothing. @default false */
  readonly critical?: boolean;
}

/** Options of an annotation that chooses by the outcome: @OnSuccess and @OnError. */
export interface ChoiceOptions {
  /**
   * Takes the edge only for this outcome. After a success: a literal, a pattern whose every field must be equal, or a
   * predicate of the return value. After an error: a class, an array of classes, or a predicate of the error.
   * @default every outcome
   */
  readonly when?: unknown;
  /** Takes the edge when no sibling's `when` did. @default not set */
  readonly otherwise?: unknown;
  /** Wait before the step runs; a number is milliseconds. @default none */
  readonly after?: Duration;
}

/** The `otherwise` of an edge: not next to a `when`. */
export type Otherwise<W> = Unset extends W ? true : 'an edge has `when` or `otherwise`, not both';

/** The `bind` of an edge. `From` is what a function takes, `F` the callback. */
export type Bind<From, B, F> = B | BindHint<F> | ((from: From) => B);

/** The fields of the callback's message, for the editor to list. */
type BindHint<F> = F extends (message: infer P, ...rest: never[]) => void ? Partial<P> : never;
