// A process that works: what keeps it alive, and how it ends.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

/** Sends a signal whenever the last line of the process is one of these. */
async function ended(
  answered: RegExp,
  ...given: readonly string[]
): Promise<{ readonly lines: string; readonly code: number | null }> {
  return endOf(new URL('./work-process.ts', import.meta.url), given, answered);
}

async function endOf(
  script: URL,
  given: readonly string[] = [],
  answered?: RegExp,
): Promise<{ readonly lines: string; readonly code: number | null }> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(script), ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    lines += text;
    if (answered?.test(lines) === true) child.kill('SIGTERM');
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

test('a worker of a cluster ends, although it is connected with its primary', async () => {
  expect(await endOf(new URL('./work-in-cluster.ts', import.meta.url))).toEqual({ lines: 'closed\ngone 0\n', code: 0 });
});

test('a thread, which hears no signals, says so, and ends when it is told to', async () => {
  const { lines, code } = await endOf(new URL('./work-in-thread.ts', import.meta.url));
  expect(lines.trimEnd().split('\n')).toEqual([expect.stringContaining('a worker thread hears no signals'), 'closed']);
  expect(code).toBe(0);
});
