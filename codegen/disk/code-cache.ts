// Keeps V8's compiled code of a large JavaScript file for the next process: most of the time to load it is compiling.
//
// CODE-CACHE-1. Compiled code belongs to one version of the file and to one Node with its flags; V8 rejects any other.
// CODE-CACHE-2. It begins with the digest of the rest, since V8 does not check that it is complete.
// CODE-CACHE-3. It is only a cache. If it cannot be read or written, the file is compiled.

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { clearLeftovers, replaceFile } from '../write/replace-file.ts';
import { digestOf } from './disk.ts';

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
  const code = readCode(kept);
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
  // `main.ts` sets flags of V8 by it, and V8 rejects code that was made with other flags.
  const isWatching = process.argv.includes('--watch');
  const facts = [path, size, mtimeMs, ctimeMs, process.version, process.arch, isWatching, ...process.execArgv];
  return digestOf(facts.join('\n')).slice(0, 16);
}

/** The length of a sha256 digest in base64. */
const DIGEST_LENGTH = 43;

function readCode(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    const code = bytes.subarray(DIGEST_LENGTH);
    return bytes.toString('latin1', 0, DIGEST_LENGTH) === digestOf(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

function keep(path: string, script: Script): void {
  try {
    const code = script.createCachedData();
    mkdirSync(dirname(path), { recursive: true });
    clearLeftovers(path);
    clearOld(dirname(path));
    replaceFile(path, Buffer.concat([Buffer.from(digestOf(code), 'latin1'), code]));
  } catch {
    // CODE-CACHE-3.
  }
}

/** How many files are kept, those of other versions included. */
const MAX_KEPT = 4;

function clearOld(folder: string): void {
  const files = readdirSync(folder).flatMap((name) => (name.endsWith('.code') ? join(folder, name) : []));
  const age = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sorted = files.map((file) => ({ file, at: age(file) })).toSorted((a, b) => b.at - a.at);
  for (const { file } of sorted.slice(MAX_KEPT - 1)) rmSync(file, { force: true });
}
