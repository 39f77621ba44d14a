// docs/nest.md: its application, file for file. `nest new` and what it installs are left out: those packages are here.

import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { projectOnDisk } from '../codegen/project-on-disk.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/nest.md`, 'utf8');
const program = (name: string, path: string): string =>
  join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);

/** As `nest new` writes it, but for what is about the editor. */
const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    isolatedModules: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    target: 'ES2023',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    outDir: 'dist',
    rootDir: 'src',
  },
  include: ['src'],
};

test('the application compiles with the options of `nest new`, and its own test passes', async () => {
  const files = Object.fromEntries(
    [...page.matchAll(/^```ts (\S+)\n([^]*?)^```$/gm)].map(([, path = '', code = '']) => [path, code]),
  );
  expect(Object.keys(files)).toHaveLength(6);
  const project = projectOnDisk({ ...files, 'tsconfig.json': JSON.stringify(TSCONFIG) });
  symlinkSync(root, join(project.folder, 'node_modules/onward'));
  const generated = await project.onward('generate');
  expect(generated).toMatchObject({ code: 0, err: '' });
  expect(generated.out).toContain('2 services · 3 nodes · 2 edges');
  const run = (file: string, ...argv: string[]): string =>
    execFileSync(process.execPath, [file, ...argv], {
      cwd: project.folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  run(program('typescript', 'bin/tsc'), '-p', '.');
  writeFileSync(
    join(project.folder, 'vitest.config.js'),
    "export default { test: { include: ['src/**/*.spec.ts'], testTimeout: 60_000 } };",
  );
  expect(run(program('vitest', 'vitest.mjs'), 'run')).toMatch(/Tests\s+1 passed/);
});
