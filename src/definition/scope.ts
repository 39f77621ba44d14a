// What expressions may look at, and how a path is followed through it.
//
// O1. Only own fields of objects, own items and the length of lists are read. Nothing inherited is reached.
// O2. Nothing that is read runs: a getter is refused, what a proxy throws is contained.

import { joinPath } from '../message/describe.ts';
import { ownValue } from './own-value.ts';

/** What a step left behind, as expressions see it. */
export interface StepFacts {
  readonly ok: boolean;
  readonly status: string;
  readonly code: number;
  readonly value?: unknown;
}

/** What expressions may look at. A step that is not in it is missing. */
export interface Scope {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** By id: those that the step `uses` are enough. */
  readonly steps: Readonly<Record<string, StepFacts>>;
}

/**
 * What a path leads to; undefined where a part of it is missing.
 *
 * @throws {InvalidArgument} if reading a part would run code.
 */
export function follow({ parameters, steps }: Scope, path: readonly (string | number)[]): unknown {
  let value: unknown = { parameters, steps };
  for (const [at, part] of path.entries()) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = ownValue(value, part, () => `\`${path.slice(0, at + 1).reduce<string>(joinPath, '')}\``);
  }
  return value;
}
