// The command line and its configuration under faults: one test for each row of the catalogue, with its neighbours.

import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { projectOnDisk, SMALL } from '../codegen/project-on-disk.ts';
import { temporaryFolder } from '../support/folders.ts';
import { ended, MAIN, onward, shell, start } from './built-command.ts';

const small = () => projectOnDisk({ 'src/pinger.ts': SMALL });
const WRITTEN =
  /^✓ src\/onward\.gen\.ts {3}1 service · 2 nodes · 1 edge {3}\(\d+ ms\) {3}tsc checks whether callbacks fit\n$/;
const COLOR = '\u001b[';

describe('G01: unknown words', () => {
  const cwd = tmpdir();
  it.each([
    ['generat', 'there is no command "generat"; did you mean `onward generate`?'],
    ['gen', 'there is no command "gen"; did you mean `onward generate`?'],
    [
      'deploy',
      'there is no command "deploy"; there are generate, check, list, why, graph, diff, explain, runs, inspect, retry, suspend, resume, cancel, send, pause, unpause',
    ],
    [
      'constructor',
      'there is no command "constructor"; there are generate, check, list, why, graph, diff, explain, runs, inspect, retry, suspend, resume, cancel, send, pause, unpause',
    ],
    ['generate --jsno', 'there is no flag --jsno; did you mean --json?'],
    ['generate --no-json', 'there is no flag --no-json; did you mean --json?'],
    ['generate --project', '--project needs a value, as in `--project tsconfig.build.json`'],
    ['generate --project --help', '--project needs a value, as in `--project tsconfig.build.json`'],
    ['generate --project=', '--project needs a value, as in `--project tsconfig.build.json`'],
    ['generate -p a.json --project b.json', '--project is given twice; one command takes one'],
    ['check --help=yes', '--help takes no value; write it alone, or leave it out'],
    ['generate src', 'generate takes no "src"; a tsconfig is given with --project'],
    ['list src', 'list takes no "src"; a tsconfig is given with --project'],
    ['why', 'why needs a node, as in `onward why Billing.charge`'],
    [
      'why a.b c.d',
      'why takes one node, got 2: "a.b" and "c.d"; ask for one at a time, and put quotes around what has blanks',
    ],
    [
      'explain 1101 1102 1103',
      'explain takes one code or line, got 3: "1101", "1102" and "1103"; ask for one at a time, and put quotes around what has blanks',
    ],
    ['list --format json', 'list takes no --format; only graph and diff do'],
    ['graph --format svg', 'there is no format "svg"; there are mermaid, dot and json'],
    [
      '\u001b[2J\u202e',
      'there is no command "\\u001b[2J\\u202e"; there are generate, check, list, why, graph, diff, explain, runs, inspect, retry, suspend, resume, cancel, send, pause, unpause',
    ],
  ])('%j', async (line, text) => {
    const err = `error ONW6030: ${text}\n`;
    expect(await onward(line.split(' '), { cwd })).toEqual({ code: 2, signal: null, out: '', err });
  });
});

describe('G02: configuration', () => {
  it.each([
    ['{ "onward": { "ouput": "a.ts" } }', 'ONW6020', 'did you mean "output"?'],
    ['{ "onward": { "output": 7 } }', 'ONW6021', 'has to be the path of a .ts file'],
    ['{ "onward": { "output": "a.js" } }', 'ONW6021', 'has to be the path of a .ts file'],
    ['{ "onward": [] }', 'ONW6021', 'has to be an object'],
    ['{ "onward": { "output": "../a.ts" } }', 'ONW6021', 'leads outside the project'],
    ['{ "onward": { "output": "/tmp/a.ts" } }', 'ONW6021', 'leads outside the project'],
    ['{ "onward": ', 'ONW6021', 'cannot be read as JSON'],
  ])('%s', async (manifest, code, text) => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL, 'package.json': manifest });
    const reported = await onward(['generate'], { cwd: project.folder });
    expect(reported).toMatchObject({ code: 2, out: '', err: expect.stringContaining(`error ${code}: `) });
    expect(reported.err).toContain(text);
  });
});

