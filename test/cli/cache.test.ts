// What was found before is used while nothing has changed, and never beyond: the answers are those of a command that reads
// everything.

import {
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';
import type { run as Run } from '../../codegen/cli/run.ts';
import { projectOnDisk, SMALL, type ProjectOnDisk } from '../codegen/project-on-disk.ts';
import { folderBelowRepository } from '../support/folders.ts';
import { ended, MAIN, onward, ROOT, start } from './built-command.ts';

const CACHE = join('node_modules', '.cache', 'onward');

const entriesOf = ({ folder }: ProjectOnDisk): string[] =>
  readdirSync(join(folder, CACHE)).filter((name) => !/\.(code|records)$/.test(name));
const entryOf = (project: ProjectOnDisk): string => `${CACHE}/${entriesOf(project)[0]}`;

/** The command as code of its own, for this process: from our sources it would keep nothing. */
let run: typeof Run;

/** The same for a process of its own. */
let main = '';

beforeAll(async () => {
  const folder = folderBelowRepository('command');
  await build({
    input: { run: `${ROOT}codegen/cli/run.ts`, main: `${ROOT}codegen/cli/main.ts` },
    external: /^[^./]/,
    platform: 'node',
    output: { dir: folder, format: 'es' },
  });
  ({ run } = await import(pathToFileURL(join(folder, 'run.js')).href));
  main = join(folder, 'main.js');
});

async function command(project: ProjectOnDisk, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const code = await run(argv, {
    cwd: project.folder,
    hasColors: false,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    now: () => 0,
    date: () => new Date(0),
  });
  return { code, ...said };
}

/** Reports on stderr when the compiler is loaded. */
const WATCHED = `const fs = require('node:fs');
const read = fs.readFileSync;
fs.readFileSync = function (path, ...others) {
  if (String(path).endsWith('typescript.js')) process.stderr.write('ts-morph is loaded\\n');
  return read.call(this, path, ...others);
};
`;

describe('a command that finds everything as it was', () => {
  it('does not load ts-morph, and says what it said before', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL, 'watched.cjs': WATCHED });
    const env = { NODE_OPTIONS: `--require ${project.folder}/watched.cjs` };
    const runs: { code: number | null; isLoaded: boolean; out: string }[] = [];
    for (const argv of [['generate'], ['generate'], ['check'], ['check', '--no-cache'], ['generate', '--json']]) {
      const { code, out, err } = await onward(argv, { cwd: project.folder, env });
      runs.push({ code, isLoaded: err.includes('ts-morph is loaded'), out: out.replace(/\(\d+ ms\)/, '(1 ms)') });
    }
    const [{ out: first } = { out: '' }] = runs;
    expect(first).toBe(
      '✓ src/onward.gen.ts   1 service · 2 nodes · 1 edge   (1 ms)   tsc checks whether callbacks fit\n',
    );
    expect(runs).toEqual([
      { code: 0, isLoaded: true, out: first },
      { code: 0, isLoaded: false, out: first },
      { code: 0, isLoaded: false, out: first },
      { code: 0, isLoaded: true, out: first },
      { code: 0, isLoaded: false, out: expect.stringContaining('"written":false') },
    ]);
  });

  it('keeps what V8 made of the compiler, and takes none that is damaged', async () => {
    const { folder } = projectOnDisk({ 'src/pinger.ts': SMALL });
    const read = async (): Promise<string> => {
      const { code, out, err } = await ended(
        start(process.execPath, [main, 'generate', '--no-cache'], { cwd: folder }),
      );
      return `${code} ${out.replace(/\(\d+ ms\)/, '')}${err}`;
    };
    const first = await read();
    const [name = '', ...others] = readdirSync(join(folder, CACHE)).filter((item) => item.endsWith('.code'));
    expect(others).toEqual([]);
    const path = join(folder, CACHE, name);
    const whole = readFileSync(path);
    const { ino } = statSync(path);
    expect(await read()).toBe(first);
    // It was taken: code that V8 refuses is replaced.
    expect(statSync(path).ino).toBe(ino);
    const turned = Buffer.from(whole);
    turned[whole.length >> 1] = (whole[whole.length >> 1] ?? 0) ^ 255;
    // V8 would take the code of this one.
    const unproven = Buffer.from(whole);
    unproven[0] = (whole[0] ?? 0) ^ 1;
    for (const damaged of [unproven, turned, whole.subarray(0, whole.length >> 1), Buffer.alloc(0)]) {
      writeFileSync(path, damaged);
      expect(await read()).toBe(first);
      expect(readFileSync(path).equals(damaged)).toBe(false);
    }
  });

  it('keeps it also of a large project, where flags of V8 are set on the way', async () => {
    const others = Array.from({ length: 3_000 }, (_, at) => [`src/other-${at}.ts`, `export const n = ${at};\n`]);
    const { folder } = projectOnDisk({ 'src/pinger.ts': SMALL, ...Object.fromEntries(others) });
    const kept = async (): Promise<object> => {
      const { code } = await ended(start(process.execPath, [main, 'generate', '--no-cache'], { cwd: folder }));
      const names = readdirSync(join(folder, CACHE)).filter((item) => item.endsWith('.code'));
      return { code, kept: names.map((name) => [name, statSync(join(folder, CACHE, name)).mtimeMs]) };
    };
    const first = await kept();
    expect(first).toMatchObject({ code: 0, kept: [[expect.any(String), expect.any(Number)]] });
    expect(await kept()).toEqual(first);
  });

  it('reads what has changed, and of the other files what it knows by their bytes', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL });
    const records = (): string =>
      join(
        project.folder,
        CACHE,
        readdirSync(join(project.folder, CACHE)).find((name) => name.endsWith('.records')) ?? '',
      );
    const wiring = async (): Promise<string> => {
      expect(await command(project, 'generate')).toMatchObject({ code: 0 });
      return readFileSync(join(project.folder, 'src/onward.gen.ts'), 'utf8');
    };
    const first = await wiring();
    // What is kept of the file has other names than its text: whether it is taken can be seen.
    const [, reader = '', said = ''] = readFileSync(records(), 'utf8').split('\n');
    const other = `${reader}\n${said.replaceAll('"ping"', '"pang"')}`;
    const whole = `${hash('sha256', other, 'base64url')}\n${other}`;
    writeFileSync(records(), whole);
    project.write('src/more.ts', SMALL.replaceAll('Pinger', 'Other'));
    const known = await wiring();
    expect(known).toContain("'Pinger.pang'");
    expect(known).toContain("'Other.ping'");
    project.write('src/pinger.ts', `${SMALL}\n`);
    const read = await wiring();
    expect(read).toContain("'Pinger.ping'");
    expect(read).toContain("'Other.ping'");
    for (const damaged of [whole.replace('pang', 'pung'), whole.slice(0, -1), whole.replace(reader, 'other'), '']) {
      writeFileSync(records(), damaged);
      project.write('src/more.ts', SMALL.replaceAll('Pinger', `Other${damaged.length}`));
      expect(await wiring()).not.toContain('pang');
    }
    expect(first).not.toContain('pang');
  });

  it('reports the same problems, at the same places, and restores a wiring that was lost or edited', async () => {
    const broken = projectOnDisk({ 'src/pinger.ts': SMALL.replace("'ping'", "'pnig'") });
    const first = await command(broken, 'check');
    expect(first).toMatchObject({ code: 1, err: expect.stringContaining('ONW1101') });
    expect(entriesOf(broken)).toHaveLength(1);
    expect(await command(broken, 'check')).toEqual(first);
    const project = projectOnDisk({ 'src/pinger.ts': SMALL });
    await command(project, 'generate');
    const wiring = project.read('src/onward.gen.ts');
    project.write('src/onward.gen.ts', `${wiring}// edited\n`);
    expect((await command(project, 'check')).code).toBe(3);
    await command(project, 'generate');
    expect(project.read('src/onward.gen.ts')).toBe(wiring);
    rmSync(`${project.folder}/src/onward.gen.ts`);
    expect((await command(project, 'check')).code).toBe(3);
    await command(project, 'generate');
    expect(project.read('src/onward.gen.ts')).toBe(wiring);
  });

  it('is not needed: without node_modules nothing is kept, and a folder that cannot be written is no error', async () => {
    const blocked = projectOnDisk({ 'src/pinger.ts': SMALL });
    writeFileSync(join(blocked.folder, dirname(CACHE)), 'a file');
    expect((await command(blocked, 'generate')).code).toBe(0);
    expect((await command(blocked, 'check')).code).toBe(0);
  });
});

