// Two nights on both engines: what the observers made of them, in order.

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
      ONW3062: the diary failed at run.ended of run night-1; the run goes on as it was. Further failures of it are counted: Error: it is full
    ✓ Telescope.observe  night-1  completed in 2 h 14 min  5 completed
     └─ ✓ Telescope.observe                          0 ms
        ├─ ✓ Telescope.expose[0]                 40 min 0 s
        │  └─ ✓ Telescope.develop                4 min 0 s
        └─ ✓ Telescope.expose[1]                 1 h 30 min
           └─ ✓ Telescope.develop                4 min 0 s
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
    2 runs, 9 steps, 11 % failed
    last error: Error: the mirror is dewed
      Telescope.expose 45.0 min
      Telescope.develop 4.0 min
      Telescope.observe 0.0 min
      ONW3062: the diary failed 2 times in all; only the first failure was reported"
  `);
});
