// Hints of changes: from the system, or once a second where it gives none.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { FolderWatcher } from '../../codegen/disk/watch-folders.ts';
import { temporaryFolder } from '../support/folders.ts';

type Path = string | undefined;

interface Heard {
  readonly watcher: FolderWatcher;
  readonly hints: readonly Path[];
  /** Resolves with the next hint that fits; what came before counts. */
  until(fits: (path: Path) => boolean): Promise<void>;
}

function hearing(): Heard {
  const hints: Path[] = [];
  const waiting = new Set<() => void>();
  const watcher = new FolderWatcher((path) => {
    hints.push(path);
    for (const look of waiting) look();
  });
  onTestFinished(() => watcher.close());
  return {
    watcher,
    hints,
    until: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (hints.some(fits)) resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

afterEach(() => vi.useRealTimers());

it('names the file that has changed in a folder, and the folder that has come or was renamed in the one around it', async () => {
  const folder = temporaryFolder('watched');
  const { watcher, until } = hearing();
  expect(watcher.follow([folder])).toBe(true);
  expect(watcher.follow([folder])).toBe(false);
  writeFileSync(`${folder}/a.ts`, 'a');
  await until((path) => path === `${folder}/a.ts`);
  mkdirSync(`${folder}/deep`);
  await until((path) => path === `${folder}/deep`);
  renameSync(`${folder}/deep`, `${folder}/other`);
  await until((path) => path === `${folder}/other`);
  expect(watcher.isPolling).toBe(false);
});

it('hears nothing of a folder that it follows no more', async () => {
  const [one, other] = [temporaryFolder('watched'), temporaryFolder('watched')];
  const { watcher, hints, until } = hearing();
  watcher.follow([one, other]);
  watcher.follow([other]);
  writeFileSync(`${one}/a.ts`, 'a');
  writeFileSync(`${other}/b.ts`, 'b');
  await until((path) => path === `${other}/b.ts`);
  expect(hints.filter((path) => path?.startsWith(one))).toEqual([]);
});

it('says nothing of a folder that is not there', () => {
  const { watcher } = hearing();
  expect(watcher.follow([`${temporaryFolder('watched')}/none`])).toBe(false);
  expect(watcher.isPolling).toBe(false);
});

it('hints at everything once a second where a folder cannot be watched, until it is closed', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const folder = temporaryFolder('watched');
  const { watcher, hints } = hearing();
  // The system refuses the name, as it refuses one watch too many.
  const refused = `${folder}/${'x'.repeat(300)}`;
  expect(watcher.follow([folder, refused])).toBe(true);
  expect(watcher.isPolling).toBe(true);
  expect(watcher.follow([folder, refused])).toBe(false);
  vi.advanceTimersByTime(3_000);
  expect(hints).toEqual([undefined, undefined, undefined]);
  watcher.close();
  vi.advanceTimersByTime(3_000);
  expect(hints.length).toBe(3);
});
