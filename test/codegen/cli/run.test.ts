import { existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectOnDisk, SMALL } from '../project-on-disk.ts';

const small = () => projectOnDisk({ 'src/pinger.ts': SMALL });

describe('onward generate', () => {
  it('writes the wiring and says what is in it', async () => {
    const project = small();
    expect(await project.onward('generate')).toEqual({
      code: 0,
      out: '✓ src/onward.gen.ts   1 service · 2 nodes · 1 edge   (0 ms)   tsc checks whether callbacks fit\n',
      err: '',
    });
    expect(project.read('src/onward.gen.ts')).toContain("'Pinger.pong'");
  });

  it('leaves a wiring that already says the same untouched', async () => {
    const project = small();
    await project.onward('generate');
    const before = statSync(`${project.folder}/src/onward.gen.ts`, { bigint: true });
    expect(JSON.parse((await project.onward('generate', '--json')).out)).toMatchObject({ ok: true, written: false });
    expect(statSync(`${project.folder}/src/onward.gen.ts`, { bigint: true })).toMatchObject({
      mtimeNs: before.mtimeNs,
      ino: before.ino,
    });
  });

  it('tells every problem at its place and leaves the wiring as it was', async () => {
    const project = small();
    await project.onward('generate');
    const before = project.read('src/onward.gen.ts');
    project.write('src/pinger.ts', SMALL.replace("'ping'", "'pnig'").replace('message: Ping', 'message: string'));
    const { code, err } = await project.onward('generate');
    expect(code).toBe(1);
    expect(err).toMatchInlineSnapshot(`
      "src/pinger.ts:10:17 - error ONW1201: the message of the job Pinger.ping is \`string\`; only a class can be built and validated: write one

      10   ping(message: string): string {
                         ~~~~~~

      src/pinger.ts:14:14 - error ONW1101: Pinger has no method 'pnig'; did you mean 'ping'?

      14   @OnSuccess('pnig')
                      ~~~~~~

      Found 2 errors; the wiring is unchanged.
      "
    `);
    expect(project.read('src/onward.gen.ts')).toBe(before);
  });

  it('gives problems as JSON, with an exit code', async () => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL.replace("'ping'", "'pnig'") });
    const { code, out, err } = await project.onward('generate', '--json');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      problems: [{ code: 'ONW1101', file: 'src/pinger.ts', line: 14, column: 14 }],
    });
  });

  it('takes a folder for the tsconfig.json in it', async () => {
    const { code, out } = await small().onward('generate', '--project', '.', '--json');
    expect({ code, output: JSON.parse(out).output }).toEqual({ code: 0, output: 'src/onward.gen.ts' });
  });

  it('writes no wiring without nodes, and says what to do', async () => {
    const project = projectOnDisk({ 'src/empty.ts': 'export const nothing = 1;\n' });
    expect(await project.onward('generate')).toEqual({
      code: 1,
      out: '',
      err: `error ONW1306: no service was found in the 1 file of ${project.folder}/tsconfig.json and what it imports; annotate a method of an exported class with @Job() from onward, or name another tsconfig with --project\n`,
    });
    expect(existsSync(`${project.folder}/src/onward.gen.ts`)).toBe(false);
    for (const words of [['list'], ['graph'], ['graph', '--json'], ['why', 'Mail']]) {
      const { code, out, err } = await project.onward(...words);
      expect([code, out + err]).toEqual([1, expect.stringContaining('ONW1306')]);
    }
  });

  it('does not write over a file that is not ours', async () => {
    const project = small();
    project.write('src/onward.gen.ts', 'export const mine = 1;\n');
    const { code, err } = await project.onward('generate');
    expect({ code, isNamed: err.includes('ONW1304') }).toEqual({ code: 1, isNamed: true });
    expect(project.read('src/onward.gen.ts')).toBe('export const mine = 1;\n');
  });

  it('writes to the output that package.json names', async () => {
    const project = projectOnDisk({
      'src/pinger.ts': SMALL,
      'package.json': '{ "onward": { "output": "made/wiring.ts" } }',
    });
    expect((await project.onward('generate')).code).toBe(0);
    expect(project.read('made/wiring.ts')).toContain("from '../src/pinger.js'");
  });

  it('does not write outside the project, by path or through a link', async () => {
    const up = projectOnDisk({ 'src/pinger.ts': SMALL, 'package.json': '{ "onward": { "output": "../wiring.ts" } }' });
    expect((await up.onward('generate')).code).toBe(2);
    const linked = projectOnDisk({
      'src/pinger.ts': SMALL,
      'package.json': '{ "onward": { "output": "made/wiring.ts" } }',
    });
    mkdirSync(`${up.folder}/elsewhere`);
    symlinkSync(`${up.folder}/elsewhere`, `${linked.folder}/made`);
    const { code, err } = await linked.onward('generate');
    expect({ code, isNamed: err.includes('ONW1305') }).toEqual({ code: 1, isNamed: true });
  });
});

