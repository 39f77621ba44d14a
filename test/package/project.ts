// A project outside the repository that has the packed package and nothing else of ours.
//
// P1. It is installed from a tarball, as a user's is: no link, no path and no alias leads back to the sources.
// P2. Its commands run in an environment without what npm and vitest tell the tests here.

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/folders.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const fixture = fileURLToPath(new URL('fixture/', import.meta.url));

const QUIETLY = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Project {
  readonly folder: string;
  /** Runs a program of node_modules/.bin. */
  bin(name: string, ...args: readonly string[]): Promise<Result>;
  node(...args: readonly string[]): Promise<Result>;
  /** Installs another version of a tool. */
  install(tool: string): Promise<Result>;
  has(path: string): boolean;
  read(path: string): string;
  write(path: string, text: string): void;
  /** Takes a file of the fixture in, or throws it out again. */
  add(path: string): void;
  remove(path: string): void;
}

export interface Place {
  readonly folder: string;
  readonly tarball: string;
}

/** Builds and packs the package into a folder of its own. */
export async function packed(): Promise<Place> {
  const folder = temporaryFolder('package');
  await succeed(root, process.execPath, ['build.js']);
  const { stdout } = await succeed(root, 'npm', ['pack', '--json', '--pack-destination', folder]);
  const tarball = /"filename":\s*"([^"]+)"/.exec(stdout)?.[1];
  if (tarball === undefined) throw new Error(`npm pack named no file: ${stdout}`);
  return { folder, tarball: join(folder, tarball) };
}

/** Installs the package beside its peers and, unless left out, the tools of a user. */
export async function installed({ folder, tarball }: Place, name: string, omitDev = false): Promise<Project> {
  const project = projectIn(join(folder, name));
  mkdirSync(project.folder);
  for (const file of ['tsconfig.json', 'work.test.ts', 'src/kitchen.ts', 'src/main.ts', 'src/start.ts']) {
    project.add(file);
  }
  project.write('package.json', JSON.stringify(manifest(tarball), null, 2));
  await succeed(project.folder, 'npm', ['install', ...QUIETLY, ...(omitDev ? ['--omit=dev'] : [])]);
  return project;
}

function projectIn(folder: string): Project {
  return {
    folder,
    bin: (name, ...args) => run(folder, join(folder, 'node_modules/.bin', name), args),
    node: (...args) => run(folder, process.execPath, args),
    install: (tool) => succeed(folder, 'npm', ['install', '--save-dev', ...QUIETLY, tool]),
    has: (path) => existsSync(join(folder, path)),
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    write: (path, text) => writeFileSync(join(folder, path), text),
    add: (path) => cpSync(join(fixture, path), join(folder, path)),
    remove: (path) => rmSync(join(folder, path), { force: true, recursive: true }),
  };
}

function manifest(tarball: string): object {
  const ours: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const pick = (...names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, versionIn(ours, name)] as const));
  return {
    name: 'kitchen',
    private: true,
    type: 'module',
    dependencies: { onward: `file:${tarball}`, ...pick('class-validator', 'class-transformer') },
    devDependencies: pick('typescript', 'ts-morph', 'tsx', 'vitest'),
  };
}

/** The border to package.json. */
function versionIn(content: unknown, name: string): string {
  const { devDependencies } = content as { readonly devDependencies: Readonly<Record<string, string>> };
  const version = devDependencies[name];
  if (version === undefined) throw new Error(`package.json has no ${name}`);
  return version;
}

/** Runs a program that has to succeed. */
export async function succeed(cwd: string, program: string, args: readonly string[]): Promise<Result> {
  const result = await run(cwd, program, args);
  if (result.code !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${result.stdout}\n${result.stderr}`);
  return result;
}

function run(cwd: string, program: string, args: readonly string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env: plainEnvironment(), maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

let temporary: string | undefined;

/** What the commands of a user see: nothing of npm or vitest of the tests here, and a temp folder that goes with them. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(npm_(package|lifecycle|config_(local|global)_prefix)|VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$|INIT_CWD$|FORCE_COLOR$)/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  temporary ??= temporaryFolder('commands');
  return { ...Object.fromEntries(kept), NO_COLOR: '1', TMPDIR: temporary };
}
