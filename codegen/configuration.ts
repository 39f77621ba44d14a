// The `onward` key of package.json: data, never code.
//
// CONFIGURATION-1. The wiring is inside the project, the folder of that package.json, at a path that every system can
//     have.

import { dirname, join, relative, resolve, sep } from 'node:path';
import { OnwardError } from '../src/errors/onward-error.ts';
import { didYouMean } from '../src/errors/nearest-name.ts';
import { isRecord } from '../src/values/json.ts';
import type { Disk } from './disk/disk.ts';
import { isDeclaration, posix } from './read/outputs.ts';

export interface Configuration {
  /** Nothing outside of it is ever written. */
  readonly projectFolder: string;
  /** Absolute path of the wiring. */
  readonly output: string;
}

const KEYS = ['output'];

/** @throws {OnwardError} ONW6020 that names each unknown key, ONW6021 for a value that makes no sense. */
export function readConfiguration(tsconfig: string, disk: Disk): Configuration {
  const folder = dirname(resolve(tsconfig));
  const manifest = findManifest(disk, folder);
  const projectFolder = manifest === undefined ? folder : dirname(manifest);
  const output = manifest === undefined ? undefined : outputOf(disk, manifest);
  const path =
    output === undefined
      ? join(folder, disk.isFolder(posix(join(folder, 'src'))) ? 'src' : '', 'onward.gen.ts')
      : resolve(projectFolder, output);
  const inside = relative(projectFolder, path);
  if (inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside) {
    throw new OnwardError(
      'ONW6021',
      `"onward.output" in ${manifest ?? folder} leads outside the project: ${output}; give a path below ${projectFolder}`,
    );
  }
  const problem = problemOf(inside);
  if (problem !== undefined) {
    throw new OnwardError(
      'ONW6021',
      `"onward.output" in ${manifest ?? folder} ${problem}, got ${JSON.stringify(output ?? inside)}; give a path like "src/onward.gen.ts"`,
    );
  }
  return { projectFolder, output: path };
}

// Windows opens a device for these names, whatever their ending is.
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:$|[ .:])/i;
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/u;

/** Why no wiring can be at a path, on one system or another. */
function problemOf(path: string): string | undefined {
  const parts = path.split(/[\\/]/);
  if (UNPRINTABLE.test(path)) return 'cannot have line breaks or control characters in it';
  if (parts.some((part) => part.toLowerCase() === 'node_modules')) {
    return 'cannot be in node_modules, which the next install empties';
  }
  const device = parts.find((part) => DEVICE.test(part));
  if (device !== undefined) return `cannot have a part called ${JSON.stringify(device)}, which is a device on Windows`;
  if (parts.some((part) => /[ .]$/.test(part) && !/^\.{1,2}$/.test(part))) {
    return 'cannot have a part that ends in a dot or a blank, which Windows drops';
  }
  if (isDeclaration(path.toLowerCase())) return 'cannot be a declaration file: the wiring has values';
  return undefined;
}

function findManifest(disk: Disk, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'package.json');
    if (disk.isFile(posix(path))) return path;
    if (dirname(at) === at) return undefined;
  }
}

function outputOf(disk: Disk, manifest: string): string | undefined {
  const content = parse(disk, manifest);
  const entry = isRecord(content) ? content['onward'] : undefined;
  if (entry === undefined) return undefined;
  if (!isRecord(entry))
    throw new OnwardError(
      'ONW6021',
      `"onward" in ${manifest} has to be an object, like { "output": "src/onward.gen.ts" }`,
    );
  const unknown = Object.keys(entry).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0)
    throw new OnwardError('ONW6020', `"onward" in ${manifest} ${unknown.map(unknownKey).join(', and ')}`);
  const output = entry['output'];
  if (output === undefined) return undefined;
  if (typeof output !== 'string' || !/[^/\\]\.[cm]?ts$/.test(output) || output.includes('\0')) {
    throw new OnwardError(
      'ONW6021',
      `"onward.output" in ${manifest} has to be the path of a .ts file, like "src/onward.gen.ts"`,
    );
  }
  return output;
}

function unknownKey(key: string): string {
  const hint = didYouMean(key, KEYS, (nearest) => `"${nearest}"`) ?? `the only key is ${KEYS.join(', ')}`;
  return `has an unknown key ${JSON.stringify(key)}; ${hint}`;
}

function parse(disk: Disk, manifest: string): unknown {
  try {
    return JSON.parse(disk.read(posix(manifest)) ?? '');
  } catch (cause) {
    throw new OnwardError(
      'ONW6021',
      `${manifest} cannot be read as JSON: ${cause instanceof Error ? cause.message : 'unknown'}; mend it there`,
      { cause },
    );
  }
}
