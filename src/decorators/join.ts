// @Join: this method runs when several others have completed, with what they returned.

import type { TargetRecord } from './record.ts';
import type { MethodName, ServiceClass } from './signature.ts';
import { optionsOf, recordingDecorator, type RecordingDecorator } from './target.ts';

/** A source of a join in another class; in the same class its name is enough. */
export interface From<S, K> {
  readonly service: () => ServiceClass<S>;
  readonly method: K;
}

/** The fields of a join's message and where their values come from. */
export interface JoinSources {
  readonly [field: string]: string | From<unknown, string>;
}

export interface JoinOptions<B> {
  /** `all`: once every source has completed. `any`: on the first one; the others are swallowed. @default 'all' */
  readonly mode?: 'all' | 'any';
  /** Fields laid over the values of the sources. @default none */
  readonly bind?: B;
  /** What to do when the run has nothing else left and a source is missing: `run` runs with undefined. @default 'skip' */
  readonly onMissing?: 'skip' | 'run';
  /** `false`: its failure does not fail the run and is listed in `callbackFailures`. @default true */
  readonly critical?: boolean;
}

/** Names a source of a {@link Join} in another class. */
export function from<S, const K extends MethodName<S>>(service: () => ServiceClass<S>, method: K): From<S, K> {
  return { service, method };
}

/**
 * Runs this method when every source has completed, or with `mode: 'any'` the first one.
 *
 * The keys of `sources` are the fields of its message, each takes what that source returned; `bind` lies over them.
 *
 * @throws {OnwardError} ONW6001 if it is called as a standard decorator.
 */
export function Join<const J extends JoinSources, const B = {}>(
  sources: J,
  options?: JoinOptions<B>,
): RecordingDecorator;
export function Join(sources: JoinSources, options?: object): RecordingDecorator {
  const edge = { on: 'join', target: null, sources: targetsOf(sources), options: optionsOf(options) } as const;
  return recordingDecorator('Join', edge);
}

function targetsOf(sources: JoinSources): Readonly<Record<string, TargetRecord>> {
  const targets = Object.entries(sources).map(([field, source]) => [field, targetOf(source)] as const);
  return Object.fromEntries(targets);
}

function targetOf(source: string | From<unknown, string>): TargetRecord {
  return typeof source === 'string' ? { method: source } : { service: source.service, method: source.method };
}