const OTHER = `import { Job } from 'onward';\nexport class Other { @Job() go(): void {} }\n`;

/** Each makes another wiring, or other problems, out of the same project. */
const CHANGES: Readonly<Record<string, (project: ProjectOnDisk) => void>> = {
  'a byte of a source': ({ write }) => write('src/pinger.ts', SMALL.replace('pong(', 'pang(')),
  'a new file': ({ write }) => write('src/other.ts', OTHER),
  'a file that is gone': ({ folder }) => rmSync(`${folder}/src/second.ts`),
  'a renamed file': ({ folder }) => renameSync(`${folder}/src/second.ts`, `${folder}/src/third.ts`),
  'a new folder': ({ write }) => write('src/deep/deeper/other.ts', OTHER),
  'the tsconfig': ({ write, read }) =>
    write('tsconfig.json', read('tsconfig.json').replace('"src"', '"src/second.ts"')),
  'the tsconfig that it extends': ({ write }) =>
    write('base.json', '{ "compilerOptions": { "module": "esnext", "moduleResolution": "bundler" } }'),
  'the package.json': ({ write }) =>
    write('package.json', '{ "type": "module", "onward": { "output": "src/other.gen.ts" } }'),
  'a package that hides another one': ({ write }) => {
    write('src/node_modules/class-validator/package.json', '{ "name": "class-validator", "types": "./index.d.ts" }');
    write('src/node_modules/class-validator/index.d.ts', "export { Job as IsString } from 'onward';\n");
  },
  'a file that a package did not have': ({ write }) =>
    write('node_modules/shared/index.d.ts', "export { Job as Shared } from 'onward';\n"),
  'where a link leads': ({ folder }) => {
    rmSync(`${folder}/src/linked`);
    symlinkSync(`${folder}/two`, `${folder}/src/linked`);
  },
};

