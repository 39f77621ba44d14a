// Where this package is. How far away that is from a file differs between sources and build.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The nearest folder above that has our manifest; the folder of this file if there is none. */
export function packageRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let at = here; ; at = dirname(at)) {
    if (manifestIn(at) !== undefined) return at;
    if (dirname(at) === at) return here;
  }
}

/** The version in our manifest. */
export function packageVersion(): string | undefined {
  const manifest = manifestIn(packageRoot());
  return manifest !== undefined && 'version' in manifest ? String(manifest.version) : undefined;
}

function manifestIn(folder: string): object | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const isOurs =
      typeof manifest === 'object' && manifest !== null && 'name' in manifest && manifest.name === 'onward';
    return isOurs ? manifest : undefined;
  } catch {
    return undefined;
  }
}
