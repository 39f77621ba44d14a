// A retry on SQLite when its process is killed: what was begun goes on in the next one, and nothing that has finished is
// run again.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bundled, killedAt, outputOf, started } from '../support/child.ts';
import { DRIVERS, storeFile } from '../support/sqlite.ts';

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

test.each(DRIVERS)(
  'a parallel plan: its jobs begin together, and a retry that is killed runs what failed only (%s)',
  { timeout: 300_000 },
  async (driver) => {
    const program = await bundled('retrier');
    const given = { file: storeFile(), driver, isParallel: true };
    await killedAt('failed', program, { ...given, life: 1 });
    await killedAt('under way', program, { ...given, life: 2 });
    const output = await outputOf(started(program, { ...given, life: 3 }));
    expect(output.trim().split('\n').toSorted()).toEqual([
      'Shop.charge 0 c',
      'Shop.label 208 7 g',
      'Shop.order 208 o',
      'Shop.pack 0 c undefined',
      'Shop.stock 208 undefined',
      'Shop.weigh 208 7',
    ]);
    const bodies = readFileSync(`${given.file}.bodies`, 'utf8').trim().split('\n');
    expect(bodies.slice(0, 2)).toEqual(['1 weigh', '1 order']);
    expect(bodies.indexOf('1 weighed')).toBeGreaterThan(bodies.indexOf('1 order'));
    expect(bodies.filter((line) => !line.startsWith('1')).toSorted()).toEqual(['2 charge', '3 charge', '3 pack']);
  },
);

// The old version dies with a body under way; when the new one comes, a timer is due and a message is sent at once.
test.each(DRIVERS)(
  'a new version that a timer and a sender are ahead of: the run is held, or starts over, before anything else (%s)',
  { timeout: 300_000 },
  async (driver) => {
    const program = await bundled('deployed');
    const lives = async (onGraphChange: string): Promise<readonly string[]> => {
      const given = { file: storeFile(), driver, onGraphChange };
      await killedAt('under way', program, { ...given, life: 1 });
      const output = await outputOf(started(program, { ...given, life: 2 }));
      return output.trim().split('\n');
    };
    expect(await lives('raise')).toEqual(['suspended 0', 'completed approve pay remind thank']);
    expect(await lives('reset')).toEqual(['completed approve order pay remind thank']);
  },
);
