// The file of a store: where it is, who may read it, and whether it is still there.
//
// STORE-FILE-1. What is made is readable by its owner only. What is there is opened by SQLite only: closing
//     a file beside SQLite gives up every lock that the process has on it.

import { closeSync, existsSync, mkdirSync, openSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type OptionRule, STRING } from '../../values/option-rules.ts';
import { isFolder } from './faults.ts';

/** What means something else to SQLite would be the name of a file here. */
export const FILE: OptionRule = {
  fits: (value) => STRING.fits(value) && !/^(?::memory:|file:)/i.test(String(value)),
  expected: "the path of a file such as 'onward.db', and no address (memoryEngine() keeps runs in memory)",
};

/**
 * The path by which one file is known, however it was spelled; its folder is made if it is missing.
 *
 * @throws {OnwardError} ONW4001 if it is a folder.
 */
export function placeOf(file: string): string {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw isFolder(file);
  return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
}

/** Made with its mode, before SQLite makes it with another one. */
export function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

const OTHERS = 0o077;

/** The mode of a file that others than its owner may open; undefined if none may, and on Windows, which has no modes. */
export function modeForOthers(path: string, platform: NodeJS.Platform = process.platform): string | undefined {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if (platform === 'win32' || (mode & OTHERS) === 0) return undefined;
  return (mode & 0o777).toString(8).padStart(4, '0');
}

/** Says which file a path leads to; another one after it was deleted and made again. */
export function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

/**
 * The kinds of file systems on which other machines may have the file as well, by the number that Linux gives them
 * (statfs(2), linux/magic.h).
 */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x564c, 'NCP'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
]);

/**
 * The network file system that a path lies on; undefined if it is none, or the system does not say.
 *
 * @param typeOf what the system says of a path.
 */
export function networkOf(
  path: string,
  typeOf = (at: string): number => statfsSync(at).type,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (platform === 'win32') return path.startsWith('\\\\') ? 'a network share' : undefined;
  if (platform !== 'linux') return undefined;
  try {
    // Some systems give it with a sign.
    return NETWORK.get(typeOf(path) >>> 0);
  } catch {
    return undefined;
  }
}
