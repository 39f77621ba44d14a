// Hints that something in these folders may have changed.
//
// WATCH-FOLDERS-1. An event is a hint, never an answer: its listener compares contents.
// WATCH-FOLDERS-2. Folders are watched one by one: that costs one handle a folder, not one a file, and a renamed or a new
//                  folder is seen by the one around it.
// WATCH-FOLDERS-3. Where the system gives no more watches, or none at all, everything is a hint once a second.

import { watch, type FSWatcher } from 'node:fs';

/** The path that an event names; undefined where it may be any. */
export type Hint = (path: string | undefined) => void;

const POLL_MS = 1_000;

export class FolderWatcher {
  readonly #hint: Hint;
  readonly #watchers = new Map<string, FSWatcher>();
  #poll: NodeJS.Timeout | undefined;

  constructor(hint: Hint) {
    this.#hint = hint;
  }

  /** Whether it looks once a second, because the system does not tell. */
  get isPolling(): boolean {
    return this.#poll !== undefined;
  }

  /** Watches these folders and no others. Whether there are new ones: what happened in them before is not known. */
  follow(folders: Iterable<string>): boolean {
    const wanted = new Set(folders);
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    const fresh = [...wanted].filter((folder) => !this.#watchers.has(folder) && this.#open(folder));
    return fresh.length > 0;
  }

  close(): void {
    this.follow([]);
    clearInterval(this.#poll);
  }

  #open(folder: string): boolean {
    try {
      const watcher = watch(folder, (_, name) => this.#hint(name === null ? undefined : `${folder}/${name}`));
      // The folder is gone, or its disk: the one around it says so, and what is there is asked again.
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
        this.#hint(undefined);
      });
      this.#watchers.set(folder, watcher);
      return true;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A folder that is not there has been asked for, as have those around it.
      if (code !== 'ENOENT' && code !== 'ENOTDIR') this.#poll ??= setInterval(() => this.#hint(undefined), POLL_MS);
      return false;
    }
  }
}
