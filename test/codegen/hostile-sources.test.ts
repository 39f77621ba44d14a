// A checkout that somebody else wrote: nothing of it is executed, nothing of it hangs or crashes the generator, and
// nothing in it becomes code, markup or an order to the terminal in what comes out.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { Catalogue, HEAD } from './catalogue-project.ts';
import { projectOnDisk } from './project-on-disk.ts';

const catalogue = new Catalogue('hostile-sources');
const fileNames = new Catalogue('hostile-file-names');
const service = (body: string): string => `${HEAD}export class S {\n${body}\n}\n`;

it.each([
  ['parentheses', (depth: number) => `export const x = ${'('.repeat(depth)}1${')'.repeat(depth)};`],
  ['arrays', (depth: number) => `export const x = ${'['.repeat(depth)}${']'.repeat(depth)};`],
  ['objects', (depth: number) => `export const x = ${'{ a: '.repeat(depth)}1${' }'.repeat(depth)};`],
  ['arrow functions', (depth: number) => `export const x = ${'() => '.repeat(depth)}1;`],
  ['conditions', (depth: number) => `export const x = ${'1 ? 1 : '.repeat(depth)}1;`],
  ['types', (depth: number) => `export type X = ${'Array<'.repeat(depth)}1${'>'.repeat(depth)};`],
  ['arrays of arrays', (depth: number) => `export type X = string${'[]'.repeat(depth)};`],
  ['sums', (depth: number) => `export const x = ${"'a' + ".repeat(depth)}'a'; void class {};`],
  ['names', (depth: number) => `export const x = a${'.a'.repeat(depth)};`],
  ['calls', (depth: number) => `export const x = a${'()'.repeat(depth)};`],
  ['blocks', (depth: number) => `${'{'.repeat(depth)}${'}'.repeat(depth)}`],
  ['classes', (depth: number) => `${'class A { a() { '.repeat(depth)}${'} }'.repeat(depth)}`],
  ['templates', (depth: number) => `export const x = ${'`${'.repeat(depth)}1${'}`'.repeat(depth)};`],
])('A41: a file of deeply nested %s is read, or refused with a code', (name, nested) => {
  for (const depth of [200, 3_000, 100_000]) {
    const { reported, text, took } = catalogue.read(`nested-${name.replaceAll(' ', '-')}-${depth}`, {
      'src/a.ts': `${service('@Job() work(): void {}')}${nested(depth)}\n`,
    });
    if (text === undefined) expect(reported).toMatch(/^src\/a\.ts:\d+:\d+ error ONW1001: /);
    else expect(reported).toBe('');
    if (depth === 200) expect(reported).toBe('');
    expect(took).toBeLessThan(2_000);
  }
});

it.each([
  ['a target', (deep: string) => `@Job() a(): void {}\n@OnSuccess(${deep}, 'a') b(): void {}`],
  ['options', (deep: string) => `@Job(${deep} as never) a(): void {}`],
  [
    'a type',
    (deep: string) =>
      `@Job() a(): void {}\n@OnSuccess('a') b(value: typeof ${deep.startsWith('x') ? deep : 'x'}): void {}`,
  ],
])('A41: %s as a name of 50,000 parts', (name, body) => {
  const { took } = catalogue.read(`path-${name.replaceAll(' ', '-')}`, {
    'src/a.ts': service(body(`x${'.x'.repeat(50_000)}`)),
  });
  expect(took).toBeLessThan(2_000);
});

it('A41: types that nest in a signature are named up to a depth, and looked up beyond', () => {
  const { reported, text } = catalogue.read('deep-signature', {
    'src/a.ts': service(`@Job() a(): ${'Array<'.repeat(150)}string${'>'.repeat(150)} { throw new Error(); }
  @Job() b(): string${'[]'.repeat(500)} { throw new Error(); }`),
  });
  expect([reported, text?.includes('unknown')]).toEqual(['', true]);
});

it('A38: spreads that multiply, and names that go in circles, end', () => {
  const levels = Array.from({ length: 40 }, (_, at) => `const L${at} = { ${`...L${at + 1}, `.repeat(8)} };`).join('\n');
  const { reported, took } = catalogue.read('spreads', {
    'src/a.ts': `${service(`@Job({ ...L0 }) a(): void {}
  @OnSuccess('a', L0) b(value: unknown): void {}
  @Job(C) c(): void {}
  @Job({ name: D.d }) d(): void {}
  @Job({ name: E.e.e }) e(): void {}`)}
${levels}\nconst L40 = { a: 1 };\nconst C = { ...C, ...C };\nconst D = { ...D.d, d: D.d };\nconst E = { e: E };\n`,
  });
  expect(reported).toMatch(/ONW1131/);
  expect(took).toBeLessThan(2_000);
});

it('classes that extend each other, and files that hand on each other, end', () => {
  const files = Array.from({ length: 60 }, (_, at): [string, string] => [
    `src/f${at}.ts`,
    Array.from({ length: 60 }, (__, other) => `export * from './f${other}.ts';`).join('\n'),
  ]);
  const { reported, took } = catalogue.read('circles', {
    ...Object.fromEntries(files),
    'src/a.ts': `${service('@Job() a(m: B): void {}')}import { B, C } from './f0.ts';
export class T1<T> extends T2<T[]> { @Job() a(t: T): void {} }\nexport class T2<T> extends T1<T[]> {}
export class T3 extends T3 { @Job() a(): void {} }\nexport class T4 extends C { @Job() a(): void {} }`,
  });
  expect(reported).toContain('src/a.ts:4:13 error ONW1204: B cannot be found; check its import');
  expect(took).toBeLessThan(2_000);
});

