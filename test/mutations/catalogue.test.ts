// The catalogue of mutations fits the ledger and the sources. Whether tests notice them is for mutate.test.ts.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readRows } from '../docs/ledger.ts';
import { MUTATIONS } from './catalogue.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('every row of which something is built has a mutation, and no other row has one', () => {
  const built = readRows().filter(({ state }) => state !== 'not yet');
  expect([...new Set(MUTATIONS.map(({ row }) => row))]).toEqual(built.map(({ id }) => id));
});

test('every mutation changes one place of a source; where a source has changed, its mutation follows', () => {
  const lost = MUTATIONS.filter(({ file, right }) => readFileSync(`${root}${file}`, 'utf8').split(right).length !== 2);
  expect(lost).toEqual([]);
  expect(MUTATIONS.filter(({ file }) => !/^(src|codegen)\/.+\.ts$/.test(file))).toEqual([]);
  expect(MUTATIONS.filter(({ right, wrong }) => right === wrong)).toEqual([]);
});

test('no two mutations are the same', () => {
  const changes = MUTATIONS.map(({ row, file, right, wrong }) => [row, file, right, wrong].join('\n'));
  expect(changes.filter((change, at) => changes.indexOf(change) !== at)).toEqual([]);
});
