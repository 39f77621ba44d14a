// Builds dist, which then holds what the sources give and nothing else.
//
// B1. Output whose source was moved or removed goes first, so that no package holds it.
// B2. What has not changed is not compiled again: the compiler's own records stay.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const SIDES = ['src', 'codegen'];

for (const side of SIDES) {
  const dist = join(root, 'dist', side);
  if (!existsSync(dist)) continue;
  for (const output of readdirSync(dist, { recursive: true })) {
    // A folder has the name of its source.
    const source = output.replace(/\.(d\.ts|js|js\.map)$/, '.ts');
    if (!existsSync(join(root, side, source))) rmSync(join(dist, output), { recursive: true, force: true });
  }
}

const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
const { status } = spawnSync(process.execPath, [join(typescript, 'bin/tsc'), '-b', ...SIDES], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
