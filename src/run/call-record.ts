// What is kept of a child under the key that a body started it under.

import type { Ref, StepId } from './ref.ts';
import type { FinalStatus } from './status.ts';

export interface CallRecord {
  readonly step: StepId;
  readonly key: string;
  readonly fingerprint: string;
  /** A body waits for it; else it was spawned. */
  readonly called: boolean;
  /** The attempt that made it. */
  readonly attempt: number;
  /** How a called step ended: its value is given again without another run, its failure to the same attempt only. */
  readonly end?: CallEnd;
}

export interface CallEnd {
  readonly status: FinalStatus;
  readonly value: Ref;
}
