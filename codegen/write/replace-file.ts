// Puts a file in the place of another one.
//
// REPLACE-FILE-1. Atomic: a reader sees the old file or the new one, never a part. A failed write leaves the old one.
// REPLACE-FILE-2. The name of a temporary file has the process id, so two generators do not disturb each other. What a
//                 killed one left behind is removed by the next one.

import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export function replaceFile(path: string, content: string | Buffer): void {
  const temporary = temporaryName(path);
  rmSync(temporary, { force: true });
  try {
    // The flag refuses a file or a link that was put there in between.
    writeFileSync(temporary, content, { flag: 'wx' });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** No write takes as long: the process id belongs to another program now. In milliseconds. */
const ABANDONED_AFTER_MS = 60_000;

function temporaryName(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Best effort: a file that cannot be removed does no harm. */
export function clearLeftovers(path: string): void {
  try {
    const folder = dirname(path);
    for (const name of readdirSync(folder)) {
      const pid = processOf(name, basename(path));
      const file = join(folder, name);
      if (pid !== undefined && isAbandoned(pid, file)) rmSync(file, { force: true });
    }
  } catch {
    // The folder is missing or cannot be read; the write itself reports that better.
  }
}

function processOf(name: string, file: string): number | undefined {
  if (!name.startsWith(`${file}.`) || !name.endsWith('.tmp')) return undefined;
  const pid = name.slice(file.length + 1, -'.tmp'.length);
  return /^[1-9]\d{0,9}$/.test(pid) ? Number(pid) : undefined;
}

function isAbandoned(pid: number, file: string): boolean {
  if (pid === process.pid || !isAlive(pid)) return true;
  const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - changed > ABANDONED_AFTER_MS;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process of another user may not be signalled, but it exists.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