describe('G03: the tsconfig', () => {
  it('is missing, and named', async () => {
    const { folder } = small();
    const reported = await onward(['generate', '-p', 'no/tsconfig.json'], { cwd: folder });
    expect(reported).toMatchObject({ code: 2, out: '', err: expect.stringContaining('ONW6003') });
    expect(reported.err).toContain(`${folder}/no/tsconfig.json`);
  });

  it('is looked for above a folder without one', async () => {
    const { folder } = small();
    const reported = await onward(['check'], { cwd: `${folder}/src` });
    expect(reported).toMatchObject({ code: 2, out: '', err: expect.stringContaining('ONW6003') });
    expect(reported.err).toContain(`the nearest one is ${folder}/tsconfig.json: run onward in its folder, or pass it`);
  });

  it.each([['tsconfig.json/x'], ['circle.json'], [`${'long'.repeat(100)}.json`]])('is no file: %s', async (path) => {
    const { folder } = small();
    symlinkSync('circle.json', `${folder}/circle.json`);
    const reported = await onward(['check', '-p', path], { cwd: folder });
    expect(reported).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^error ONW6003: .* --project/) });
  });

  it('is broken, at a place', async () => {
    const { folder } = projectOnDisk({ 'tsconfig.json': '{\n  "include": [nonsense }' });
    const reported = await onward(['check'], { cwd: folder });
    expect(reported).toMatchObject({ code: 2, err: expect.stringMatching(/ONW6003: .*tsconfig\.json:2:/) });
  });

  it('has comments and commas, which are fine', async () => {
    const tsconfig =
      '// ours\n{ "compilerOptions": { /* yes */ "experimentalDecorators": true, "module": "nodenext", }, "include": ["src",], }';
    const { folder } = projectOnDisk({ 'src/pinger.ts': SMALL, 'tsconfig.json': tsconfig });
    expect(await onward(['generate'], { cwd: folder })).toMatchObject({ code: 0, err: '' });
  });
});

describe('G04: what a terminal shows', () => {
  const inTerminal = (line: string) => `script -qec '${line}' /dev/null`;

  it.each([{}, { CI: '1' }, { NO_COLOR: '1' }, { COLUMNS: '20' }])('is plain text in a pipe, with %j', async (env) => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL.replace("'ping'", "'pnig'") });
    const { code, err } = await onward(['generate'], { cwd: project.folder, env });
    expect(code).toBe(1);
    expect(err).toMatch(/^src\/pinger\.ts:14:14 - error ONW1101: /);
    expect(err).not.toContain(COLOR);
  });

  it('is colourful in a pipe that is told to be', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL.replace("'ping'", "'pnig'") });
    const forced = await onward(['generate'], { cwd: project.folder, env: { FORCE_COLOR: '1', NO_COLOR: '' } });
    expect(forced.err).toContain(COLOR);
    const both = await onward(['generate'], { cwd: project.folder, env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(both.err).not.toContain(COLOR);
  });

  it('is plain in a terminal of 20 columns that asks for no colours', async () => {
    const { folder } = projectOnDisk({ 'src/pinger.ts': SMALL.replace("'ping'", "'pnig'") });
    const line = inTerminal('stty cols 20; $ONWARD generate');
    const { out } = await shell(line, { cwd: folder, env: { NO_COLOR: '1', TERM: 'xterm' } });
    expect(out).toContain('error ONW1101: ');
    expect(out).not.toContain(COLOR);
  });

  it('is colourful in another one, but not in a file that its problems go to', async () => {
    const { folder } = projectOnDisk({ 'src/pinger.ts': SMALL.replace("'ping'", "'pnig'") });
    const env = { NO_COLOR: '', TERM: 'xterm' };
    const run = (line: string) => shell(inTerminal(line), { cwd: folder, env });
    expect((await run('$ONWARD generate')).out).toContain(COLOR);
    const { out } = await run('$ONWARD generate 2> log; cat log');
    expect(out).toContain('error ONW1101: ');
    expect(out).not.toContain(COLOR);
  });
});

