// The sources of a git revision, as they were: in a folder of their own, which is gone afterwards.
//
// REVISION-1. Neither the work tree nor the index of the repository is touched: git writes the files by an index of its own.
// REVISION-2. Only what the compiler reads is written. Packages are those of the work tree; a package that is part of the
//             repository is the one of the revision.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { showWord, visible } from '../quote.ts';

export interface Revision {
  /** The commit, in full. */
  readonly commit: string;
  /** The path of the same tsconfig, in the folder with the old sources. */
  readonly tsconfig: string;
  /** A path of the old sources, as it is in the work tree. */
  readonly inWorkTree: (path: string) => string;
}

/**
 * Does something with the sources of a revision.
 *
 * @param tsconfig in the work tree; absolute.
 * @throws {OnwardError} ONW6040 if there is no git, no repository, no such revision, or no such file in it.
 */
export function withRevision<T>(tsconfig: string, name: string, work: (revision: Revision) => T): T {
  const git = gitIn(dirname(tsconfig));
  const root = realpathSync(
    git(
      ['rev-parse', '--show-toplevel'],
      'diff compares with a revision of a git repository, and this is not in one; run it in a clone',
    ).trim(),
  );
  const fetch = 'in CI, fetch it first: `git fetch origin main`';
  const unknown = `there is no revision ${showWord(name)}; ${name === 'HEAD' ? 'commit first' : fetch}`;
  const commit = git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], unknown).trim();
  const path = relative(root, realpathSync(tsconfig));
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'onward-diff-')));
  try {
    const tree = join(folder, 'tree');
    checkOut(git, { root, commit, folder, tree });
    linkPackages(root, dirname(path), tree);
    const old = join(tree, path);
    if (!existsSync(old)) {
      const text = `${name} has no ${path.replaceAll(sep, '/')}; name a tsconfig that both have with --project`;
      throw new OnwardError('ONW6040', visible(text));
    }
    return work({ commit, tsconfig: old, inWorkTree: (file) => join(root, relative(tree, file)) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Git = (
  words: readonly string[],
  problem: string,
  more?: { readonly index?: string; readonly input?: string },
) => string;

function gitIn(cwd: string): Git {
  return (words, problem, { index, input = '' } = {}) => {
    // Git may have been called by a hook, for another index: that is not ours to use.
    const { GIT_INDEX_FILE: _, ...env } = process.env;
    const { status, stdout, stderr, error } = spawnSync('git', ['-C', cwd, ...words], {
      encoding: 'utf8',
      env: { ...env, GIT_LFS_SKIP_SMUDGE: '1', ...(index !== undefined && { GIT_INDEX_FILE: index }) },
      input,
      maxBuffer: 1024 ** 3,
    });
    if (error !== undefined) throw new OnwardError('ONW6040', `git cannot be run: ${visible(error.message)}`);
    if (status === 0) return stdout;
    const said = stderr.trim().split('\n')[0] ?? '';
    throw new OnwardError('ONW6040', `${problem}${said === '' ? '' : ` (git says: ${visible(said)})`}`);
  };
}

/** What the compiler reads, and every link. */
const READ = /\.(?:[cm]?[jt]sx?|json)$/;
const LINK = '120000';

interface Places {
  readonly root: string;
  readonly commit: string;
  readonly folder: string;
  readonly tree: string;
}

function checkOut(git: Git, { root, commit, folder, tree }: Places): void {
  const problem = 'the sources of the revision cannot be read';
  const index = join(folder, 'index');
  mkdirSync(tree);
  const listed = git(['-C', root, 'ls-tree', '-r', '-z', commit], problem).split('\0');
  const paths = listed.flatMap((line) => {
    const [, mode, kind, path = ''] = /^(\d+) (\w+) \w+\t(.*)$/s.exec(line) ?? [];
    return kind === 'blob' && (mode === LINK || READ.test(path)) ? [path] : [];
  });
  git(['-C', root, 'read-tree', commit], problem, { index });
  const words = ['-C', root, 'checkout-index', '-z', '--stdin', '--quiet', `--prefix=${tree}/`];
  git(words, problem, { index, input: paths.map((path) => `${path}\0`).join('') });
}

// ── packages ──

/** Links the packages that the project finds in the work tree: those of its folder, of the folders around it, and above. */
function linkPackages(root: string, project: string, tree: string): void {
  const parts = project === '.' || project === '' ? [] : project.split(sep);
  for (let length = 0; length <= parts.length; length++) {
    const folder = join(...['.', ...parts.slice(0, length)]);
    linkFolder(join(root, folder, 'node_modules'), join(tree, folder, 'node_modules'), { root, tree });
  }
  for (let above = dirname(root); ; above = dirname(above)) {
    const packages = join(above, 'node_modules');
    if (existsSync(packages)) return symlinkSync(packages, join(dirname(tree), 'node_modules'), 'junction');
    if (above === dirname(above)) return;
  }
}

function linkFolder(from: string, to: string, around: { readonly root: string; readonly tree: string }): void {
  // A revision that has its packages in git brings its own.
  if (!existsSync(from) || existsSync(to)) return;
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (name.startsWith('@')) linkFolder(path, join(to, name), around);
    else symlinkSync(packagePlace(path, around), join(to, name), 'junction');
  }
}

/** REVISION-2. */
function packagePlace(path: string, { root, tree }: { readonly root: string; readonly tree: string }): string {
  if (!existsSync(path)) return path;
  const real = realpathSync(path);
  const inside = relative(root, real);
  const isOfRepository = !inside.startsWith('..') && !inside.split(sep).includes('node_modules') && inside !== '';
  return isOfRepository ? resolve(tree, inside) : real;
}
