// What is kept of an attempt that failed.

import type { Ref } from './ref.ts';
import type { StepCode } from './status.ts';

export interface AttemptRecord {
  readonly number: number;
  readonly code: StepCode;
  readonly error: Ref;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The sequence number of the event that told of the retry; 0 if it was the last attempt. */
  readonly seq: number;
}
