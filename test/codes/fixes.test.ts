// What the pages recommend is right code: it compiles together with its wiring, as strictly as our own.

import { expect, it } from 'vitest';
import { readPages } from './page.ts';
import { compileStrictly } from './strictly.ts';

it('every fix compiles strictly', () => {
  const pages = readPages().map(({ code, example, fix }) => [code, { ...example.files, ...fix.files }] as const);
  expect(compileStrictly(Object.fromEntries(pages))).toBe('');
});
