// Every page's example gives the code it is about, and what its fix says no longer gives it.
//
// X1. A section is done as a reader would do it: the files are written, then the commands are typed. Without commands
//     the wiring is generated, unless the section has one. Then src/main.ts is run, if there is one.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { isOnwardError } from '../../src/errors/onward-error.ts';
import { projectOnDisk, type ProjectOnDisk } from '../codegen/project-on-disk.ts';
import { readPages, type Section } from './page.ts';

const GENERATE = 'npx onward generate';
const MAIN = 'src/main.ts';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const pages = readPages();

// What the examples print is for their readers.
beforeEach(() => void vi.spyOn(console, 'log').mockReturnValue());

describe.each(pages.filter((page) => page.withoutExample === undefined))('$code', ({ code, example, fix }) => {
  it('is what the example gives, and nothing else', async () => {
    expect(new Set(await codesOf(example))).toEqual(new Set([code]));
  });

  it('is no longer there after the fix, nor any other', async () => {
    expect(await codesOf({ files: { ...example.files, ...fix.files }, commands: fix.commands })).toEqual([]);
  });
});

/** Every code that the section leads to: told by a command, or thrown by the program. */
async function codesOf({ files, commands }: Section): Promise<string[]> {
  const project = projectOnDisk(files);
  const isWired = files['src/onward.gen.ts'] !== undefined;
  const found: string[] = [];
  for (const command of commands.length > 0 || isWired ? commands : [GENERATE]) {
    found.push(...codesIn(await type(command, project)));
  }
  if (files[MAIN] !== undefined && existsSync(`${project.folder}/src/onward.gen.ts`))
    found.push(...(await runMain(project)));
  return found;
}

/** What a command says that goes wrong, or only warns. */
async function type(command: string, project: ProjectOnDisk): Promise<string> {
  const [npx, tool, ...argv] = command.split(' ');
  expect(npx).toBe('npx');
  if (tool === 'onward') {
    const { code, out, err } = await project.onward(...argv);
    return code === 0 ? err : `${out}${err}`;
  }
  expect(tool).toBe('tsx');
  return tsx(argv, project);
}

/** A process of its own, on the built package: what decorators do depends on the tool that reads them. */
async function tsx(argv: readonly string[], { folder }: ProjectOnDisk): Promise<string> {
  mkdirSync(`${folder}/node_modules`);
  symlinkSync(ROOT, `${folder}/node_modules/onward`);
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  try {
    await promisify(execFile)(process.execPath, ['--import', loader, ...argv], { cwd: folder });
    return '';
  } catch (error) {
    const told = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    if (codesIn(told).length === 0) throw error;
    return told;
  }
}

async function runMain({ folder }: ProjectOnDisk): Promise<string[]> {
  try {
    await import(pathToFileURL(`${folder}/${MAIN}`).href);
    return [];
  } catch (error) {
    if (!isOnwardError(error)) throw error;
    return [error.code];
  }
}

function codesIn(text: string): string[] {
  return text.match(/ONW\d{4}/g) ?? [];
}
