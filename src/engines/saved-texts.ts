// Texts of no run where nothing outlives the process: signatures and plans that were saved.

import type { SavedTexts } from './store/store.ts';

/** As long as the process lives. */
export function savedInMemory(): SavedTexts {
  const texts = new Map<string, string>();
  return {
    get: (key) => texts.get(key),
    set(key, text) {
      if (text === null) texts.delete(key);
      else texts.set(key, text);
    },
  };
}
