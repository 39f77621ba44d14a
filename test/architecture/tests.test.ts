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
