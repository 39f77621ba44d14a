// Why an attempt does not come to its body.

import type { Failure } from '../run/event.ts';
import { StepCode } from '../run/status.ts';
import { NO_MARKS, type Body } from './application.ts';

export const NO_SUCH_NODE: Failure = { code: StepCode.BLOCK_NOT_FOUND, retry: false, refused: true };
export const BAD_MESSAGE: Failure = { code: StepCode.INVALID_TYPE, retry: false, refused: true };
/** Nobody waits for the attempt any more. */
export const NOT_CALLED: Failure = { code: StepCode.CANCELLED, retry: false, refused: true };
/** The message of a defined entry cannot be made of what there is. */
export const BAD_FORMULA: Failure = { code: StepCode.INVALID_ARGUMENT, retry: false, refused: true };
/** Stands where an error would, for an entry that is not to run. Nothing that user code throws is this one. */
export const UNMET = new Error('the condition does not hold');
/** A `bind` that throws is a bug of the user, not a wrong message. */
export const BAD_BIND: Failure = { code: StepCode.UNHANDLED_EXCEPTION, retry: false, refused: true };

/** Stands for the body of a node that the graph does not have any more. */
export const NO_BODY: Body = {
  service: {},
  call: () => undefined,
  message: undefined,
  takes: undefined,
  timeoutMs: 0,
  retryWhen: undefined,
  marks: NO_MARKS,
};
