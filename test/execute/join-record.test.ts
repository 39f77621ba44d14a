// The record of what the sources of a join have brought, made by code and filled field by field.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordMaker } from '../../src/execute/join-record.ts';
import { compileGraph } from '../../src/graph/compile.ts';
import type { Join } from '../../src/graph/graph.ts';
import { folderBelowRepository } from '../support/folders.ts';

const run = promisify(execFile);
const sourceOf = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

function joinOf(names: readonly string[]): Join {
  const nodes = ['end', ...names.map((_, at) => `part${at}`)].map((name) => ({ name }));
  const { joins } = compileGraph({
    nodes,
    joins: [{ id: 'j', to: 'end', mode: 'all', onMissing: 'run' }],
    edges: names.map((source, at) => ({
      from: `part${at}`,
      to: 'end',
      moment: 'success',
      arrival: { join: 'j', source },
    })),
  });
  const [join] = joins;
  if (join === undefined) throw new Error('no join');
  return join;
}

const aName = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'a"b', "it's", '\u2028', '0'), fc.string());

test('JOIN-RECORD-1: it has the value of each source that is there, as own fields in their order', () => {
  const brought = fc
    .uniqueArray(aName, { minLength: 1, maxLength: 20 })
    .chain((names) => fc.tuple(fc.constant(names), fc.array(fc.option(fc.integer(), { nil: undefined }))));
  fc.assert(
    fc.property(brought, ([names, all]) => {
      const values = names.map((_, at) => all[at]);
      const present = names.flatMap((name, at) => (values[at] === undefined ? [] : [[name, values[at]] as const]));
      const record = recordMaker(joinOf(names))(values);
      expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
      expect(Object.entries(record)).toEqual(Object.entries(Object.fromEntries(present)));
    }),
  );
});

test('JOIN-RECORD-2: joins with the same names share what makes their records, and each value is read anew', () => {
  const [first, second] = [recordMaker(joinOf(['a', 'b'])), recordMaker(joinOf(['a', 'b']))];
  expect(first).toBe(second);
  expect(first([1, 2])).toEqual({ a: 1, b: 2 });
  expect(first([3, undefined])).toEqual({ a: 3 });
  expect(second([5, 6])).toEqual({ a: 5, b: 6 });
});

test('where code generation is forbidden the records are the same', async () => {
  const program = `${folderBelowRepository('join-record')}/program.mjs`;
  writeFileSync(
    program,
    `import { recordMaker } from ${JSON.stringify(sourceOf('execute/join-record.ts'))};
    const make = recordMaker({ sources: [{ name: 'first' }, { name: '__proto__' }, { name: 'a b' }] });
    const plain = recordMaker({ sources: [{ name: 'first' }, { name: 'second' }] });
    console.log(JSON.stringify([make([1, 2, 3]), make([1, undefined, 3]), plain([1, 2]), plain([1, undefined])]));`,
  );
  const outputOf = async (...flags: readonly string[]): Promise<string> =>
    (await run(process.execPath, [...flags, '--import', 'tsx', program])).stdout;
  const forbidden = await outputOf('--disallow-code-generation-from-strings');
  expect(forbidden).toBe(await outputOf());
  expect(forbidden.trim()).toBe(
    '[{"first":1,"__proto__":2,"a b":3},{"first":1,"a b":3},{"first":1,"second":2},{"first":1}]',
  );
});
