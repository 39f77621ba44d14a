// A project as its users have it, with the built package, their compiler, and links between the packages of a workspace.

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { analyse } from '../../../codegen/generate.ts';
import { projectOnDisk, type ProjectOnDisk } from '../project-on-disk.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export type Files = Readonly<Record<string, string>>;

export interface Workspace extends ProjectOnDisk {
  /** Puts a link at a path; both count from the folder. */
  link(path: string, to: string): void;
  /** What the user's compiler says, or nothing. */
  tsc(...argv: string[]): string;
  /** What a built program prints, or what it fails with. */
  node(path: string): string;
  /** What a program prints that is run from its source. */
  tsx(path: string): string;
  /** What a wiring imports from, in its order but for our own entry: by the alphabet. */
  imports(path: string): string[];
  /** `2 services, 2 nodes, 1 edge` of a tsconfig, and what is reported about it. */
  counts(tsconfig?: string): string;
}

/** @param links from paths to what they lead to, as a package manager makes them. */
export function workspace(files: Files, links: Files = {}): Workspace {
  const project = projectOnDisk(files);
  const { folder } = project;
  const link = (path: string, to: string): void => {
    mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    symlinkSync(to.startsWith('/') ? to : `${folder}/${to}`, `${folder}/${path}`);
  };
  link('node_modules/onward', ROOT);
  for (const [path, to] of Object.entries(links)) link(path, to);
  const run = (...argv: readonly string[]): string => {
    try {
      return execFileSync(process.execPath, argv, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      return error instanceof Error && 'stdout' in error ? `${String(error.stdout)}${error.message}` : String(error);
    }
  };
  return {
    ...project,
    link,
    tsc: (...argv) => run(`${ROOT}node_modules/typescript/bin/tsc`, ...argv),
    node: (path) => run(path),
    tsx: (path) => run('--import', TSX, path),
    imports: (path) =>
      [...project.read(path).matchAll(/from ['"](.*)['"]/g)].map((match) => match[1] ?? '').toSorted(byDot),
    counts(tsconfig = 'tsconfig.json') {
      const { model, problems } = analyse(`${folder}/${tsconfig}`);
      const nodes = model.services.flatMap((service) => service.nodes);
      const edges = nodes.flatMap((node) => node.edges);
      const counts = `${model.services.length} services, ${nodes.length} nodes, ${edges.length} edges`;
      return [counts, ...problems.map(({ code, text }) => `${code}: ${text}`)].join('\n');
    },
  };
}

const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  experimentalDecorators: true,
  skipLibCheck: true,
  types: ['node'],
};

/** A tsconfig; without an output unless options say where. */
export function tsconfig(options: object = {}, more: object = { include: ['src'] }): string {
  return JSON.stringify({ compilerOptions: { ...COMPILER_OPTIONS, noEmit: true, ...options }, ...more });
}

/** One of several projects that are built after each other. */
export function composite(options: object = {}, more: object = {}): string {
  const compilerOptions = { ...COMPILER_OPTIONS, composite: true, rootDir: 'src', outDir: 'dist', ...options };
  return JSON.stringify({ compilerOptions, include: ['src'], ...more });
}

/** A package of a workspace, whose exports are built into `dist`. */
export function manifest(name: string, more: object = {}): string {
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
  return JSON.stringify({ name, version: '1.0.0', type: 'module', exports, ...more });
}

function byDot(a: string, b: string): number {
  return Number(a.startsWith('.')) - Number(b.startsWith('.')) || (a < b ? -1 : 1);
}
