// docs/beside-nest.md: every sample compiles with Nest's own packages, and prints the same; the one with a queue where a
// Redis is installed.

import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileWrongWirings, tableOf } from '../../examples/nest/wrong-wirings.ts';
import { temporaryFolder } from '../support/folders.ts';
import { projectOnDisk, type ProjectOnDisk } from '../codegen/project-on-disk.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/beside-nest.md`, 'utf8');
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const files = new Map(
  [...page.matchAll(/^```ts (\S+)\n([^]*?)^```$/gm)].map(([, path = '', code = '']) => [path, code]),
);
const output = /^```text output\n([^]*?)^```$/m.exec(page)?.[1] ?? '';

const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'ES2023',
    strict: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    skipLibCheck: true,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
};

/** The files whose paths fit, with their wiring, compiled. */
async function compiled(paths: RegExp): Promise<ProjectOnDisk> {
  const own = [...files].filter(([path]) => paths.test(path));
  const project = projectOnDisk({ ...Object.fromEntries(own), 'tsconfig.json': JSON.stringify(TSCONFIG) });
  symlinkSync(root, join(project.folder, 'node_modules/onward'));
  expect(await project.onward('generate')).toMatchObject({ code: 0, err: '' });
  execFileSync(process.execPath, [compiler, '-p', project.folder]);
  return project;
}

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await compiled(/^src\/(?!bridge\/)/);
}, 60_000);

test.each(['events', 'cqrs', 'onward', 'tsyringe'])('with %s it prints what the page says', (name) => {
  const printed = execFileSync(process.execPath, [`dist/${name}/main.js`], { cwd: project.folder, encoding: 'utf8' });
  expect(printed).toBe(output);
});

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

describe.runIf(hasRedis)('with a Redis', () => {
  let redis: ChildProcess;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', temporaryFolder('redis')];
    redis = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((ready, failed) => {
      redis.once('exit', failed);
      redis.stdout?.on('data', (chunk: Buffer) => /Ready to accept connections/.test(String(chunk)) && ready());
    });
  });
  afterAll(async () => {
    const over = new Promise((ended) => redis.once('exit', ended));
    redis.kill();
    await over;
  });

  test('with queue it prints what the page says', () => {
    const env = { ...process.env, REDIS_PORT: String(port) };
    const printed = execFileSync(process.execPath, ['dist/queue/main.js'], {
      cwd: project.folder,
      encoding: 'utf8',
      env,
    });
    expect(printed).toBe(output);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('the bridges compile, to the old listeners and from the queue', async () => {
  expect([...files.keys()].filter((path) => path.startsWith('src/bridge/'))).toHaveLength(2);
  await compiled(/^src\/(bridge\/|onward\/shop)/);
});

test('the table of wrong wirings is what the compiler says', () => {
  const outcomes = compileWrongWirings();
  expect(page).toContain(tableOf(outcomes));
  expect(outcomes.filter(({ nest }) => nest === undefined)).toHaveLength(8);
  expect(outcomes.filter(({ onward }) => onward === undefined)).toEqual([]);
});
