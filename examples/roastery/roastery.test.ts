// The day at the roaster's on both engines: what is said, in order.

import { expect, test } from 'vitest';
import { memoryEngine } from 'onward';
import { journaledEngine } from 'onward/testing';
import { roastAll } from './src/day.ts';

test.each([
  ['memory', memoryEngine],
  ['journaled', journaledEngine],
])('%s engine: five lots end in five ways', async (_, engine) => {
  const lines: string[] = [];
  await roastAll((line) => lines.push(line), { engine: engine() });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "Yirgacheffe
      the drum is hot
      192°, pale
      204°, pale
      216°, ready
      bagged Yirgacheffe
      completed, 12 steps
    Mogiana
      the drum is hot
      200°, pale
      220°, burnt
      Mogiana is for the roses
      completed, 8 steps; Roaster.vent: the vent is stuck
    Sidamo
      the drum is hot
      opened the drum: a pebble
      failed, 4 steps
    Mandheling
      the drum is hot
      completed, 2 steps; Mandheling is too wet and goes back
    Huila
      the drum is hot
      water on the beans
      cancelled, 3 steps; smoke in the chimney"
  `);
});
