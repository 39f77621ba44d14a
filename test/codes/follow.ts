// Does what a section of a page says, as a reader would, and tells the codes that come of it.
//
// F1. The files are written, then the commands are typed. Without commands the wiring is generated, unless the section
//     has one or has no sources. Then src/main.ts is run, if there is one.
// F2. Whatever goes wrong without a code fails the test.
// F3. What the runtime logs under a code of its own counts too: nothing of it is thrown.

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { isOnwardError } from '../../src/errors/onward-error.ts';
import { parseJsonText } from '../../src/definition/json-text.ts';
import { projectOnDisk, type ProjectOnDisk } from '../codegen/project-on-disk.ts';
import { inFolder, temporaryFolder } from '../support/folders.ts';
import type { Section } from './page.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GENERATE = 'npx onward generate';
const MAIN = 'src/main.ts';
const WIRING = 'src/onward.gen.ts';
/** Installs what the repository has. */
const OURS = 'npm i -D ts-morph@28';

/** Every code that the section leads to: reported by a command, or thrown by the program. */
export async function codesOf({ files, commands }: Section): Promise<string[]> {
  const project = projectOnDisk(files);
  const found: string[] = [];
  let npm = OURS;
  const isWired = files[WIRING] !== undefined || !Object.keys(files).some((path) => path.endsWith('.ts'));
  for (const command of commands.length > 0 || isWired ? commands : [GENERATE]) {
    if (command.startsWith('npm ')) npm = command;
    else found.push(...codesIn(await (npm === OURS ? type(command, project) : typeElsewhere(npm, command, project))));
  }
  const json = files['message.json'];
  if (json !== undefined) found.push(...(await codesOfCall(() => parseJsonText(json))));
  if (files[MAIN] !== undefined && existsSync(`${project.folder}/${WIRING}`)) {
    const logged = codesLogged();
    const main = pathToFileURL(`${project.folder}/${MAIN}`).href;
    found.push(...(await codesOfCall(() => inFolder(project.folder, () => import(main)))), ...logged());
  }
  return found;
}

/** What a command says that goes wrong, or only warns. */
async function type(command: string, project: ProjectOnDisk): Promise<string> {
  const [, tool, ...argv] = command.split(' ');
  if (tool === 'tsx') return tsx(argv, project);
  const { code, out, err } = await project.onward(...argv);
  return code === 0 ? err : `${out}${err}`;
}

/** A process of its own, on the built package: what decorators do depends on the tool that reads them. */
function tsx(argv: readonly string[], { folder }: ProjectOnDisk): Promise<string> {
  mkdirSync(`${folder}/node_modules`, { recursive: true }); // the cache of the generator may stand in it
  symlinkSync(ROOT, `${folder}/node_modules/onward`);
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return node(['--import', loader, ...argv], folder);
}

/** The built command line, copied to where no other package is found, or only another ts-morph, which nobody loads. */
function typeElsewhere(npm: string, command: string, { folder }: ProjectOnDisk): Promise<string> {
  const elsewhere = temporaryFolder('elsewhere');
  const [, version] = /ts-morph@(\d+)$/.exec(npm) ?? [];
  if (version !== undefined) {
    mkdirSync(`${elsewhere}/node_modules/ts-morph`, { recursive: true });
    writeFileSync(`${elsewhere}/node_modules/ts-morph/package.json`, JSON.stringify({ version: `${version}.0.0` }));
  }
  for (const part of ['package.json', 'dist']) {
    cpSync(`${ROOT}${part}`, `${elsewhere}/${part}`, { recursive: true });
  }
  return node([`${elsewhere}/dist/codegen/cli/main.js`, ...command.split(' ').slice(2)], folder);
}

/** What the process says on stderr if it fails. */
async function node(argv: readonly string[], cwd: string): Promise<string> {
  try {
    await promisify(execFile)(process.execPath, argv, { cwd });
    return '';
  } catch (error) {
    const reported = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    if (codesIn(reported).length === 0) throw error;
    return reported;
  }
}

async function codesOfCall(call: () => unknown): Promise<string[]> {
  try {
    await call();
    return [];
  } catch (error) {
    if (!isOnwardError(error)) throw error;
    return [error.code];
  }
}

/** The codes that entries of the log begin with. @returns what ends it and gives them. */
function codesLogged(): () => string[] {
  const spy = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => {
    const entries = spy.mock.calls.map(([text]) => String(text));
    spy.mockRestore();
    return entries.flatMap((text) => /^onward: (ONW\d{4}): /.exec(text)?.[1] ?? []);
  };
}

function codesIn(text: string): string[] {
  return text.match(/ONW\d{4}/g) ?? [];
}
