// What npm would publish, file by file.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { packed, succeed } from './project.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const REPOSITORY = 'https://github.com/onward-dsl/onward';

let folder = '';
let files: readonly string[] = [];

beforeAll(async () => {
  const place = await packed();
  await succeed(place.folder, 'tar', ['-xzf', place.tarball]);
  folder = join(place.folder, 'package');
  files = filesIn(folder);
}, 120_000);

function filesIn(parent: string): readonly string[] {
  return readdirSync(parent, { recursive: true, withFileTypes: true })
    .flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name).slice(parent.length + 1)] : []))
    .toSorted();
}

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const ending = (end: string): readonly string[] => files.filter((path) => path.endsWith(end));

/** A page without its code, in which brackets are no links. */
function proseOf(page: string): string {
  return read(page)
    .replace(/^```[^]*?^```$/gm, '')
    .replace(/`[^`]*`/g, '');
}

/** Where a page leads to: what stands in its links, and behind the names of its links. */
function targetsOf(page: string): readonly string[] {
  const found = proseOf(page).matchAll(/\]\(([^)]*)\)|^\[[^\]]+\]: (\S+)$/gm);
  return [...found].map(([, inline, named]) => inline ?? named ?? '');
}

test('it has the declarations of all sources, the code of all entries, and nothing that was there before', () => {
  const declarations = ['src', 'codegen'].flatMap((side) =>
    filesIn(join(root, side))
      .filter((path) => /(?<!\.d)\.ts$/.test(path))
      .map((path) => join('dist', side, path.replace(/\.ts$/, '.d.ts'))),
  );
  const { exports, bin } = JSON.parse(read('package.json'));
  const targets: { default?: string }[] = [...Object.values<object>(exports), { default: bin.onward }];
  const entries = targets.flatMap((target) => (target.default === undefined ? [] : [target.default.replace('./', '')]));
  const given = files.filter((path) => path.startsWith('dist/'));
  const isCode = (path: string): boolean => !path.endsWith('.d.ts');
  expect(given.filter((path) => !isCode(path))).toEqual(declarations.toSorted());
  const withoutChunks = given.filter((path) => isCode(path) && !path.startsWith('dist/chunks/'));
  expect([...new Set(withoutChunks.map((path) => path.replace(/\.map$/, '')))]).toEqual(entries.toSorted());
});

test('every source is in one file of code, so that no class and no registry is there twice', () => {
  const places = new Map<string, string[]>();
  for (const map of ending('.js.map')) {
    const { sources }: { sources: string[] } = JSON.parse(read(map));
    for (const source of sources.map((path) => join(dirname(map), path))) {
      places.set(source, [...(places.get(source) ?? []), map]);
    }
  }
  expect(places.size).toBeGreaterThan(200);
  expect([...places].filter(([, maps]) => maps.length > 1)).toEqual([]);
});

test('what has side effects of other packages says so', () => {
  const importing = ending('.js').filter((path) => /^import ["'](?!\.)/m.test(read(path)));
  expect(JSON.parse(read('package.json')).sideEffects).toEqual(importing.map((path) => `./${path}`));
});

test('every map brings the sources that it leads to', () => {
  const withMap = ending('.js').filter((path) => /^\/\/# sourceMappingURL=\S+$/m.test(read(path)));
  expect(withMap.length).toBe(ending('.js.map').length);
  const without = ending('.js.map').filter((path) => {
    const { sources, sourcesContent }: { sources: string[]; sourcesContent?: string[] } = JSON.parse(read(path));
    return sources.some((source, at) => sourcesContent?.[at] !== readFileSync(sourceOf(path, source), 'utf8'));
  });
  expect(without).toEqual([]);
});

/** A map is two folders deep in the package as in the repository. */
function sourceOf(map: string, source: string): string {
  return join(root, dirname(map), source);
}

test('it names its repository', () => {
  expect(JSON.parse(read('package.json'))).toMatchObject({
    repository: { type: 'git', url: `git+${REPOSITORY}.git` },
  });
});

describe('its documents', () => {
  test('are the README, the map, the changes, the guides and the codes', () => {
    expect(ending('.md').filter((path) => !path.startsWith('docs/'))).toEqual([
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      'README.md',
    ]);
    expect(files).toEqual(expect.arrayContaining(['docs/README.md', 'docs/plans.md', 'docs/codes/ONW6011.md']));
  });

  test('link to files of the package, or to the web', () => {
    const dead = ending('.md').flatMap((page) =>
      targetsOf(page)
        .filter((target) => !/^(https:|#)/.test(target))
        .map((target) => target.replace(/#.*$/, ''))
        .filter((target) => !existsSync(join(folder, dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    );
    expect(dead).toEqual([]);
  });

  test('link to what the repository holds', () => {
    const linked = ending('.md').flatMap((page) => targetsOf(page).filter((target) => target.startsWith(REPOSITORY)));
    expect(linked.length).toBeGreaterThan(9);
    const paths = linked.map((target) => target.replace(/^.*\/(?:blob|tree)\/main\//, ''));
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('say where every named link leads', () => {
    const nowhere = ending('.md').flatMap((page) => {
      const prose = proseOf(page);
      const named = [...prose.matchAll(/\[((?:docs|examples)\/[^\]]+)\](?![(:])/g)].map(([, name = '']) => name);
      return named.filter((name) => !prose.includes(`\n[${name}]: https:`)).map((name) => `${page}: ${name}`);
    });
    expect(nowhere).toEqual([]);
  });
});
