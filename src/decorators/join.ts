// @Join: this method runs when several others have completed, with what they returned.
//
// O1. The verdict is the decorator's return type: `void`, or a sentence as a tuple, shown at the decorator.
// O2. It never refuses right code. It may accept what the generator, which sees the whole graph, refuses.
// O3. Decorators are handed out as NoInfer: the compiler would search every branch of the verdict for type arguments.

import type { From, ReturnOf, Decided } from './method-types.ts';
import type { JoinVerdict } from './join-verdict.ts';
import {
  assertParentheses,
  type TargetRecord,
  optionsOf,
  recordingDecorator,
  type RecordingDecorator,
} from './record.ts';

/** The fields of a join's message and where their values come from. */
export interface JoinSources {
  readonly [field: string]: string | { readonly service: () => unknown; readonly method: string };
}

/** What a join knows. The type cannot tell which source runs for each item of an array: then write the parameter's. */
export interface Joined<J, Lack = never> {
  /** Undefined for one that is missing. */
  readonly sources: {
    readonly [N in keyof J]: (J[N] extends From<infer S, infer K> ? ReturnOf<S[K & keyof S]> : unknown) | Lack;
  };
}

/** What stands for a source that is missing. */
type LackOf<M, U> = 'any' extends M ? undefined : 'run' extends U ? undefined : never;

/** The `onMissing` of a join: not of one that runs on its first source. */
export type OnMissing<M, U> = 'any' extends M ? "with `mode: 'any'` no source is missing" : U;

export interface JoinOptions<J, M, B, U, G = Joined<J, LackOf<M, U>>> {
  /** `all`: once every source has completed. `any`: on the first one; the others are swallowed. @default 'all' */
  readonly mode?: M;
  /** Fields laid over the values of the sources, or a function that gives them. @default none */
  readonly bind?: B | ((from: G) => B);
  /** What to do when the run has nothing else left and a source is missing: `run` runs with undefined. @default 'skip' */
  readonly onMissing?: OnMissing<M, U>;
  /** `false`: its failure does not fail the run and is listed in `callbackFailures`. @default true */
  readonly critical?: boolean;
}

/** Applied to a method; its return type is `void`, or the sentence that says what is wrong. */
export type JoinDecorator<J, M, B, U> = <S extends object, F>(
  target: S,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>,
) => Decided<JoinVerdict<S, F, J, LackOf<M, U>, B>>;

/**
 * Runs this method when every source has completed, or with `mode: 'any'` the first one.
 *
 * The keys of `sources` are the fields of its message, each takes what that source returned; `bind` lies over them.
 * In a loop the first completion of each source belongs together, then the second, and so on.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function Join<
  const J extends JoinSources,
  M extends 'all' | 'any' = 'all',
  const B = {},
  U extends 'skip' | 'run' = 'skip',
  G = Joined<J, LackOf<M, U>>,
>(sources: J, options?: JoinOptions<J, M, B, U, G>): NoInfer<JoinDecorator<J, M, B, U>>;
export function Join(...given: readonly [sources: JoinSources, options?: object]): RecordingDecorator {
  assertParentheses('Join', given);
  const [sources, options] = given;
  const edge = { on: 'join', target: null, sources: targetsOf(sources), options: optionsOf(options) } as const;
  return recordingDecorator(edge);
}

function targetsOf(sources: JoinSources): Readonly<Record<string, TargetRecord>> {
  const targets = Object.entries(sources).map(([field, source]) => [field, targetOf(source)] as const);
  return Object.fromEntries(targets);
}

function targetOf(source: JoinSources[string]): TargetRecord {
  return typeof source === 'string' ? { method: source } : { service: source.service, method: source.method };
}
