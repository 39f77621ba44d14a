// What a stage of the generator has left behind is collected, where there is much of it.

import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { collectAfterStage } from '../../codegen/large-project.ts';

it('collects after a stage of a large project, and not in one of the usual size', async () => {
  const left = new WeakRef({ text: 'of the stage' });
  await setImmediate();
  collectAfterStage(1_000);
  expect(left.deref()).toBeDefined();
  await setImmediate();
  collectAfterStage(5_000);
  expect(left.deref()).toBeUndefined();
});
