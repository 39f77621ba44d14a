// The words for how a step or a run stands, the same strings everywhere, and the numbers that say why.

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

/** Codes that another attempt cannot change: the node is refused or its argument is wrong. */
export function isFinalCode(code: StepCode): boolean {
  return code >= StepCode.BLOCK_NOT_FOUND && code <= StepCode.IF_CONDITION_FAILED;
}
