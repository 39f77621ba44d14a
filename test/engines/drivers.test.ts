// Both drivers of SQLite go through the same tests: each test has its twin, and their numbers are the same.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { DRIVERS } from '../support/sqlite.ts';

interface Listed {
  readonly name: string;
  readonly file: string;
}

/** All tests of the files with these names, as Vitest would run them here. */
function listed(...files: readonly string[]): readonly string[] {
  const list = join(temporaryFolder('list'), 'tests.json');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  execFileSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'list', `--json=${list}`, ...files], { env });
  const found: readonly Listed[] = JSON.parse(readFileSync(list, 'utf8'));
  return found.map(({ name, file }) => `${file} ${name}`);
}

/** The driver is a part of the name, or a word in quotes or brackets. */
const of = (names: readonly string[], driver: string): string[] =>
  names.filter((name) => new RegExp(`(?:^\\S+ |> |['(])${driver}(?: >|['),])`).test(name)).toSorted();

test.runIf(DRIVERS.length > 1)(
  'as many tests run on `node:sqlite` as on `libsql`, and they are the same',
  () => {
    const names = listed('test/engines/sqlite-', 'test/engines/damaged', 'test/engines/waiting', 'test/testing/faulty');
    const [onNode, onLibsql] = ['node', 'libsql'].map((driver) => of(names, driver));
    expect(onLibsql?.length).toBeGreaterThan(60);
    expect(onNode?.length).toBe(onLibsql?.length);
    expect(new Set(onNode?.map((name) => name.replace(/\bnode\b(?!_)/, '*')))).toEqual(
      new Set(onLibsql?.map((name) => name.replace(/\blibsql\b/, '*'))),
    );
  },
  300_000,
);
