// @Join: this method runs when several others have completed, with what they returned.
//
// JOIN-1. Its types keep the rules of method-types.ts; join-verdict.ts says what does not fit.

import type { Applied, Elsewhere, FlagMissing, From, Decided, Judged, MethodName, ReturnOf } from './method-types.ts';
import type { Bind, FlowOptions } from './edge-options.ts';
import type { JoinVerdict } from './join-verdict.ts';
import {
  assertParentheses,
  type TargetRecord,
  optionsOf,
  recordingDecorator,
  type RecordingDecorator,
} from './record.ts';

/** A source in another class, as `from` returns it. */
interface NamedSource {
  readonly service: () => unknown;
  readonly method: string;
}

/** The fields of a join's message and where their values come from. */
export interface JoinSources<S = unknown> {
  readonly [field: string]: MethodName<S> | NamedSource;
}

/** The fields of the callback's message, for the editor to list. */
type SourcesHint<F, S> = F extends (message: infer P, ...rest: never[]) => void
  ? { readonly [N in keyof P]?: MethodName<S> | NamedSource }
  : never;

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

/** The `cancelRest` of a join: only of one that runs on its first source. */
export type CancelRest<M> = 'any' extends M
  ? boolean
  : "only with `mode: 'any'`: a join of all its sources needs each of them";

export interface JoinOptions<J, M, B, U, G = Joined<J, LackOf<M, U>>, F = unknown> extends FlowOptions {
  readonly bind?: Bind<G, B, F>;
  /** `all`: once every source has completed. `any`: on the first one; the others are swallowed. @default 'all' */
  readonly mode?: M;
  /** `true`: what is under way of the other sources is cancelled, and fails nothing. Only with `mode: 'any'`. @default false */
  readonly cancelRest?: CancelRest<M>;
  /** What to do when the run has nothing else left and a source is missing: `run` runs with undefined. @default 'skip' */
  readonly onMissing?: OnMissing<M, U>;
}

/** Returns `void`, or the sentence that says what is wrong. It is generic where the annotation is held in a constant. */
type JoinDecorator<T, J, M, B, U, F> = unknown extends F
  ? NoInfer<
      <Here, G>(
        target: Here,
        key: string | symbol | FlagMissing,
        descriptor?: TypedPropertyDescriptor<G>,
      ) => Judged<G, JoinVerdict<Here, G, J, LackOf<M, U>, B>>
    >
  : Applied<T, F, NoInfer<Decided<JoinVerdict<T, F, J, LackOf<M, U>, B>>>>;

/**
 * Runs this method when every source has completed, or with `mode: 'any'` the first one.
 *
 * The keys of `sources` are the fields of its message, each takes what that source returned; `bind` lies over them.
 * In a loop the first completion of each source belongs together, then the second, and so on.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function Join<
  const J extends JoinSources<S>,
  M extends 'all' | 'any' = 'all',
  const B = {},
  U extends 'skip' | 'run' = 'skip',
  G = Joined<J, LackOf<M, U>>,
  S = Elsewhere,
  F = Elsewhere,
>(sources: J | SourcesHint<F, S>, options?: JoinOptions<J, M, B, U, G, F>): JoinDecorator<S, J, M, B, U, F>;
export function Join(...given: readonly [sources: JoinSources, options?: object]): RecordingDecorator {
  assertParentheses('Join', given);
  const [sources, options] = given;
  const edge = { on: 'join', target: null, sources: targetsOf(sources), options: optionsOf('Join', options) } as const;
  return recordingDecorator(edge);
}

function targetsOf(sources: JoinSources): Readonly<Record<string, TargetRecord>> {
  const targets = Object.entries(sources).map(([field, source]) => [field, targetOf(source)] as const);
  return Object.fromEntries(targets);
}

function targetOf(source: JoinSources[string]): TargetRecord {
  return typeof source === 'string' ? { method: source } : { service: source.service, method: source.method };
}
