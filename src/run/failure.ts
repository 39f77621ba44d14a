// Why a step failed that no body of its own failed: the core has no errors, so it keeps the reason as data.
//
// F1. A refusal stands where an error's reference would stand. Whoever loads payloads makes an error of it.
// F2. Nothing that a body throws is taken for one, whatever it looks like, and looking runs none of its code.

import type { StepCode } from './status.ts';

/** Why, as plain data. */
export interface RefusalFacts {
  readonly refusal: StepCode;
  readonly node: string;
  /** The limit that was reached. */
  readonly limit?: number;
  /** The tags that are missing. */
  readonly tags?: readonly string[];
  /** Which of several limits, or why it was cancelled. */
  readonly reason?: string;
}

export class Refusal {
  readonly refusal: StepCode;
  readonly node: string;
  declare readonly limit?: number;
  declare readonly tags?: readonly string[];
  declare readonly reason?: string;
  readonly #isRefusal = true;

  constructor(facts: RefusalFacts) {
    this.refusal = facts.refusal;
    this.node = facts.node;
    Object.assign(this, facts);
  }

  static is(value: unknown): value is Refusal {
    return typeof value === 'object' && value !== null && #isRefusal in value && value.#isRefusal;
  }

  /** The refusal that a record holds; undefined if it holds something else. */
  static revive(record: unknown): Refusal | undefined {
    return isFacts(record) ? new Refusal(record) : undefined;
  }
}

function isFacts(record: unknown): record is RefusalFacts {
  return typeof record === 'object' && record !== null && 'refusal' in record && 'node' in record;
}
