// Why a step failed that no body of its own failed: the core has no errors, so it keeps the reason as data.
//
// F1. A refusal stands where an error's reference would stand. Whoever loads payloads makes an error of it.
// F2. Nothing that a body throws is taken for one, whatever it looks like, and looking runs none of its code.

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
  readonly #isRefusal = true;

  constructor(routing: CoreFailureReason) {
    this.coreFailure = routing.coreFailure;
    this.node = routing.node;
    Object.assign(this, routing);
  }

  static is(value: unknown): value is CoreFailure {
    return typeof value === 'object' && value !== null && #isRefusal in value && value.#isRefusal;
  }

  /** The refusal that a record holds; undefined if it holds something else. */
  static revive(record: unknown): CoreFailure | undefined {
    return isFacts(record) ? new CoreFailure(record) : undefined;
  }
}

function isFacts(record: unknown): record is CoreFailureReason {
  return typeof record === 'object' && record !== null && 'coreFailure' in record && 'node' in record;
}
