// A retry on SQLite when its process is killed: what was begun goes on in the next one, and nothing that has finished is
// run again.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bundled, outputOf, started } from '../support/child.ts';
import { DRIVERS, storeFile } from '../support/sqlite.ts';

/** Starts a life of the program, and kills it once it has said something. */
async function killedAt(line: string, program: string, given: unknown): Promise<void> {
  const child = started(program, given);
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(new Error(`it ended by itself: ${output}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(line)) resolve();
    });
  });
  child.removeAllListeners('close');
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}

test.each(DRIVERS)('a retry that is killed goes on in the next process (%s)', { timeout: 300_000 }, async (driver) => {
  const program = await bundled('retrier');
  const file = storeFile();
  await killedAt('failed', program, { file, driver, life: 1 });
  await killedAt('under way', program, { file, driver, life: 2 });
  const output = await outputOf(started(program, { file, driver, life: 3 }));
  expect(output.trim().split('\n').toSorted()).toEqual([
    'Shop.charge 0 c',
    'Shop.order 208 o',
    'Shop.pack 0 c undefined',
    'Shop.stock 208 undefined',
  ]);
  const bodies = readFileSync(`${file}.bodies`, 'utf8').trim().split('\n').toSorted();
  expect(bodies).toEqual(['1 charge', '1 order', '1 stock', '2 charge', '3 charge', '3 pack']);
});
