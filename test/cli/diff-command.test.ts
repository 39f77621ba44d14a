// `onward diff` as a command: what it prints, and which sources it compares.

import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { projectOnDisk } from '../codegen/project-on-disk.ts';
import { commit, edited, git, REMOVED, repository, SHOP, type Edit } from './diff-pairs.ts';

const RAISED: Edit = ['attempts: 3', 'attempts: 5'];

describe('what is printed', () => {
  it('has the breaking ones first, with what runs find and what to do instead', async () => {
    const project = repository([REMOVED, RAISED, ['@IsInt() cents', '@IsInt() @Min(10) cents']]);
    const { code, out, err } = await project.onward('diff', 'main');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out.replace(/\([\da-f]{10}\)/, '(0123456789)')).toMatchInlineSnapshot(`
      "breaking for runs in flight
        ✗ Shop.pack   removed  was src/shop.ts:30:3
            its live steps, and those that a run still comes to, fail with code 102
            keep it for one release, without the edges that lead to it
      to look at
        ! Order.cents   has other checks: @IsInt() @Min(10), had @IsInt()  src/shop.ts:7:21
            messages that wait are checked again: what the new checks refuse fails with code 107
      safe
        · Shop.charge   retry { attempts: 3 } → { attempts: 5 }  src/shop.ts:23:3
      1 breaking · 1 to look at · 1 safe   since main (0123456789)
      "
    `);
  });

  it('is one line where nothing has changed', async () => {
    const project = repository([['throw new BankError', '// a comment\n    throw new BankError']]);
    expect(await project.onward('diff', 'HEAD')).toEqual({
      code: 0,
      out: expect.stringMatching(/^the graph is that of HEAD \([\da-f]{10}\)\n$/),
      err: '',
    });
  });

  it('--format github is an annotation for each change, at its line', async () => {
    const project = repository([REMOVED, ['@IsInt() cents', '@IsInt() @Min(10) cents']]);
    const { code, out } = await project.onward('diff', 'main', '--format', 'github');
    expect(code).toBe(1);
    expect(out).toMatchInlineSnapshot(`
      "::error title=onward%3A Shop.pack::Shop.pack removed; its live steps, and those that a run still comes to, fail with code 102; keep it for one release, without the edges that lead to it
      ::warning file=src/shop.ts,line=7,col=21,title=onward%3A Order.cents::Order.cents has other checks: @IsInt() @Min(10), had @IsInt(); messages that wait are checked again: what the new checks refuse fails with code 107
      "
    `);
  });

  it('--allow lets a change pass, and what it names in vain is said', async () => {
    const project = repository([REMOVED]);
    const { code, out, err } = await project.onward(
      'diff',
      'main',
      '--allow',
      'Shop.pack:removed',
      '--allow=Shop.pack:remove',
    );
    expect({ code, err }).toEqual({
      code: 0,
      err: '--allow Shop.pack:remove allows nothing: there is no such change; did you mean Shop.pack:removed?\n',
    });
    expect(out).toContain('  ~ Shop.pack   removed  was src/shop.ts:30:3\n      allowed\n0 breaking · 1 allowed');
    const json: object = JSON.parse(
      (await project.onward('diff', 'main', '--json', '--allow', 'Shop.pack:removed')).out,
    );
    expect(json).toMatchObject({
      ok: true,
      revision: 'main',
      unread: 0,
      changes: [{ name: 'Shop.pack:removed', allowed: true }],
    });
  });
});

describe('the old sources', () => {
  it('are read without touching the work tree or the index', async () => {
    const project = repository([REMOVED]);
    project.write('src/draft.ts', 'export const draft = 1;\n');
    git(project, 'add', 'src/draft.ts');
    project.write('src/draft.ts', 'export const draft = 2;\n');
    const state = (): string[] => [
      git(project, 'status', '--porcelain'),
      git(project, 'stash', 'list'),
      git(project, 'diff'),
      git(project, 'worktree', 'list'),
    ];
    const before = state();
    await project.onward('diff', 'main');
    expect(state()).toEqual(before);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('onward-diff-'))).toEqual([]);
  });

  it('are those of the project in a folder of the repository', async () => {
    const project = repository([]);
    for (const path of ['tsconfig.json', 'package.json']) project.write(`apps/shop/${path}`, project.read(path));
    project.write('apps/shop/src/shop.ts', SHOP);
    git(project, 'add', '.');
    commit(project, 'two projects');
    project.write('apps/shop/src/shop.ts', edited([REMOVED]));
    expect(await project.onward('diff', 'HEAD')).toMatchObject({ code: 0 });
    const found = await project.onward('diff', 'HEAD', '--project', 'apps/shop');
    expect(found).toMatchObject({
      code: 1,
      out: expect.stringContaining('Shop.pack   removed  was apps/shop/src/shop.ts:30:3'),
    });
    const older = await project.onward('diff', 'HEAD~1', '--project', 'apps/shop');
    expect(older).toEqual({
      code: 2,
      out: '',
      err: 'error ONW6040: HEAD~1 has no apps/shop/tsconfig.json; name a tsconfig that both have with --project\n',
    });
  });

  it('may have errors: what can be read of them is compared', async () => {
    const project = repository([['  @Job()\n  quote(order: Order)', '  @Job({ retri: {} })\n  quote(order: Order)']]);
    commit(project, 'wrong');
    project.write('src/shop.ts', SHOP);
    const { code, err } = await project.onward('diff', 'HEAD');
    expect({ code, err }).toEqual({
      code: 0,
      err: 'the sources of HEAD have 1 error: what cannot be read of them is not compared\n',
    });
  });

  it.each(['nowhere', '-x'])('a revision %s that is not there is refused', async (revision) => {
    const project = repository([]);
    expect(await project.onward('diff', '--', revision)).toEqual({
      code: 2,
      out: '',
      err: `error ONW6040: there is no revision "${revision}"; in CI, fetch it first: \`git fetch origin main\`\n`,
    });
  });

  it('a repository without a commit, and a folder in none, say what to do first', async () => {
    const project = projectOnDisk({ 'src/shop.ts': SHOP });
    // Git does not look above it.
    vi.stubEnv('GIT_CEILING_DIRECTORIES', dirname(project.folder));
    onTestFinished(() => void vi.unstubAllEnvs());
    const outside = await project.onward('diff', 'HEAD');
    expect([outside.code, outside.err]).toEqual([2, expect.stringContaining('run it in a clone')]);
    git(project, 'init', '--quiet');
    const empty = await project.onward('diff', 'HEAD');
    expect([empty.code, empty.err]).toEqual([2, 'error ONW6040: there is no revision "HEAD"; commit first\n']);
  });

  it('errors in the work tree are reported as `list` does', async () => {
    const project = repository([['  @Job()\n  quote(order: Order)', '  @Job({ retri: {} })\n  quote(order: Order)']]);
    expect(await project.onward('diff', 'main')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('retri'),
    });
  });
});