const FILES = {
  'src/pinger.ts': SMALL,
  'src/second.ts': `import { Job } from 'onward';
import { Shared } from 'shared';
export class Second {
  @Job() go(): void {}
  @Shared() shared(): void {}
}
`,
  'base.json': '{ "compilerOptions": { "module": "nodenext" } }',
  'tsconfig.json':
    '{ "extends": "./base.json", "compilerOptions": { "experimentalDecorators": true }, "include": ["src"] }',
  'one/item.ts': `import { Job } from 'onward';\nexport class Item { @Job() one(): void {} }\n`,
  'two/item.ts': `import { Job } from 'onward';\nexport class Item { @Job() two(): void {} }\n`,
  'node_modules/shared/package.json': '{ "name": "shared", "types": "./index.d.ts" }',
};

describe('a command that finds something changed, however the times are', () => {
  it.each(Object.entries(CHANGES))('sees %s', async (_, change) => {
    const project = projectOnDisk(FILES);
    symlinkSync(`${project.folder}/one`, `${project.folder}/src/linked`);
    await command(project, 'generate');
    const before = await command(project, 'check', '--json');
    expect(await command(project, 'check', '--json')).toEqual(before);
    change(project);
    for (const name of readdirSync(`${project.folder}/src`)) utimesSync(`${project.folder}/src/${name}`, 1, 1);
    const after = await command(project, 'check', '--json');
    expect(after).not.toEqual(before);
    expect(after).toEqual(await command(project, 'check', '--json', '--no-cache'));
    expect(await command(project, 'check', '--json')).toEqual(after);
  });

  it('knows both branches after it was on each once, or reads again: what it says is true', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL });
    const texts = new Map<string, string>();
    for (let round = 0; round < 3; round++) {
      for (const [branch, source] of Object.entries({ main: SMALL, other: SMALL.replace('pong(', 'pang(') })) {
        project.write('src/pinger.ts', source);
        utimesSync(`${project.folder}/src/pinger.ts`, 1, 1);
        await command(project, 'generate');
        const text = project.read('src/onward.gen.ts');
        expect(text).toBe(texts.get(branch) ?? text);
        texts.set(branch, text);
      }
    }
    expect(new Set(texts.values()).size).toBe(2);
  });

  it.each([
    ['empty', () => ''],
    ['torn', (text: string) => text.slice(0, text.length >> 1)],
    ['of another version', (text: string) => text.replace('"maker":"', '"maker":"x')],
    ['with a byte changed', (text: string) => text.replace('Pinger.pong', 'Pinger.pang')],
    ['not one of ours', () => 'an\nother\nfile'],
  ])('passes over an entry that is %s', async (_, damage) => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL });
    await command(project, 'generate');
    const wiring = project.read('src/onward.gen.ts');
    project.write(entryOf(project), damage(project.read(entryOf(project))));
    expect((await command(project, 'generate')).code).toBe(0);
    expect(project.read('src/onward.gen.ts')).toBe(wiring);
  });
});