describe('G05: a reader that has had enough', () => {
  it.each(['explain', 'list', 'explain --json', '--help', 'generat 2>&1'])('%s', async (line) => {
    const { folder } = small();
    // A reader that is gone before the first letter, and one that reads a line.
    for (const reader of ['true', 'head -1 > /dev/null']) {
      const { err } = await shell(`$ONWARD ${line} | ${reader}`, { cwd: folder });
      expect(err).toBe('');
    }
  });

  it('does not change what the command found', async () => {
    const { folder } = small();
    const { out } = await shell('$ONWARD check 2>&1 | true; echo ${PIPESTATUS[0]}', { cwd: folder });
    expect(out).toBe('3\n');
  });

  it('says that output was lost, also by its exit code', async () => {
    const { code, err } = await shell('$ONWARD explain > /dev/full', { cwd: tmpdir() });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^error the output is not complete: ENOSPC/) });
  });
});

describe('G06: Ctrl-C', () => {
  it('ends at once with 130, as a shell counts, and leaves nothing behind', async () => {
    const { folder, read } = small();
    for (const ms of [150, 300, 450, 600]) {
      const child = start(process.execPath, [MAIN, 'generate'], { cwd: folder });
      const end = ended(child);
      setTimeout(() => child.kill('SIGINT'), ms);
      const { code, signal } = await end;
      expect(signal === 'SIGINT' || code === 130 || code === 0).toBe(true);
      const names = readdirSync(`${folder}/src`);
      expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
      if (names.includes('onward.gen.ts')) expect(read('src/onward.gen.ts')).toMatch(/^\/\/ Generated[^]*\n$/);
      rmSync(`${folder}/src/onward.gen.ts`, { force: true });
    }
  });

  it('is 130 in a shell', async () => {
    const { folder } = small();
    const line = 'set -m; $ONWARD generate & sleep 0.15; kill -INT $!; wait $!; echo $?';
    expect((await shell(line, { cwd: folder })).out).toMatch(/^130$/m);
  });

  it('waits for a write that has begun', async () => {
    const { folder, read } = small();
    const child = start(process.execPath, [MAIN, 'generate'], { cwd: folder });
    const watcher = watch(`${folder}/src`, () => child.kill('SIGINT'));
    onTestFinished(() => watcher.close());
    await ended(child);
    expect(readdirSync(`${folder}/src`)).toEqual(['onward.gen.ts', 'pinger.ts']);
    expect(read('src/onward.gen.ts')).toContain("'Pinger.pong'");
  });
});

describe('G07: 10,000 problems', () => {
  const methods = Array.from({ length: 10_000 }, (_, at) => `  @OnSuccess('no${at}') on${at}(): void {}`);
  const source = `import { OnSuccess } from 'onward';\nexport class Many {\n${methods.join('\n')}\n}\n`;

  it('shows 50 and counts the others, and gives all of them as JSON', async () => {
    const { folder } = projectOnDisk({ 'src/many.ts': source });
    const reported = await onward(['generate'], { cwd: folder });
    expect(reported).toMatchObject({ code: 1, out: '' });
    expect(reported.err.match(/ - error ONW1101: /g)).toHaveLength(50);
    expect(reported.err).toContain('… and 9950 more; --json has all of them\n');
    expect(reported.err).toContain('Found 10000 errors; the wiring is unchanged.\n');
    const { code, out, err } = await onward(['generate', '--json'], { cwd: folder });
    expect({ code, err, problems: JSON.parse(out).problems.length }).toEqual({ code: 1, err: '', problems: 10_000 });
  });
});

