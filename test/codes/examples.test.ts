// Every page's example gives the code it is about, and what its fix says gives none.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { codesOf } from './follow.ts';
import { readPages } from './page.ts';

// What the examples print is for their readers.
beforeEach(() => void vi.spyOn(console, 'log').mockReturnValue());

const pages = readPages().filter((page) => page.withoutExample === undefined);

describe.each(pages)('$code', ({ code, example, fix }) => {
  it('is what the example gives, and nothing else', async () => {
    expect(new Set(await codesOf(example))).toEqual(new Set([code]));
  });

  it('is no longer there after the fix, nor any other', async () => {
    expect(await codesOf({ files: { ...example.files, ...fix.files }, commands: fix.commands })).toEqual([]);
  });
});
