// The files beside the wiring that a generator writes before it renames them, and that a killed one leaves there.
//
// T1. A name holds the process id, which keeps two generators apart. What a live one writes is left alone.

import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** No write takes as long: the id belongs to another program now. In milliseconds. */
const ABANDONED_AFTER_MS = 60_000;

export function temporaryName(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Best effort: what cannot be removed harms nobody. */
export function clearLeftovers(path: string): void {
  try {
    const folder = dirname(path);
    for (const name of readdirSync(folder)) {
      const pid = processOf(name, basename(path));
      const file = join(folder, name);
      if (pid !== undefined && isAbandoned(pid, file)) rmSync(file, { force: true });
    }
  } catch {
    // The folder is missing or closed to us; writing says so in better words.
  }
}

function processOf(name: string, wiring: string): number | undefined {
  if (!name.startsWith(`${wiring}.`) || !name.endsWith('.tmp')) return undefined;
  const pid = name.slice(wiring.length + 1, -'.tmp'.length);
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
    // Another user's process may not be asked, but is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
