// How much a run allocates. It says what a run costs, and is the same on every machine: a time would not be.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../bench/bytes.js', import.meta.url));
/** The young generation has room for all of it: nothing is collected while it is counted. */
const FLAGS = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'];

test.each([
  ['chain', 2_000, 8_400],
  ['callback', 2_000, 7_600],
  ['fan', 100, 136_000],
])('a run of %s allocates what it did, and no more', async (row, runs, most) => {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, script, row, String(runs)]);
  const bytes: unknown = JSON.parse(stdout);
  const { byHand, onward } = bytes as { byHand: number; onward: number };
  expect(onward).toBeGreaterThan(byHand);
  expect(onward).toBeLessThanOrEqual(most);
});
