// The project on disk: its tsconfigs, its files, and how a specifier leads to a file.
//
// PROJECT-1. Nothing of the project is executed; its tsconfigs and package.json files are read as data.
// PROJECT-2. A specifier resolves as it does for the user's compiler; the output of a referenced project, to its source.

import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { ts } from 'ts-morph';
import { OnwardError } from '../src/errors/onward-error.ts';
import { loadTypeScript, type TypeScript } from './read/compiler.ts';
import type { Disk } from './disk/disk.ts';
import { cacheFolder } from './disk/entry.ts';
import { folderOf, isDeclaration, posix, traceOutputs, type Outputs } from './read/outputs.ts';

export interface Project {
  readonly ts: TypeScript;
  readonly disk: Disk;
  /** The disk as the compiler asks it. */
  readonly system: ts.System;
  /** Folder of the tsconfig; absolute, with `/`. Paths in the wiring are relative to it. */
  readonly root: string;
  /** The tsconfig that was given, then those that it refers to, where it has no files of its own. */
  readonly configs: readonly ProjectConfig[];
  /** Whether one tsconfig has all files: where a file belongs does not depend on what imports it. */
  readonly hasOneConfig: boolean;
  /** Where the program begins: what the tsconfigs list. Absolute, with `/`, in the order of their names. */
  readonly files: readonly string[];
  /** Where an import leads. `isRequired`: it is written with `require`. */
  resolve(specifier: string, from: string, isRequired?: boolean): Resolution | undefined;
  read(path: string): string | undefined;
  /** The tsconfig that a file is compiled with. */
  configOf(file: string): ProjectConfig;
  /** The tsconfig that lists a file, be it a referenced one; undefined if none does. */
  listing(file: string): ProjectConfig | undefined;
  /** Folder of the package.json that a file belongs to; empty without one. */
  packageOf(path: string): string;
}

export interface ProjectConfig {
  readonly path: string;
  readonly options: ts.CompilerOptions;
  readonly files: readonly string[];
}

export interface Resolution {
  /** Absolute, with `/`, links followed. */
  readonly path: string;
  /** Whether it was found in node_modules. */
  readonly isExternal: boolean;
}

/**
 * @throws {OnwardError} ONW6003 if the tsconfig cannot be read, ONW6010 if ts-morph is missing, ONW6011 if its version
 *   is another one.
 */
export function openProject(tsconfig: string, disk: Disk): Project {
  const path = posix(resolve(tsconfig));
  const compiler = loadTypeScript(disk, cacheFolder(path));
  const host: Host = { compiler, disk, outputs: traceOutputs(compiler, disk), configs: new Map() };
  const configs = configsOf(host, path, new Set([path]));
  const listed = new Map<string, Config>();
  for (const config of [...host.configs.values(), ...configs])
    for (const file of config.files) listed.set(file, config);
  const [first = openConfig(host, path)] = configs;
  const read = (file: string): string | undefined => disk.read(file);
  const packageOf = packageFinder(disk);
  const adopted = new Map<string, Config>();
  let last: (Omit<Question, 'specifier'> & { readonly config: Config; readonly known: Answers }) | undefined;
  const configOf = (file: string): Config => listed.get(file) ?? adopted.get(file) ?? first;
  return {
    ts: compiler,
    disk,
    system: host.outputs.system,
    root: posix(dirname(path)),
    configs,
    hasOneConfig: host.configs.size === 1,
    files: [...new Set(configs.flatMap((config) => config.files))].toSorted(byCodeUnit),
    read,
    configOf,
    packageOf,
    listing: (file) => listed.get(file),
    resolve(specifier, from, isRequired = false) {
      const config = configOf(from);
      // Most lookups are in the same file as the one before.
      if (last?.from !== from || last.config !== config || last.isRequired !== isRequired)
        last = { from, config, isRequired, known: answersFor(config, from, isRequired) };
      const { known } = last;
      if (known.has(specifier)) return known.get(specifier);
      const near = config.isPlain ? nearFile(specifier, from, listed) : undefined;
      const found = near === undefined ? askCompiler(host, config, { specifier, from, isRequired }) : near;
      known.set(specifier, found);
      // What no tsconfig lists is compiled with the one whose files lead there first.
      if (found !== undefined && !listed.has(found.path) && !adopted.has(found.path)) adopted.set(found.path, config);
      return found;
    },
  };
}

