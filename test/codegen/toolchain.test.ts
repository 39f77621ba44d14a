// What users' tools do with the annotations and their wiring: one test for each row of the catalogue.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createRuntime } from '../../src/index.ts';
import { ended, onward, ROOT, start } from '../cli/built-command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { projectOnDisk, SMALL, type ProjectOnDisk } from './project-on-disk.ts';

const PROGRAM = `import { createRuntime } from 'onward';
import { graph } from './onward.gen.js';
import { Pinger } from './pinger.js';

const runtime = createRuntime(graph, { services: { Pinger: new Pinger() } });
const run = await runtime.start('Pinger.ping', { id: 'hello' });
console.log(await run.value(), (await run.report()).steps.map((step) => step.node).join(' '));
const wrong = await runtime.start('Pinger.ping', { id: 7 } as never).catch((error) => error);
console.log(wrong.code);
`;
const SAID = 'hello Pinger.ping Pinger.pong\nONW2003\n';

const require = createRequire(import.meta.url);
const tsx = pathToFileURL(require.resolve('tsx')).href;
// The bundler that tsx brings along.
const esbuild = createRequire(require.resolve('tsx')).resolve('esbuild/bin/esbuild');

/** A project that finds the built package by its name. */
async function program(files: Readonly<Record<string, string>> = {}): Promise<ProjectOnDisk> {
  const project = projectOnDisk({ 'src/pinger.ts': SMALL, 'src/main.ts': PROGRAM, ...files });

  symlinkSync(ROOT, `${project.folder}/node_modules/onward`);
  await project.onward('generate');
  return project;
}

const node = ({ folder }: ProjectOnDisk, ...argv: string[]) => ended(start(process.execPath, argv, { cwd: folder }));
const run = (project: ProjectOnDisk) => node(project, '--import', tsx, 'src/main.ts');

it('B02: without a wiring a runtime is refused, with the command to write it', () => {
  for (const missing of [undefined, null, {}]) {
    expect(() => createRuntime(missing as never, { services: {} })).toThrow(/^ONW3001: .*`npx onward generate`/);
  }
});

describe('B10: decorators are not turned on', () => {
  const TSCONFIG = '{ "compilerOptions": { "module": "nodenext" }, "include": ["src"] }';

  it('is reported by every command that reads the project, with the line to add', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL, 'tsconfig.json': TSCONFIG });
    for (const command of ['generate', 'check', 'list', 'graph']) {
      expect(await project.onward(command)).toEqual({
        code: 2,
        out: '',
        err: `error ONW6001: ${project.folder}/tsconfig.json does not turn on the decorators that annotations need; add "experimentalDecorators": true to its "compilerOptions"\n`,
      });
    }
  });

  it('names the tsconfig of the file, and asks none that has no annotations', async () => {
    const on = '{ "compilerOptions": { "module": "nodenext", "experimentalDecorators": true } }';
    const files = (annotated: string, other: string) => ({
      'tsconfig.json': '{ "files": [], "references": [{ "path": "./a" }, { "path": "./b" }] }',
      'a/tsconfig.json': annotated,
      'a/pinger.ts': SMALL,
      'b/tsconfig.json': other,
      'b/plain.ts': 'export const plain = 1;\n',
    });
    expect((await projectOnDisk(files(on, '{}')).onward('generate')).code).toBe(0);
    const { code, err } = await projectOnDisk(files('{}', on)).onward('generate');
    expect({ code, isNamed: err.includes('/a/tsconfig.json does not turn on') }).toEqual({ code: 2, isNamed: true });
  });

  it('is reported by the first decorator if another tool reads another tsconfig', async () => {
    const source = "import { Job } from 'onward';\nexport class Bare {\n  @Job()\n  go(): void {}\n}\n";
    const project = await program({ 'src/pinger.ts': source, 'src/main.ts': "import './pinger.js';\n" });
    project.write('tsconfig.json', TSCONFIG);
    const { code, err } = await run(project);
    expect(code).toBe(1);
    expect(err).toContain('OnwardError: ONW6001: ');
  });
});

it('B11: a runner that emits no metadata is fine', async () => {
  expect(await run(await program())).toEqual({ code: 0, signal: null, out: SAID, err: '' });
});

describe('B13: reflect-metadata', () => {
  it.each([
    ['comes first', `import 'reflect-metadata';\n${PROGRAM}`],
    ['comes late', `${PROGRAM}await import('reflect-metadata');\n`],
    ['comes between', PROGRAM.replace('const runtime', "await import('reflect-metadata');\nconst runtime")],
  ])('%s', async (_, main) => {
    expect(await run(await program({ 'src/main.ts': main }))).toMatchObject({ code: 0, out: SAID, err: '' });
  });
});

describe('a bundle', () => {
  const bundle = (project: ProjectOnDisk, ...flags: string[]) => {
    const argv = ['src/main.ts', '--bundle', '--format=esm', '--platform=node', '--outfile=out.mjs', ...flags];
    // Bundled packages may call require.
    const banner =
      "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    execFileSync(esbuild, [...argv, banner], { cwd: project.folder, stdio: 'pipe' });
    return node(project, 'out.mjs');
  };

  it('B14: whose classes and methods are renamed, runs', async () => {
    const project = await program();
    expect(await bundle(project, '--minify')).toMatchObject({ code: 0, out: SAID, err: '' });
    expect(project.read('out.mjs')).not.toMatch(/class Ping(er)?\b/);
  });

  it('B15: that leaves out what nobody uses, keeps the services it is given', async () => {
    const unused = "export class Nobody {\n  say(): string {\n    return 'needs this';\n  }\n}\n";
    const project = await program({ 'src/pinger.ts': `${SMALL}\n${unused}` });
    const said = await bundle(project, '--minify-syntax', '--tree-shaking=true');
    expect(said).toMatchObject({ code: 0, out: SAID, err: '' });
    expect(project.read('out.mjs')).not.toContain('needs this');
  });
});

it('B18: a project whose only compiler is TypeScript 7 generates, checks and compiles', async () => {
  const folder = temporaryFolder('seven');
  const from = projectOnDisk({ 'src/pinger.ts': SMALL });
  for (const part of ['src', 'package.json', 'tsconfig.json']) {
    cpSync(`${from.folder}/${part}`, `${folder}/${part}`, { recursive: true });
  }
  mkdirSync(`${folder}/node_modules`);
  for (const name of ['typescript', 'class-validator']) {
    symlinkSync(`${ROOT}node_modules/${name}`, `${folder}/node_modules/${name}`);
  }
  symlinkSync(ROOT, `${folder}/node_modules/onward`);
  const tsc = (...argv: string[]) =>
    ended(start(process.execPath, ['node_modules/typescript/bin/tsc', ...argv], { cwd: folder }));
  expect((await tsc('--version')).out).toMatch(/^Version 7\./);
  expect(await onward(['generate'], { cwd: folder })).toMatchObject({ code: 0, err: '' });
  expect(await onward(['check'], { cwd: folder })).toMatchObject({ code: 0, err: '' });
  const flags = ['--strict', '--skipLibCheck', '--noEmit', '--target', 'es2022', '--lib', 'es2023,dom'];
  expect(await tsc('-p', '.', ...flags)).toMatchObject({ code: 0, out: '' });
});
