// Files that a stranger can read.

import { expect, test } from 'vitest';
import { sources } from './sources.ts';

const lineCount = (text: string): number => text.split('\n').length - 1;

test('no file has more than 300 lines', () => {
  expect(sources.filter(({ text }) => lineCount(text) > 300).map(({ path }) => path)).toEqual([]);
});

test('half of the files have at most 110 lines', () => {
  const counts = sources.map(({ text }) => lineCount(text)).toSorted((a, b) => a - b);
  expect(counts[counts.length >> 1]).toBeLessThanOrEqual(110);
});

test('every file says first what it is', () => {
  const silent = sources.filter(({ text }) => !/^(#!.*\n)?\/\/ \S/.test(text));
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('a file is named by what it holds', () => {
  const vague = /^(utils?|helpers?|common|types|constants|manager|processor|misc)\.ts$/;
  expect(sources.filter(({ path }) => vague.test(path.split('/').at(-1) ?? '')).map(({ path }) => path)).toEqual([]);
});
