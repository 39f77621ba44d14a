// Two nights on both engines: what the observers made of them, in order.

import { expect, test } from 'vitest';
import { memoryEngine } from 'onward';
import { eventOf, journaledEngine } from 'onward/testing';
import { pager } from './src/listeners.ts';
import { watchSky } from './src/night.ts';

test.each([
  ['memory', memoryEngine],
  ['journaled', journaledEngine],
])('%s engine: logs, progress, metrics, calls and letters, batches, a record', async (_, engine) => {
  const lines: string[] = [];
  await watchSky((line) => lines.push(line), { engine: engine() });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "night-1
      run night-1 of Telescope.observe started
      a letter: night-1 will be long
      Andromeda 50 % (attempt 1)
      Andromeda 100 % (attempt 1)
      programme 50 %
      ringing the director: a new star in Andromeda
      the darkroom is free after 4 min
      Pleiades 50 % (attempt 1)
      16 events to the archive
      Pleiades 100 % (attempt 1)
      programme 100 %
      the darkroom is free after 4 min
      run night-1 of Telescope.observe completed in 2 h 14 min
      ONW3062: the diary failed at run.ended of run night-1; the run goes on as it was. Further failures of it are counted: Error: it is full
      a letter: night-1 completed
      6 events to the archive
    ✓ Telescope.observe  night-1  completed in 2 h 14 min  5 completed
     └─ ✓ Telescope.observe                          0 ms
        ├─ ✓ Telescope.expose[0]                 40 min 0 s
        │  └─ ✓ Telescope.develop                4 min 0 s
        └─ ✓ Telescope.expose[1]                 1 h 30 min
           └─ ✓ Telescope.develop                4 min 0 s
    night-2
      run night-2 of Telescope.observe started
      Orion 50 % (attempt 1)
      Orion 100 % (attempt 1)
      Telescope.expose failed and is tried again: Error: clouds before Orion
      Orion 50 % (attempt 2)
      Orion 100 % (attempt 2)
      programme 50 %
      Dumbbell 50 % (attempt 1)
      20 events to the archive
      Dumbbell 100 % (attempt 1)
      Telescope.expose failed and is tried again: Dew: the mirror is dewed
      Dumbbell 50 % (attempt 2)
      Dumbbell 100 % (attempt 2)
      Telescope.expose failed in 20 min 0 s: Dew: the mirror is dewed
      ringing the director: Error: the mirror is dewed
      programme 100 %
      run night-2 of Telescope.observe failed in 1 h 50 min
      a letter: night-2 failed
      6 events to the archive
    2 runs, 9 steps, 11 % failed
    last error: Error: the mirror is dewed
      Telescope.expose 45.0 min
      Telescope.develop 4.0 min
      Telescope.observe 0.0 min
      progress:night-1 completed 100 % Telescope.develop
      progress:night-2 failed 100 % Telescope.expose
      night-2 in the record: Error: the mirror is dewed
      ONW3062: the diary failed 2 times in all; only the first failure was reported"
  `);
});

test('what rings is tested alone, with events that never happened', async () => {
  const rung: string[] = [];
  const { onError, onEvent } = pager((line) => rung.push(line));
  await onError?.(eventOf('step.failed', { error: 'a leak', severity: 'error' }));
  await onError?.(eventOf('step.failed', { error: 'a flood', severity: 'critical' }));
  await onEvent?.(eventOf('custom', { name: 'alert', data: 'a comet' }));
  expect(rung).toEqual(['ringing the director: a flood', 'ringing the director: a comet']);
});
