// The day at the lab on both engines: what is said, in order.

import { expect, test } from 'vitest';
import { memoryEngine } from 'onward';
import { journaledEngine } from 'onward/testing';
import { openLab } from './src/day.ts';

test.each([
  ['memory', memoryEngine],
  ['journaled', journaledEngine],
])('%s engine: a chain, signatures and a swarm', async (_, engine) => {
  const lines: string[] = [];
  await openLab((line) => lines.push(line), { engine: engine() });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "over lunch the film is suspended
    developed harbour, 24 frames
    scanned harbour
    album of harbour, 24 pages
    text message: wedding-7 on matt, border 3, oak
    sorry for moon-1, too dark to print; 2 vouchers
    text message: wedding-8 on matt, border 0, oak
    the box of prints failed: 2 done, 2 failed, 2 left out
    1. harbour-1 on glossy, border 0, none
    2. failed
    3. harbour-2 on glossy, border 0, none
    4. failed
    5. skipped
    6. skipped"
  `);
});
