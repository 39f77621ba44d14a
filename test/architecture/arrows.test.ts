// The arrows between the folders, and what is pure.

import { expect, test } from 'vitest';
import { ts } from 'ts-morph';
import { importsOf, nodesIn, sources, type Source } from './sources.ts';

const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');

/** `from → to`, for each pair of folders with an import between them. */
function arrows(): readonly string[] {
  const found = sources
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap((source) => importsOf(source).map((to) => ({ from: folderOf(source.path), to: folderOf(to) })))
    .filter(({ from, to }) => from !== to && to.startsWith('src/'))
    .map(({ from, to }) => `${from.slice(4)} → ${to.slice(4)}`);
  return [...new Set(found)].toSorted();
}

const pure = (source: Source): boolean => /^src\/(run|graph)\//.test(source.path);

test('run and graph import nothing from the rim', () => {
  const allowed = new Set(['src/run', 'src/graph', 'src/errors', 'src/values']);
  const strangers = sources
    .filter(pure)
    .flatMap((source) => importsOf(source).map((to) => `${source.path} → ${to}`))
    .filter((arrow) => !allowed.has(folderOf(arrow.split(' → ')[1] ?? '')));
  expect(strangers).toEqual([]);
});

test('run and graph ask for no time, no chance and nothing outside', () => {
  const impure = /^(Date|setTimeout|setInterval|setImmediate|queueMicrotask|process|performance|crypto|fetch|Promise)$/;
  const found = sources.filter(pure).flatMap(({ path, tree }) =>
    [...nodesIn(tree)]
      .filter((node) => ts.isIdentifier(node) && isValue(node))
      .filter((node) => impure.test(node.getText()) || node.parent.getText() === 'Math.random')
      .map((node) => `${path}: ${node.parent.getText()}`),
  );
  expect(found).toEqual([]);
});

function isValue(node: ts.Node): boolean {
  const { parent } = node;
  const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
  return !isMember && !ts.isTypeReferenceNode(parent) && !ts.isPropertySignature(parent);
}

test('engines import no other engine, but for the one that others give their stores to', () => {
  const engines = sources.filter(({ path }) => /^src\/engines\/[a-z-]+\//.test(path));
  const stem = (path: string): string => /^src\/engines\/([a-z]+)/.exec(path)?.[1] ?? '';
  const found = engines.flatMap((source) =>
    importsOf(source)
      .filter((to) => /^src\/engines\/[a-z-]+\//.test(to) && stem(to) !== stem(source.path) && stem(to) !== 'store')
      .map((to) => `${source.path} → ${to}`),
  );
  expect(found).toEqual([]);
});

test('src imports nothing of codegen, and no compiler', () => {
  const found = sources
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap((source) => importsOf(source).filter((to) => /^(codegen\/|ts-morph|typescript)/.test(to)));
  expect(found).toEqual([]);
});

test('src imports these packages and no others', () => {
  const found = sources
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap((source) => importsOf(source).filter((to) => !to.startsWith('src/')));
  expect([...new Set(found)].toSorted()).toMatchInlineSnapshot(`
    [
      "@nestjs/common",
      "@nestjs/core",
      "@opentelemetry/api",
      "bullmq",
      "class-transformer",
      "class-transformer/cjs/storage.js",
      "class-transformer/types/storage.js",
      "class-validator",
      "croner",
      "ioredis",
      "node:assert",
      "node:async_hooks",
      "node:cluster",
      "node:crypto",
      "node:fs",
      "node:fs/promises",
      "node:module",
      "node:os",
      "node:path",
      "node:util",
      "node:vm",
      "node:worker_threads",
      "reflect-metadata",
    ]
  `);
});

test('frameworks are known in one place each', () => {
  const knowing = (packages: RegExp): string[] =>
    sources.filter((source) => importsOf(source).some((to) => packages.test(to))).map(({ path }) => path);
  expect(knowing(/^@nestjs\//).filter((path) => !path.startsWith('src/nest/'))).toEqual([]);
  expect(knowing(/^@opentelemetry\//)).toEqual(['src/observe/ready/opentelemetry.ts']);
  expect(knowing(/^(bullmq|ioredis)$/).filter((path) => !path.startsWith('src/engines/bullmq/'))).toEqual([]);
});

test('the arrows between the folders of src are these', () => {
  expect(arrows().join('\n')).toMatchInlineSnapshot(`
    "api → decorators
    api → errors
    api → execute
    api → graph
    api → observe
    api → run
    api → schedule
    api → wiring
    client.ts → runtime
    decorators → errors
    decorators → graph
    decorators → values
    decorators → wiring
    definition → errors
    definition → values
    definitions.ts → api
    definitions.ts → definition
    engines → errors
    engines → execute
    engines → graph
    engines → observe
    engines → records
    engines → run
    engines → values
    engines → wiring
    execute → definition
    execute → errors
    execute → graph
    execute → message
    execute → run
    execute → values
    execute → wiring
    index.ts → api
    index.ts → decorators
    index.ts → engines
    index.ts → errors
    index.ts → execute
    index.ts → graph
    index.ts → observe
    index.ts → run
    index.ts → runtime
    index.ts → schedule
    index.ts → wiring
    message → decorators
    message → errors
    message → values
    message → wiring
    nest → api
    nest → decorators
    nest → errors
    nest → observe
    nest → runtime
    nest → values
    nest → wiring
    observe → errors
    observe → execute
    observe → graph
    observe → run
    observe → values
    observe → wiring
    observers.ts → execute
    observers.ts → observe
    plans → definition
    plans → errors
    plans → execute
    plans → message
    plans → run
    plans → values
    plans → wiring
    records → errors
    records → execute
    records → graph
    records → run
    records → values
    records → wiring
    run → graph
    run → values
    runtime → api
    runtime → decorators
    runtime → engines
    runtime → errors
    runtime → execute
    runtime → graph
    runtime → message
    runtime → observe
    runtime → plans
    runtime → run
    runtime → schedule
    runtime → values
    runtime → wiring
    schedule → decorators
    schedule → errors
    schedule → execute
    schedule → values
    testing → api
    testing → decorators
    testing → engines
    testing → errors
    testing → execute
    testing → graph
    testing → observe
    testing → run
    testing → runtime
    testing → values
    testing → wiring
    values → errors
    values → graph
    wiring → run
    wiring → values"
  `);
});

test('no arrow leads back: the folders of src form no circle', () => {
  const pairs = arrows().map((arrow) => arrow.split(' → '));
  const open = new Set(pairs.flat());
  for (let peeled = true; peeled;) {
    const free = [...open].filter((folder) => !pairs.some(([from, to]) => from === folder && open.has(to ?? '')));
    for (const folder of free) open.delete(folder);
    peeled = free.length > 0;
  }
  expect([...open]).toEqual([]);
});
