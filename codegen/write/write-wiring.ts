// Puts the wiring on disk.
//
// O1. Atomic: a reader sees the old file or the new one, never a part. A failed write leaves the old one.
// O2. Only when it changed, never over a file without our header, never outside the project.
// O3. What a killed generator left behind is gone after the next one.

import { lstatSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { clearLeftovers, temporaryName } from './leftovers.ts';
import { wiringState } from './wiring-state.ts';

export interface Target {
  readonly output: string;
  /** Nothing outside of it is written, whatever links lead there. */
  readonly projectFolder: string;
}

/**
 * Whether the file was written; it is not when it already says the same.
 *
 * @throws {OnwardError} ONW1304 for a file that is not ours, ONW1305 if it cannot be read or written.
 */
export function writeWiring(target: Target, text: string): boolean {
  const state = wiringState(readWiring(target.output), text);
  if (state.kind === 'foreign') throw foreignFile(target.output);
  clearLeftovers(target.output);
  if (state.kind === 'fresh') return false;
  try {
    replace(placeFor(target), text);
  } catch (cause) {
    if (cause instanceof OnwardError) throw cause;
    throw cannot(target.output, 'written', cause);
  }
  return true;
}

/** ONW1304. */
export function foreignFile(output: string): OnwardError {
  return new OnwardError(
    'ONW1304',
    `${output} exists and was not written by onward; move it away, or set "onward": { "output": … } in package.json`,
  );
}

/** The wiring as it is; undefined if there is none. */
export function readWiring(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    // A pipe or a device would be waited for.
    if (!found.isFile()) throw new Error('it is not a file');
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cannot(path, 'read', cause);
  }
}

function cannot(path: string, what: 'read' | 'written', cause: unknown): OnwardError {
  const why = cause instanceof Error ? cause.message : 'unknown';
  return new OnwardError('ONW1305', `${path} cannot be ${what}: ${why}`, { cause });
}

/** The path with every link followed: one that is put there later leads nowhere. The file itself may not be one. */
function placeFor({ output, projectFolder }: Target): string {
  const project = realpathSync(projectFolder);
  // Before a folder is made: a link could have it made elsewhere.
  const isInside = (folder: string): boolean => {
    const inside = relative(project, realpathSync(folder));
    return inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(inside) !== inside;
  };
  const folder = dirname(output);
  if (isInside(nearestFolder(folder))) {
    mkdirSync(folder, { recursive: true });
    const isLink = lstatSync(output, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    if (isInside(folder) && !isLink) return join(realpathSync(folder), basename(output));
  }
  throw new OnwardError('ONW1305', `${output} leads outside the project through a link; nothing was written`);
}

/** The folder itself, or the nearest above it that exists. */
function nearestFolder(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (lstatSync(at, { throwIfNoEntry: false }) !== undefined || dirname(at) === at) return at;
  }
}

function replace(path: string, text: string): void {
  const temporary = temporaryName(path);
  rmSync(temporary, { force: true });
  try {
    // The flag refuses a file or a link that was put there in between.
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
