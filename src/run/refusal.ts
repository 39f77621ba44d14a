// Why a step failed that no body of its own failed: the core has no errors, so it keeps the reason as data.
//
// F1. A refusal stands where an error's reference would stand. Whoever loads payloads makes an error of it.

import type { Ref } from './ref.ts';
import type { StepCode } from './status.ts';

export interface Refusal {
  readonly refusal: StepCode;
  readonly node: string;
  /** The limit that was reached, the tags that are missing, the depth. */
  readonly limit?: number;
  readonly tags?: readonly string[];
  readonly reason?: string;
}

export function isRefusal(ref: Ref): ref is Refusal {
  return typeof ref === 'object' && ref !== null && 'refusal' in ref && 'node' in ref;
}
