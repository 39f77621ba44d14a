// How a step or a run stands: statuses and codes for readers, phases, roles and stages for the core.

export type StepStatus = 'pending' | 'running' | 'completed' | 'failed' | 'skipped' | 'cancelled';
export type RunStatus = StepStatus | 'suspended';
/** How a step or a run can end. */
export type FinalStatus = 'completed' | 'failed' | 'skipped' | 'cancelled';

/** Why a step stands as it does. A run's steps keep these numbers for ever, so none is given a new meaning. */
export const StepCode = {
  NONE: -1,
  DONE: 0,
  SKIPPED: 100,
  UNHANDLED_EXCEPTION: 101,
  BLOCK_NOT_FOUND: 102,
  INVALID_ARGUMENT: 103,
  DUPLICATE_STEP_IDS: 104,
  FORBIDDEN_BLOCK: 105,
  ASSERTION_ERROR: 106,
  INVALID_TYPE: 107,
  STEP_LIMIT_EXCEED: 108,
  BLOCK_LIMIT_EXCEED: 109,
  IF_CONDITION_FAILED: 110,
  RUNNING: 200,
  RETRYING: 201,
  SUSPENDED: 202,
  CANCELLED: 203,
  TIMEOUT: 204,
  LOST: 205,
  JOIN_UNREACHABLE: 206,
  RECOVERED: 207,
  RESTORED: 208,
} as const;

export type StepCode = (typeof StepCode)[keyof typeof StepCode];

/** Codes that a retry cannot change: the node is refused or its argument is wrong. */
export function isFinalCode(code: StepCode): boolean {
  return code >= StepCode.BLOCK_NOT_FOUND && code <= StepCode.IF_CONDITION_FAILED;
}

/** Where a live step stands. */
export const Phase = {
  /** Waits for a timer, or for the run to go on; no attempt is under way. */
  SCHEDULED: 0,
  /** An attempt is dispatched. */
  RUNNING: 1,
  /** Its message is being built, ahead of its start callbacks. */
  PREPARING: 2,
  /** Its start callbacks run, one after another. */
  STARTING: 3,
  /** The body is over; children are not. */
  WAITING: 4,
  /** It has failed: its error callbacks run. */
  HANDLING: 5,
  /** Its edges are asked about a value or an error that its body did not produce. */
  ROUTING: 6,
  /** Its end callbacks run. */
  ENDING: 7,
  /** It was asked to stop; waits for its body, or for the grace period. */
  STOPPING: 8,
  /** To be cancelled; waits for what belongs to it. */
  CANCELLING: 9,
  /** Waits for a message from outside. */
  AWAITING_MESSAGE: 10,
  OVER: 11,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** How a step belongs to the run. */
export const Role = {
  /** It carries the run on. */
  FLOW: 0,
  /** A start, error or end callback: the step it watches waits for it. */
  BRACKET: 1,
  /** Spawned by the body of a step, which waits for it and fails with it. */
  CHILD: 2,
  /** Called by a body, which gets its value or its error. */
  CALLED: 3,
  /** A cancel or run callback: only the run waits for it. */
  WATCHER: 4,
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/** How far a run has come. */
export const Stage = {
  /** Its steps run. */
  ON: 0,
  /** Its outcome is fixed; its success or error callbacks run. */
  OUTCOME_FIXED: 1,
  /** Its end callbacks run. */
  ENDING: 2,
  OVER: 3,
} as const;
export type Stage = (typeof Stage)[keyof typeof Stage];
