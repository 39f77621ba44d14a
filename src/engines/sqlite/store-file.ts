// The file of a store: where it is, who may read it, and whether it is still there.
//
// STORE-FILE-1. What is made is readable by its owner only. What is there is opened by SQLite only: closing
//     a file beside SQLite gives up every lock that the process has on it.

import { closeSync, existsSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The path by which one file is known, however it was spelled; its folder is made if it is missing. */
export function placeOf(file: string): string {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
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

/** Says which file a path leads to; another one after it was deleted and made again. */
export function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}
