// What `import 'onward'` costs, and what it brings.

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { build, type Rolldown } from 'vite';

// Everything a graph can do and the door for messages, with nothing to load later.
const MOST_BYTES = 40 * 1024;
const entry = fileURLToPath(new URL('../../src/index.ts', import.meta.url));
const external = /^(node:.*|reflect-metadata|class-validator|class-transformer|ts-morph|typescript)(\/.*)?$/;

let chunks: readonly Rolldown.OutputChunk[];

beforeAll(async () => {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      lib: { entry, formats: ['es'] },
      rolldownOptions: { external, output: { minify: true } },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  chunks = outputs
    .flatMap((output) => ('output' in output ? output.output : []))
    .filter((part) => part.type === 'chunk');
});

test('it is at most 40 kB, minified and compressed', () => {
  const size = gzipSync(chunks.map(({ code }) => code).join('')).length;
  expect(size).toBeGreaterThan(1_000);
  expect(size).toBeLessThanOrEqual(MOST_BYTES);
});

test('it brings its peers and nothing of build time', () => {
  const packages = chunks.flatMap(({ imports }) => imports).filter((name) => !name.startsWith('node:'));
  expect([...new Set(packages)].toSorted()).toMatchInlineSnapshot(`
    [
      "class-transformer",
      "class-transformer/cjs/storage.js",
      "class-validator",
      "reflect-metadata",
    ]
  `);
  expect(chunks.flatMap(({ dynamicImports }) => dynamicImports)).toEqual([]);
});
