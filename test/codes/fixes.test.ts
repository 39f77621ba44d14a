// What the pages recommend is right code: it compiles together with its wiring, as strictly as our own.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { generateWiring } from '../../codegen/generate-wiring.ts';
import { readPages } from './page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Below the repository, so that its packages are found.
const work = `${root}.cache/codes`;

const compilerOptions = {
  target: 'es2022',
  lib: ['es2023'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  noEmit: true,
  verbatimModuleSyntax: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  experimentalDecorators: true,
  skipLibCheck: true,
  paths: {
    onward: [`${root}dist/src/index.d.ts`],
    'onward/testing': [`${root}dist/src/testing/index.d.ts`],
    'onward/wiring/v1': [`${root}dist/src/wiring/v1.d.ts`],
  },
};

it('every fix compiles strictly', () => {
  rmSync(work, { recursive: true, force: true });
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*/src'] }));
  for (const { code, example, fix } of readPages()) {
    const files: Readonly<Record<string, string>> = {
      'tsconfig.json': JSON.stringify({ compilerOptions, include: ['src'] }),
      'package.json': '{ "type": "module" }',
      ...example.files,
      ...fix.files,
    };
    for (const [path, text] of Object.entries(files)) write(`${code}/${path}`, text);
    // A program needs its wiring, and a broken wiring is mended by writing it again.
    const hasWiring = files['src/main.ts'] !== undefined || files['src/onward.gen.ts'] !== undefined;
    if (hasWiring) generateWiring({ project: `${work}/${code}/tsconfig.json` });
  }
  expect(compile(work)).toBe('');
});

function write(path: string, text: string): void {
  mkdirSync(dirname(`${work}/${path}`), { recursive: true });
  writeFileSync(`${work}/${path}`, text);
}

function compile(project: string): string {
  const compiler = `${root}node_modules/typescript/bin/tsc`;
  try {
    return execFileSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  }
}
