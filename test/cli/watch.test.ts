// `onward generate --watch` as a process of its own, on files that change as editors and branches change them.

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { projectOnDisk, SMALL, type ProjectOnDisk } from '../codegen/project-on-disk.ts';
import { ended, MAIN, onward, start, type Ended } from './built-command.ts';

const LINE = /^\d\d:\d\d:\d\d {2}/gm;
const WIRING = 'src/onward.gen.ts';

interface Watching {
  /** What is printed until the pattern is met, without times. */
  until(pattern: RegExp): Promise<string>;
  /** Everything printed so far, without times. */
  printed(): string;
  end(): Promise<Ended>;
}

/** Resolves once the first line is there. */
async function watching(project: ProjectOnDisk, flags: readonly string[] = []): Promise<Watching> {
  const argv = [...flags, MAIN, 'generate', '--watch'];
  const child = start(process.execPath, argv, { cwd: project.folder });
  const end = ended(child);
  onTestFinished(() => void child.kill('SIGKILL'));
  let [text, seen] = ['', 0];
  const waiting = new Set<() => void>();
  child.stdout?.on('data', (part: string) => {
    text += part;
    for (const wake of waiting) wake();
  });
  const plain = (part: string): string =>
    part
      .replaceAll(LINE, '')
      .replaceAll(/\(\d\d:\d\d:\d\d\)/g, '(then)')
      .replaceAll(/\(\d+ ms\)/g, '(1 ms)');
  const until = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec(text.slice(seen));
      if (found !== null) {
        const part = text.slice(seen, (seen += found.index + found[0].length));
        return plain(part.trimStart());
      }
      // What is never printed ends with the time limit of the process.
      await Promise.race([
        new Promise<void>((wake) => waiting.add(wake)),
        end.then(() => Promise.reject(new Error(`ended after: ${text}`))),
      ]);
    }
  };
  await until(/\^C ends/);
  return {
    until,
    printed: () => plain(text),
    end: () => {
      child.kill('SIGINT');
      return end;
    },
  };
}

const small = () => projectOnDisk({ 'src/pinger.ts': SMALL });
const DONE = /wiring (written|unchanged) {3}\(\d+ ms\)/;

