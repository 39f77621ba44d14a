// The generator as one call.

import { resolve } from 'node:path';
import { plainProblem, type PlainProblem } from './cli/diagnostics.ts';
import { analyse } from './generate.ts';
import { writeWiring } from './write/write-wiring.ts';

export interface GenerateOptions {
  /** Path of the tsconfig. @default 'tsconfig.json' in the working directory */
  readonly project?: string;
  /** Whether to write the wiring. @default true */
  readonly write?: boolean;
}

export interface GenerateResult {
  /** Whether there are no errors. */
  readonly ok: boolean;
  /** Absolute path of the wiring. */
  readonly output: string;
  /** The wiring; absent if there are errors. */
  readonly text?: string;
  /** Whether the file was written: it is not when it already says the same. */
  readonly written: boolean;
  readonly problems: readonly PlainProblem[];
}

/**
 * Reads a project's annotations and writes its wiring. Problems in the sources are returned, all of them at once.
 *
 * @throws {OnwardError} ONW6xxx for what is wrong around the sources, ONW1304 and ONW1305 for the output file.
 */
export function generateWiring({ project = 'tsconfig.json', write = true }: GenerateOptions = {}): GenerateResult {
  const found = analyse(resolve(project));
  const { output, text } = found;
  const problems = found.problems.map((problem) => plainProblem(problem, found.root));
  if (text === undefined) return { ok: false, output, written: false, problems };
  return { ok: true, output, text, written: write && writeWiring(found, text), problems };
}
