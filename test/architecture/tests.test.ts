// What the tests share.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('../', import.meta.url));

test('one file makes the folders of tests, and removes them', () => {
  const makers = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && /\bmkdtemp\w*\(|\/\.cache\b/.test(readFileSync(`${folder}${path}`, 'utf8')),
  );
  expect(makers).toEqual(['support/folders.ts']);
});

test('what is tested of SQLite is tested with every driver that a Node has, and nothing with one alone', () => {
  const files = readdirSync(`${folder}engines`).filter((name) => /^sqlite-.*\.test\.ts$/.test(name));
  const texts = files.map((name) => [name, readFileSync(`${folder}engines/${name}`, 'utf8')] as const);
  expect(files.length).toBeGreaterThan(7);
  expect(texts.filter(([, text]) => !/each\(\s*DRIVERS/.test(text)).map(([name]) => name)).toEqual([]);
  // What is refused because of a driver needs the other one, or the lack of one.
  const alone = texts.flatMap(([name, text]) => (text.match(/\.(?:runIf|skipIf)\(.*DRIVERS.*/g) ?? []).map(() => name));
  expect(alone).toEqual(['sqlite-engine.test.ts', 'sqlite-file.test.ts']);
});
