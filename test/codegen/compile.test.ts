// The wirings of all golden folders, compiled as strictly as it goes, by every supported compiler.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderBelowRepository } from '../support/folders.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const golden = `${root}test/codegen/golden`;
let work = '';

const COMPILERS = {
  '5.9': 'typescript-5.9/lib/tsc.js',
  '6.0': 'typescript-6.0/lib/tsc.js',
  '7.0': 'typescript/bin/tsc',
};

// Their sources need another way of resolving modules than the rest.
const APART = new Set(['without-endings']);

beforeAll(() => {
  work = folderBelowRepository('golden');
  for (const name of readdirSync(golden)) {
    if (!existsSync(`${golden}/${name}/expected.gen.ts`) || APART.has(name)) continue;
    cpSync(`${golden}/${name}/src`, `${work}/${name}/src`, { recursive: true });
    cpSync(`${golden}/${name}/expected.gen.ts`, `${work}/${name}/src/onward.gen.ts`);
  }
  writeFileSync(`${work}/package.json`, '{ "type": "module" }');
  writeFileSync(`${work}/tsconfig.json`, JSON.stringify({ compilerOptions: options, include: ['*/src'] }));
});

const options = {
  target: 'es2022',
  lib: ['es2023', 'dom'],
  module: 'nodenext',
  types: [],
  strict: true,
  noEmit: true,
  declaration: true,
  isolatedDeclarations: false,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  exactOptionalPropertyTypes: true,
  noFallthroughCasesInSwitch: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  experimentalDecorators: true,
  skipLibCheck: true,
  paths: { onward: [`${root}dist/src/index.d.ts`], 'onward/wiring/v1': [`${root}dist/src/wiring/v1.d.ts`] },
};

describe('the wirings', () => {
  it.each(Object.entries(COMPILERS))('compile strictly with TypeScript %s', (_, compiler) => {
    expect(compile(compiler, ['-p', work])).toBe('');
  });

  it('compile without strictNullChecks', () => {
    const loose = ['--strict', 'false', '--exactOptionalPropertyTypes', 'false'];
    expect(compile(COMPILERS['7.0'], ['-p', work, ...loose])).toBe('');
  });

  it('compile with isolated declarations and without unused parameters', () => {
    const wirings = readdirSync(work).filter((name) => existsSync(`${work}/${name}/src/onward.gen.ts`));
    const reported = compile(COMPILERS['7.0'], ['-p', work, '--isolatedDeclarations', '--noUnusedParameters']);
    expect(wirings.length).toBeGreaterThan(5);
    // The users' own files are not meant to pass these.
    expect(reported.split('\n').filter((line) => line.includes('onward.gen.ts'))).toEqual([]);
  });
});

describe('a return type that has changed since', () => {
  it('breaks the build without a new wiring', () => {
    const changed = `${work}/changed/src`;
    cpSync(`${golden}/face/src`, changed, { recursive: true });
    cpSync(`${golden}/face/expected.gen.ts`, `${changed}/onward.gen.ts`);
    const billing = readFileSync(`${changed}/billing.ts`, 'utf8');
    writeFileSync(
      `${changed}/billing.ts`,
      billing.replace('Promise<Receipt>', 'Promise<ChargeCard>').replace('id: `', 'orderId: `'),
    );
    writeFileSync(`${work}/changed/tsconfig.json`, JSON.stringify({ compilerOptions: options, include: ['src'] }));
    expect(compile(COMPILERS['7.0'], ['-p', `${work}/changed`])).toMatch(
      /onward\.gen\.ts.*TS2322: Type 'Promise<ChargeCard>' is not assignable to type 'Promise<Receipt>'/,
    );
    rmSync(`${work}/changed`, { recursive: true });
  });
});

function compile(compiler: string, given: readonly string[]): string {
  try {
    return execFileSync(process.execPath, [`${root}node_modules/${compiler}`, ...given], { encoding: 'utf8' });
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  }
}
