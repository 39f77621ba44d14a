// Keeps V8's compiled code of a large JavaScript file for the next process: most of the time to load it is compiling.
//
// CODE-CACHE-1. Compiled code belongs to one version of the file and to one V8 with its flags; V8 rejects any other.
// CODE-CACHE-2. V8 does not check that it is complete: `kept-file` does. Without any, the file is compiled.
// CODE-CACHE-3. Node's own cache (`module.enableCompileCache`) begins with 22.1.

import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { digestOf } from './disk.ts';
import { keepFile, readKept } from './kept-file.ts';

/**
 * The exports of a CommonJS module.
 *
 * @param folder where compiled code is kept; undefined to keep none.
 */
export function requireCompiled(path: string, folder: string | undefined): unknown {
  const known = loaded.get(path);
  if (known !== undefined) return known.exports;
  const require = createRequire(path);
  const module = folder === undefined ? { exports: require(path) } : compile(path, folder, require);
  loaded.set(path, module);
  return module.exports;
}

interface Loaded {
  exports: unknown;
}

/** Once per process, as with `require`. */
const loaded = new Map<string, Loaded>();

function compile(path: string, folder: string, require: NodeJS.Require): Loaded {
  const kept = join(folder, `${nameOf(path)}.code`);
  const code = readKept(kept);
  const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(path, 'utf8')}\n})`;
  const script = new Script(text, { filename: path, ...(code !== undefined && { cachedData: code }) });
  const module: Loaded = { exports: {} };
  const load: unknown = script.runInThisContext();
  if (typeof load !== 'function') return { exports: require(path) };
  Reflect.apply(load, module.exports, [module.exports, require, module, path, dirname(path)]);
  // At exit the code includes every function that was called.
  if (code === undefined || script.cachedDataRejected === true) process.once('exit', () => keep(kept, script));
  return module;
}

function nameOf(path: string): string {
  const { size, mtimeMs, ctimeMs } = statSync(path);
  return digestOf([path, size, mtimeMs, ctimeMs, cachedDataVersionTag()].join('\n')).slice(0, 16);
}

function keep(path: string, script: Script): void {
  try {
    keepFile(path, script.createCachedData());
    clearOld(dirname(path));
  } catch {
    // What cannot be removed stays.
  }
}

/** How many files are kept, those of other versions included. */
const MAX_KEPT = 4;

function clearOld(folder: string): void {
  const files = readdirSync(folder).flatMap((name) => (name.endsWith('.code') ? join(folder, name) : []));
  const age = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sorted = files.map((file) => ({ file, at: age(file) })).toSorted((a, b) => b.at - a.at);
  for (const { file } of sorted.slice(MAX_KEPT)) rmSync(file, { force: true });
}
