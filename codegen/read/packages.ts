// Packages: whether what they export can be ours, and why an import leads nowhere.
//
// PACKAGE-1. A package that lists what it depends on, and nothing of it leads to us, hands nothing of ours on. Of one
//            that lists nothing the declarations decide.

import { relative } from 'node:path';
import { isObject } from '../../src/values/option-rules.ts';
import type { Project } from '../project.ts';
import { folderOf, isDeclaration, posix } from './outputs.ts';
import { specifiersIn } from './specifiers.ts';

/** What our users write in imports. */
export const PACKAGE = 'onward';

export class Packages {
  readonly #project: Project;
  readonly #leading = new Map<string, boolean>();
  readonly #dependencies = new Map<string, readonly string[]>();

  constructor(project: Project) {
    this.#project = project;
  }

  /** Whether what is imported from a declaration file can be ours. */
  leadsToUs(path: string): boolean {
    const start = this.#project.packageOf(path);
    const isListed =
      start !== this.#project.packageOf(`${this.#project.root}/tsconfig.json`) &&
      this.#dependenciesOf(start).length > 0;
    const key = isListed ? start : path;
    const known = this.#leading.get(key);
    if (known !== undefined) return known;
    const { leads, seen } = isListed ? this.#byManifests(start) : this.#byTexts(path);
    // Without a way to us none of them has one; with one, only the start is sure.
    if (leads) this.#leading.set(key, true);
    else for (const other of seen) this.#leading.set(other, false);
    return leads;
  }

  #byManifests(start: string): Answer {
    return search(start, (folder, open) => {
      const names = this.#dependenciesOf(folder);
      if (names.includes(PACKAGE) || this.#leading.get(folder) === true) return true;
      open.push(...names.flatMap((name) => this.#folderOf(name, `${folder}/`) ?? []));
      return false;
    });
  }

  /** Declarations that hand on what is ours, however many files they are made of. */
  #byTexts(start: string): Answer {
    return search(start, (path, open) => {
      const text = this.#project.read(path) ?? '';
      for (const { text: specifier, isRequired } of specifiersIn(this.#project.ts, text)) {
        if (specifier === PACKAGE) return true;
        // What declarations import and do not hand on stays within them.
        if (!specifier.startsWith('.') && !/\bexport\b/.test(text)) continue;
        const found = this.#project.resolve(specifier, path, isRequired)?.path;
        if (found !== undefined && isDeclaration(found)) open.push(found);
      }
      return false;
    });
  }

  #dependenciesOf(folder: string): readonly string[] {
    const known = this.#dependencies.get(folder);
    if (known !== undefined) return known;
    const manifest = readManifest(this.#project, folder);
    const names = ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((key) =>
      keysIn(manifest?.[key]),
    );
    this.#dependencies.set(folder, names);
    return names;
  }

  /** The folder that a package is installed in or linked to, as seen from a file. */
  #folderOf(name: string, from: string): string | undefined {
    for (let at = folderOf(from); at !== ''; at = folderOf(at)) {
      const path = `${at}/node_modules/${name}`;
      if (this.#project.disk.isFolder(path)) return this.#project.disk.realPath(path);
    }
    return undefined;
  }

  /** Why an import leads nowhere, and what to do about it. */
  explainMissing(specifier: string, from: string): Missing {
    if (specifier.startsWith('.')) return { isOwn: true, text: `${specifier} leads to no file; check the path` };
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    const folder = this.#folderOf(name, from);
    if (folder === undefined) {
      const text = `${specifier} is not installed, nor do the \`paths\` of the tsconfig lead to a file; install it or check the name`;
      return { isOwn: false, text };
    }
    if (folder.includes('/node_modules/')) {
      return { isOwn: false, text: `the package ${name} has no types under ${specifier}; check the name` };
    }
    const shown = this.#shown(folder);
    const isProject = this.#project.disk.isFile(`${folder}/tsconfig.json`);
    const build = isProject ? `run \`npx tsc -b ${shown}\`` : `build ${shown}`;
    const refer = isProject ? `, or add it to the "references" of your tsconfig: then its sources are read` : '';
    const text = `${specifier} is the package in ${shown}, and what its package.json exports is not there; ${build} first${refer}`;
    return { isOwn: true, text };
  }

  /** What to do where a declaration file is found and its source is wanted. */
  explainDeclaration(path: string): string {
    const folder = this.#project.packageOf(path);
    if (folder.includes('/node_modules/') || path.includes('/node_modules/')) {
      return 'a service is wired from its source; write a class of your own that calls it';
    }
    return `add ${this.#shown(folder)} to the "references" of your tsconfig, or let its package.json export the sources`;
  }

  #shown(folder: string): string {
    return posix(relative(this.#project.root, folder)) || '.';
  }
}

export interface Missing {
  /** It is a file of the user's own, or a package of the workspace. */
  readonly isOwn: boolean;
  readonly text: string;
}

interface Answer {
  readonly leads: boolean;
  readonly seen: ReadonlySet<string>;
}

/** Looks at everything that can be reached until one says that it leads to us. */
function search(start: string, look: (at: string, open: string[]) => boolean): Answer {
  const seen = new Set<string>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    if (look(at, open)) return { leads: true, seen };
  }
  return { leads: false, seen };
}

/** The name in the package.json of a folder. */
export function packageName(project: Project, folder: string): string | undefined {
  const name = readManifest(project, folder)?.['name'];
  return typeof name === 'string' ? name : undefined;
}

function readManifest(project: Project, folder: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(project.read(`${folder}/package.json`) ?? '');
    return isObject(content) ? content : undefined;
  } catch {
    // Its own installer knows more about it than this does.
    return undefined;
  }
}

function keysIn(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : [];
}
