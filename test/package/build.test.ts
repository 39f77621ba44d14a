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
  const exports = { '.': { default: './dist/src/index.js' }, './codegen': { default: './dist/codegen/index.js' } };
  write('package.json', JSON.stringify({ type: 'module', exports, bin: {} }));
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
    .filter((path) => !/\.(js\.map|tsbuildinfo)$/.test(path))
    .toSorted();
}

test('what was moved or removed leaves nothing in dist', async () => {
  expect(await build()).toContain('src/oven/bake.d.ts');
  write('src/index.ts', `export { bake } from './hearth/bake.ts';\n`);
  renameSync(join(folder, 'src/oven'), join(folder, 'src/hearth'));
  write('dist/src/oven/old.js', '');
  expect(await build()).toEqual([
    'chunks',
    'chunks/base.js',
    ...['codegen', 'codegen/index.d.ts', 'codegen/index.js'],
    ...['src', 'src/hearth', 'src/hearth/bake.d.ts', 'src/index.d.ts', 'src/index.js', 'src/shelf.d.ts'],
  ]);
  expect(readFileSync(join(folder, 'dist/chunks/base.js'), 'utf8')).toContain('bread');
});

test('what has not changed is not written again', async () => {
  await build();
  const written = (path: string): number => statSync(join(folder, 'dist', path)).mtimeMs;
  const paths = ['src/shelf.d.ts', 'src/index.js'];
  const first = paths.map(written);
  write('src/oven/bake.ts', `export const bake = (): string => 'rolls';\n`);
  await build();
  expect(paths.map(written)).toEqual(first);
  expect(readFileSync(join(folder, 'dist/chunks/base.js'), 'utf8')).toContain('rolls');
});

test('a type error fails it', async () => {
  write('src/shelf.ts', 'export const shelf: string = 1;\n');
  await expect(build()).rejects.toThrow('src/shelf.ts(1,14): error TS2322');
});
