// All entries of the built package in one process: one class, one registry, stacks that lead to the sources, and what
// another bundler keeps of it.

import { createRequire } from 'node:module';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { build } from 'vite';
import { folderBelowRepository } from '../support/folders.ts';
import { succeed } from './project.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder = '';

beforeAll(async () => {
  await succeed(root, process.execPath, ['build.js']);
  folder = folderBelowRepository('entries');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/onward'), 'dir');
  write('package.json', '{ "type": "module" }');
}, 120_000);

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function printedBy(...args: readonly string[]): Promise<unknown> {
  return JSON.parse((await succeed(folder, process.execPath, args)).stdout);
}

const SERVICE = `
import { Job } from 'onward';
export class Shop {
  async order() { return 'ordered'; }
}
Job()(Shop.prototype, 'order');
`;
const APP = `
import { createRuntime } from 'onward';
import { defineGraph } from 'onward/wiring/v1';
import { Shop } from './shop.js';
const nodes = { 'Shop.order': { kind: 'job', call: (shop) => shop.order() } };
const graph = defineGraph({ contract: 1, graphHash: 'entries', nodes, edges: [] });
export const value = async (options) =>
  (await createRuntime(graph, { services: { Shop: new Shop() }, log: false, ...options }).start('Shop.order')).value();
`;

test('every entry throws the one OnwardError', async () => {
  write(
    'errors.js',
    `import { OnwardError } from 'onward';
    import { definition } from 'onward/definitions';
    import { sqliteEngine } from 'onward/engines/sqlite';
    import { onwardMatchers } from 'onward/testing';
    import { consoleObserver } from 'onward/observers';
    import { openTelemetry } from 'onward/observers/opentelemetry';
    import { OnwardFilter } from 'onward/nest';
    const calls = {
      definitions: () => definition(1), sqlite: () => sqliteEngine(1), testing: () => onwardMatchers.toHaveRun(1, 'x'),
      observers: () => consoleObserver({ colour: 1 }), opentelemetry: () => openTelemetry({ colour: 1 }),
      nest: () => { throw new (Reflect.getMetadata('__filterCatchExceptions__', OnwardFilter)[0])('ONW3004', ''); },
    };
    const thrownBy = (call) => { try { call(); return 'nothing'; } catch (error) { return error instanceof OnwardError || String(error); } };
    console.log(JSON.stringify(Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, thrownBy(call)]))));`,
  );
  expect(await printedBy('errors.js')).toEqual({
    definitions: true,
    sqlite: true,
    testing: true,
    observers: true,
    opentelemetry: true,
    nest: true,
  });
});

test('what one entry records, a runtime with the engine of another finds', async () => {
  write('shop.js', SERVICE);
  write('app.js', APP);
  write(
    'main.js',
    `import { journaledEngine } from 'onward/testing';
    import { value } from './app.js';
    console.log(JSON.stringify([await value({}), await value({ engine: journaledEngine() })]));`,
  );
  expect(await printedBy('main.js')).toEqual(['ordered', 'ordered']);
});

test('a stack leads to the sources', async () => {
  write(
    'stack.js',
    `import { memoryEngine } from 'onward';
    try { memoryEngine({ keepRuns: -1 }); } catch (error) { console.log(JSON.stringify(error.stack)); }`,
  );
  const stack = await printedBy('--enable-source-maps', 'stack.js');
  expect(stack).toMatch(/src\/engines\/memory\/[a-z-]+\.ts:\d+:\d+/);
  expect(stack).not.toContain('dist/chunks');
});

test('bundled by others, with everything unused left out, annotations are still found', async () => {
  write('shop.js', SERVICE);
  write('app.js', APP);
  write('main.js', `import { value } from './app.js';\nconsole.log(JSON.stringify(await value({})));\n`);
  await bundle('main.js');
  expect(await printedBy('out/main.js')).toBe('ordered');
});

test('an error alone brings no runtime into a bundle', async () => {
  write('error.js', `import { OnwardError } from 'onward';\nconsole.log(JSON.stringify(OnwardError.name));\n`);
  const code = await bundle('error.js');
  expect(await printedBy('out/error.js')).toBe('OnwardError');
  expect(code.length).toBeLessThan(8_000);
  expect(code).not.toContain('reflect-metadata');
});

test('entries that need no other package have types that need none, not even those of Node', async () => {
  const entries = [
    '',
    '/client',
    '/observers',
    '/testing',
    '/engines/sqlite',
    '/engines/store',
    '/definitions',
    '/wiring/v1',
  ];
  write('types/all.ts', entries.map((entry) => `import 'onward${entry}';\n`).join(''));
  const options = {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'dom'],
    strict: true,
    noEmit: true,
    types: [],
  };
  write('types/tsconfig.json', JSON.stringify({ compilerOptions: options, include: ['.'] }));
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { stdout } = await succeed(folder, process.execPath, [compiler, '-p', 'types']);
  expect(stdout).toBe('');
}, 60_000);

async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    build: {
      outDir: 'out',
      emptyOutDir: false,
      minify: false,
      target: 'es2022',
      lib: { entry: join(folder, entry), formats: ['es'], fileName: entry.replace('.js', '') },
      rolldownOptions: { external: /^(node:|reflect-metadata|class-|croner)/ },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (output === undefined || !('output' in output)) throw new Error('nothing was bundled');
  return output.output.map((part) => (part.type === 'chunk' ? part.code : '')).join('\n');
}
