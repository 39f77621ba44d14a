// How much a run allocates. It says what a run costs, and is the same on every machine: a time would not be.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../bench/bytes.js', import.meta.url));
/** The young generation has room for all of it: nothing is collected while it is counted. */
const FLAGS = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'];

test.each([
  ['chain', 2_000, 6_600],
  ['callback', 2_000, 6_900],
  ['fan', 100, 92_000],
  ['context', 1_000, 11_000],
  ['dag', 10, 1_150_000],
])('a run of %s allocates what it did, and no more', async (row, runs, most) => {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, script, row, String(runs)]);
  const bytes: unknown = JSON.parse(stdout);
  const { byHand, onward } = bytes as { byHand: number; onward: number };
  // By hand the dag makes more promises than it needs.
  expect(onward).toBeGreaterThan(byHand / 2);
  expect(onward).toBeLessThanOrEqual(most);
});

test('next to nothing of runs that follow each other outlives the young generation', async () => {
  const flags = ['--expose-gc', '--trace-gc-nvp', script, 'chain', '20000'];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  const promoted = [...stdout.matchAll(/ gc=s .* promoted=(\d+) /g)].map(([, bytes]) => Number(bytes));
  // The first ones promote what the process is made of, and a few later ones what the compiler has made anew.
  const late = promoted.slice(-20).toSorted((a, b) => a - b);
  expect(late).toHaveLength(20);
  expect(late[10]).toBeLessThanOrEqual(4_096);
});
