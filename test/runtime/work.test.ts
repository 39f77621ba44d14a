// A process that works: what keeps it alive, and how it ends.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const script = fileURLToPath(new URL('./work-process.ts', import.meta.url));

/** Sends a signal whenever the last line of the process is one of these. */
async function ended(
  answered: RegExp,
  ...given: readonly string[]
): Promise<{ readonly lines: string; readonly code: number | null }> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    lines += text;
    if (answered.test(lines)) child.kill('SIGTERM');
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { lines, code };
}

test('it stays alive without anything to do, and ends in order when it is asked to', async () => {
  expect(await ended(/working\n$/)).toEqual({ lines: 'working\nasked\nclosed\n', code: 0 });
});

test('asked twice it exits at once, with 130', async () => {
  expect(await ended(/(working|asked)\n$/, 'stuck')).toEqual({ lines: 'working\nasked\nasked\n', code: 130 });
});
