// What the generator finds in a project, as far as commands need it that do not ask for the graph.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OnwardError } from '../src/errors/onward-error.ts';
import { isFolder } from './disk/disk.ts';
import type { Problem } from './problem.ts';

export interface Outcome {
  /** Folder of the tsconfig; absolute, with `/`. */
  readonly root: string;
  /** Path of the tsconfig. */
  readonly tsconfig: string;
  /** How many files the program has. */
  readonly size: number;
  readonly projectFolder: string;
  /** Absolute path of the wiring. */
  readonly output: string;
  readonly counts: Counts;
  readonly problems: readonly Problem[];
  /** The wiring; absent while there are errors. */
  readonly text?: string;
}

export interface Counts {
  readonly services: number;
  readonly nodes: number;
  readonly edges: number;
}

/** `5 services · 15 nodes · 14 edges`. */
export function countsText({ services, nodes, edges }: Counts): string {
  return [count(services, 'service'), count(nodes, 'node'), count(edges, 'edge')].join(' · ');
}

/** `1 node`, `2 nodes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** As with tsc, a folder stands for the tsconfig.json in it. */
export function tsconfigAt(path: string): string {
  return isFolder(path) ? join(path, 'tsconfig.json') : path;
}

/**
 * A wiring without nodes is never what is wanted: a wrong tsconfig must not replace a full one.
 *
 * @throws {OnwardError} ONW1306.
 */
export function assertServices({ counts, tsconfig, size, output }: Outcome): void {
  if (counts.services > 0) return;
  const kept = existsSync(output) ? `; ${output} is left as it is` : '';
  throw new OnwardError(
    'ONW1306',
    `no service was found in the ${count(size, 'file')} of ${tsconfig} and what ${size === 1 ? 'it imports' : 'they import'}; annotate a method of an exported class with @Job() from onward, or name another tsconfig with --project${kept}`,
  );
}
