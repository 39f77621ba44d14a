// A file that one process keeps for the next one.
//
// KEPT-FILE-1. It is replaced as a whole, and begins with the digest of the rest: a torn one is none.
// KEPT-FILE-2. Nothing depends on it. Where it cannot be read or written, there is none.

import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { clearLeftovers, replaceFile } from '../write/replace-file.ts';
import { digestOf } from './disk.ts';

/** What was kept there. */
export function readKept(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    const at = bytes.indexOf('\n');
    const rest = bytes.subarray(at + 1);
    return at > 0 && bytes.toString('latin1', 0, at) === digestOf(rest) ? rest : undefined;
  } catch {
    return undefined;
  }
}

export function keepFile(path: string, content: string | Buffer): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    clearLeftovers(path);
    replaceFile(path, Buffer.concat([Buffer.from(`${digestOf(content)}\n`), Buffer.from(content)]));
  } catch {
    // KEPT-FILE-2.
  }
}
