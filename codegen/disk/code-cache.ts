// A large file of JavaScript, with what V8 made of it kept for the next process: most of its loading is compiling.
//
// CODE-CACHE-1. What is kept belongs to one file, as it is now, and to one Node with its flags; V8 refuses another one's.
// CODE-CACHE-2. It begins with the digest of the rest: V8 does not look whether it is whole.
// CODE-CACHE-3. Nothing depends on it. Where it cannot be read or written, the file is compiled.

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { clearLeftovers, replaceFile } from '../write/replace-file.ts';
import { digestOf } from './disk.ts';

/**
 * What a CommonJS module exports.
 *
 * @param folder where compiled code is kept; undefined: nowhere.
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

/** As with `require`, once a process. */
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
  // At the end it has every function that was called.
  if (code === undefined || script.cachedDataRejected === true) process.once('exit', () => keep(kept, script));
  return module;
}

function nameOf(path: string): string {
  const { size, mtimeMs, ctimeMs } = statSync(path);
  // What `main.ts` sets of V8's flags hangs on it, and V8 refuses what was made with others.
  const isWatching = process.argv.includes('--watch');
  const facts = [path, size, mtimeMs, ctimeMs, process.version, process.arch, isWatching, ...process.execArgv];
  return digestOf(facts.join('\n')).slice(0, 16);
}

/** As long as that of sha256 in base64. */
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
    // A folder that cannot be written: the next one compiles.
  }
}

/** Of other versions. */
const MAX_KEPT = 4;

function clearOld(folder: string): void {
  const files = readdirSync(folder).flatMap((name) => (name.endsWith('.code') ? join(folder, name) : []));
  const age = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sorted = files.map((file) => ({ file, at: age(file) })).toSorted((a, b) => b.at - a.at);
  for (const { file } of sorted.slice(MAX_KEPT - 1)) rmSync(file, { force: true });
}
