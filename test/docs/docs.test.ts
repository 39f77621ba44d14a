// The documents against the code: what they name exists, and what exists they name.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/values/sanitize.ts';
import * as face from '../../src/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const pages = readdirSync(`${root}docs`).filter((name) => name.endsWith('.md'));
const documents = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', ...pages.map((name) => `docs/${name}`)];

/** As links name them. */
function headingsOf(text: string): string[] {
  const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase());
  return titles.map((title) => title.replaceAll(/[^\w -]/g, '').replaceAll(' ', '-'));
}

test('the index names every page', () => {
  const index = read('docs/README.md');
  // A page that is not in the package is named by its place in the repository.
  const names = (name: string): boolean => index.includes(`](${name})`) || index.includes(`/blob/main/docs/${name})`);
  expect(pages.filter((name) => name !== 'README.md' && !names(name))).toEqual([]);
});

describe.each(documents)('%s', (path) => {
  const text = read(path);

  test('names npm scripts that exist', () => {
    const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;
    const named = [...text.matchAll(/npm (?:run )?(build|test|lint|check|bench|example|soak|[a-z]+(?=`| ))/g)].map(
      ([, name]) => name ?? '',
    );
    const own = named.filter((name) => !['ci', 'i', 'init', 'install', 'pkg', 'run', 'pack'].includes(name));
    expect(own.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('links to files and headings that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)];
    const broken = links.filter(([, link = '', heading]) => {
      const file = link === '' ? path : `${path.includes('/') ? 'docs/' : ''}${link}`;
      return !existsSync(`${root}${file}`) || (heading !== undefined && !headingsOf(read(file)).includes(heading));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

test('the README names every annotation', () => {
  const annotations = Object.keys(face).filter((name) =>
    /^(Service|Job|Schedule|Join|Handler|On[A-Z]\w*|ReturnValue|ErrorValue|Message)$/.test(name),
  );
  expect(annotations.length).toBeGreaterThan(14);
  expect(annotations.filter((name) => !read('README.md').includes(`@${name}(`))).toEqual([]);
});

test('the README names the commands that run the example and the tests, and both exist', () => {
  const named = [...read('README.md').matchAll(/^\$ npm ci && npm (?:run )?(\w+)/gm)].map(([, name]) => name);
  expect(named).toEqual(['example', 'test']);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(named.filter((name) => scripts[name ?? ''] === undefined)).toEqual([]);
});

test('the README shows the example of shipments as it is', () => {
  const shown = /^## The graph$[^]*?^```ts\n([^]*?)^```$/m.exec(read('README.md'))?.[1] ?? '';
  const lines = shown.split('\n').map((line) => line.replace(/ … }$/, '').trim());
  const sources = readdirSync(`${root}examples/shipments/src`).map((name) => read(`examples/shipments/src/${name}`));
  const known = new Set(sources.flatMap((text) => text.split('\n').map((line) => line.trim())));
  expect(lines.length).toBeGreaterThan(12);
  expect(lines.filter((line) => !known.has(line))).toEqual([]);
});

test('the map names every folder, and no other', () => {
  const map = read('ARCHITECTURE.md');
  for (const side of ['src', 'codegen']) {
    const folders = readdirSync(`${root}${side}`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.filter(({ name }) => !map.includes(`${name}/`)).map(({ name }) => `${side}/${name}`)).toEqual([]);
  }
  const named = [...map.matchAll(/`((?:src|codegen|run|runtime|message|engines|decorators)\/[\w./-]+\.ts)`/g)].map(
    ([, path]) => path ?? '',
  );
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((path) => !existsSync(`${root}${path}`) && !existsSync(`${root}src/${path}`))).toEqual([]);
});

test.each(['run', 'engines/store', 'engines/store/run', 'engines/store/shared', 'engines/bullmq'])(
  'the map names every file of %s',
  (room) => {
    const map = read('ARCHITECTURE.md');
    const files = readdirSync(`${root}src/${room}`).map((name) => name.replace(/\.ts$/, ''));
    expect(files.filter((name) => !new RegExp(`(^|[\\s\`./])${name}([\\s\`,.;]|$)`, 'm').test(map))).toEqual([]);
  },
);

test('the page on messages gives the limits as they are', () => {
  const page = read('docs/messages.md').replaceAll(',', '');
  expect(page).toContain('`maxBytes` 1 MiB');
  expect(DEFAULT_LIMITS.maxBytes).toBe(1_024 ** 2);
  for (const name of ['maxDepth', 'maxNodes', 'maxKeys', 'maxItems'] as const) {
    expect(page).toContain(`\`${name}\` ${DEFAULT_LIMITS[name]}`);
  }
});

test('the page on the rules has each rule once, in order', () => {
  const ids = [...read('docs/rules.md').matchAll(/^\| R(\d+) \|/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual(ids.map((_, at) => at + 1));
  expect(ids.length).toBeGreaterThanOrEqual(57);
});
