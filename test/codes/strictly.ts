// Compiles what documents show, together with its wiring, as strictly as our own code.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateWiring } from '../../codegen/generate.ts';
import { folderBelowRepository } from '../support/folders.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

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
    'onward/client': [`${root}dist/src/client.d.ts`],
    'onward/definitions': [`${root}dist/src/definitions.d.ts`],
    'onward/nest': [`${root}dist/src/nest/index.d.ts`],
    'onward/observers': [`${root}dist/src/observers.d.ts`],
    'onward/observers/opentelemetry': [`${root}dist/src/observe/ready/opentelemetry.d.ts`],
    'onward/engines/sqlite': [`${root}dist/src/engines/sqlite/index.d.ts`],
    'onward/engines/bullmq': [`${root}dist/src/engines/bullmq/index.d.ts`],
    'onward/engines/store': [`${root}dist/src/engines/store/index.d.ts`],
    'onward/testing': [`${root}dist/src/testing/index.d.ts`],
    'onward/wiring/v1': [`${root}dist/src/wiring/v1.d.ts`],
  },
};

/** Files by path. */
type Files = Readonly<Record<string, string>>;

/** What the compiler says about the projects, by their names; empty if all is well. */
export function compileStrictly(projects: Readonly<Record<string, Files>>): string {
  const work = folderBelowRepository('strictly');
  write(`${work}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ['*/src'] }));
  for (const [project, own] of Object.entries(projects)) {
    const files: Files = {
      'tsconfig.json': JSON.stringify({ compilerOptions, include: ['src'] }),
      'package.json': '{ "type": "module" }',
      ...own,
    };
    for (const [path, text] of Object.entries(files)) write(`${work}/${project}/${path}`, text);
    // A program needs its wiring, and a broken wiring is mended by writing it again.
    const hasWiring = files['src/main.ts'] !== undefined || files['src/onward.gen.ts'] !== undefined;
    if (hasWiring) generateWiring({ project: `${work}/${project}/tsconfig.json` });
  }
  return compile(work);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function compile(project: string): string {
  const compiler = `${root}node_modules/typescript/bin/tsc`;
  try {
    return execFileSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  }
}
