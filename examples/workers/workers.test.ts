// The example as it stands: one of its workers is killed, and every parcel is on its way.

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeWithRedis } from '../../test/support/redis.ts';

describeWithRedis('workers', () => {
  test('with one of three workers killed, all runs end, and none is performed by the producer', async () => {
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const folder = fileURLToPath(new URL('.', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', loader, 'src/main.ts'], {
      cwd: folder,
      timeout: 50_000,
    });
    expect(stdout).toContain('ben was killed\n60 of 60 parcels are on their way\nperformed by: ann, cleo\n');
    expect(stdout).toContain('Parcels.handOver');
  });
});
