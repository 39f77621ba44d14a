// Whether the tests that docs/features.md names for a row notice a fault in what the row says: one fault at a time, put
// into a copy of the repository.
//
// MUTATE-1. Nothing is changed here: sources and tests are copied to a temporary folder once, and patched there.
// MUTATE-2. Only with MUTATE or SOAK set: every mutation is a test run of its own.
// MUTATE-3. Only the row's own tests are run: that others would notice does not count.

import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRows } from '../docs/ledger.ts';
import { temporaryFolder } from '../support/folders.ts';
import { MUTATIONS } from './catalogue.ts';
import { runNamed } from './named-tests.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = ['src', 'codegen', 'test', 'docs', 'dist', 'vitest.config.ts', 'package.json', 'tsconfig.base.json'];
/** What one row takes at most, and what all of them take. */
const ROW_MS = 300_000;
const ALL_MS = 3_600_000;
/** Runs three compilers over types, which no mutation touches: it would take minutes and notice nothing. */
const OF_TYPES = 'test/decorators/live-types.test.ts';
const rows = new Map(readRows().map((row) => [row.id, row.tests]));
const isAsked = process.env['MUTATE'] !== undefined || process.env['SOAK'] !== undefined;

describe.skipIf(!isAsked)('faults in a copy of the repository', () => {
  let folder = '';

  beforeAll(async () => {
    folder = temporaryFolder('mutations');
    for (const path of COPIED) await cp(join(ROOT, path), join(folder, path), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  }, ROW_MS);

  test(
    'without a fault every test of the ledger runs and passes',
    async () => {
      const tests = [...rows.values()].flat();
      const { passed, failed, output } = await runNamed(folder, tests, { bail: false, mostMs: ALL_MS });
      expect(failed, output).toEqual([]);
      expect(
        tests.filter((named) => !passed.includes(named)),
        output,
      ).toEqual([]);
    },
    2 * ALL_MS,
  );

  test.each(MUTATIONS)(
    '$row: $file without `$right` is noticed',
    async ({ row, file, right, wrong }) => {
      const tests = (rows.get(row) ?? []).filter((named) => named.file !== OF_TYPES);
      const path = join(folder, file);
      const text = await readFile(path, 'utf8');
      await writeFile(
        path,
        text.replace(right, () => wrong),
      );
      try {
        const { failed, output } = await runNamed(folder, tests, { bail: true, mostMs: ROW_MS });
        expect(failed.length, output).toBeGreaterThan(0);
      } finally {
        await writeFile(path, text);
      }
    },
    2 * ROW_MS,
  );
});
