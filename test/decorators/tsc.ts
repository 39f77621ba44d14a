// Runs one of the three compilers that users have, on a project with their usual options, and reads what it printed.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The packages under node_modules, newest last. */
export const COMPILERS = ['typescript-5.9', 'typescript-6.0', 'typescript'] as const;

export type Compiler = (typeof COMPILERS)[number];

/** Options of a project anywhere on the disk that imports `onward` from our sources. */
export const USER_OPTIONS = {
  target: 'es2022',
  lib: ['es2023'],
  module: 'nodenext',
  strict: true,
  experimentalDecorators: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  typeRoots: [`${root}node_modules/@types`],
  types: ['node'],
  paths: { onward: [`${root}src/index.ts`], 'onward/wiring/v1': [`${root}src/wiring/v1.ts`] },
};

export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** What the lines below it end with, where it has some. */
  readonly reason: string | undefined;
}

/** What the compiler printed for a project; `project` is relative to the repository, or absolute. */
export function tsc(compiler: Compiler, project: string, ...flags: readonly string[]): string {
  const bin = `${root}node_modules/${compiler}/bin/tsc`;
  return spawnSync(process.execPath, [bin, '-p', project, '--pretty', 'false', ...flags], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  }).stdout;
}

/** The errors in files under a folder. */
export function diagnosticsUnder(folder: string, output: string): readonly Diagnostic[] {
  return [...output.matchAll(/^(\S.*?)\((\d+),\d+\): error (.*)((?:\n\s.*)*)/gm)].flatMap(
    ([, file = '', line = '', text = '', below = '']) =>
      file.startsWith(folder) ? [{ file, line: Number(line), text, reason: below.split('\n').at(-1)?.trim() }] : [],
  );
}
