// What the built command says of schedules where croner is missing, and of what it has kept once croner is there.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { plainEnvironment } from '../package/project.ts';
import { temporaryFolder } from '../support/folders.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const DESK = `import { Job, Schedule } from 'onward';

export class Desk {
  @Job()
  @Schedule('0 25 * * *')
  ring(): void {}

  @Job()
  @Schedule('@daily')
  close(): void {}
}
`;
let folder = '';

beforeAll(() => {
  folder = temporaryFolder('croner');
  // Copied: what is linked would find the packages of the repository.
  for (const part of ['package.json', 'dist', 'docs/codes'])
    cpSync(join(root, part), join(folder, 'node_modules/onward', part), { recursive: true });
  for (const name of ['ts-morph', 'reflect-metadata', 'class-validator', 'class-transformer']) linked(name);
  const compilerOptions = { module: 'nodenext', experimentalDecorators: true };
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  write('package.json', '{ "type": "module" }');
  write('src/desk.ts', DESK);
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function linked(name: string): void {
  symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'dir');
}

async function onward(command: string): Promise<{ readonly code: number; readonly said: string }> {
  const main = join(folder, 'node_modules/onward/dist/codegen/cli/main.js');
  const ended = await promisify(execFile)(process.execPath, [main, command], { cwd: folder, env: plainEnvironment() })
    .then((streams) => ({ code: 0, ...streams }))
    .catch((failed: { readonly code: number; readonly stdout: string; readonly stderr: string }) => failed);
  return { code: ended.code, said: ended.stdout + ended.stderr };
}

test('a warning at the first schedule; with croner, and without anything that was kept, its patterns are checked', async () => {
  const warning = 'src/desk.ts:5:3 - warning ONW6010: schedules need croner, which is not installed';
  const generated = await onward('generate');
  expect(generated.said).toContain(warning);
  expect(generated.code).toBe(0);
  for (const said of [await onward('check'), await onward('check')]) {
    expect(said.said.split(warning)).toHaveLength(2);
    expect(said.code).toBe(0);
  }
  linked('croner');
  const checked = await onward('check');
  expect(checked.said).toContain('src/desk.ts:5:3 - error ONW1140: ');
  expect(checked.said).not.toContain('ONW6010');
  expect(checked.code).toBe(1);
  write('src/desk.ts', DESK.replace(' 25 ', ' 5 '));
  expect(await onward('generate')).toMatchObject({ code: 0 });
});
