// Three nights on both engines: what is done when, and how each entry ends.

import { expect, test } from 'vitest';
import { memoryEngine } from 'onward';
import { journaledEngine } from 'onward/testing';
import { bakeAll } from './src/nights.ts';

test.each([
  ['memory', memoryEngine],
  ['journaled', journaledEngine],
])('%s engine: a sequence, a broken one, and two ovens side by side', async (_, engine) => {
  const lines: string[] = [];
  await bakeAll(
    (line) => lines.push(line),
    () => engine(),
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "a good night, but for the mixer
      03:05 30 kg of rye dough
      04:00 60 loaves
      04:17 delivered to the market
      04:32 delivered to the station
      04:32 swept
      04:32 all 5 steps are done
      completed, completed, completed, completed, completed
    the van is broken
      02:20 30 kg of rye dough
      03:15 60 loaves
      03:21 swept
      03:21 Bakery.deliver: the van does not start, tried 3 times; 1 skipped
      completed, completed, failed, skipped, completed
    two ovens before a feast
      02:35 20 pretzels
      02:50 20 loaves
      03:30 20 cakes
      03:30 Bakery.bake: the rolls are coal, tried 1 times; 0 skipped
      failed, completed, completed, completed"
  `);
});
