// What `import 'onward'` costs, and what it brings.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { build, type Rolldown } from 'vite';

// What reads messages and writes plans: the engine, and what starts runs, are loaded with the first runtime.
const MOST_BYTES = 45 * 1024;
const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
const external = /^(node:.*|reflect-metadata|class-validator|class-transformer|croner|ts-morph|typescript)(\/.*)?$/;

let chunks: readonly Rolldown.OutputChunk[];

/** An entry with all that it imports, minified. */
async function bundled(entry: string): Promise<Rolldown.OutputChunk[]> {
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
  return outputs.flatMap((output) => ('output' in output ? output.output : [])).filter((part) => part.type === 'chunk');
}

beforeAll(async () => {
  chunks = await bundled(source('index.ts'));
});

/** What is loaded at once: the entry, and what that imports. */
function loadedAtOnce(): Rolldown.OutputChunk[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const found = new Set(chunks.filter(({ isEntry }) => isEntry));
  for (const { imports } of found) {
    for (const name of imports) {
      const chunk = byName.get(name);
      if (chunk !== undefined) found.add(chunk);
    }
  }
  return [...found];
}

test('it is at most 45 kB, minified and compressed', () => {
  const size = gzipSync(
    loadedAtOnce()
      .map(({ code }) => code)
      .join(''),
  ).length;
  expect(size).toBeGreaterThan(1_000);
  expect(size).toBeLessThanOrEqual(MOST_BYTES);
});

test('it brings its peers and nothing of build time', () => {
  const packages = loadedAtOnce().flatMap(({ imports }) =>
    imports.filter((name) => !/^node:|\.js$/.test(name) || name.includes('/cjs/')),
  );
  expect([...new Set(packages)].toSorted()).toMatchInlineSnapshot(`
    [
      "class-transformer",
      "class-transformer/cjs/storage.js",
      "class-validator",
      "reflect-metadata",
    ]
  `);
});

test('definitions and schedules are loaded when they are first asked for, and the parser of patterns with them', () => {
  const entry = loadedAtOnce();
  const later = chunks.filter((chunk) => !entry.includes(chunk));
  expect(later.length).toBeGreaterThan(0);
  const packages = later.flatMap(({ dynamicImports }) => dynamicImports).filter((name) => !name.endsWith('.js'));
  expect(packages).toEqual(['croner']);
  const modules = entry.flatMap(({ moduleIds }) => moduleIds);
  expect(
    modules.filter((id) => /src\/(schedule|definition)\//.test(id)).map((id) => id.replace(/^.*src\//, '')),
  ).toEqual(['definition/defined.ts']);
});

/** The sources of what Node loads with an entry, as it is built, and the files that hold them. */
function loadedWith(entry: string): { readonly files: number; readonly sources: readonly string[] } {
  const found = new Set([fileURLToPath(new URL(`../../dist/src/${entry}`, import.meta.url))]);
  const sources: string[] = [];
  for (const file of found) {
    const code = readFileSync(file, 'utf8');
    for (const [, path = ''] of code.matchAll(/^(?:import|export)\b[^;]*?['"](\.[^'"]+)['"];/gm)) {
      found.add(join(dirname(file), path));
    }
    // A file that only hands on what others hold has no map.
    if (existsSync(`${file}.map`)) sources.push(...JSON.parse(readFileSync(`${file}.map`, 'utf8')).sources);
  }
  return { files: found.size, sources: sources.map((source) => source.replace(/^.*\/src\//, '')) };
}

test('without a bundler, too, Node loads definitions, schedules and ready observers with their own entries only', () => {
  const { files, sources } = loadedWith('index.js');
  expect(files).toBe(4);
  expect(sources.length).toBeGreaterThan(60);
  expect(sources.filter((path) => /^(schedule|definition|observe\/ready|message\/compiled)\//.test(path))).toEqual([
    'definition/defined.ts',
  ]);
  expect(loadedWith('definitions.js').sources).toContain('definition/schema.ts');
});

test('what needs no runtime loads none', () => {
  for (const entry of ['definitions.js', 'observers.js', 'observe/ready/opentelemetry.js', 'wiring/v1.js']) {
    const { sources } = loadedWith(entry);
    expect(sources.filter((path) => /^(runtime|engines|decorators)\//.test(path))).toEqual([]);
  }
});

test('the compiler of messages is loaded when a class has had a few', () => {
  const modules = loadedAtOnce().flatMap(({ moduleIds }) => moduleIds);
  expect(modules.filter((id) => id.includes('/message/compiled/'))).toEqual([]);
  const all = chunks.flatMap(({ moduleIds }) => moduleIds);
  expect(all.filter((id) => id.includes('/message/compiled/')).length).toBeGreaterThan(5);
});

test('what performs steps, and what starts runs, is loaded with the first runtime', () => {
  const performs =
    /src\/(run\/(transition|step)|execute\/execute|engines\/memory\/loop|runtime\/(run-starts|run))\.ts$/;
  const modules = loadedAtOnce().flatMap(({ moduleIds }) => moduleIds);
  expect(modules.filter((id) => performs.test(id))).toEqual([]);
  expect(chunks.flatMap(({ moduleIds }) => moduleIds).filter((id) => performs.test(id))).toHaveLength(6);
});

test('ready observers cost nothing before they are imported, and bring no package and no engine then', async () => {
  const modules = loadedAtOnce().flatMap(({ moduleIds }) => moduleIds);
  expect(modules.filter((id) => id.includes('/observe/ready/'))).toEqual([]);
  const observers = await bundled(source('observers.ts'));
  const imports = observers.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]);
  expect(imports.filter((name) => !name.startsWith('node:') && !name.endsWith('.js'))).toEqual([]);
  const ours = observers.flatMap(({ moduleIds }) => moduleIds);
  expect(ours.filter((id) => /src\/(engines\/[a-z]+\/|runtime|decorators)/.test(id))).toEqual([]);
});
