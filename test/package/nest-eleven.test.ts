// The application of docs/nest.md on Nest 11 in CommonJS, with what `nest new` of Nest 11 writes: installed from the registry,
// compiled, called over HTTP, stopped.
//
// NEST-ELEVEN-1. Nest 12 is not found from there: Onward is copied, not linked.

import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test, vi } from 'vitest';
import { run } from '../../codegen/cli/run.ts';
import { temporaryFolder } from '../support/folders.ts';
import { plainEnvironment } from './project.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/nest.md`, 'utf8');
const MINUTES = 60_000;
const NEST = { common: '11.2.10', core: '11.2.10', 'platform-express': '11.2.10', testing: '11.2.6' };
const JEST = {
  jest: '30.5.2',
  'ts-jest': '29.4.15',
  '@types/jest': '30.0.0',
  '@swc/core': '1.16.22',
  '@swc/jest': '0.2.39',
  typescript: '5.9.3',
};
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript-5.9/package.json')), 'bin/tsc');
// The guard runs Jest, too; `npm test` leaves out what it takes to install it.
const isWhole = process.env['TOOLCHAINS'] !== undefined || process.env['CI'] !== undefined;

/** As `nest new` of Nest 11 writes it, but for what is about the editor. */
const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    esModuleInterop: true,
    isolatedModules: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    target: 'ES2023',
    outDir: './dist',
    rootDir: './src',
    skipLibCheck: true,
    strictNullChecks: true,
    noImplicitAny: false,
  },
  include: ['src'],
};

const CLOCK_SPEC = `
import { createRuntime } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { virtualClock } from 'onward/testing';
import { graph } from './onward.gen.js';
import { Billing, Gateway, Mail } from './orders.js';

test('time is virtual', async () => {
  expect(typeof sqliteEngine).toBe('function');
  const clock = virtualClock();
  const charge = jest.fn().mockRejectedValueOnce(new Error('nobody answers')).mockResolvedValue('r');
  const services = { Billing: new Billing({ charge } as Gateway), Mail: new Mail() };
  const run = await createRuntime(graph, { services, clock }).start('Billing.charge', { id: 'a', cents: 1 });
  await clock.runAll();
  expect(await run.value()).toEqual({ id: 'r', cents: 1 });
});
`;

let folder = '';

beforeAll(async () => {
  folder = temporaryFolder('nest-eleven');
  const jest = JSON.parse(/^```json jest.json commonjs\n([^]*?)^```$/m.exec(page)?.[1] ?? '') as object;
  const manifest = {
    private: true,
    dependencies: {
      ...Object.fromEntries(Object.entries(NEST).map(([name, version]) => [`@nestjs/${name}`, version])),
      '@types/node': '20.19.43',
      'class-transformer': '0.5.1',
      'class-validator': '0.15.1',
      'reflect-metadata': '0.2.2',
      rxjs: '7.8.2',
      ...(isWhole && JEST),
    },
    jest: { rootDir: 'src', testRegex: '.*\\.spec\\.ts$', transform: { '^.+\\.(t|j)s$': 'ts-jest' }, ...jest },
  };
  write('package.json', JSON.stringify(manifest));
  write('tsconfig.json', JSON.stringify(TSCONFIG));
  for (const [, path = '', code = ''] of page.matchAll(/^```ts (\S+)(?: commonjs)?\n([^]*?)^```$/gm)) {
    write(path, code.replace("import { expect, test } from 'vitest';\n", ''));
  }
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await promisify(execFile)('npm', install, { cwd: folder, env: plainEnvironment() });
  for (const part of ['package.json', 'dist']) {
    cpSync(`${root}${part}`, join(folder, 'node_modules/onward', part), { recursive: true });
  }
  const said: string[] = [];
  const terminal = { cwd: folder, hasColors: false, out: () => undefined, err: (text: string) => void said.push(text) };
  expect([await run(['generate'], { ...terminal, now: () => 0, date: () => new Date(0) }), said]).toEqual([0, []]);
}, 5 * MINUTES);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

test(
  'it is compiled by tsc 5.9, answers over HTTP, and lets go when it is told to stop',
  async () => {
    write('tsconfig.build.json', JSON.stringify({ extends: './tsconfig.json', exclude: ['src/**/*.spec.ts'] }));
    await promisify(execFile)(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: folder });
    expect(readFileSync(join(folder, 'dist/main.js'), 'utf8')).toContain('require("@nestjs/core")');
    const port = await freePort();
    const env = { ...plainEnvironment(), PORT: String(port) };
    const app = spawn(process.execPath, ['dist/main.js'], { cwd: folder, env });
    try {
      let printed = '';
      for (const stream of [app.stdout, app.stderr]) stream.on('data', (text: Buffer) => void (printed += text));
      await vi.waitFor(() => expect(printed).toContain('successfully started'), { timeout: MINUTES });
      const url = `http://127.0.0.1:${port}/orders`;
      const headers = { 'content-type': 'application/json' };
      const accepted = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ id: 'o1', cents: 500 }) });
      expect(accepted.status).toBe(202);
      await vi.waitFor(async () => {
        const answer = await fetch(`${url}/o1`);
        expect(await answer.json()).toEqual({ status: 'completed', value: { id: 'r-500', cents: 500 } });
      });
      const ended = new Promise((end) => app.once('exit', (code, signal) => end(signal ?? code)));
      app.kill('SIGTERM');
      expect(await ended).toBe('SIGTERM');
    } finally {
      app.kill('SIGKILL');
    }
  },
  2 * MINUTES,
);

test.runIf(isWhole)(
  'its test passes in Jest, and so does one with a virtual clock and an engine',
  async () => {
    write('src/clock.spec.ts', CLOCK_SPEC);
    const { stderr } = await promisify(execFile)(process.execPath, ['node_modules/jest/bin/jest.js'], {
      cwd: folder,
      env: plainEnvironment(),
    });
    expect(stderr).toContain('Tests:       2 passed, 2 total');
  },
  5 * MINUTES,
);
