// What a body may ask about the step it runs in.

/** Who is running: one attempt of one step. */
export interface StepInfo {
  /**
   * The idempotency key: the same for every attempt and every delivery of this step.
   * Starts with a letter and uses only `A–Z a–z 0–9 . _ ~ -`.
   */
  readonly key: string;
  /** `Service.method` */
  readonly node: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** 1 for the first execution of this node in the run. */
  readonly round: number;
}

/** Given to a method that has a parameter of this type. */
export interface StepContext {
  readonly runId: string;
  readonly step: StepInfo;
  /** Aborted when the attempt's timeout passed or the run was cancelled; `signal.reason` says which. */
  readonly signal: AbortSignal;
  readonly tags: readonly string[];
}
