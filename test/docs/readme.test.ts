// The README: its first snippet compiles and runs as it stands, and its excerpts are of code that does.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileStrictly } from '../codes/strictly.ts';
import { temporaryFolder } from '../support/folders.ts';
import { testSamples } from './guide.ts';
import { looseCode, samplesOf } from './sections.ts';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const readme = read('README.md');

const samples = testSamples('readme', readme);

test('the first snippet is the file of the sample that is run', () => {
  const first = /^```ts (\S+)\n([^]*?)^```$/m.exec(readme);
  expect(first?.index).toBeLessThan(readme.indexOf('\n## '));
  expect(samples.map(({ files }) => files[first?.[1] ?? ''])).toEqual([first?.[2]]);
});

test('the excerpt on plans compiles with the shop of the page on plans', () => {
  const [, plans = '', ...others] = looseCode(readme);
  expect(others).toEqual([]);
  const shop = samplesOf(read('docs/plans.md'))[0]?.files ?? {};
  const program = `import { runtime } from './runtime.js';\n\n${plans}`;
  expect(compileStrictly({ plans: { ...shop, 'src/main.ts': program } })).toBe('');
});

test('the pictures are those that real runs draw now', () => {
  const path = join(temporaryFolder('pictures'), 'README.md');
  writeFileSync(path, readme.replaceAll(/(drawn by pictures\.js: .*\n\n```text\n)[^]*?```/g, '$1```'));
  const script = fileURLToPath(new URL('../../pictures.js', import.meta.url));
  execFileSync(process.execPath, [script, path]);
  expect(readFileSync(path, 'utf8')).toBe(readme);
});
