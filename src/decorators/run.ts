// @OnRunSuccess, @OnRunError and @OnRunEnd: this method runs once a run, when all else in it is over.
//
// O1. The verdict is the decorator's return type: `void`, or a sentence as a tuple, shown at the decorator.
// O2. It never refuses right code. It may accept what the generator, which sees the marks, refuses.
// O3. Decorators are handed out as NoInfer: the compiler would search every branch of the verdict for type arguments.

import { MOMENTS, type RunMoment } from '../graph/moments.ts';
import type { RunReport } from '../wiring/run-report.ts';
import type { GivenContext } from '../wiring/context.ts';
import type { Laid } from './fit.ts';
import type { Absent, ParametersVerdict } from './parameter.ts';
import type { AnyMethod, MethodName, MethodOf, NoMethod, ReturnOf, ServiceClass, Decided } from './method-types.ts';
import { assertParentheses, edgeOf, optionsOf, recordingDecorator, type RecordingDecorator } from './record.ts';

/** What a run callback knows. */
export interface RunSource<Value> {
  readonly report: RunReport<Value>;
}

export interface RunCallbackOptions<Value, B> {
  /** Fields laid over the report, or a function that gives them. @default none */
  readonly bind?: B | ((from: RunSource<Value>) => B);
  /** Its failure fails a completed run; otherwise it is listed in `callbackFailures` and changes nothing. @default false */
  readonly critical?: boolean;
}

/** The options beside a job of the same class. */
export interface OwnRunCallbackOptions<B> {
  /** Fields laid over the report, or a function that gives them. @default none */
  readonly bind?: B | BindReport<B>;
  /** Its failure fails a completed run; otherwise it is listed in `callbackFailures` and changes nothing. @default false */
  readonly critical?: boolean;
}

// A method, so that its parameter may be written with the job's own value.
type BindReport<B> = { bind(from: RunSource<unknown>): B }['bind'];

/** Applied to a method, for every run; its return type is `void`, or the sentence that says what is wrong. */
export type EveryRunDecorator<B> = <F>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>,
) => Decided<ReportVerdict<unknown, F, B>>;

/** As {@link EveryRunDecorator}, for the runs of a job. */
export type RunDecorator<S, K, B> = <F>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>,
) => Decided<RunVerdict<S, K, F, B>>;

/** As {@link RunDecorator}, for a job in the class the decorator stands in. */
export type OwnRunDecorator<K, B> = <S extends object, F>(
  target: S,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F>,
) => Decided<RunVerdict<S, K, F, B>>;

type RunVerdict<S, K, F, B> = K extends keyof S
  ? S[K] extends AnyMethod
    ? ReportVerdict<ReturnOf<S[K]>, F, B>
    : ['the target', K, 'is not a method']
  : NoMethod<S, K>;

// The usual parameters in one comparison; the search for a reason only when they do not fit.
type ReportVerdict<V, F, B> = [keyof B] extends [never]
  ? F extends (report: RunReport<V>, context: GivenContext) => void
    ? void
    : Explained<V, F, B>
  : F extends (report: infer P, context: GivenContext) => void
    ? [keyof B] extends [keyof P]
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
export function OnRunSuccess<const B = {}>(options?: RunCallbackOptions<unknown, B>): NoInfer<EveryRunDecorator<B>>;
export function OnRunSuccess<const K extends string, const B = {}>(
  job: K,
  options?: OwnRunCallbackOptions<B>,
): NoInfer<OwnRunDecorator<K, B>>;
export function OnRunSuccess<S, K extends MethodName<S>, const B = {}>(
  service: () => ServiceClass<S>,
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B>,
): NoInfer<RunDecorator<S, K, B>>;
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
export function OnRunError<const B = {}>(options?: RunCallbackOptions<unknown, B>): NoInfer<EveryRunDecorator<B>>;
export function OnRunError<const K extends string, const B = {}>(
  job: K,
  options?: OwnRunCallbackOptions<B>,
): NoInfer<OwnRunDecorator<K, B>>;
export function OnRunError<S, K extends MethodName<S>, const B = {}>(
  service: () => ServiceClass<S>,
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B>,
): NoInfer<RunDecorator<S, K, B>>;
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
export function OnRunEnd<const B = {}>(options?: RunCallbackOptions<unknown, B>): NoInfer<EveryRunDecorator<B>>;
export function OnRunEnd<const K extends string, const B = {}>(
  job: K,
  options?: OwnRunCallbackOptions<B>,
): NoInfer<OwnRunDecorator<K, B>>;
export function OnRunEnd<S, K extends MethodName<S>, const B = {}>(
  service: () => ServiceClass<S>,
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B>,
): NoInfer<RunDecorator<S, K, B>>;
export function OnRunEnd(...given: RunArguments): RecordingDecorator {
  return runDecorator('runEnd', given);
}

function runDecorator(on: RunMoment, given: RunArguments): RecordingDecorator {
  assertParentheses(MOMENTS[on].annotation, given);
  const [first, second, third] = given;
  if (typeof first === 'string' || isThunk(first)) return recordingDecorator(edgeOf(on, [first, second, third]));
  return recordingDecorator({ on, target: null, options: optionsOf(first) });
}

function isThunk(first: unknown): first is () => unknown {
  return typeof first === 'function';
}
