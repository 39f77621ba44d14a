// Puts the wiring on disk.
//
// O1. Atomic: a reader sees the old file or the new one, never a part. A failed write leaves the old one.
// O2. Only when it changed, never over a file without our header, never outside the project.

import { lstatSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { HEADER } from '../header.ts';

export interface Target {
  readonly output: string;
  /** Nothing outside of it is written, whatever links lead there. */
  readonly projectFolder: string;
}

/** Whether the file was written; it is not when it already says the same. */
export function writeWiring(target: Target, text: string): boolean {
  const before = readWiring(target.output);
  if (before === text) return false;
  if (before !== undefined && !isOurs(before)) {
    throw new OnwardError(
      'ONW1304',
      `${target.output} exists and was not written by onward; move it away, or set "onward": { "output": … } in package.json`,
    );
  }
  try {
    mkdirSync(dirname(target.output), { recursive: true });
    assertInside(target);
    replace(target.output, text);
  } catch (cause) {
    if (cause instanceof OnwardError) throw cause;
    throw new OnwardError(
      'ONW1305',
      `${target.output} cannot be written: ${cause instanceof Error ? cause.message : 'unknown'}`,
      { cause },
    );
  }
  return true;
}

/** The wiring as it is; undefined if there is none. */
export function readWiring(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new OnwardError('ONW1305', `${path} cannot be read: ${cause instanceof Error ? cause.message : 'unknown'}`, {
      cause,
    });
  }
}

function isOurs(text: string): boolean {
  return text.trim() === '' || text.startsWith(HEADER);
}

/** After every link is followed; the file itself may not be one. */
function assertInside({ output, projectFolder }: Target): void {
  const inside = relative(realpathSync(projectFolder), realpathSync(dirname(output)));
  const leadsOut = inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside;
  if (!leadsOut && lstatSync(output, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  throw new OnwardError('ONW1305', `${output} leads outside the project through a link; nothing was written`);
}

function replace(path: string, text: string): void {
  // The process id keeps two generators apart; the flag refuses a file that was put there before.
  const temporary = `${path}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
