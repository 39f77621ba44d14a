// The TypeScript that sources are read with: the one that ts-morph brings.
//
// COMPILER-1. It is loaded when a project is opened and not before; ts-morph itself is not loaded.
// COMPILER-2. The version is checked first. It is not a peer dependency: npm would install ts-morph in production too.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ts } from 'ts-morph';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { requireCompiled } from '../disk/code-cache.ts';
import type { Disk } from '../disk/disk.ts';
import { posix } from './outputs.ts';

/** The compiler's API, as ts-morph exports it. */
export type TypeScript = typeof ts;

/** Majors of ts-morph that the generator is tested with. They bring TypeScript 5.9 and 6.0. */
const OLDEST = 27;
const NEWEST = 28;
const INSTALL = `install it with \`npm i -D ts-morph@${NEWEST}\``;

/**
 * Loads the compiler.
 *
 * @param folder where V8's compiled code of it is kept.
 * @throws {OnwardError} ONW6010 if ts-morph is missing, ONW6011 if its version is not supported.
 */
export function loadTypeScript(disk: Disk, folder: string | undefined): TypeScript {
  const require = createRequire(import.meta.url);
  const place = placeOf(require);
  const version = versionIn(readManifest(place, disk));
  const major = Number.parseInt(version, 10);
  if (!(major >= OLDEST && major <= NEWEST)) {
    const text = `reading your sources needs ts-morph ${OLDEST} or ${NEWEST}, and ${version} is installed; ${INSTALL}`;
    throw new OnwardError('ONW6011', text);
  }
  const path = compilerBeside(place);
  return path === undefined ? insideOf(require('ts-morph')) : whole(requireCompiled(path, folder));
}

/** Of its package.json. */
function placeOf(require: NodeJS.Require): string {
  try {
    return require.resolve('ts-morph/package.json');
  } catch (cause) {
    throw missing(cause);
  }
}

/** Another ts-morph may read the sources differently, so its version is one of the disk's answers. */
function readManifest(place: string, disk: Disk): unknown {
  try {
    return JSON.parse(disk.read(posix(place)) ?? '');
  } catch (cause) {
    throw missing(cause);
  }
}

function missing(cause: unknown): OnwardError {
  return new OnwardError('ONW6010', `reading your sources needs ts-morph; ${INSTALL}`, { cause });
}

function versionIn(manifest: unknown): string {
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'one without a version';
}

/** The compiler is a file of its own; ts-morph would be four megabytes more. */
function compilerBeside(place: string): string | undefined {
  try {
    const path = join(dirname(createRequire(place).resolve('@ts-morph/common')), 'typescript.js');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** The border to an untyped `require`. */
function whole(module: unknown): TypeScript {
  return module as TypeScript;
}

function insideOf(module: unknown): TypeScript {
  return (module as { readonly ts: TypeScript }).ts;
}
