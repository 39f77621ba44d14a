// @OnRunSuccess, @OnRunError and @OnRunEnd: this method runs once a run, when all else in it is over.
//
// RUN-1. Their types keep the rules of method-types.ts.
// RUN-2. The form without a job is the last signature: the editor lists the jobs of the class from the one before it.

import { MOMENTS, type RunMoment } from '../graph/moments.ts';
import type { RunReport } from '../wiring/run-report.ts';
import type { GivenContext } from '../wiring/context.ts';
import type { Bind, CallbackOptions } from './edge-options.ts';
import type { Laid } from './fit.ts';
import type { Absent, ParametersVerdict } from './parameter.ts';
import type {
  AnyMethod,
  MethodName,
  MethodOf,
  NoMethod,
  ReturnOf,
  ServiceClass,
  Applied,
  Elsewhere,
  FlagMissing,
  Decided,
  Judged,
} from './method-types.ts';
import {
  assertParentheses,
  edgeOf,
  optionsOf,
  recordingDecorator,
  type EdgeArguments,
  type RecordingDecorator,
} from './record.ts';

/** What a run callback knows. */
export interface RunSource<Value> {
  readonly report: RunReport<Value>;
}

export interface RunCallbackOptions<Value, B, F = unknown> extends CallbackOptions {
  readonly bind?: Bind<RunSource<Value>, B, F>;
}

/** Returns `void`, or the sentence that says what is wrong. It is generic where the annotation is held in a constant. */
type RunDecorator<T, S, K, B, F> = unknown extends F
  ? NoInfer<
      <Here, G>(
        target: Here,
        key: string | symbol | FlagMissing,
        descriptor?: TypedPropertyDescriptor<G>,
      ) => Judged<G, RunVerdict<unknown extends T ? Here : S, K, G, B>>
    >
  : Applied<T, F, NoInfer<Decided<RunVerdict<S, K, F, B>>>>;

/** As {@link RunDecorator}, for every run. */
type EveryRunDecorator<B, F> = unknown extends F
  ? NoInfer<
      <G>(
        target: object,
        key: string | symbol | FlagMissing,
        descriptor?: TypedPropertyDescriptor<G>,
      ) => Judged<G, ReportVerdict<unknown, G, B>>
    >
  : Applied<object, F, NoInfer<Decided<ReportVerdict<unknown, F, B>>>>;

type RunVerdict<S, K, F, B> = K extends keyof S
  ? S[K] extends AnyMethod
    ? ReportVerdict<ReturnOf<S[K]>, F, B>
    : ['the target', K, 'is not a method']
  : NoMethod<S, K>;

// The usual parameters in one comparison; the search for a reason only when they do not fit.
type ReportVerdict<V, F, B> = keyof B extends never
  ? F extends (report: RunReport<V>, context: GivenContext) => void
    ? void
    : Explained<V, F, B>
  : F extends (report: infer P, context: GivenContext) => void
    ? keyof B extends keyof P
      ? Laid<P, RunReport<V>, B, Absent> extends P
        ? void
        : Explained<V, F, B>
      : Explained<V, F, B>
    : Explained<V, F, B>;

type Explained<V, F, B> = F extends (...args: infer A) => void
  ? ParametersVerdict<A, { on: 'run'; value: Absent; other: Absent; message: RunReport<V>; bound: B }>
  : ['only a method can be a node'];

/** As written: nothing, options, a job, or a job and options. */
type RunArguments = readonly [first?: string | (() => unknown) | object, second?: unknown, third?: unknown];

/**
 * Runs this method when a run is over and completed: a run of this job, or every run where none is named.
 *
 * The unmarked parameter is the `RunReport`; `bind` lies over it. Before `@OnRunEnd`, and not after a cancel.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function OnRunSuccess<S, K extends MethodName<S>, const B = {}, F = Elsewhere>(
  service: () => ServiceClass<S>,
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B, F>,
): RunDecorator<object, S, K, B, F>;
export function OnRunSuccess<K extends MethodName<S>, const B = {}, S = Elsewhere, F = Elsewhere>(
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B, F>,
): RunDecorator<S, S, K, B, F>;
export function OnRunSuccess<const B = {}, F = Elsewhere>(
  options?: RunCallbackOptions<unknown, B, F>,
): EveryRunDecorator<B, F>;
export function OnRunSuccess(...given: RunArguments): RecordingDecorator {
  return runDecorator('runSuccess', given);
}

/**
 * Runs this method when a run is over and failed: a run of this job, or every run where none is named.
 *
 * The unmarked parameter is the `RunReport`; `bind` lies over it. Before `@OnRunEnd`, and not after a cancel.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function OnRunError<S, K extends MethodName<S>, const B = {}, F = Elsewhere>(
  service: () => ServiceClass<S>,
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B, F>,
): RunDecorator<object, S, K, B, F>;
export function OnRunError<K extends MethodName<S>, const B = {}, S = Elsewhere, F = Elsewhere>(
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B, F>,
): RunDecorator<S, S, K, B, F>;
export function OnRunError<const B = {}, F = Elsewhere>(
  options?: RunCallbackOptions<unknown, B, F>,
): EveryRunDecorator<B, F>;
export function OnRunError(...given: RunArguments): RecordingDecorator {
  return runDecorator('runError', given);
}

/**
 * Runs this method when a run is over, however it went: a run of this job, or every run where none is named.
 *
 * The unmarked parameter is the `RunReport`; `bind` lies over it. Nothing in the run comes after it.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function OnRunEnd<S, K extends MethodName<S>, const B = {}, F = Elsewhere>(
  service: () => ServiceClass<S>,
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B, F>,
): RunDecorator<object, S, K, B, F>;
export function OnRunEnd<K extends MethodName<S>, const B = {}, S = Elsewhere, F = Elsewhere>(
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B, F>,
): RunDecorator<S, S, K, B, F>;
export function OnRunEnd<const B = {}, F = Elsewhere>(
  options?: RunCallbackOptions<unknown, B, F>,
): EveryRunDecorator<B, F>;
export function OnRunEnd(...given: RunArguments): RecordingDecorator {
  return runDecorator('runEnd', given);
}

function runDecorator(on: RunMoment, given: RunArguments): RecordingDecorator {
  assertParentheses(MOMENTS[on].annotation, given);
  if (namesJob(given)) return recordingDecorator(edgeOf(on, given));
  return recordingDecorator({ on, target: null, options: optionsOf(MOMENTS[on].annotation, given[0]) });
}

/** Whether a job is named. A first argument that should be a class, but is undefined yet, counts: it is refused later. */
function namesJob(given: RunArguments): given is EdgeArguments {
  const [first, second] = given;
  return typeof first === 'string' || typeof first === 'function' || typeof second === 'string';
}
