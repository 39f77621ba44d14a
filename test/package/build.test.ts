// `npm run build`, on a small copy of the repository.

import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { folderBelowRepository } from '../support/folders.ts';
import { succeed } from './project.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder = '';

beforeEach(() => {
  folder = folderBelowRepository('build');
  for (const path of ['build.js', 'tsconfig.base.json', 'src/tsconfig.json', 'codegen/tsconfig.json']) {
    cpSync(join(root, path), join(folder, path));
  }
  write('package.json', '{ "type": "module" }');
  write('src/index.ts', `export { bake } from './oven/bake.ts';\n`);
  write('src/oven/bake.ts', `export const bake = (): string => 'bread';\n`);
  write('src/shelf.ts', 'export const shelf = 1;\n');
  write('codegen/index.ts', `export { bake } from '../src/index.ts';\n`);
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function build(): Promise<readonly string[]> {
  await succeed(folder, process.execPath, ['build.js']);
  return readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((path) => !/\.(d\.ts|js\.map|tsbuildinfo)$/.test(path))
    .toSorted();
}

test('what was moved or removed leaves nothing in dist', async () => {
  expect(await build()).toContain('src/oven/bake.js');
  write('src/index.ts', `export { bake } from './hearth/bake.ts';\n`);
  renameSync(join(folder, 'src/oven'), join(folder, 'src/hearth'));
  expect(await build()).toEqual([
    ...['codegen', 'codegen/index.js'],
    ...['src', 'src/hearth', 'src/hearth/bake.js', 'src/index.js', 'src/shelf.js'],
  ]);
  expect(readFileSync(join(folder, 'dist/src/index.js'), 'utf8')).toContain('./hearth/bake.js');
});

test('what has not changed is not written again', async () => {
  await build();
  const written = (): number => statSync(join(folder, 'dist/src/shelf.js')).mtimeMs;
  const first = written();
  write('src/oven/bake.ts', `export const bake = (): string => 'rolls';\n`);
  await build();
  expect(written()).toBe(first);
  expect(readFileSync(join(folder, 'dist/src/oven/bake.js'), 'utf8')).toContain('rolls');
});

test('a type error fails it', async () => {
  write('src/shelf.ts', 'export const shelf: string = 1;\n');
  await expect(build()).rejects.toThrow('src/shelf.ts(1,14): error TS2322');
});
