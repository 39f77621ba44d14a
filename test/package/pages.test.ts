// The pages that a newcomer types: followed word for word, in an empty folder, with the packed package.

import { join } from 'node:path';
import { beforeAll, describe, test } from 'vitest';
import { packed, type Place } from './project.ts';
import { walk } from './walk.ts';

const MINUTES = 60_000;

let place: Place;

beforeAll(async () => {
  place = await packed();
}, 5 * MINUTES);

describe.each(['module', 'commonjs'] as const)('with "type": "%s"', (modules) => {
  const here = () => ({ place, folder: join(place.folder, modules), modules });

  test('getting started leads from an empty folder to a run', () => walk('getting-started', here()), 5 * MINUTES);

  test(
    'the page on testing leads to a test in Vitest',
    () => walk('testing', { ...here(), sections: ['Where tests live', 'Vitest'] }),
    5 * MINUTES,
  );

  describe.runIf(process.env['TOOLCHAINS'])('the other tools', () => {
    test('Jest runs the tests', () => walk('testing', { ...here(), sections: ['Jest'] }), 5 * MINUTES);

    test(
      'tsx, SWC and esbuild run the program',
      () => walk('toolchains', { ...here(), sections: ['tsx', 'SWC', 'esbuild'] }),
      5 * MINUTES,
    );
  });
});

test.runIf(process.env['TOOLCHAINS'])(
  'the page on NestJS leads from `nest new` to a run',
  () => walk('nest', { place, folder: join(place.folder, 'nest') }),
  10 * MINUTES,
);

test.runIf(process.env['TOOLCHAINS'])(
  'Vite and Bun run the program of ES modules',
  () => walk('toolchains', { place, folder: join(place.folder, 'module'), sections: ['Vite', 'Bun'] }),
  5 * MINUTES,
);

test(
  'a body that computes runs in a worker thread, and its timeout stops it',
  async () => {
    const folder = join(place.folder, 'primes');
    await walk('getting-started', { place, folder, sections: ['1. A project'] });
    await walk('cpu-bound', { place, folder });
  },
  5 * MINUTES,
);
