// Runs one of the three compilers that users have, and reads what it printed.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The packages under node_modules, newest last. */
export const COMPILERS = ['typescript-5.9', 'typescript-6.0', 'typescript'] as const;

export type Compiler = (typeof COMPILERS)[number];

export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly text: string;
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
  return output.split('\n').flatMap((printed) => {
    const match = /^(.+?)\((\d+),\d+\): error (.*)$/.exec(printed);
    const [, file = '', line = '', text = ''] = match ?? [];
    return file.startsWith(folder) ? [{ file, line: Number(line), text }] : [];
  });
}
