// The example is killed as it stands, and every letter is posted once.

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('killed in the middle, it posts every letter once', async () => {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', loader, 'src/main.ts'], { cwd: folder });
  // A fast machine may be done before the fourth.
  expect(stdout).toMatch(/^killed [1-4] times; the last life said:\n/);
  expect(stdout).toContain('issue 3: completed, 18 steps\n');
  // For each of three issues twelve letters and three sheets.
  expect(stdout).toMatch(/\n45 letters and sheets were sent once, \d+ were asked for twice\n$/);
});
