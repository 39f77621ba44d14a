// Builds dist: declarations by the compiler, a file for each source, and code by the bundler, few files for all entries.
//
// B1. Dist holds what the sources give and nothing else: the rest goes, so that no package holds it.
// B2. What has not changed is not compiled and not written again.
// B3. Every entry shares its chunks with the others, so that there is one of each class and one registry.
// B4. An entry loads what its own sources import, in as few files as that allows. `import()` stays a file of its own.
// B5. What is loaded later stands on no chunk that loads it: a bundler would keep both, also where nobody needs a runtime.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = join(root, 'dist');
const SIDES = ['src', 'codegen'];
const loadedWithEntry = new Map();
let later;
const { exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Entries that load no runtime: what they share with one is a chunk of its own. */
const WITHOUT_RUNTIME = ['src/wiring/v1', 'src/definitions', 'src/observers', 'codegen/index'];
/** Entries that bring an engine beside the runtime's own. */
const WITH_STORE = [
  'src/engines/sqlite/index',
  'src/engines/bullmq/index',
  'src/engines/store/index',
  'src/testing/index',
];

/** Those that entries share, each on the ones before it. */
const CHUNKS = ['contract', 'base', 'queries', 'parts', 'onward', 'runs', 'store'];

/** The sources of what the package gives, by what they become below dist. */
const entries = Object.fromEntries(
  [...Object.values(exports).map((target) => target.default), ...Object.values(bin)]
    .filter((target) => target !== undefined)
    .map((target) => target.replace('./dist/', '').replace(/\.js$/, ''))
    .map((name) => [name, join(root, `${name}.ts`)]),
);

process.exitCode = declare();
if (process.exitCode === 0) {
  const files = await bundle();
  removeAllBut(files);
  for (const [path, content] of files) writeChanged(join(dist, path), content);
}

/** @returns {number} the compiler's exit code */
function declare() {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const command = [join(typescript, 'bin/tsc'), '-b', ...SIDES];
  return spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status ?? 1;
}

/** @returns {Promise<ReadonlyMap<string, string>>} what the files below dist hold, by their paths */
async function bundle() {
  const build = await rolldown({
    cwd: root,
    input: entries,
    // Packages stay what they are. What the transform of decorators calls is part of us.
    external: (id) => !id.startsWith('.') && !isAbsolute(id) && !id.startsWith('@oxc-project/runtime/'),
    platform: 'node',
    tsconfig: join(root, 'tsconfig.base.json'),
  });
  const { output } = await build.generate({
    format: 'es',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    // Those below first: a chunk takes what its modules import along, unless that has one already.
    codeSplitting: {
      groups: CHUNKS.map((chunk, at) => ({
        name: (id, modules) => (chunkOf(id, modules) === chunk ? chunk : null),
        debugName: chunk,
        priority: CHUNKS.length - at,
      })),
    },
  });
  await build.close();
  return new Map(output.map((part) => [part.fileName, part.type === 'chunk' ? part.code : part.source]));
}

/** The chunk that a module belongs to; without one, the bundler decides. */
function chunkOf(id, modules) {
  const isOf = (entry) => entry in entries && loadedWith(entry, modules).has(id);
  if (isOf('src/index')) {
    if (WITHOUT_RUNTIME.some(isOf)) return 'base';
    return neededLater(modules).has(id) ? 'parts' : 'onward';
  }
  if (!WITH_STORE.some(isOf)) return null;
  // B4. What entries without a runtime need as well stays apart from the engines, and the contract from all else.
  if (isOf('src/wiring/v1')) return 'contract';
  if (WITHOUT_RUNTIME.some(isOf)) return 'queries';
  // What performs steps is loaded by a runtime, and comes with every other engine.
  return neededLater(modules).has(id) ? 'runs' : 'store';
}

/** B5. What the runtime gets by `import()`, with all that this imports, also by `import()` in turn. */
function neededLater(modules) {
  if (later === undefined) {
    later = new Set([...loadedWith('src/index', modules)].flatMap((id) => loadedBy(id, modules)));
    for (const id of later) for (const next of loadedBy(id, modules)) later.add(next);
  }
  return later;
}

/** What a module gets by `import()`, with all that this imports. */
function loadedBy(id, modules) {
  const asked = modules.getModuleInfo(id)?.dynamicallyImportedIds ?? [];
  return asked.flatMap((next) => [...loadedFrom(next, modules)]);
}

function loadedWith(entry, modules) {
  let loaded = loadedWithEntry.get(entry);
  if (loaded === undefined) {
    loaded = loadedFrom(entries[entry], modules);
    loadedWithEntry.set(entry, loaded);
  }
  return loaded;
}

/** A module with every one that it imports, or that such a module does: `import()` does not count. */
function loadedFrom(start, modules) {
  const loaded = new Set([start]);
  for (const id of loaded) for (const next of modules.getModuleInfo(id)?.importedIds ?? []) loaded.add(next);
  return loaded;
}

/** What was moved or removed, or made by another build. */
function removeAllBut(files) {
  if (!existsSync(dist)) return;
  const isKept = (path) =>
    files.has(path) ||
    path.endsWith('.tsbuildinfo') ||
    (path.endsWith('.d.ts') && existsSync(join(root, path.replace(/\.d\.ts$/, '.ts'))));
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = relative(dist, join(entry.parentPath, entry.name)).replaceAll(sep, '/');
    if (!entry.isDirectory() && !isKept(path)) rmSync(join(dist, path));
  }
  removeEmptyFolders(dist);
}

function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

function writeChanged(path, content) {
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
