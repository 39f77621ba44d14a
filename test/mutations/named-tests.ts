// Runs tests as the ledger names them, in a copy of the repository.
//
// NAMED-TESTS-1. A name stands for all cases of its table, for all tests of a group, and for the test with or without the
//     label of a scenario.
// NAMED-TESTS-2. Only tests that the ledger names are counted, and only what they say themselves: a file that cannot be
//     loaded has no failed test.

import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamedTest } from '../docs/ledger.ts';

/** How named tests ended; one with several cases, or on several engines, is several. */
export interface Ended {
  readonly passed: readonly NamedTest[];
  readonly failed: readonly NamedTest[];
  /** Everything that was printed. */
  readonly output: string;
}

export interface RunOptions {
  /** Stops at the first failure. */
  readonly bail: boolean;
  /** What has not ended by then is stopped, and has not answered. */
  readonly mostMs: number;
}

/** Runs the tests in the folder, one file after the other. */
export async function runNamed(
  folder: string,
  tests: readonly NamedTest[],
  { bail, mostMs }: RunOptions,
): Promise<Ended> {
  const report = join(folder, 'named-tests.json');
  const files = [...new Set(tests.map(({ file }) => file))];
  const names = tests.map(({ name }) => patternOf(name));
  const output = await vitest(folder, mostMs, [
    ...files,
    ...['--testNamePattern', `(?:^| )${LABEL}(?:${[...new Set(names)].join('|')})(?: |$)`],
    ...['--reporter=json', `--outputFile=${report}`, '--no-file-parallelism', '--testTimeout=30000'],
    // A run transforms only what has changed since the run before.
    ...['--experimental.fsModuleCache', `--experimental.fsModuleCachePath=${join(folder, '.modules')}`],
    ...(bail ? ['--bail=1'] : []),
  ]);
  const ended = await endedTests(report);
  const among = (status: string): NamedTest[] =>
    tests.filter(({ file, name }) => {
      const title = new RegExp(`^${LABEL}${patternOf(name)}$`);
      return ended.some(
        (one) => one.status === status && one.file.endsWith(`/${file}`) && one.titles.some((text) => title.test(text)),
      );
    });
  await rm(report, { force: true });
  return { passed: among('passed'), failed: among('failed'), output };
}

const LABEL = '(?:S-[\\w, -]+: )?';

/** NAMED-TESTS-1. */
function patternOf(name: string): string {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return literal.replaceAll(/%[a-z#]|\\\$\w+/g, '.*');
}

interface EndedTest {
  readonly file: string;
  /** Its own, and those of the groups around it. */
  readonly titles: readonly string[];
  readonly status: string;
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

async function endedTests(path: string): Promise<EndedTest[]> {
  const text = await readFile(path, 'utf8').catch(() => '{ "testResults": [] }');
  const { testResults }: JsonReport = JSON.parse(text);
  return testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status }) => ({ file, titles: [...ancestorTitles, title], status })),
  );
}

function vitest(cwd: string, timeout: number, args: readonly string[]): Promise<string> {
  const { SOAK: _soak, MUTATE: _mutate, ...env } = process.env;
  const bin = join(cwd, 'node_modules/vitest/vitest.mjs');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [bin, 'run', ...args],
      { cwd, env: { ...env, NO_COLOR: '1' }, timeout, maxBuffer: 1 << 26 },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
  });
}
