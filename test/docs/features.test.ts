// The list of features: every row is there once, and what is said to be built is shown by tests that exist.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readRows } from './ledger.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const numbered = (family: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${family}${at + 1}`);
const IDS = [
  ...numbered('A', 13),
  ...numbered('M', 12),
  ...numbered('N', 10),
  ...numbered('D', 10),
  ...numbered('P', 9),
  'Beyond-message',
  'Beyond-race',
  'Beyond-graph',
  'Beyond-nest',
  'Beyond-diff',
  'Beyond-package',
  'Beyond-generate',
  'Beyond-values',
  'Beyond-stores',
  'Beyond-people',
  'Beyond-machines',
];

/** As the first argument of a test or of a group of tests. The page leaves out the label of a scenario ahead of it. */
function hasTest(source: string, name: string): boolean {
  const words = source.replaceAll(/\(\s+/g, '(').replaceAll(/(?<=\(["'`])S-[\w, -]+: /g, '');
  return ["'", '"', '`'].some((quote) => words.includes(`(${quote}${name}${quote}`));
}

const rows = readRows();

test('every row is there once, in order', () => {
  expect(rows.map((row) => row.id)).toEqual(IDS);
});

test('no row names the label of a scenario', () => {
  expect(rows.flatMap(({ text }) => text.match(/\bS-[A-Z]\d+/g) ?? [])).toEqual([]);
});

describe.each(rows)('$id', ({ state, text, tests }) => {
  test('is built, partly built or not yet, and says what is there', () => {
    expect(['built', 'partly', 'not yet']).toContain(state);
    expect([/\bBuilt:\s/.test(text), /\bNot\s+yet:\s/.test(text)]).toEqual(
      state === 'partly' ? [true, true] : [false, false],
    );
  });

  test('names tests that exist, if anything of it is built', () => {
    expect(tests.length > 0).toBe(state !== 'not yet');
    // What declares tests for others runs none itself.
    expect(tests.filter(({ file }) => !file.endsWith('.test.ts'))).toEqual([]);
    const missing = tests.filter(
      ({ file, name }) => !existsSync(`${root}${file}`) || !hasTest(readFileSync(`${root}${file}`, 'utf8'), name),
    );
    expect(missing).toEqual([]);
  });
});
