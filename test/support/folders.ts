// Folders that tests make.
//
// F1. Each call makes a new folder, so that no two tests share one, in whichever process they run.
// F2. A folder is gone when its test file is done, however the tests went. `.ci/run` looks whether anything is left.

import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url));
const made: string[] = [];

/** To be called once for each test file, when it is set up. */
export function removeFoldersInTheEnd(): void {
  // Hooks run last in, first out: what a test file itself does at its end comes before this.
  afterAll(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  }, 300_000);
}

/** Makes a folder in the system's temp folder, where no package is found. */
export function temporaryFolder(name: string): string {
  return folderIn(realpathSync(tmpdir()), `onward-${name}`);
}

/** Makes a folder below the repository, where its packages are found. */
export function folderBelowRepository(name: string): string {
  mkdirSync(CACHE, { recursive: true });
  return folderIn(CACHE, name);
}

function folderIn(parent: string, name: string): string {
  const folder = mkdtempSync(join(parent, `${name}-`));
  made.push(folder);
  return folder;
}

/** Does something with a folder as the working directory, as its reader would. */
export async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await work();
  } finally {
    process.chdir(before);
  }
}
