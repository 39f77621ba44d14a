// Compares the file on disk with the wiring it should be, and writes the wiring.
//
// WRITE-1. Only if it changed, never over a file without our header, never outside the project.
// WRITE-2. The state of the file is read from its lines: nothing in it is executed.

import { lstatSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { clearLeftovers, replaceFile } from './replace-file.ts';
import { conflictLine, CONTRACT, isWiring } from '../header.ts';

export interface Target {
  readonly output: string;
  /** Nothing outside of it is written, even through a link. */
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
    replaceFile(placeFor(target), text);
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
    // Reading a pipe or a device would wait for its writer.
    if (!found.isFile()) throw new Error('it is not a file');
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cannot(path, 'read', cause);
  }
}

const FIX = 'mend that, or set "onward": { "output": … } in package.json to another path';

function cannot(path: string, what: 'read' | 'written', cause: unknown): OnwardError {
  const why = cause instanceof Error ? cause.message : 'unknown';
  return new OnwardError('ONW1305', `${path} cannot be ${what}: ${why}; ${FIX}`, { cause });
}

/** The path with every link followed, so a link that is put there later has no effect. The file itself may not be a link. */
function placeFor({ output, projectFolder }: Target): string {
  const project = realpathSync(projectFolder);
  // Before a folder is made: a link could lead elsewhere.
  const isInside = (folder: string): boolean => {
    const inside = relative(project, realpathSync(folder));
    return inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(inside) !== inside;
  };
  const folder = dirname(output);
  if (isInside(nearestFolder(folder))) {
    mkdirSync(folder, { recursive: true });
    const isLink = lstatSync(output, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    if (isLink) throw new Error('it is a link, which is not followed');
    if (isInside(folder)) return join(realpathSync(folder), basename(output));
  }
  throw new OnwardError('ONW1305', `${output} leads outside the project through a link; nothing was written; ${FIX}`);
}

/** The folder itself, or the nearest above it that exists. */
function nearestFolder(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (lstatSync(at, { throwIfNoEntry: false }) !== undefined || dirname(at) === at) return at;
  }
}

export type WiringState =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'stale' }
  /** A merge was not finished; the line counts from 1. */
  | { readonly kind: 'conflict'; readonly line: number }
  | { readonly kind: 'other-contract'; readonly contract: string }
  /** A file that Onward did not write. */
  | { readonly kind: 'foreign' };

const CONTRACT_LINE = /^ {2}contract: (\d{1,9}),$/m;

export function wiringState(before: string | undefined, text: string): WiringState {
  if (before === undefined) return { kind: 'missing' };
  // A checkout may have turned every line end into CRLF; that is not an edit.
  const found = before.replaceAll('\r\n', '\n');
  if (found === text) return { kind: 'fresh' };
  if (found.trim() !== '' && !isWiring(found.replace(/^\uFEFF/, ''))) return { kind: 'foreign' };
  const line = conflictLine(found);
  if (line !== undefined) return { kind: 'conflict', line };
  const contract = CONTRACT_LINE.exec(found)?.[1];
  if (contract !== undefined && contract !== String(CONTRACT)) return { kind: 'other-contract', contract };
  return { kind: 'stale' };
}