describe('onward generate --watch', () => {
  it('prints a line for each change, with its time and what it is in the graph, and never clears the screen', async () => {
    const project = small();
    const watch = await watching(project);
    expect(watch.printed()).toMatch(
      /^✓ 1 service · 2 nodes · 1 edge {3}src\/onward.gen.ts written {3}\(1 ms\) {3}watching 1 file, \^C ends/,
    );
    project.write('src/pinger.ts', SMALL.replace('return message.id', 'return `${message.id}!`'));
    expect(await watch.until(DONE)).toBe('~ src/pinger.ts   wiring unchanged   (1 ms)');
    project.write('src/pinger.ts', SMALL.replace('pong(', 'pang('));
    expect(await watch.until(DONE)).toMatchInlineSnapshot(
      `"~ src/pinger.ts   - Pinger.pong (handler)   - edge Pinger.ping → Pinger.pong (success)   + Pinger.pang (handler)   + edge Pinger.ping → Pinger.pang (success)   wiring written   (1 ms)"`,
    );
    expect(project.read(WIRING)).toContain('Pinger.pang');
    const { out, err, code } = await watch.end();
    expect({ code, err, isPlain: !out.includes('\u001b') }).toEqual({ code: 130, err: '', isPlain: true });
    for (const line of out.trim().split('\n')) expect(line).toMatch(/^\d\d:\d\d:\d\d {2}[✓~✗] /);
  });

  it('keeps the last good wiring over errors of every kind, shows each once, and says when it is fixed', async () => {
    const project = small();
    const watch = await watching(project);
    const good = project.read(WIRING);
    project.write('src/pinger.ts', SMALL.replace("'ping'", "'pnig'"));
    expect(await watch.until(/ONW1101[^]*?~~\n/)).toMatchInlineSnapshot(`
      "✗ src/pinger.ts   1 error   the last good wiring stays (then)
      src/pinger.ts:14:14 - error ONW1101: Pinger has no method 'pnig'; did you mean 'ping'?

      14   @OnSuccess('pnig')
                      ~~~~~~
      "
    `);
    project.write('src/pinger.ts', `// moved\n${SMALL.replace("'ping'", "'pnig'")}`);
    expect(await watch.until(/stays \([\d:]+\)\n/)).toBe(
      '✗ src/pinger.ts   1 error   the last good wiring stays (then)\n',
    );
    project.write('src/pinger.ts', `${SMALL}export class {{{`);
    expect(await watch.until(/ONW1001: '}'[^]*?~\n/)).toContain('the last good wiring stays (then)');
    project.write('src/pinger.ts', 'export const nothing = 1;\n');
    expect(await watch.until(/stays \([\d:]+\)\n/)).toMatch(
      /^✗ error ONW1306: no service was found.* the last good wiring stays \(then\)\n$/,
    );
    expect(project.read(WIRING)).toBe(good);
    const tsconfig = project.read('tsconfig.json');
    project.write('tsconfig.json', '{ "include": [');
    expect(await watch.until(/stays \([\d:]+\)\n/)).toMatch(
      /^✗ error ONW6003: .*tsconfig.json:1:.* the last good wiring stays \(then\)\n$/,
    );
    project.write('tsconfig.json', tsconfig);
    project.write('src/pinger.ts', SMALL);
    expect(await watch.until(/fixed.*wiring unchanged/)).toContain('✓');
    expect(project.read(WIRING)).toBe(good);
    await watch.end();
  });

  it('takes no half of a file for a change', async () => {
    const project = small();
    const watch = await watching(project);
    // As editors save: empty first, then in two writes.
    writeFileSync(`${project.folder}/src/pinger.ts`, '');
    writeFileSync(`${project.folder}/src/pinger.ts`, SMALL.slice(0, 200));
    writeFileSync(`${project.folder}/src/pinger.ts`, SMALL.replace('pong(', 'pang('));
    expect(await watch.until(DONE)).toContain('+ Pinger.pang (handler)');
    await watch.end();
    expect(watch.printed()).not.toContain('✗');
  });

  it('follows renamed files and folders, new ones, and a switch of branches', async () => {
    const project = small();
    const watch = await watching(project);
    const service = (at: number): string =>
      `import { Job } from 'onward';\nexport class Made${at} { @Job() go(): void {} }\n`;
    project.write('src/deep/deeper/made.ts', service(0));
    await watch.until(/\+ Made0\.go.*written/);
    renameSync(`${project.folder}/src/deep`, `${project.folder}/src/renamed`);
    await watch.until(/wiring written/);
    expect(project.read(WIRING)).toContain("'./renamed/deeper/made.js'");
    project.write('src/renamed/deeper/made.ts', service(1));
    await watch.until(/\+ Made1\.go.*written/);
    for (let at = 2; at < 60; at++) project.write(`src/branch/made-${at}.ts`, service(at));
    // How many looks it takes depends on how fast the files come and go.
    const wired = async (has: string, lacks: string): Promise<void> => {
      for (let text = ''; !text.includes(has) || text.includes(lacks); text = project.read(WIRING)) {
        await watch.until(/wiring written/);
      }
    };
    await wired('Made59.go', 'nothing');
    rmSync(`${project.folder}/src/branch`, { recursive: true });
    project.write('src/renamed/deeper/made.ts', service(99));
    await wired('Made99.go', 'Made2.go');
    expect(watch.printed()).toContain(' files at once (branch switched?)');
    await watch.end();
    // What it has written is what a command that reads everything writes.
    expect(await onward(['check', '--no-cache'], { cwd: project.folder })).toMatchObject({ code: 0 });
  });

  it('writes a wiring again that was lost or edited', async () => {
    const project = small();
    const watch = await watching(project);
    const good = project.read(WIRING);
    rmSync(`${project.folder}/${WIRING}`);
    expect(await watch.until(DONE)).toBe('~ src/onward.gen.ts was lost or edited   wiring written   (1 ms)');
    project.write(WIRING, `${good}// edited\n`);
    await watch.until(DONE);
    expect(project.read(WIRING)).toBe(good);
    await watch.end();
  });

  it('looks at everything once a second where the system watches no folders, and says so once', async () => {
    const project = small();
    project.write(
      'no-watches.cjs',
      `const fs = require('node:fs');
      fs.watch = () => { throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }); };
      require('node:module').syncBuiltinESMExports();`,
    );
    const watch = await watching(project, ['--require', './no-watches.cjs']);
    await watch.until(/looked at once a second\n/);
    project.write('src/pinger.ts', SMALL.replace('pong(', 'pang('));
    expect(await watch.until(DONE)).toContain('+ Pinger.pang (handler)');
    project.write('src/deep/made.ts', "import { Job } from 'onward';\nexport class Made { @Job() go(): void {} }\n");
    expect(await watch.until(DONE)).toContain('+ Made.go (job)');
    expect(project.read(WIRING)).toContain('Made.go');
    await watch.end();
    expect(watch.printed().split('once a second').length).toBe(2);
  });

  it('begins with errors, too, and writes once they are mended', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL.replace("'ping'", "'pnig'") });
    const watch = await watching(project);
    expect(watch.printed()).toContain('✗ 1 error   the wiring is as it was   watching 1 file, ^C ends');
    project.write('src/pinger.ts', SMALL);
    expect((await watch.until(DONE)).split('\n').at(-1)).toBe(
      '✓ src/pinger.ts   fixed   1 service · 2 nodes · 1 edge   wiring written   (1 ms)',
    );
    await watch.end();
  });

  it.each([
    [['check', '--watch'], 'check takes no --watch; only generate does'],
    [['generate', '--watch', '--json'], '--watch prints lines for people; leave out --json or --watch'],
    [['list', '--no-cache'], 'list takes no --no-cache; only generate and check do'],
  ])('%j is wrong usage', async (argv, text) => {
    const { code, err, out } = await onward(argv, { cwd: small().folder });
    expect({ code, isSaid: `${out}${err}`.includes(text) }).toEqual({ code: 2, isSaid: true });
  });
});
