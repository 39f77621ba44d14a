// The files the generator looks at, and those it reads on demand.
//
// S1. Selected are files that name the package, and those that get the annotations through a file that does.
// S2. Tests, declaration files and our own output are never selected. Anything an import leads to can be read.

import { isWiring } from '../header.ts';
import { byCodeUnit, type Project, type Resolution } from '../project.ts';
import type { FileRecord } from './file-record.ts';
import { METHOD_ANNOTATIONS } from './our-names.ts';
import { readFile } from './read-file.ts';

/** What our users write in imports. */
export const PACKAGE = 'onward';

export interface Sources {
  readonly root: string;
  /** In the order of their paths. */
  readonly selected: readonly FileRecord[];
  /** Any file, read once; undefined if there is none. */
  record(path: string): FileRecord | undefined;
  /** Everything read so far that is no package's. */
  ofProject(): readonly FileRecord[];
  resolve(specifier: string, from: string): Resolution | undefined;
}

export function openSources(project: Project): Sources {
  const records = new Map<string, FileRecord | undefined>();
  const record = (path: string): FileRecord | undefined => {
    if (!records.has(path)) {
      const text = isSource(path) ? project.read(path) : undefined;
      records.set(path, text === undefined ? undefined : readFile(project.ts, path, text));
    }
    return records.get(path);
  };
  const resolve = (specifier: string, from: string): Resolution | undefined => project.resolve(specifier, from);
  const ofProject = (): FileRecord[] =>
    [...records.values()].flatMap((file) => (file === undefined || IN_PACKAGE.test(file.path) ? [] : [file]));
  return { root: project.root, selected: select(project, record), record, resolve, ofProject };
}

const IN_PACKAGE = /(^|\/)node_modules\//;

function isSource(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path);
}

/** Whether a file is read for services, by its path alone. */
function isSelectable(path: string): boolean {
  if (!isSource(path) || /\.d\.[cm]?ts$|\.(test|spec)(-d)?\.[cm]?tsx?$/.test(path)) return false;
  return !/(^|\/)(__tests__|__mocks__|node_modules)\//.test(path);
}

function select(project: Project, record: Sources['record']): FileRecord[] {
  const rest = new Set(project.files.filter((path) => isSelectable(path) && !isOurs(project.read(path))));
  const selected: FileRecord[] = [];
  let found: FileRecord[] = [];
  let isWanted = namesPackage;
  do {
    found = [...rest].filter((path) => isWanted(project.read(path) ?? '')).flatMap((path) => record(path) ?? []);
    for (const file of found) rest.delete(file.path);
    selected.push(...found);
    isWanted = usersOf(found);
  } while (found.length > 0 && rest.size > 0);
  return selected.toSorted((a, b) => byCodeUnit(a.path, b.path));
}

function namesPackage(text: string): boolean {
  return text.includes(PACKAGE);
}

/** Whether a text may use what these files hand on: re-exported annotations, and classes to extend. */
function usersOf(files: readonly FileRecord[]): (text: string) => boolean {
  const names = [...new Set(files.flatMap(namesGivenOn))];
  const bases = new Set(
    files.flatMap((file) => file.classes.flatMap((item) => (hasAnnotations(item) ? (item.name ?? []) : []))),
  );
  return (text) => {
    if (names.some((name) => text.includes(name))) return true;
    // Word by word: there may be thousands of services.
    return text.includes('extends') && (text.match(/[\w$\u0080-\uFFFF]+/g) ?? []).some((word) => bases.has(word));
  };
}

function namesGivenOn(file: FileRecord): string[] {
  const taken = new Set(file.imports.filter((item) => item.from === PACKAGE).map((item) => item.local));
  return file.exports.flatMap((item) => {
    if (item.exported === '*') {
      return item.from === PACKAGE ? [...METHOD_ANNOTATIONS] : [fileNameOf(file)];
    }
    return item.from !== undefined || taken.has(item.local) ? [item.exported] : [];
  });
}

function hasAnnotations(item: FileRecord['classes'][number]): boolean {
  return item.members.some((member) => member.annotations.length > 0);
}

/** The part of a path that an import of the file has in it. */
function fileNameOf(file: FileRecord): string {
  const [name = '', folder = ''] = file.path.split('/').toReversed();
  return name.startsWith('index.') ? folder : name.replace(/\.[^.]+$/, '');
}

function isOurs(text: string | undefined): boolean {
  return text !== undefined && isWiring(text);
}
