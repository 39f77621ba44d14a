// The errors of steps that were refused.

import { expect, test } from 'vitest';
import { errorOf } from '../../src/execute/errors.ts';
import { Refusal } from '../../src/run/failure.ts';
import { StepCode } from '../../src/run/status.ts';

test.each([
  [{ refusal: StepCode.BLOCK_NOT_FOUND }, 'ONW3044'],
  [{ refusal: StepCode.FORBIDDEN_BLOCK, tags: ['eu'] }, 'ONW3046'],
  [{ refusal: StepCode.STEP_LIMIT_EXCEED, limit: 5 }, 'ONW3043'],
  [{ refusal: StepCode.STEP_LIMIT_EXCEED, limit: 64, reason: 'depth' }, 'ONW3036'],
  [{ refusal: StepCode.BLOCK_LIMIT_EXCEED, limit: 2, reason: 'maxRounds' }, 'ONW3043'],
  [{ refusal: StepCode.CANCELLED }, 'ONW3020'],
  [{ refusal: StepCode.TIMEOUT }, 'ONW3047'],
  [{ refusal: StepCode.UNHANDLED_EXCEPTION, reason: 'state' }, 'ONW2022'],
  [{ refusal: StepCode.SKIPPED }, 'ONW3021'],
  [{ refusal: StepCode.JOIN_UNREACHABLE }, 'ONW3021'],
])('%o is told as %s', (refusal, code) => {
  const error = errorOf(new Refusal({ node: 'Shop.sell', ...refusal }));
  expect(error).toMatchObject({ code });
  expect(error.message).toContain('Shop.sell');
});

test('a limit says which one it is and how to raise it', () => {
  const refused = { refusal: StepCode.BLOCK_LIMIT_EXCEED, node: 'Shop.sell', limit: 1 };
  expect(errorOf(new Refusal({ ...refused, reason: 'maxRounds' })).message).toContain('raise `maxRounds` of Shop.sell');
  expect(errorOf(new Refusal({ ...refused, reason: 'maxPerRun' })).message).toContain('start option `maxPerRun`');
});