describe('onward check', () => {
  it('passes for a fresh wiring and exits 3 for a missing, edited or stale one', async () => {
    const project = small();
    expect(await project.onward('check')).toEqual({
      code: 3,
      out: '',
      err: 'error ONW1301: the wiring src/onward.gen.ts is missing; run `npx onward generate` and commit it\n',
    });
    await project.onward('generate');
    expect((await project.onward('check')).code).toBe(0);
    project.write('src/onward.gen.ts', `${project.read('src/onward.gen.ts')}// edited\n`);
    const { code, err } = await project.onward('check');
    expect(code).toBe(3);
    expect(err).toMatchInlineSnapshot(`
      "error ONW1301: src/onward.gen.ts is stale: it does not match the annotations; run \`npx onward generate\` and commit it
      "
    `);
    const plain = JSON.parse((await project.onward('check', '--json')).out);
    expect(Object.keys(plain.error)).toEqual(['code', 'message']);
  });
});

describe('what check tells to run', () => {
  it('names the tsconfig that was given', async () => {
    const { code, err } = await small().onward('check', '-p', './tsconfig.json');
    expect(code).toBe(3);
    expect(err).toContain('run `npx onward generate --project ./tsconfig.json` and commit it');
  });
});

describe('onward list and graph', () => {
  it('lists every node with its edges', async () => {
    expect((await small().onward('list')).out).toMatchInlineSnapshot(`
      "Pinger.ping  job      Ping
      Pinger.pong  handler  value
        on success of Pinger.ping
      "
    `);
  });

  it('draws the graph', async () => {
    expect((await small().onward('graph')).out).toMatchInlineSnapshot(`
      "flowchart TD
        n0(["Pinger.ping"])
        n1["Pinger.pong"]
        n0 -->|"success"| n1
      "
    `);
    expect(JSON.parse((await small().onward('graph', '--format', 'json')).out)).toMatchObject({
      edges: [{ on: 'success', from: 'Pinger.ping', to: 'Pinger.pong' }],
    });
  });
});

describe('wrong usage', () => {
  it.each([
    [['generat'], 'error ONW6030: there is no command "generat"; did you mean `onward generate`?\n'],
    [['generate', '--jsno'], 'error ONW6030: there is no flag --jsno; did you mean --json?\n'],
    [['generate', '--wat'], 'error ONW6030: there is no flag --wat; did you mean --watch?\n'],
    [['list', '--wat'], 'error ONW6030: there is no flag --wat; there are --project, --json, --help, --version\n'],
    [['runs', '--wat'], 'error ONW6030: there is no flag --wat; did you mean --tag?\n'],
    [['generate', '--project'], 'error ONW6030: --project needs a value, as in `--project tsconfig.build.json`\n'],
    [['graph', '--format', 'svg'], 'error ONW6030: there is no format "svg"; there are mermaid, dot and json\n'],
  ])('%j exits 2', async (argv, err) => {
    expect(await small().onward(...argv)).toEqual({ code: 2, out: '', err });
  });

  it('names an unknown key of the configuration, and what it may be', async () => {
    const project = projectOnDisk({ 'package.json': '{ "onward": { "ouput": "x.ts" } }' });
    const { code, out } = await project.onward('generate', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'ONW6020' } });
    expect(out).toContain('did you mean \\"output\\"?');
  });

  it('says where a tsconfig is broken or missing', async () => {
    const broken = projectOnDisk({ 'tsconfig.json': '{ "include": [\n  nonsense }' });
    expect(await broken.onward('generate')).toMatchObject({
      code: 2,
      err: expect.stringContaining('tsconfig.json:2:'),
    });
    expect(await broken.onward('generate', '-p', 'none.json')).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^error ONW6003: there is no \S+none\.json that can be read; write one with "experimentalDecorators": true in its "compilerOptions", or pass another file with --project <tsconfig\.json>\n$/,
      ),
    });
  });
});