/** Names in an order that no locale changes. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Whether schedules can be read. Another croner reads in another way: it is one of the disk's answers. */
export function hasCroner(disk: Disk): boolean {
  const folders = createRequire(import.meta.url).resolve.paths('croner') ?? [];
  return folders.some((folder) => disk.read(posix(join(folder, 'croner/package.json'))) !== undefined);
}

interface Host {
  readonly compiler: TypeScript;
  readonly disk: Disk;
  readonly outputs: Outputs;
  /** Every tsconfig that was read. */
  readonly configs: Map<string, Config>;
}

interface Config extends ProjectConfig {
  readonly references: readonly string[];
  readonly cache: ts.ModuleResolutionCache;
  /** Nothing in it makes `./mail.js` another file than the `mail.ts` next to it. */
  readonly isPlain: boolean;
  readonly answers: Map<string, Answers>;
}

/** Where each specifier leads. */
type Answers = Map<string, Resolution | undefined>;

interface Question {
  readonly specifier: string;
  readonly from: string;
  readonly isRequired: boolean;
}

/** What a specifier means depends on the folder, and under Node's rules on the kind of module that asks. */
function answersFor({ answers }: Config, from: string, isRequired: boolean): Answers {
  const key = `${isRequired ? 'require ' : ''}${/\.[cm]tsx?$/.exec(from)?.[0] ?? ''} ${folderOf(from)}`;
  const known: Answers = answers.get(key) ?? new Map();
  answers.set(key, known);
  return known;
}

/** What the compiler would try first, where that is a file of the project: most imports, and no question to the disk. */
function nearFile(specifier: string, from: string, files: ReadonlyMap<string, unknown>): Resolution | undefined {
  const [, path] = /^(\.\.?\/.*\.[cm]?)[jt]s$/.exec(specifier) ?? [];
  if (path === undefined) return undefined;
  const found = `${posix(join(folderOf(from), path))}ts`;
  return files.has(found) && !isDeclaration(found) ? { path: found, isExternal: false } : undefined;
}

function askCompiler({ compiler, disk, outputs }: Host, config: Config, question: Question): Resolution | undefined {
  const { specifier, from, isRequired } = question;
  const { cache, options } = config;
  const { system } = outputs;
  const mode = isRequired
    ? compiler.ModuleKind.CommonJS
    : compiler.getImpliedNodeFormatForFile(from, cache.getPackageJsonInfoCache(), system, options);
  const { resolvedModule } = compiler.resolveModuleName(specifier, from, options, system, cache, undefined, mode);
  if (resolvedModule === undefined) return undefined;
  const path = posix(resolvedModule.resolvedFileName);
  const isExternal = resolvedModule.isExternalLibraryImport === true;
  return { path: outputs.sourceOf(path) ?? linkedSource(disk, path), isExternal };
}

/** With `preserveSymlinks` a source of the workspace keeps the path of its link. */
function linkedSource(disk: Disk, path: string): string {
  if (!path.includes('/node_modules/') || isDeclaration(path)) return path;
  const real = disk.realPath(path);
  return real.includes('/node_modules/') ? path : real;
}

function packageFinder(disk: Disk): Project['packageOf'] {
  const known = new Map<string, string>();
  const find = (folder: string): string => {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const found = folder === '' || disk.isFile(`${folder}/package.json`) ? folder : find(folderOf(folder));
    known.set(folder, found);
    return found;
  };
  return (path) => find(folderOf(path));
}

