// What referenced projects are built into, traced back to its sources, as the compiler and editors do.
//
// OUTPUT-1. A declaration file that a build makes stands for its source, whether or not it is built.
// OUTPUT-2. Links are followed: packages of a workspace are linked into node_modules.

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ts } from 'ts-morph';
import type { TypeScript } from '../project.ts';

export interface Outputs {
  /** The disk with every output on it. */
  readonly system: ts.System;
  /** Notes what a project's files are built into. */
  note(config: ts.ParsedCommandLine): void;
  /** The source of an output; undefined for any other file. */
  sourceOf(path: string): string | undefined;
}

export function traceOutputs(compiler: TypeScript): Outputs {
  const sources = new Map<string, string>();
  const folders = new Set<string>();
  const real = (path: string): string => realOf(compiler, path);
  const isOutput = (path: string): boolean => sources.size > 0 && isDeclaration(path) && sources.has(real(path));
  const { sys } = compiler;
  return {
    system: {
      ...sys,
      fileExists: (path) => sys.fileExists(path) || isOutput(path),
      directoryExists: (path) => sys.directoryExists(path) || (folders.size > 0 && folders.has(real(path))),
      realpath: (path) => (isOutput(path) ? real(path) : (sys.realpath?.(path) ?? path)),
    },
    note(config) {
      for (const file of config.fileNames) {
        if (isDeclaration(file)) continue;
        for (const output of compiler.getOutputFileNames(config, file, !sys.useCaseSensitiveFileNames)) {
          if (!isDeclaration(output)) continue;
          const path = real(posix(resolve(output)));
          sources.set(path, posix(resolve(file)));
          for (let at = folderOf(path); at !== '' && !folders.has(at); at = folderOf(at)) folders.add(at);
        }
      }
    },
    sourceOf: (path) => (sources.size > 0 && isDeclaration(path) ? sources.get(real(path)) : undefined),
  };
}

/** Also of what is no JavaScript: `logo.d.svg.ts`. */
export function isDeclaration(path: string): boolean {
  return /\.d\.(?:[cm]?ts|[^/]+\.ts)$/.test(path);
}

/** With `/`. */
export function posix(path: string): string {
  return path.replaceAll('\\', '/');
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** The path with the links of its folders followed; the end of it need not be there. */
function realOf({ sys }: TypeScript, path: string): string {
  const missing: string[] = [];
  let at = posix(path);
  while (at.includes('/') && statSync(at, { throwIfNoEntry: false }) === undefined) {
    missing.unshift(at.slice(at.lastIndexOf('/') + 1));
    at = folderOf(at);
  }
  return [posix(sys.realpath?.(at) ?? at).replace(/\/$/, ''), ...missing].join('/');
}
