// Projects of a few lines for the catalogue of odd and hostile sources: what is said about them, and their wirings,
// which one run of the compiler judges together.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainProblem } from '../../codegen/problem.ts';
import { analyse } from '../../codegen/generate.ts';
import { folderBelowRepository } from '../support/folders.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the head of most sources is. */
export const HEAD = `import { IsInt, IsString } from 'class-validator';
import { ErrorValue, Handler, Job, Message, OnError, OnSuccess, ReturnValue, Service, type StepContext } from 'onward';
`;

const COMPILER_OPTIONS = {
  target: 'es2022',
  lib: ['es2023', 'dom'],
  module: 'nodenext',
  types: [],
  strict: true,
  noEmit: true,
  jsx: 'preserve',
  declaration: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  allowImportingTsExtensions: true,
  experimentalDecorators: true,
  skipLibCheck: true,
  paths: { onward: [`${root}dist/src/index.d.ts`], 'onward/wiring/v1': [`${root}dist/src/wiring/v1.d.ts`] },
};

type Files = Readonly<Record<string, string>>;

export interface Found {
  readonly folder: string;
  /** `src/a.ts:3:7 error ONW1101: …`, in lines. */
  readonly reported: string;
  /** The wiring, written to `src/onward.gen.ts`; undefined if it was refused. */
  readonly text: string | undefined;
  /** Milliseconds of CPU: what else the machine does is not counted. */
  readonly took: number;
}

/** A folder of projects, below the repository so that its packages are found. To be made at the top of a test file. */
export class Catalogue {
  readonly #folder: string;
  readonly #compiled: string[] = [];

  constructor(name: string) {
    this.#folder = folderBelowRepository(name);
  }

  /** Reads a project; a text alone is its `src/a.ts`, after the usual imports. */
  read(name: string, sources: Files | string): Found {
    const folder = `${this.#folder}/${name}`;
    const own = typeof sources === 'string' ? { 'src/a.ts': `${HEAD}${sources}` } : sources;
    const tsconfig = JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['src'] });
    const files = { 'tsconfig.json': tsconfig, 'package.json': '{ "type": "module" }', ...own };
    for (const [path, text] of Object.entries(files)) this.#write(`${folder}/${path}`, text);
    const start = process.cpuUsage();
    const { problems, text } = analyse(`${folder}/tsconfig.json`);
    const took = process.cpuUsage(start).user / 1_000;
    if (text !== undefined) {
      this.#write(`${folder}/src/onward.gen.ts`, text);
      this.#compiled.push(name);
    }
    const lines = problems.map((problem) => {
      const { file, line, column, severity, code, message } = plainProblem(problem, folder);
      return `${file}:${line}:${column} ${severity} ${code}: ${message}`;
    });
    return { folder, reported: lines.join('\n'), text, took };
  }

  /** What is said of the methods of a service behind some declarations, each on a line that begins with 1. */
  about(name: string, head: string, methods: string): string[] {
    const { reported } = this.read(name, { 'src/a.ts': `${head}export class S {\n${methods}\n}` });
    const first = head.split('\n').length;
    return reported
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^src\/a\.ts:(\d+)/, (_, at: string) => String(Number(at) - first)));
  }

  /** What the user's compiler says about every project that has a wiring, in one run. */
  compile(options: Readonly<Record<string, unknown>> = {}): string {
    const include = this.#compiled.map((name) => `${name}/src`);
    const tsconfig = JSON.stringify({ compilerOptions: { ...COMPILER_OPTIONS, ...options }, include });
    this.#write(`${this.#folder}/tsconfig.json`, tsconfig);
    try {
      const compiler = `${root}node_modules/typescript/bin/tsc`;
      return execFileSync(process.execPath, [compiler, '-p', this.#folder], { encoding: 'utf8', timeout: 120_000 });
    } catch (error) {
      return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
    }
  }

  #write(path: string, text: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
