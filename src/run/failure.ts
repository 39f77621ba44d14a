// Why a step failed without an error of its body: the core has no errors, so it keeps the reason as data.
//
// FAILURE-1. A `CoreFailure` stands where an error's reference would stand. The code that loads payloads turns it into
//     an error.
// FAILURE-2. Nothing that a body throws is taken for one, and the check runs no code of the value.

import type { StepCode } from './status.ts';

/** Why, as plain data. */
export interface CoreFailureReason {
  readonly coreFailure: StepCode;
  readonly node: string;
  /** The limit that was reached. */
  readonly limit?: number;
  /** The tags that are missing. */
  readonly tags?: readonly string[];
  /** Which of several limits, or why it was cancelled. */
  readonly reason?: string;
}

export class CoreFailure {
  readonly coreFailure: StepCode;
  readonly node: string;
  declare readonly limit?: number;
  declare readonly tags?: readonly string[];
  declare readonly reason?: string;
  readonly #isCoreFailure = true;

  constructor(routing: CoreFailureReason) {
    this.coreFailure = routing.coreFailure;
    this.node = routing.node;
    Object.assign(this, routing);
  }

  static is(value: unknown): value is CoreFailure {
    return typeof value === 'object' && value !== null && #isCoreFailure in value && value.#isCoreFailure;
  }

  /** The failure that a record holds; undefined if it holds something else. */
  static revive(record: unknown): CoreFailure | undefined {
    return isReason(record) ? new CoreFailure(record) : undefined;
  }
}

function isReason(record: unknown): record is CoreFailureReason {
  return typeof record === 'object' && record !== null && 'coreFailure' in record && 'node' in record;
}