describe('generators side by side', () => {
  it('each say what is true, also while one is killed and a source changes', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL });
    const { folder } = project;
    const sources = {
      2: SMALL,
      3: SMALL.replace('  @OnSuccess', "  @OnSuccess('pong') peng(): void {}\n\n  @OnSuccess"),
    };
    const flip = (round: number): void => {
      // A rename, as editors do: a reader sees one or the other.
      project.write('src/pinger.tmp', round % 2 === 0 ? sources[3] : sources[2]);
      renameSync(`${folder}/src/pinger.tmp`, `${folder}/src/pinger.ts`);
    };
    for (let round = 0; round < (process.env['SOAK'] === '1' ? 40 : 2); round++) {
      const running = Array.from({ length: 4 }, () =>
        start(process.execPath, [MAIN, 'generate', '--json'], { cwd: folder }),
      );
      const [victim] = running;
      const ends = running.map((child) => ended(child));
      await Promise.race(ends.slice(1));
      victim?.kill('SIGKILL');
      flip(round);
      for (const { signal, code, out } of await Promise.all(ends)) {
        if (signal === null)
          expect({ code, nodes: [2, 3].includes(JSON.parse(out).nodes) }).toEqual({ code: 0, nodes: true });
      }
      const nodes = round % 2 === 0 ? 3 : 2;
      const { out } = await onward(['generate', '--json'], { cwd: folder });
      expect(JSON.parse(out)).toMatchObject({ ok: true, nodes });
      expect(project.read('src/onward.gen.ts').includes('Pinger.peng')).toBe(nodes === 3);
      expect((await onward(['check'], { cwd: folder })).code).toBe(0);
    }
    expect(entriesOf(project).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(readdirSync(`${folder}/src`).toSorted()).toEqual(['onward.gen.ts', 'pinger.ts']);
  });

  it('clear away what a killed one left behind', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL });
    await command(project, 'generate');
    const gone = `${entryOf(project)}.4194000.tmp`;
    project.write(gone, 'half');
    project.write('src/pinger.ts', `${SMALL}// changed\n`);
    await command(project, 'generate');
    expect(statSync(`${project.folder}/${gone}`, { throwIfNoEntry: false })).toBeUndefined();
  });
});
