// `onward diff`: what is said of a change, and what a run in flight finds when that change is deployed in the middle of it.

import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { RULES, ruleOf, type ChangeKind } from '../../codegen/diff/rules.ts';
import { commit, edited, flown, git, repository, SHOP, type Edit, type Flight } from './diff-pairs.ts';

interface Pair {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** `level name` of every change. */
  readonly changes: readonly string[];
  readonly flight: Flight;
  /** The steps with their codes, and how the run stands. */
  readonly ends: readonly string[];
}

const LATER = { options: { notBefore: '1h' } } as const;
const PAIRS: readonly Pair[] = [
  {
    name: 'a node that is removed',
    edits: [
      [
        "  @OnSuccess('charge', { after: '1h' })\n  @Handler()\n  pack(order: Order): number {\n    return order.cents;\n  }\n",
        '',
      ],
    ],
    changes: ['breaking Shop.pack:removed'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 102', 'failed'],
  },
  {
    name: 'a node that is renamed',
    edits: [['  pack(order', '  wrap(order']],
    changes: ['breaking Shop.pack:renamed'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 102', 'failed'],
  },
  {
    name: 'a node that is renamed and keeps its name',
    edits: [
      [
        "@OnSuccess('charge', { after: '1h' })\n  @Handler()\n  pack(order",
        "@OnSuccess('charge', { after: '1h' })\n  @Handler({ name: 'pack' })\n  wrap(order",
      ],
    ],
    changes: [],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 0', 'completed'],
  },
  {
    name: 'a service that is renamed',
    edits: [['class Shop', 'class Store']],
    changes: ['breaking Shop:renamed'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 102', 'failed'],
  },
  {
    name: 'a field that is new and required',
    edits: [['@IsInt() cents!: number;', '@IsInt() cents!: number;\n  @IsString() currency!: string;']],
    changes: ['breaking Order.currency:required'],
    flight: LATER,
    ends: ['Shop.charge 107', 'failed'],
  },
  {
    name: 'a field that is new and optional',
    edits: [['@IsInt() cents!: number;', '@IsInt() cents!: number;\n  @IsOptional() @IsString() currency?: string;']],
    changes: ['safe Order.currency:optional'],
    flight: LATER,
    ends: ['Shop.charge 0', 'Shop.pack 0', 'completed'],
  },
  {
    name: 'a field that is removed',
    edits: [
      ['  @IsString() id!: string;\n', ''],
      ['return order.id', "return 'x'"],
    ],
    changes: ['breaking Order.id:removed'],
    flight: LATER,
    ends: ['Shop.charge 107', 'failed'],
  },
  {
    name: 'a field of another type',
    edits: [
      ['@IsInt() cents!: number', '@IsString() cents!: string'],
      ['order.cents > 1_000', "order.cents === 'x'"],
      ['order.cents', '1'],
      ['order.cents', '1'],
      ['order.cents', '1'],
    ],
    changes: ['breaking Order.cents:type'],
    flight: LATER,
    ends: ['Shop.charge 107', 'failed'],
  },
  {
    name: 'other checks',
    edits: [['@IsInt() cents', '@IsInt() @Min(10) cents']],
    changes: ['look Order.cents:checks'],
    flight: LATER,
    ends: ['Shop.charge 107', 'failed'],
  },
  {
    name: 'a callback that is removed',
    edits: [["  @OnSuccess('charge', { after: '1h' })\n", '']],
    changes: ['breaking Shop.charge>success>Shop.pack:removed'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 0', 'completed'],
  },
  {
    name: 'a callback that is new',
    edits: [['  @Job()\n  quote(', "  @OnSuccess('pack')\n  @Handler()\n  praise(): void {}\n\n  @Job()\n  quote("]],
    changes: ['safe Shop.praise:added', 'safe Shop.pack>success>Shop.praise:added'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 0', 'Shop.praise 0', 'completed'],
  },
  {
    name: 'a callback that is asked for another error',
    edits: [['{ when: BankError }', '{ when: TypeError }']],
    changes: ['look Shop.charge>error>Shop.apologise:when'],
    flight: { ...LATER, cents: 2_000 },
    ends: ['Shop.charge 101', 'failed'],
  },
  {
    name: 'a node that waits now',
    edits: [['  @Handler()\n  pack(order: Order)', '  @Handler({ waits: true })\n  pack(order: Sent<Order>)']],
    changes: ['breaking Shop.pack:waits'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack -1', 'running'],
  },
  {
    name: 'a node that waits no more',
    edits: [
      [
        '@Handler({ waits: true })\n  approve(approval: Sent<Approval>): string {\n    return approval.by;',
        "@Handler()\n  approve(): string {\n    return 'x';",
      ],
    ],
    changes: ['breaking Shop.approve:waits-not'],
    flight: { job: 'Shop.quote' },
    ends: ['Shop.quote 0', 'Shop.approve -1', 'running'],
  },
  {
    name: 'a join with another source ahead',
    edits: [
      ["{ weight: 'weigh', label: 'print' }", "{ name: 'split', weight: 'weigh', label: 'print' }"],
      ['  weight!: number;', '  name!: string;\n  weight!: number;'],
    ],
    changes: ['breaking join>Shop.ship:sources', 'safe Parts.name:optional'],
    flight: { job: 'Shop.split' },
    ends: ['Shop.split 0', 'Shop.weigh 0', 'Shop.print 0', 'Shop.ship 206', 'completed'],
  },
  {
    name: 'a join of the first',
    edits: [
      ["{ weight: 'weigh', label: 'print' })", "{ weight: 'weigh', label: 'print' }, { mode: 'any' })"],
      ['  weight!: number;\n  label!', '  weight?: number;\n  label?'],
      ['return parts.label + String', 'return String'],
    ],
    changes: ['breaking join>Shop.ship:mode'],
    flight: { job: 'Shop.split' },
    ends: ['Shop.split 0', 'Shop.weigh 0', 'Shop.print 0', 'Shop.ship 0', 'completed'],
  },
  {
    name: 'a join that is removed',
    edits: [["  @Join({ weight: 'weigh', label: 'print' })\n", '']],
    changes: ['breaking join>Shop.ship:removed'],
    flight: { job: 'Shop.split' },
    ends: ['Shop.split 0', 'Shop.weigh 0', 'Shop.print 0', 'completed'],
  },
  {
    name: 'another value',
    edits: [
      ['split(order: Order): Order {', 'split(order: Order): Order | undefined {'],
      ['weigh(order: Order)', 'weigh(order: Order | undefined)'],
      ['print(order: Order)', 'print(order: Order | undefined)'],
      ['order.cents;\n  }\n\n  @OnSuccess(', 'order?.cents ?? 0;\n  }\n\n  @OnSuccess('],
    ],
    changes: ['safe Shop.split:returns-more', 'safe Shop.weigh:wider', 'safe Shop.print:wider'],
    flight: { job: 'Shop.split' },
    ends: ['Shop.split 0', 'Shop.weigh 0', 'Shop.print 0', 'Shop.ship 0', 'completed'],
  },
  {
    name: 'tags that are asked for',
    edits: [['  @Handler()\n  pack(', "  @Handler({ tags: ['paid'] })\n  pack("]],
    changes: ['breaking Shop.pack:tags'],
    flight: LATER,
    ends: ['Shop.charge 0', 'Shop.pack 105', 'failed'],
  },
  {
    name: 'options of pace',
    edits: [
      ['attempts: 3 }', "attempts: 5, delay: '1s' }, timeout: '1m'"],
      ['split(order', 'split(order'],
    ],
    changes: ['look Shop.charge:timeout', 'safe Shop.charge:option'],
    flight: {},
    ends: ['Shop.charge 0', 'Shop.pack 0', 'completed'],
  },
];

describe('what is said of a change, and what a run in flight finds', () => {
  it.each(PAIRS)('$name', async ({ edits, changes, flight, ends }) => {
    const project = repository(edits);
    const { out } = await project.onward('diff', 'main', '--json');
    const found: { readonly changes: readonly { readonly level: string; readonly name: string }[] } = JSON.parse(out);
    const said = found.changes.map(({ level, name }) => `${level} ${name}`);
    expect({ said, ends: await flown(edits, flight) }).toEqual({ said: changes, ends });
  });
});

const REMOVED = PAIRS[0]?.edits ?? [];
const RAISED: Edit = ['attempts: 3', 'attempts: 5'];

describe('what is printed', () => {
  it('has the breaking ones first, with what runs find and what to do instead', async () => {
    const project = repository([...REMOVED, RAISED, ['@IsInt() cents', '@IsInt() @Min(10) cents']]);
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
    const project = repository([...REMOVED, ['@IsInt() cents', '@IsInt() @Min(10) cents']]);
    const { code, out } = await project.onward('diff', 'main', '--format', 'github');
    expect(code).toBe(1);
    expect(out).toMatchInlineSnapshot(`
      "::error title=onward%3A Shop.pack::Shop.pack removed; its live steps, and those that a run still comes to, fail with code 102; keep it for one release, without the edges that lead to it
      ::warning file=src/shop.ts,line=7,col=21,title=onward%3A Order.cents::Order.cents has other checks: @IsInt() @Min(10), had @IsInt(); messages that wait are checked again: what the new checks refuse fails with code 107
      "
    `);
  });

  it('--allow lets a change pass, and what it names in vain is said', async () => {
    const project = repository(REMOVED);
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
    const project = repository(REMOVED);
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
    project.write('apps/shop/src/shop.ts', edited(REMOVED));
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

  it('errors in the work tree are reported as `list` does', async () => {
    const project = repository([['  @Job()\n  quote(order: Order)', '  @Job({ retri: {} })\n  quote(order: Order)']]);
    expect(await project.onward('diff', 'main')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('retri'),
    });
  });
});

it('the table of docs/deploying.md has every rule, and no other', () => {
  const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+ [\w-]+)` \| (\w+) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  const finds = (kind: ChangeKind): string => ruleOf(kind).finds ?? 'nothing else than before';
  const kinds = Object.keys(RULES).filter((kind): kind is ChangeKind => Object.hasOwn(RULES, kind));
  expect(rows).toEqual(kinds.map((kind) => [kind, ruleOf(kind).level, finds(kind)]));
});
