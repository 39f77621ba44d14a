// Two nights on both engines: what the listeners heard, in order.

import { expect, test } from 'vitest';
import { memoryEngine } from 'onward';
import { journaledEngine } from 'onward/testing';
import { watchSky } from './src/night.ts';

test.each([
  ['memory', memoryEngine],
  ['journaled', journaledEngine],
])('%s engine: progress, metrics and a call', async (_, engine) => {
  const lines: string[] = [];
  await watchSky((line) => lines.push(line), { engine: engine() });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "night 1
      Andromeda 50 % (attempt 1)
      Andromeda 100 % (attempt 1)
      programme 50 %
      ringing the director: a new star in Andromeda
      Pleiades 50 % (attempt 1)
      Pleiades 100 % (attempt 1)
      programme 100 %
      diary failed at run.ended: the diary is full
    night 2
      Orion 50 % (attempt 1)
      Orion 100 % (attempt 1)
      Orion 50 % (attempt 2)
      Orion 100 % (attempt 2)
      programme 50 %
      Dumbbell 50 % (attempt 1)
      Dumbbell 100 % (attempt 1)
      Dumbbell 50 % (attempt 2)
      Dumbbell 100 % (attempt 2)
      programme 100 %
      diary failed at run.ended: the diary is full
    2 runs, 9 steps, 2 retries, 11 % failed
    last error: the mirror is dewed
      Telescope.expose 60.0 min
      Telescope.develop 4.0 min
      Telescope.observe 0.0 min"
  `);
});
