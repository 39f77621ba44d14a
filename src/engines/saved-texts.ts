// Texts that are of no run, by keys that people choose: signatures and plans that were saved.
//
// SAVED-TEXTS-1. They stay until they are removed or replaced, whatever becomes of runs.

import type { MaybePromise } from './store/now-or-later.ts';

/**
 * Where an engine keeps them.
 *
 * A key is at most some hundred characters, a text of any size.
 */
export interface SavedTexts {
  get(key: string): MaybePromise<string | undefined>;
  /** Puts a text in the place of what was there, there to stay as what a store has committed; null removes it. */
  set(key: string, text: string | null): MaybePromise<void>;
  /** The keys of all of them, in any order. */
  keys(): MaybePromise<readonly string[]>;
}

/** As long as the process lives. */
export function savedInMemory(): SavedTexts {
  const texts = new Map<string, string>();
  return {
    get: (key) => texts.get(key),
    keys: () => [...texts.keys()],
    set(key, text) {
      if (text === null) texts.delete(key);
      else texts.set(key, text);
    },
  };
}
