// The file of the wiring under faults, one test for each row of the catalogue, with its neighbours.

import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { relativeSpecifier } from '../../codegen/emit/specifier.ts';
import { HEADER } from '../../codegen/header.ts';
import { ended, MAIN, onward, start } from '../cli/built-command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { projectOnDisk, SMALL, type ProjectOnDisk } from './project-on-disk.ts';

const WIRING = 'src/onward.gen.ts';
const small = (files: Readonly<Record<string, string>> = {}) => projectOnDisk({ 'src/pinger.ts': SMALL, ...files });
const at = (output: string) => ({ 'package.json': JSON.stringify({ onward: { output } }) });

/** A project with a wiring that is up to date. */
async function fresh(): Promise<{ readonly project: ProjectOnDisk; readonly wiring: string }> {
  const project = small();
  await project.onward('generate');
  return { project, wiring: project.read(WIRING) };
}

/** Whether `check` refuses with the code, and `generate` repairs. */
async function expectRepaired(text: string, code: string, wiring: string, project: ProjectOnDisk): Promise<void> {
  project.write(WIRING, text);
  const { error } = JSON.parse((await project.onward('check', '--json')).out);
  expect(error).toMatchObject({ code });
  expect(await project.onward('check')).toEqual({ code: 3, out: '', err: `error ${code}: ${error.message}\n` });
  expect(await project.onward('generate')).toMatchObject({ code: 0, err: '' });
  expect(project.read(WIRING)).toBe(wiring);
  expect((await project.onward('check')).code).toBe(0);
}

describe('B01: edited by hand', () => {
  it.each([
    ['a line more', (text: string) => `${text}// mine\n`],
    ['a line less', (text: string) => text.replace(/\n.*\n$/, '\n')],
    ['another word', (text: string) => text.replaceAll('success', 'error')],
    ['nothing left', () => ''],
    ['half of it', (text: string) => text.slice(0, text.length / 2)],
  ])('%s', async (_, edit) => {
    const { project, wiring } = await fresh();
    await expectRepaired(edit(wiring), 'ONW1301', wiring, project);
  });

  it('is not what a checkout with CRLF does', async () => {
    const { project, wiring } = await fresh();
    project.write(WIRING, wiring.replaceAll('\n', '\r\n'));
    expect((await project.onward('check')).code).toBe(0);
    expect(JSON.parse((await project.onward('generate', '--json')).out)).toMatchObject({ written: false });
  });
});

it('B03: written for another contract', async () => {
  const { project, wiring } = await fresh();
  const other = wiring.replace('contract: 1,', 'contract: 2,');
  await expectRepaired(other, 'ONW1302', wiring, project);
});

it('B04: sources changed since, reported by check', async () => {
  const { project, wiring } = await fresh();
  project.write('src/pinger.ts', SMALL.replaceAll('pong', 'pang'));
  const { code, err } = await project.onward('check');
  expect({ code, err }).toEqual({
    code: 3,
    err: `error ONW1301: ${WIRING} is stale: it does not match the annotations; run \`npx onward generate\` and commit it\n`,
  });
  expect(project.read(WIRING)).toBe(wiring);
});

describe('B05: an unfinished merge', () => {
  const conflict = (ours: string, theirs: string): string =>
    `<<<<<<< HEAD\n${ours}=======\n${theirs}>>>>>>> other branch\n`;

  it.each([
    ['in the middle', (text: string) => text.replace(/^.*Pinger.*\n/m, (line) => conflict(line, '// theirs\n'))],
    ['around all of it', (text: string) => conflict(text, `${text}// theirs\n`)],
    ['with the base', (text: string) => conflict(`${text}||||||| 1a2b3c\n`, text)],
    ['with CRLF', (text: string) => conflict(text, text).replaceAll('\n', '\r\n')],
  ])('%s', async (_, merge) => {
    const { project, wiring } = await fresh();
    await expectRepaired(merge(wiring), 'ONW1303', wiring, project);
  });
});

describe('B06: a file that is not ours', () => {
  it.each([
    'export const mine = 1;\n',
    `export const mine = 1;\n${HEADER}\n`,
    '<<<<<<< HEAD\nmine\n=======\nyours\n>>>>>>> b\n',
    '\u0000\u0001',
  ])('%j', async (text) => {
    const project = small({ [WIRING]: text });
    for (const command of ['generate', 'check']) {
      const reported = await project.onward(command);
      expect(reported).toMatchObject({ code: 1, out: '', err: expect.stringContaining('error ONW1304: ') });
    }
    expect(project.read(WIRING)).toBe(text);
  });
});

