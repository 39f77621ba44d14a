// The numbers that say why a step stands as it does: P1 and P2.

import { expect, test } from 'vitest';
import { StepCode } from 'onward';
import { isFinalCode } from '../../src/run/status.ts';

test('P1: the table of codes, which never changes its meaning', () => {
  expect(StepCode).toEqual({
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
  });
});

test('R18: codes 102 to 110 are not retried', () => {
  const final = Object.values(StepCode).filter(isFinalCode);
  expect(final).toEqual([102, 103, 104, 105, 106, 107, 108, 109, 110]);
});