it('names of the package that we do not have are not ours', () => {
  const { reported } = catalogue.read('not-ours', {
    'src/a.ts': `import { Job, OnSuccess, constructor as Mark, toString as Other, __proto__ as Third } from 'onward';
export class S {
  @Job() a(): string { return ''; }
  @OnSuccess('a') b(@Mark() @Other() @Third() value: string): void { void value; }
}`,
  });
  expect(reported).toBe('');
});

it('nothing of a project is executed', () => {
  const proof = `${
    catalogue.read('executed', {
      'tsconfig.json':
        '{ "compilerOptions": { "module": "nodenext", "experimentalDecorators": true, "plugins": [{ "name": "./plugin.js" }] }, "include": ["src"], "extends": "evil/tsconfig.json" }',
      'package.json': '{ "type": "module", "main": "./plugin.js", "scripts": { "preinstall": "touch executed" } }',
      'plugin.js': RUN,
      'node_modules/evil/package.json': '{ "name": "evil", "main": "../../plugin.js", "types": "./index.ts" }',
      'node_modules/evil/tsconfig.json': '{ "compilerOptions": { "strict": true } }',
      'node_modules/evil/index.ts': `${RUN}\nexport class Ping { id!: string }`,
      'node_modules/ts-morph/index.js': RUN,
      'node_modules/ts-morph/package.json': '{ "name": "ts-morph", "main": "./index.js" }',
      'src/a.ts': `${service('@Job({ name: (() => { globalThis.executed = true; return "x"; })() }) a(p: Ping): void {}')}import { Ping } from 'evil';\n${RUN}`,
    }).folder
  }/executed`;
  expect([existsSync(proof), 'executed' in globalThis]).toEqual([false, false]);
});

const RUN = `import('node:fs').then((fs) => fs.writeFileSync('executed', '')); globalThis.executed = true;`;

it('a link is read wherever it leads, a pipe or a device is not waited for, and nothing is written there', async () => {
  const outside = temporaryFolder('outside');
  writeFileSync(`${outside}/real.ts`, service('@Job() linked(): void {}'));
  const project = projectOnDisk({
    'tsconfig.json':
      '{ "compilerOptions": { "module": "nodenext", "experimentalDecorators": true }, "files": ["src/link.ts", "src/pipe.ts", "src/zero.ts", "src/gone.ts", "src/folder.ts"] }',
    'src/folder.ts/b.txt': '',
  });
  symlinkSync(`${outside}/real.ts`, `${project.folder}/src/link.ts`);
  symlinkSync('/dev/zero', `${project.folder}/src/zero.ts`);
  execFileSync('mkfifo', [`${project.folder}/src/pipe.ts`]);
  const { code, out } = await project.onward('generate', '--json');
  expect([code, JSON.parse(out)]).toMatchObject([0, { nodes: 1 }]);
  expect(readFileSync(`${outside}/real.ts`, 'utf8')).toBe(service('@Job() linked(): void {}'));
  expect(existsSync(`${outside}/onward.gen.ts`)).toBe(false);
});

it('files and folders with any name are imported by that name', () => {
  const names = [
    "it's",
    '"',
    '`${x}`',
    '*',
    '--',
    '\u2028',
    '\u202e',
    'a b',
    '#?%23',
    '\n',
    '__proto__',
    'caf\u00e9',
    'cafe\u0301',
    "');process.exit();('",
  ];
  const files = names.map((name, at): [string, string] => [
    `src/${name}/${name}.ts`,
    `import { Job } from 'onward';\nexport class Ping { id?: string }\nexport class S${at} { @Job() a(m: Ping): void { void m; } }`,
  ]);
  const { reported, text } = fileNames.read('all', Object.fromEntries(files));
  expect(reported).not.toContain(' error ');
  expect(text?.match(/^\s*call:/gm)?.length).toBe(names.length);
  expect(text).toMatch(/^[\P{Cc}\n]+$/u);
  expect(fileNames.compile()).toBe('');
});

it('the terminal gets letters only, for any source', async () => {
  const evil = '\u001b[2J\u001b]0;x\u0007\u202e\u2066\u200b\u0085\u3164';
  const project = projectOnDisk({
    [`src/a${evil}.ts`]: `${HEAD}export class S {
  @Job() private '${evil}'(): void { /* ${evil} */ }
  @Job({ name: '${evil}' }) a(): string { return ''; } // ${evil}
  @OnSuccess('${evil}x') b(): void {}
  @OnSuccess('a', { bind: { '${evil}': 1 } }) c(value: unknown): void {}
}`,
    'src/b.ts': `${HEAD}export class T { @Job() a(): string { return ''; } @OnSuccess('a', { bind: { '${evil}': 1 } }) c(v: unknown): void {} }`,
  });
  const said = [
    await project.onward('generate'),
    await project.onward('check', '--json'),
    await project.onward('list'),
  ];
  project.write(`src/a${evil}.ts`, '');
  said.push(await project.onward('generate'), await project.onward('list'), await project.onward('list', '--json'));
  said.push(await project.onward('graph'), await project.onward('graph', '--format', 'json'));
  expect(said.map(({ code }) => code)).toEqual([1, 1, 1, 0, 0, 0, 0, 0]);
  for (const { out, err } of said) expect((out + err).replaceAll('\n', '')).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u);
  expect(JSON.parse(said[5]?.out ?? '').edges[0].bind).toEqual([evil]);
});

it('a line of a million letters is shown around the place', async () => {
  const project = projectOnDisk({
    'src/a.ts': `${HEAD}export class S { /*${'x'.repeat(1_000_000)}*/ @Job({ name: '' }) a(): void {} }`,
  });
  const { err } = await project.onward('generate');
  expect(err.length).toBeLessThan(1_000);
  expect(err).toContain('~');
});