describe('B07: the folder of the output', () => {
  const refuses = async (project: ProjectOnDisk): Promise<string> => {
    const { code, err } = await project.onward('generate');
    expect({ code, isNamed: err.startsWith('error ONW1305: ') }).toEqual({ code: 1, isNamed: true });
    return err;
  };

  it('is made when it is missing', async () => {
    const project = small(at('made/by/us/wiring.ts'));
    expect((await project.onward('generate')).code).toBe(0);
    expect(project.read('made/by/us/wiring.ts')).toContain("from '../../../src/pinger.js'");
  });

  it('is a file, or the output is a folder or a pipe', async () => {
    expect(await refuses(small({ ...at('made/wiring.ts'), made: 'a file' }))).toContain('made/wiring.ts cannot be');
    expect(await refuses(small({ ...at('made.ts'), 'made.ts/inside': '' }))).toContain('it is not a file');
    const project = small(at('pipe.ts'));
    execFileSync('mkfifo', [`${project.folder}/pipe.ts`]);
    expect(await refuses(project)).toContain('it is not a file');
  });

  it.each(['full', 'read-only'])('is %s: the old file is left', async (kind) => {
    const project = small(at('disk/wiring.ts'));
    const disk = `${project.folder}/disk`;
    mkdirSync(disk);
    // 4 KiB are one page, which the old file takes.
    if (!mounted(disk)) return;
    const old = `${HEADER}\n// ${'old '.repeat(900)}\n`;
    project.write('disk/wiring.ts', old);
    if (kind === 'read-only') execFileSync('/bin/mount', ['-o', 'remount,ro', disk]);
    expect(await refuses(project)).toContain(kind === 'full' ? 'ENOSPC' : 'EROFS');
    expect(project.read('disk/wiring.ts')).toBe(old);
    expect(readdirSync(disk)).toEqual(['wiring.ts']);
  });

  /** Whether the machine lets us have a small disk. */
  function mounted(folder: string): boolean {
    try {
      execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      return false;
    }
    onTestFinished(() => void execFileSync('/bin/umount', [folder]));
    return true;
  }
});

it.runIf(process.platform === 'linux')('a source that cannot be read takes no service out of the wiring', async () => {
  const project = small();
  expect((await project.onward('generate')).code).toBe(0);
  const before = project.read(WIRING);
  // It is a file, and reading it is an error for everybody.
  symlinkSync('/proc/self/mem', `${project.folder}/src/secret.ts`);
  for (const command of ['generate', 'check']) {
    const { code, err } = await project.onward(command);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^error ONW6003: .*secret\.ts is there and/) });
  }
  expect(project.read(WIRING)).toBe(before);
});

describe('links', () => {
  it('are not followed, and nothing is made behind them', async () => {
    const outside = temporaryFolder('outside');
    writeFileSync(`${outside}/victim.ts`, `${HEADER}\n`);
    const folder = small(at('made/deep/wiring.ts'));
    symlinkSync(outside, `${folder.folder}/made`);
    const file = small(at('wiring.ts'));
    symlinkSync(`${outside}/victim.ts`, `${file.folder}/wiring.ts`);
    const dangling = small(at('wiring.ts'));
    symlinkSync(`${outside}/new.ts`, `${dangling.folder}/wiring.ts`);
    const inside = small({ ...at('wiring.ts'), 'other.ts': `${HEADER}\n` });
    symlinkSync('other.ts', `${inside.folder}/wiring.ts`);
    for (const project of [folder, file, dangling, inside]) {
      const why = project === folder ? 'leads outside the project' : 'it is a link, which is not followed';
      const { code, err } = await project.onward('generate');
      expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(`^error ONW1305: .*${why}`) });
    }
    expect(inside.read('other.ts')).toBe(`${HEADER}\n`);
    expect(readdirSync(outside)).toEqual(['victim.ts']);
    expect(readFileSync(`${outside}/victim.ts`, 'utf8')).toBe(`${HEADER}\n`);
  });

  it('that come between reading and writing are replaced, not followed', async () => {
    const project = small();
    const victim = `${project.folder}/victim.ts`;
    writeFileSync(victim, `${HEADER}\n// precious\n`);
    const generates = Array.from({ length: 4 }, () => onward(['generate'], { cwd: project.folder }));
    const path = `${project.folder}/${WIRING}`;
    const swap = setInterval(() => {
      rmSync(path, { force: true });
      try {
        symlinkSync(victim, path);
      } catch {
        // A generate was faster and has written the file again.
      }
    }, 1);
    const ends = await Promise.all(generates);
    clearInterval(swap);
    expect(ends.filter(({ code }) => code !== 0 && code !== 1)).toEqual([]);
    expect(readFileSync(victim, 'utf8')).toBe(`${HEADER}\n// precious\n`);
  });

  it('of the hard kind keep their old text under the other name', async () => {
    const project = small({ [WIRING]: `${HEADER}\n` });
    linkSync(`${project.folder}/${WIRING}`, `${project.folder}/other.ts`);
    expect((await project.onward('generate')).code).toBe(0);
    expect(project.read('other.ts')).toBe(`${HEADER}\n`);
    expect(project.read(WIRING)).toContain("'Pinger.pong'");
  });
});

