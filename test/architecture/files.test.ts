// The size of the files: small enough to be read at once, large enough to hold one state whole.

import { expect, test } from 'vitest';
import { sources } from './sources.ts';

const lineCount = (text: string): number => text.split('\n').length - 1;
const counts = sources.map(({ text }) => lineCount(text)).toSorted((one, other) => one - other);

test('no file has more than 500 lines, and nine in ten have at most 300', () => {
  expect(sources.filter(({ text }) => lineCount(text) > 500).map(({ path }) => path)).toEqual([]);
  expect(counts[Math.floor(counts.length * 0.9)]).toBeLessThanOrEqual(300);
});

test('half of the files have at most 130 lines', () => {
  expect(counts[counts.length >> 1]).toBeLessThanOrEqual(130);
});

test('a file under 25 lines is an entry, a contract or a member of a catalogue', () => {
  const crumbs = sources.filter(({ text }) => lineCount(text) < 25).map(({ path }) => path);
  expect(crumbs).toMatchInlineSnapshot(`
    [
      "src/client.ts",
      "src/graph/duration.ts",
      "src/graph/glob.ts",
      "src/message/class-transformer-storage.d.ts",
      "src/nest/index.ts",
      "src/observers.ts",
      "src/testing/random.ts",
      "codegen/cli/print-json.ts",
      "codegen/cli/terminal.ts",
      "codegen/header.ts",
      "codegen/index.ts",
    ]
  `);
});

test('every file says first what it is', () => {
  const silent = sources.filter(({ text }) => !/^(#!.*\n)?\/\/ \S/.test(text));
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('a file is named by what it holds', () => {
  const vague = /^(utils?|helpers?|common|types|constants|manager|processor|misc)\.ts$/;
  expect(sources.filter(({ path }) => vague.test(path.split('/').at(-1) ?? '')).map(({ path }) => path)).toEqual([]);
});

test('the rules in a header have one name, and are numbered from 1', () => {
  const files = sources.map(({ path, text }) => {
    const header = /^(?:(?:#!|\/\/).*\n)+/.exec(text)?.[0] ?? '';
    return { path, rules: [...header.matchAll(/^\/\/ ([A-Z][A-Z-]*?)(-?)(\d+)\. /gm)] };
  });
  const odd = files.filter(({ rules }) =>
    rules.some(([, name = '', dash, at], before) => {
      const isNamed = name.length > 1 && name === rules[0]?.[1] && dash === '-';
      return !isNamed || Number(at) !== before + 1;
    }),
  );
  expect(odd.map(({ path }) => path)).toEqual([]);
});

test('no getter is private: V8 asks its runtime for each, at every call', () => {
  const slow = sources.filter(({ text }) => /^ +(static )?[gs]et #/m.test(text));
  expect(slow.map(({ path }) => path)).toEqual([]);
});