function parseConfig({ compiler, outputs: { system } }: Host, path: string): ts.ParsedCommandLine {
  if (!system.fileExists(path)) {
    const above = configAbove(system, path);
    const hint =
      above === undefined
        ? 'write one with "experimentalDecorators": true in its "compilerOptions", or pass another file with --project <tsconfig.json>'
        : `the nearest one is ${above}: run onward in its folder, or pass it with --project`;
    const text = `there is no ${path} that can be read; ${hint}`;
    throw new OnwardError('ONW6003', text);
  }
  const { config, error } = compiler.readConfigFile(path, (name) => system.readFile(name));
  if (error !== undefined) throw new OnwardError('ONW6003', configProblem(compiler, path, error));
  const parsed = compiler.parseJsonConfigFileContent(config, system, dirname(path), undefined, path);
  // A missing base configuration changes what imports mean; other complaints are tsc's to make.
  const base = parsed.errors.find((problem) => problem.code === 6053 || problem.code === 5083);
  if (base !== undefined) throw new OnwardError('ONW6003', configProblem(compiler, path, base));
  return parsed;
}

/** Who is in a folder of a project means the tsconfig of the project. */
function configAbove(system: ts.System, path: string): string | undefined {
  if (!path.endsWith('/tsconfig.json')) return undefined;
  for (let at = dirname(dirname(path)); ; at = dirname(at)) {
    const found = posix(join(at, 'tsconfig.json'));
    if (found !== path && system.fileExists(found)) return found;
    if (dirname(at) === at) return undefined;
  }
}

function configProblem(compiler: TypeScript, path: string, problem: ts.Diagnostic): string {
  const text = compiler.flattenDiagnosticMessageText(problem.messageText, ' ');
  const place = problem.file?.getLineAndCharacterOfPosition(problem.start ?? 0);
  const at = place === undefined ? path : `${path}:${place.line + 1}:${place.character + 1}`;
  return `${at} cannot be read: ${text} Mend it, or pass another file with --project <tsconfig.json>.`;
}

/** A tsconfig with everything that it refers to, each read once. */
function openConfig(host: Host, path: string): Config {
  const known = host.configs.get(path);
  if (known !== undefined) return known;
  const { compiler } = host;
  const parsed = parseConfig(host, path);
  const { options } = parsed;
  const config: Config = {
    path,
    options,
    files: parsed.fileNames.map((name) => posix(resolve(name))),
    references: (parsed.projectReferences ?? []).map((reference) =>
      posix(resolve(compiler.resolveProjectReferencePath(reference))),
    ),
    cache: compiler.createModuleResolutionCache(dirname(path), (name) => name, options),
    isPlain: options.moduleSuffixes === undefined && options.rootDirs === undefined,
    answers: new Map(),
  };
  if (host.configs.size > 0) host.outputs.note(parsed);
  host.configs.set(path, config);
  for (const reference of config.references) {
    // That one is missing is tsc's to say, unless its files are asked for.
    if (host.configs.has(reference) || !host.disk.isFile(reference)) continue;
    openConfig(host, reference);
  }
  return config;
}

/** A tsconfig that only refers to others stands for all of them. */
function configsOf(host: Host, path: string, seen: Set<string>): Config[] {
  const own = openConfig(host, path);
  if (own.files.length > 0) return [own];
  return own.references.flatMap((reference) => {
    if (seen.has(reference)) return [];
    seen.add(reference);
    return configsOf(host, reference, seen);
  });
}

/** Whether a relative import has to have an ending: always in ES modules under Node's rules, and otherwise by habit. */
export type Endings = 'needed' | 'usual' | 'optional';

export function endingsIn({ ts: compiler, system }: Project, { options }: ProjectConfig, file: string): Endings {
  const { moduleResolution, module = compiler.ModuleKind.CommonJS } = options;
  const { ModuleKind, ModuleResolutionKind } = compiler;
  const isNode =
    moduleResolution === undefined
      ? module >= ModuleKind.Node16 && module <= ModuleKind.NodeNext
      : moduleResolution >= ModuleResolutionKind.Node16 && moduleResolution <= ModuleResolutionKind.NodeNext;
  if (!isNode) return 'optional';
  const format = compiler.getImpliedNodeFormatForFile(file, undefined, system, options);
  return format === ModuleKind.CommonJS ? 'usual' : 'needed';
}