describe('G09: --json', () => {
  it.each([
    ['generate', 0],
    ['check', 3],
    ['list', 0],
    ['graph', 0],
    ['explain', 0],
    ['explain 1101', 0],
    ['explain 9999', 2],
    ['explain src/onward.gen.ts:9', 2],
    ['--help', 0],
    ['generate --help', 0],
    ['--version', 0],
    ['', 0],
    ['generat', 2],
    ['generate --jsno', 2],
    ['generate --json=yes', 2],
    ['generate extra', 2],
    ['generate --project', 2],
    ['graph --format mermaid', 2],
    ['generate -p none.json', 2],
  ])('onward %s --json is JSON on stdout and nothing else', async (line, code) => {
    const { folder } = small();
    const reported = await onward([...line.split(' ').filter(Boolean), '--json'], { cwd: folder });
    expect({ code: reported.code, err: reported.err }).toEqual({ code, err: '' });
    expect(typeof JSON.parse(reported.out)).toBe('object');
  });

  it('gives problems of the sources and of the output as JSON', async () => {
    const wrong = projectOnDisk({ 'src/pinger.ts': SMALL.replace("'ping'", "'pnig'") });
    const foreign = projectOnDisk({ 'src/pinger.ts': SMALL, 'src/onward.gen.ts': 'export const mine = 1;\n' });
    for (const command of ['generate', 'check']) {
      const first = await onward([command, '--json'], { cwd: wrong.folder });
      expect(JSON.parse(first.out)).toMatchObject({ ok: false, problems: [{ code: 'ONW1101' }] });
      const second = await onward([command, '--json'], { cwd: foreign.folder });
      expect(JSON.parse(second.out)).toMatchObject({ ok: false, error: { code: 'ONW1304' } });
      expect([first.code, first.err, second.code, second.err]).toEqual([1, '', 1, '']);
    }
  });
});

describe('G10: odd folders', () => {
  it.each(['with spaces', 'a#b', 'what?', 'ünï çödé 日本', "it's", '100%25', '[a]', '{a,b}', 'a&b;c', '$HOME', '-p'])(
    'works in %s',
    async (name) => {
      const { folder } = small();
      const odd = `${folder}/${name}`;
      mkdirSync(odd);
      for (const part of ['src', 'tsconfig.json', 'package.json']) {
        cpSync(`${folder}/${part}`, `${odd}/${part}`, { recursive: true });
      }
      expect((await onward(['generate'], { cwd: odd })).out).toMatch(WRITTEN);
      expect(await onward(['check'], { cwd: odd })).toMatchObject({ code: 0, err: '' });
      const elsewhere = await onward(['check', '--json', `--project=${odd}/tsconfig.json`], { cwd: tmpdir() });
      const reported = JSON.parse(elsewhere.out);
      expect(reported).toMatchObject({ ok: true });
      expect(resolve(tmpdir(), reported.output)).toBe(`${odd}/src/onward.gen.ts`);
    },
  );

  it('says so in a folder that is gone', async () => {
    const gone = temporaryFolder('gone');
    const reported = await shell('rmdir "$PWD" && $ONWARD list', { cwd: gone });
    expect(reported).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^error ONW6003: .*deleted/) });
  });
});

describe('G11: nothing but the project is needed', () => {
  it('works without a network, with a home that cannot be written', async () => {
    const { folder } = small();
    const home = temporaryFolder('home');
    chmodSync(home, 0o555);
    const env = { HOME: home, XDG_CACHE_HOME: `${home}/cache`, TMPDIR: '/proc/nowhere' };
    // Without the right to cut the network off, the rest is still shown.
    const line = 'if unshare -rn true 2> /dev/null; then unshare -rn $ONWARD generate; else $ONWARD generate; fi';
    const { code, out, err } = await shell(line, { cwd: folder, env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(WRITTEN);
    expect(readdirSync(home)).toEqual([]);
  });
});
