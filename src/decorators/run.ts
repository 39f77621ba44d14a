// @OnRunSuccess, @OnRunError and @OnRunEnd: this method runs once a run, when all else in it is over.

import type { RunReport } from '../wiring/run-report.ts';
import type { MethodName, MethodOf, ReturnOf, ServiceClass } from './signature.ts';
import { edgeOf, optionsOf, recordingDecorator, type RecordingDecorator } from './target.ts';
import type { EdgeOn } from '../wiring/v1.ts';

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

/** As written: nothing, options, a job, or a job and options. */
type RunArguments = readonly [first?: string | (() => unknown) | object, second?: unknown, third?: unknown];

/**
 * Runs this method when a run is over and completed: a run of this job, or every run where none is named.
 *
 * The unmarked parameter is the `RunReport`; `bind` lies over it. Before `@OnRunEnd`, and not after a cancel.
 *
 * @throws {OnwardError} ONW6001 if it is called as a standard decorator.
 */
export function OnRunSuccess<const B = {}>(options?: RunCallbackOptions<unknown, B>): RecordingDecorator;
export function OnRunSuccess<const K extends string, const B = {}>(
  job: K,
  options?: RunCallbackOptions<unknown, B>,
): RecordingDecorator;
export function OnRunSuccess<S, K extends MethodName<S>, const B = {}>(
  service: () => ServiceClass<S>,
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B>,
): RecordingDecorator;
export function OnRunSuccess(...given: RunArguments): RecordingDecorator {
  return runDecorator('OnRunSuccess', 'runSuccess', given);
}

/**
 * Runs this method when a run is over and failed: a run of this job, or every run where none is named.
 *
 * The unmarked parameter is the `RunReport`; `bind` lies over it. Before `@OnRunEnd`, and not after a cancel.
 *
 * @throws {OnwardError} ONW6001 if it is called as a standard decorator.
 */
export function OnRunError<const B = {}>(options?: RunCallbackOptions<unknown, B>): RecordingDecorator;
export function OnRunError<const K extends string, const B = {}>(
  job: K,
  options?: RunCallbackOptions<unknown, B>,
): RecordingDecorator;
export function OnRunError<S, K extends MethodName<S>, const B = {}>(
  service: () => ServiceClass<S>,
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B>,
): RecordingDecorator;
export function OnRunError(...given: RunArguments): RecordingDecorator {
  return runDecorator('OnRunError', 'runError', given);
}

/**
 * Runs this method when a run is over, however it went: a run of this job, or every run where none is named.
 *
 * The unmarked parameter is the `RunReport`; `bind` lies over it. Nothing in the run comes after it.
 *
 * @throws {OnwardError} ONW6001 if it is called as a standard decorator.
 */
export function OnRunEnd<const B = {}>(options?: RunCallbackOptions<unknown, B>): RecordingDecorator;
export function OnRunEnd<const K extends string, const B = {}>(
  job: K,
  options?: RunCallbackOptions<unknown, B>,
): RecordingDecorator;
export function OnRunEnd<S, K extends MethodName<S>, const B = {}>(
  service: () => ServiceClass<S>,
  job: K,
  options?: RunCallbackOptions<ReturnOf<MethodOf<S, K>>, B>,
): RecordingDecorator;
export function OnRunEnd(...given: RunArguments): RecordingDecorator {
  return runDecorator('OnRunEnd', 'runEnd', given);
}

function runDecorator(annotation: string, on: EdgeOn, [first, second, third]: RunArguments): RecordingDecorator {
  if (typeof first === 'string' || isThunk(first))
    return recordingDecorator(annotation, edgeOf(on, [first, second, third]));
  return recordingDecorator(annotation, { on, target: null, options: optionsOf(first) });
}

function isThunk(first: unknown): first is () => unknown {
  return typeof first === 'function';
}
