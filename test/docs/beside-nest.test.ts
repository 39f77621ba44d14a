// docs/beside-nest.md: every sample compiles with Nest's own packages, and those that need no Redis print the same.

import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { compileWrongWirings, tableOf } from '../../examples/nest/wrong-wirings.ts';
import { projectOnDisk, type ProjectOnDisk } from '../codegen/project-on-disk.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/beside-nest.md`, 'utf8');
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const files = new Map(
  [...page.matchAll(/^```ts (\S+)\n([^]*?)^```$/gm)].map(([, path = '', code = '']) => [path, code]),
);
const output = /^```text output\n([^]*?)^```$/m.exec(page)?.[1] ?? '';

const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'ES2023',
    strict: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    skipLibCheck: true,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
};

/** The files whose paths fit, with their wiring, compiled. */
async function compiled(paths: RegExp): Promise<ProjectOnDisk> {
  const own = [...files].filter(([path]) => paths.test(path));
  const project = projectOnDisk({ ...Object.fromEntries(own), 'tsconfig.json': JSON.stringify(TSCONFIG) });
  symlinkSync(root, join(project.folder, 'node_modules/onward'));
  expect(await project.onward('generate')).toMatchObject({ code: 0, err: '' });
  execFileSync(process.execPath, [compiler, '-p', project.folder]);
  return project;
}

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await compiled(/^src\/(?!bridge\/)/);
});

test.each(['events', 'cqrs', 'onward', 'tsyringe'])('with %s it prints what the page says', (name) => {
  const printed = execFileSync(process.execPath, [`dist/${name}/main.js`], { cwd: project.folder, encoding: 'utf8' });
  expect(printed).toBe(output);
});

test('the bridges compile, to the old listeners and from the queue', async () => {
  expect([...files.keys()].filter((path) => path.startsWith('src/bridge/'))).toHaveLength(2);
  await compiled(/^src\/(bridge\/|onward\/shop)/);
});

test('the table of wrong wirings is what the compiler says', () => {
  const outcomes = compileWrongWirings();
  expect(page).toContain(tableOf(outcomes));
  expect(outcomes.filter(({ nest }) => nest === undefined)).toHaveLength(8);
  expect(outcomes.filter(({ onward }) => onward === undefined)).toEqual([]);
});
