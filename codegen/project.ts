// The project on disk: its tsconfig, its files, and how a specifier leads to a file.
//
// P1. ts-morph is loaded here, when a project is opened and not before. Only this file and `read/` know it.
// P2. Nothing of the project is executed; its tsconfig and package.json are read as data.

import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { ts } from 'ts-morph';
import { OnwardError } from '../src/errors/onward-error.ts';

/** The compiler's API, as ts-morph exports it. */
export type TypeScript = typeof ts;

export interface Project {
  readonly ts: TypeScript;
  /** Folder of the tsconfig; absolute, with `/`. Paths in the wiring are relative to it. */
  readonly root: string;
  /** Absolute, with `/`, in the order of their names. */
  readonly files: readonly string[];
  readonly options: ts.CompilerOptions;
  /** Where an import leads: a file, and whether it was found in node_modules. */
  resolve(specifier: string, from: string): Resolution | undefined;
  read(path: string): string | undefined;
  /** The tsconfig that a file is compiled with. */
  configOf(file: string): ProjectConfig;
}

export interface ProjectConfig {
  readonly path: string;
  readonly options: ts.CompilerOptions;
}

export interface Resolution {
  readonly path: string;
  readonly isExternal: boolean;
}

/** @throws {OnwardError} ONW6003 if the tsconfig cannot be read, ONW6010 if ts-morph is missing. */
export function openProject(tsconfig: string): Project {
  const compiler = loadTypeScript();
  const path = posix(resolve(tsconfig));
  const configs = configsOf(compiler, path, new Set([path]));
  const byFile = new Map(configs.flatMap((config) => config.files.map((file) => [file, config])));
  const [first] = configs;
  return {
    ts: compiler,
    root: posix(dirname(path)),
    files: [...byFile.keys()].toSorted(byCodeUnit),
    options: first?.options ?? {},
    read: textReader(),
    configOf: (file) => byFile.get(file) ?? first ?? { path, options: {} },
    resolve(specifier, from) {
      const config = byFile.get(from) ?? first;
      const found =
        config &&
        compiler.resolveModuleName(specifier, from, config.options, compiler.sys, config.cache).resolvedModule;
      if (found === undefined) return undefined;
      return { path: posix(found.resolvedFileName), isExternal: found.isExternalLibraryImport === true };
    },
  };
}

/** Names in an order that no locale changes. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function loadTypeScript(): TypeScript {
  try {
    return tsOf(createRequire(import.meta.url)('ts-morph'));
  } catch (cause) {
    throw new OnwardError('ONW6010', 'reading your sources needs ts-morph; install it with `npm i -D ts-morph`', {
      cause,
    });
  }
}

/** The border to an untyped `require`. */
function tsOf(module: unknown): TypeScript {
  return (module as { readonly ts: TypeScript }).ts;
}

function parseConfig(compiler: TypeScript, path: string): ts.ParsedCommandLine {
  const { config, error } = compiler.readConfigFile(path, (name) => compiler.sys.readFile(name));
  if (error !== undefined) throw new OnwardError('ONW6003', configProblem(compiler, path, error));
  const parsed = compiler.parseJsonConfigFileContent(config, compiler.sys, dirname(path), undefined, path);
  // A missing base configuration changes what imports mean; other complaints are tsc's to make.
  const base = parsed.errors.find((problem) => problem.code === 6053 || problem.code === 5083);
  if (base !== undefined) throw new OnwardError('ONW6003', configProblem(compiler, path, base));
  return parsed;
}

function configProblem(compiler: TypeScript, path: string, problem: ts.Diagnostic): string {
  const text = compiler.flattenDiagnosticMessageText(problem.messageText, ' ');
  const place = problem.file?.getLineAndCharacterOfPosition(problem.start ?? 0);
  const at = place === undefined ? path : `${path}:${place.line + 1}:${place.character + 1}`;
  return `${at} cannot be read: ${text} Pass another file with --project <tsconfig.json>.`;
}

interface Config extends ProjectConfig {
  readonly files: readonly string[];
  readonly cache: ts.ModuleResolutionCache;
}

/** A tsconfig that only refers to others stands for all of them. */
function configsOf(compiler: TypeScript, path: string, seen: Set<string>): Config[] {
  const { fileNames, options, projectReferences } = parseConfig(compiler, path);
  const cache = compiler.createModuleResolutionCache(dirname(path), (name) => name, options);
  const own: Config = { path, files: fileNames.map((name) => posix(resolve(name))), options, cache };
  if (own.files.length > 0) return [own];
  return (projectReferences ?? []).flatMap((reference) => {
    const next = posix(resolve(compiler.resolveProjectReferencePath(reference)));
    if (seen.has(next)) return [];
    seen.add(next);
    return configsOf(compiler, next, seen);
  });
}

function textReader(): (path: string) => string | undefined {
  const texts = new Map<string, string | undefined>();
  return (path) => {
    if (!texts.has(path)) texts.set(path, readTextFile(path));
    return texts.get(path);
  };
}

function readTextFile(path: string): string | undefined {
  try {
    // A pipe or a device would be waited for.
    if (!statSync(path).isFile()) return undefined;
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

function posix(path: string): string {
  return path.replaceAll('\\', '/');
}

/** Whether relative imports need no ending. */
export function usesBundler({ ts: compiler, options }: Project): boolean {
  const { moduleResolution, module } = options;
  const isNode = module !== undefined && module >= compiler.ModuleKind.Node16 && module <= compiler.ModuleKind.NodeNext;
  return moduleResolution === undefined ? !isNode : moduleResolution === compiler.ModuleResolutionKind.Bundler;
}
