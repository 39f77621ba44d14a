// The files the generator looks at, and those it reads on demand.
//
// SOURCE-1. Selected are files of the program whose imports lead to the package, directly or through what hands it on.
// SOURCE-2. Tests, declaration files and our own output are never selected. Anything an import leads to can be read.

import type { Memory } from '../memory.ts';
import type { Project, Resolution } from '../project.ts';
import type { FileRecord } from './file-record.ts';
import { isDeclaration } from './outputs.ts';
import { Packages, PACKAGE } from './packages.ts';
import { isSource, readProgram, type Program } from './program.ts';
import type { KeptRecords } from './kept-records.ts';
import { readFile } from './read-file.ts';

export { PACKAGE };

export interface Sources {
  readonly root: string;
  readonly program: Program;
  readonly packages: Packages;
  /** What is found in them is kept there. */
  readonly memory: Memory;
  /** In the order of their paths. */
  selected(): readonly FileRecord[];
  /** Where the wiring will be; absolute, with `/`. */
  readonly output: string;
  /** Any file, read once; undefined if there is none. */
  record(path: string): FileRecord | undefined;
  /** Everything read so far that is no package's. */
  ofProject(): readonly FileRecord[];
  /** These files hold another text now; their imports lead where they led. */
  forget(paths: Iterable<string>): void;
  resolve(specifier: string, from: string, isRequired?: boolean): Resolution | undefined;
  /** Folder of the package.json that a file belongs to. */
  packageOf(path: string): string;
  /** Whether the file is compiled with `emitDecoratorMetadata`. */
  emitsMetadata(path: string): boolean;
  /** Whether a name that is imported from there can be one of ours. */
  leadsToUs(path: string): boolean;
}

/** Records by path, each with the text that it was read from. */
export type RecordCache = Map<string, FileRecord>;

/** What was read before. */
export interface Earlier {
  readonly cache: RecordCache;
  /** By another process. */
  readonly kept?: KeptRecords | undefined;
}

/**
 * @param output where the wiring will be; absolute, with `/`.
 */
export function openSources(project: Project, output: string, earlier: Earlier, memory: Memory): Sources {
  const records = new Map<string, FileRecord | undefined>();
  const record = (path: string): FileRecord | undefined => {
    if (memory.isTracking && !IN_PACKAGE.test(path)) memory.note(path);
    if (!records.has(path)) {
      const text = isSource(path) ? project.read(path) : undefined;
      records.set(path, text === undefined ? undefined : readOnce(project, earlier, path, text));
      ofProject = undefined;
    }
    return records.get(path);
  };
  let selected: readonly FileRecord[] | undefined;
  /** Of the selected files, too: they are read again. */
  const renewed = new Set<string>();
  let ofProject: readonly FileRecord[] | undefined;
  const packages = new Packages(project);
  const program = readProgram(project, packages, output);
  return {
    root: project.root,
    program,
    packages,
    memory,
    selected() {
      selected ??= program.candidates.flatMap((path) => record(path) ?? []);
      if (renewed.size > 0)
        selected = selected.flatMap((file) => (renewed.has(file.path) ? (record(file.path) ?? []) : file));
      renewed.clear();
      return selected;
    },
    output,
    record,
    resolve: (specifier, from, isRequired) => project.resolve(specifier, from, isRequired),
    ofProject: () =>
      (ofProject ??= [...records.values()].flatMap((file) =>
        file === undefined || IN_PACKAGE.test(file.path) ? [] : [file],
      )),
    forget(paths) {
      memory.change(paths);
      ofProject = undefined;
      for (const path of paths) {
        records.delete(path);
        renewed.add(path);
      }
    },
    packageOf: (path) => project.packageOf(path),
    emitsMetadata: (path) => project.configOf(path).options.emitDecoratorMetadata === true,
    leadsToUs: (path) => !isDeclaration(path) || packages.leadsToUs(path),
  };
}

function readOnce({ ts, disk }: Project, { cache, kept }: Earlier, path: string, text: string): FileRecord {
  const before = cache.get(path);
  if (before?.text === text) return before;
  const earlier = kept?.get(path);
  const isSame = earlier !== undefined && earlier.digest === disk.digest(path);
  const found = isSame ? { ...earlier.said, text } : readFile(ts, path, text);
  cache.set(path, found);
  return found;
}

const IN_PACKAGE = /(^|\/)node_modules\//;
