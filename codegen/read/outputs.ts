// What referenced projects are built into, traced back to its sources, as the compiler and editors do.
//
// OUTPUT-1. A declaration file that a build makes stands for its source, whether or not it is built.
// OUTPUT-2. Links are followed: packages of a workspace are linked into node_modules.

import { resolve } from 'node:path';
import type { ts } from 'ts-morph';
import type { Disk, Listing } from '../disk/disk.ts';
import type { TypeScript } from './compiler.ts';

export interface Outputs {
  /** The disk with every output on it. */
  readonly system: ts.System;
  /** Notes what a project's files are built into. */
  note(config: ts.ParsedCommandLine): void;
  /** The source of an output; undefined for any other file. */
  sourceOf(path: string): string | undefined;
}

export function traceOutputs(compiler: TypeScript, disk: Disk): Outputs {
  const sources = new Map<string, string>();
  const folders = new Set<string>();
  const real = (path: string): string => realOf(disk, path);
  const isOutput = (path: string): boolean => sources.size > 0 && isDeclaration(path) && sources.has(real(path));
  const { sys } = compiler;
  return {
    system: {
      ...sys,
      readFile: (path) => disk.read(posix(path)),
      fileExists: (path) => disk.isFile(posix(path)) || isOutput(path),
      directoryExists: (path) => disk.isFolder(posix(path)) || (folders.size > 0 && folders.has(real(path))),
      realpath: (path) => (isOutput(path) ? real(path) : disk.realPath(posix(path))),
      readDirectory: (...query) => matchFiles(compiler, disk, query),
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
function realOf(disk: Disk, path: string): string {
  const missing: string[] = [];
  let at = posix(path);
  while (at.includes('/') && !disk.isFile(at) && !disk.isFolder(at)) {
    missing.unshift(at.slice(at.lastIndexOf('/') + 1));
    at = folderOf(at);
  }
  return [disk.realPath(at).replace(/\/$/, ''), ...missing].join('/');
}

type FileQuery = Parameters<ts.System['readDirectory']>;

/** What the patterns of a tsconfig select, folder by folder. */
function matchFiles(
  compiler: TypeScript,
  disk: Disk,
  [path, extensions, excludes, includes, depth]: FileQuery,
): string[] {
  const { useCaseSensitiveFileNames } = compiler.sys;
  return matcherOf(compiler).matchFiles(
    path,
    extensions,
    excludes,
    includes,
    useCaseSensitiveFileNames,
    compiler.sys.getCurrentDirectory(),
    depth,
    (folder) => disk.list(posix(folder).replace(/(.)\/$/, '$1')),
    (folder) => disk.realPath(posix(folder)),
  );
}

interface Matcher {
  matchFiles(
    path: string,
    extensions: readonly string[] | undefined,
    excludes: readonly string[] | undefined,
    includes: readonly string[] | undefined,
    isCaseSensitive: boolean,
    currentFolder: string,
    depth: number | undefined,
    list: (folder: string) => Listing,
    realPath: (folder: string) => string,
  ): string[];
}

/** The border to what the compiler does not declare. Both versions that it comes in have it. */
function matcherOf(compiler: TypeScript): Matcher {
  return compiler as TypeScript & Matcher;
}
