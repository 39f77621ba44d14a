// The errors of steps that were refused.

import { expect, test } from 'vitest';
import { toError } from '../../src/execute/errors.ts';
import { CoreFailure } from '../../src/run/failure.ts';
import { StepCode } from '../../src/run/status.ts';

test.each([
  [{ coreFailure: StepCode.BLOCK_NOT_FOUND }, 'ONW3044'],
  [{ coreFailure: StepCode.FORBIDDEN_BLOCK, tags: ['eu'] }, 'ONW3046'],
  [{ coreFailure: StepCode.STEP_LIMIT_EXCEED, limit: 5 }, 'ONW3043'],
  [{ coreFailure: StepCode.STEP_LIMIT_EXCEED, limit: 64, reason: 'depth' }, 'ONW3036'],
  [{ coreFailure: StepCode.BLOCK_LIMIT_EXCEED, limit: 2, reason: 'maxRounds' }, 'ONW3043'],
  [{ coreFailure: StepCode.CANCELLED }, 'ONW3020'],
  [{ coreFailure: StepCode.TIMEOUT }, 'ONW3047'],
  [{ coreFailure: StepCode.UNHANDLED_EXCEPTION, reason: 'state' }, 'ONW2022'],
  [{ coreFailure: StepCode.SKIPPED }, 'ONW3021'],
  [{ coreFailure: StepCode.JOIN_UNREACHABLE }, 'ONW3021'],
])('%o is told as %s', (coreFailure, code) => {
  const error = toError(new CoreFailure({ node: 'Shop.sell', ...coreFailure }));
  expect(error).toMatchObject({ code });
  expect(error.message).toContain('Shop.sell');
});

test('a limit says which one it is and how to raise it', () => {
  const refused = { coreFailure: StepCode.BLOCK_LIMIT_EXCEED, node: 'Shop.sell', limit: 1 };
  expect(toError(new CoreFailure({ ...refused, reason: 'maxRounds' })).message).toContain(
    'raise `maxRounds` of Shop.sell',
  );
  expect(toError(new CoreFailure({ ...refused, reason: 'maxPerRun' })).message).toContain('start option `maxPerRun`');
});