describe('B08: killed while it writes', () => {
  it('leaves the old file or the new one, and the next generator clears up', async () => {
    const { project, wiring } = await fresh();
    const old = `${HEADER}\n// old\n`;
    for (let round = 0; round < 8; round++) {
      project.write(WIRING, old);
      const child = start(process.execPath, [MAIN, 'generate'], { cwd: project.folder });
      // The first sign of a write in half of the rounds, any time in the others.
      const watcher = watch(`${project.folder}/src`, (_, name) => {
        if (round % 2 === 0 && name?.endsWith('.tmp')) child.kill('SIGKILL');
      });
      if (round % 2 === 1) setTimeout(() => child.kill('SIGKILL'), 300 + round * 40);
      await ended(child);
      watcher.close();
      expect([old, wiring]).toContain(project.read(WIRING));
      await project.onward('generate');
      expect(project.read(WIRING)).toBe(wiring);
      expect(readdirSync(`${project.folder}/src`)).toEqual(['onward.gen.ts', 'pinger.ts']);
    }
  });

  it('clears what dead generators left, though nothing is to be written, and nothing else', async () => {
    const { project } = await fresh();
    const dead = await killed(project);
    for (const name of [`${dead}.tmp`, `${process.ppid}.tmp`, 'mine.tmp', '0.tmp', `${dead}.tmp.bak`]) {
      project.write(`${WIRING}.${name}`, 'half a wiring');
    }
    await project.onward('generate');
    const left = readdirSync(`${project.folder}/src`).filter((name) => name.includes('.tmp'));
    expect(left.toSorted()).toEqual(
      ['0.tmp', `${dead}.tmp.bak`, `${process.ppid}.tmp`, 'mine.tmp'].map((name) => `onward.gen.ts.${name}`).toSorted(),
    );
  });

  /** The id of a process that is no more. */
  async function killed({ folder }: ProjectOnDisk): Promise<number | undefined> {
    const child = start(process.execPath, ['-e', ''], { cwd: folder });
    await ended(child);
    return child.pid;
  }

  it('four at once leave one whole file', async () => {
    const { project, wiring } = await fresh();
    project.write(WIRING, `${HEADER}\n// old\n`);
    const seen = new Set<string>();
    const reader = setInterval(() => void seen.add(project.read(WIRING)), 1);
    const ends = await Promise.all(Array.from({ length: 4 }, () => onward(['generate'], { cwd: project.folder })));
    clearInterval(reader);
    expect(ends.map(({ code, err }) => `${code}${err}`)).toEqual(['0', '0', '0', '0']);
    expect([...seen].filter((text) => text !== wiring && text !== `${HEADER}\n// old\n`)).toEqual([]);
    expect(readdirSync(`${project.folder}/src`)).toEqual(['onward.gen.ts', 'pinger.ts']);
  });
});

describe('B09: paths', () => {
  it.each([
    ['C:/My Project/src', 'C:/My Project/src/mail.ts', './mail.js'],
    ['C:/My Project/made', 'C:/My Project/src/mail.ts', '../src/mail.js'],
    ['//server/share/app/made', '//server/share/app/src/mail.ts', '../src/mail.js'],
  ])('from %s to %s', (folder, file, specifier) => {
    expect(relativeSpecifier(folder, file, 'js')).toBe(specifier);
  });

  it('of more than 260 letters, with spaces', async () => {
    const deep = Array.from({ length: 8 }, (_, level) => `a folder with quite a long name ${level}`).join('/');
    const project = projectOnDisk({ [`src/${deep}/pinger.ts`]: SMALL });
    expect(await project.onward('generate')).toMatchObject({ code: 0, err: '' });
    expect(project.read(WIRING)).toContain(`from './${deep}/pinger.js'`);
    expect((await project.onward('check')).code).toBe(0);
  });
});
