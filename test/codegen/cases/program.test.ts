// The program, not words: services are found along the imports that the tsconfig's files make.

import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { composite, manifest, tsconfig, workspace, type Files } from './workspace.ts';

/** A program that runs one job and prints how the run ends. */
function main(job: string, services: string, imports = ''): string {
  return `import { createRuntime } from 'onward';
import { graph } from './onward.gen.js';
${imports}const runtime = createRuntime(graph, { services: ${services} });
console.log((await (await runtime.start(${job})).report()).status);
`;
}

const BILLING = `import { IsInt, IsString } from 'class-validator';
import { Job } from 'onward';
export class Invoice { @IsString() of!: string; @IsInt() cents!: number; }
export class Billing {
  @Job() charge(invoice: Invoice): string { return \`\${invoice.of} paid \${invoice.cents}\`; }
}
`;
const POST = `import { Billing } from '@acme/billing';
import { OnSuccess } from 'onward';
export class Post {
  @OnSuccess(() => Billing, 'charge') thank(text: string): void { console.log('thanks: ' + text); }
}
`;
const API_MAIN = main(
  "'Billing.charge', { of: 'ann', cents: 5 }",
  '{ Billing: new Billing(), Post: new Post() }',
  "import { Billing } from '@acme/billing';\nimport { Post } from './post.js';\n",
);
const YARD: Files = {
  'package.json': JSON.stringify({ type: 'module', onward: { output: 'apps/api/src/onward.gen.ts' } }),
  'tsconfig.json': JSON.stringify({ files: [], references: [{ path: 'packages/billing' }, { path: 'apps/api' }] }),
  'packages/billing/package.json': manifest('@acme/billing'),
  'packages/billing/tsconfig.json': composite(),
  'packages/billing/src/index.ts': "export { Billing, Invoice } from './billing.js';\n",
  'packages/billing/src/billing.ts': BILLING,
  'apps/api/package.json': JSON.stringify({ name: '@acme/api', type: 'module' }),
  'apps/api/tsconfig.json': composite({}, { references: [{ path: '../../packages/billing' }] }),
  'apps/api/src/post.ts': POST,
  'apps/api/src/main.ts': API_MAIN,
};
const LINKS = { 'node_modules/@acme/billing': 'packages/billing' };
const API = 'apps/api/tsconfig.json';

describe('PC02: two composite packages and a solution', () => {
  it('the solution and the app alone are wired from the sources, built or not, by the name of the package', async () => {
    const yard = workspace(YARD, LINKS);
    for (const path of ['tsconfig.json', API]) expect(yard.counts(path)).toBe('2 services, 2 nodes, 1 edges');
    expect((await yard.onward('generate')).err).toBe('');
    expect(yard.imports('apps/api/src/onward.gen.ts')).toEqual(['@acme/billing', 'onward/wiring/v1', './post.js']);
    expect(yard.tsc('-b')).toBe('');
    expect(yard.counts(API)).toBe('2 services, 2 nodes, 1 edges');
    expect((await yard.onward('check')).code).toBe(0);
    expect(yard.node('apps/api/dist/main.js')).toBe('thanks: ann paid 5\ncompleted\n');
  });

  it('a chain of references is followed to its end, through a package that hands on under another name', async () => {
    const chain = {
      'packages/money/package.json': manifest('@acme/money'),
      'packages/money/tsconfig.json': composite({}, { references: [{ path: '../billing' }] }),
      'packages/money/src/index.ts': "export { Billing as Till } from '@acme/billing';\n",
      'apps/api/tsconfig.json': composite({}, { references: [{ path: '../../packages/money' }] }),
      'apps/api/src/post.ts': POST.replace('{ Billing }', '{ Till }')
        .replace('@acme/billing', '@acme/money')
        .replace('() => Billing', '() => Till'),
      'apps/api/src/main.ts': API_MAIN.replace('{ Billing }', '{ Till }')
        .replace('@acme/billing', '@acme/money')
        .replace('new Billing', 'new Till'),
    };
    const yard = workspace({ ...YARD, ...chain }, { ...LINKS, 'node_modules/@acme/money': 'packages/money' });
    // Billing's message is behind a name that the app does not import: its own package has one.
    expect(yard.counts(API)).toBe('2 services, 2 nodes, 1 edges');
    await yard.onward('generate', '--project', API);
    expect(yard.imports('apps/api/src/onward.gen.ts')).toEqual([
      '@acme/billing',
      '@acme/money',
      'onward/wiring/v1',
      './post.js',
    ]);
    expect(yard.tsc('-b', 'apps/api')).toBe('');
    expect(yard.node('apps/api/dist/main.js')).toBe('thanks: ann paid 5\ncompleted\n');
  });

  it('a package that exports its sources needs no reference', () => {
    const yard = workspace(
      {
        ...YARD,
        'packages/billing/package.json': manifest('@acme/billing', { exports: './src/index.ts' }),
        [API]: tsconfig(),
      },
      LINKS,
    );
    expect(yard.counts(API)).toBe('2 services, 2 nodes, 1 edges');
  });

  it('without a reference it is said what to build, and once that is built, what to refer to', () => {
    const yard = workspace({ ...YARD, [API]: tsconfig() }, LINKS);
    expect(yard.counts(API)).toMatchInlineSnapshot(`
      "1 services, 1 nodes, 0 edges
      ONW1101: Billing is not a class that can be found; @acme/billing is the package in ../../packages/billing, and what its package.json exports is not there; run \`npx tsc -b ../../packages/billing\` first, or add it to the "references" of your tsconfig: then its sources are read"
    `);
    expect(yard.tsc('-b', 'packages/billing')).toBe('');
    expect(yard.counts(API)).toMatchInlineSnapshot(`
      "1 services, 1 nodes, 0 edges
      ONW1101: Billing is found in ../../packages/billing/dist/billing.d.ts, which shows no annotations; add ../../packages/billing to the "references" of your tsconfig, or let its package.json export the sources"
    `);
  });

  it('annotations out of a package that is not built are not passed over', () => {
    const yard = workspace(
      {
        ...YARD,
        'packages/billing/src/index.ts': "export { Job } from 'onward';\n",
        'apps/api/src/post.ts': "import { Job } from '@acme/billing';\nexport class Post { @Job() send(): void {} }\n",
        'apps/api/src/main.ts': '',
        [API]: tsconfig(),
      },
      LINKS,
    );
    expect(yard.counts(API)).toMatchInlineSnapshot(`
      "0 services, 0 nodes, 0 edges
      ONW1119: whether @Job is an annotation of onward cannot be seen: @acme/billing is the package in ../../packages/billing, and what its package.json exports is not there; run \`npx tsc -b ../../packages/billing\` first, or add it to the "references" of your tsconfig: then its sources are read"
    `);
    expect(yard.tsc('-b', 'packages/billing')).toBe('');
    expect(yard.counts(API)).toBe('1 services, 1 nodes, 0 edges');
  });
});

const SHOP = `import { IsString } from 'class-validator';
import { Job, OnSuccess } from 'onward';
export class Order { @IsString() id!: string; }
export class Shop {
  @Job() order({ id }: Order): string { return id; }
  @OnSuccess('order') ship(id: string): void { console.log('ship', id); }
}
`;
const SHOP_MAIN = main("'Shop.order', { id: 'a' }", '{ Shop: new Shop() }', "import { Shop } from './shop.js';\n");
const ONE_FILE = tsconfig({ rootDir: 'src' }, { files: ['src/main.ts'] });

describe('PC03: a tsconfig that lists one file', () => {
  it('what its imports lead to is wired', async () => {
    const shop = workspace({ 'tsconfig.json': ONE_FILE, 'src/main.ts': SHOP_MAIN, 'src/shop.ts': SHOP });
    expect(shop.counts()).toBe('1 services, 2 nodes, 1 edges');
    await shop.onward('generate');
    expect(shop.tsc('--noEmit', 'false', '--outDir', 'dist')).toBe('');
    expect(shop.node('dist/main.js')).toBe('ship a\ncompleted\n');
  });

  it.each([
    ['import()', { 'src/main.ts': "export const shop = await import('./shop.js');" }],
    ['import() with a comment', { 'src/main.ts': "export const shop = import(/* later * / */ './shop.js');" }],
    ['a type', { 'src/main.ts': "export type Shop = import('./shop.js').Shop;" }],
    ['import =', { 'src/main.ts': "import shop = require('./shop.js');\nvoid shop;" }],
    ['a reference', { 'src/main.ts': '/// <reference path="shop.ts" />' }],
    ['lines that end in CRLF', { 'src/main.ts': "import {\r\n  Shop,\r\n} from\r\n  './shop.js';\r\nvoid Shop;\r\n" }],
    ['a barrel', { 'src/main.ts': "import './all/index.js';", 'src/all/index.ts': "export * from '../shop.js';" }],
    [
      'JavaScript',
      {
        'tsconfig.json': tsconfig({ allowJs: true }, { files: ['src/main.js'] }),
        'src/main.js': "export { Shop } from './shop.js';",
      },
    ],
    [
      '.mts and .cts',
      {
        'src/main.ts': "import './next.mjs';",
        'src/next.mts': "import './last.cjs';",
        'src/last.cts': "import shop = require('./shop.js');\nvoid shop;",
      },
    ],
    [
      '`paths`',
      {
        'tsconfig.json': tsconfig({ paths: { '@/*': ['./lib/*'] } }, { files: ['src/main.ts'] }),
        'src/main.ts': "import '@/more.ts';",
        'lib/more.ts': "import '../src/shop.js';",
      },
    ],
  ])('through %s', (_, files) => {
    const shop = workspace({ 'tsconfig.json': ONE_FILE, 'src/shop.ts': SHOP, ...files });
    expect(shop.counts()).toBe('1 services, 2 nodes, 1 edges');
  });

  it('not through tests, and not through texts that look like imports', () => {
    const shop = workspace({
      'tsconfig.json': tsconfig(),
      'src/main.ts': "import { Shop } from './shop.js';\nexport const text = \"import './nothing.js'\";\nvoid Shop;",
      'src/shop.ts': SHOP,
      'src/shop.test.ts': "import '../fakes/till.js';",
      'fakes/till.ts': SHOP.replaceAll('Shop', 'Fake'),
    });
    expect(shop.counts()).toBe('1 services, 2 nodes, 1 edges');
  });

  it('a full wiring is not replaced by one without services', async () => {
    const shop = workspace({
      'tsconfig.json': ONE_FILE,
      'tsconfig.other.json': tsconfig({}, { files: ['src/other.ts'] }),
      'src/main.ts': SHOP_MAIN,
      'src/other.ts': 'export const other = 1;',
      'src/shop.ts': SHOP,
    });
    await shop.onward('generate');
    const before = shop.read('src/onward.gen.ts');
    for (const command of ['generate', 'check']) {
      const { code, out, err } = await shop.onward(command, '--project', 'tsconfig.other.json');
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err.replaceAll(shop.folder, '')).toBe(
        'error ONW1306: no service was found in the 1 file of /tsconfig.other.json and what it imports; annotate a method of an exported class with @Job() from onward, or name another tsconfig with --project; /src/onward.gen.ts is left as it is\n',
      );
    }
    expect(shop.read('src/onward.gen.ts')).toBe(before);
  });
});

const SYNC = `import { Job, OnSuccess } from 'onward';
export default abstract class Sync {
  @Job() pull(): string { return \`pulled \${this.what()}\`; }
  @OnSuccess('pull') show(text: string): void { console.log(text); }
  protected abstract what(): string;
}
`;
const USERS = `import Base from './sync.js';
export class Users extends Base { protected what(): string { return 'users'; } }
`;
const USERS_MAIN = main("'Users.pull'", '{ Users: new Users() }', "import { Users } from './users.js';\n");

describe('PC22: a base that is imported under another name', () => {
  it('the class that extends it is the service', async () => {
    const sync = workspace({
      'tsconfig.json': tsconfig(),
      'src/sync.ts': SYNC,
      'src/users.ts': USERS,
      'src/main.ts': USERS_MAIN,
    });
    expect(sync.counts()).toBe('1 services, 2 nodes, 1 edges');
    await sync.onward('generate');
    expect(sync.tsc()).toBe('');
    expect(sync.tsx('src/main.ts')).toBe('pulled users\ncompleted\n');
  });

  it.each([
    [
      'is handed on twice',
      {
        'src/more.ts': "export { default as Kept } from './sync.js';",
        'src/users.ts':
          "import { Kept as Again } from './more.js';\nexport class Users extends Again { protected what(): string { return ''; } }",
      },
    ],
    [
      'has another name in a constant',
      {
        'src/users.ts':
          "import Sync from './sync.js';\nconst Base = Sync;\nexport class Users extends Base { protected what(): string { return ''; } }",
      },
    ],
    [
      'is outside of `include`',
      { 'src/sync.ts': '', 'lib/sync.ts': SYNC, 'src/users.ts': USERS.replace('./sync.js', '../lib/sync.js') },
    ],
    [
      'is in a namespace',
      {
        'src/sync.ts': `import { Job, OnSuccess } from 'onward';\n${SYNC.replace(/^import.*\n/, 'export namespace Bases {\n').replace('export default', 'export')}}`,
        'src/users.ts':
          "import { Bases } from './sync.js';\nexport class Users extends Bases.Sync { protected what(): string { return ''; } }",
      },
    ],
  ])('also where it %s', (_, files) => {
    expect(workspace({ 'tsconfig.json': tsconfig(), 'src/sync.ts': SYNC, ...files }).counts()).toBe(
      '1 services, 2 nodes, 1 edges',
    );
  });

  it('a base that is not abstract is a service, and so is what extends it', () => {
    const whole = SYNC.replace('abstract class', 'class').replace(
      'protected abstract what(): string;',
      "protected what(): string { return ''; }",
    );
    const sync = workspace({ 'tsconfig.json': tsconfig(), 'src/sync.ts': whole, 'src/users.ts': USERS });
    expect(sync.counts()).toBe('2 services, 4 nodes, 2 edges');
  });
});

describe('a workspace as pnpm links it', () => {
  const FILES: Files = {
    'package.json': JSON.stringify({ type: 'module' }),
    'node_modules/.pnpm/stamps@1.0.0/node_modules/stamps/package.json': JSON.stringify({
      name: 'stamps',
      version: '1.0.0',
      types: './index.d.ts',
    }),
    'node_modules/.pnpm/stamps@1.0.0/node_modules/stamps/index.d.ts':
      'export declare class Stamp { readonly cents: number }',
    'packages/bases/package.json': JSON.stringify({
      name: '@acme/bases',
      type: 'module',
      exports: './src/index.ts',
      dependencies: { stamps: '1' },
    }),
    'packages/bases/src/index.ts': "export * from './mailer.js';\nexport { Job as Task } from 'onward';\n",
    'packages/bases/src/mailer.ts': `import { IsString } from 'class-validator';
import { Job } from 'onward';
import type { Stamp } from 'stamps';
export class Letter { @IsString() to!: string; }
export abstract class Mailer { @Job() stamp(letter: Letter): Stamp { return { cents: letter.to.length }; } }
export abstract class Unused { @Job() rest(): void {} }
`,
    'apps/post/package.json': JSON.stringify({
      name: '@acme/post',
      type: 'module',
      dependencies: { '@acme/bases': '1' },
    }),
    'apps/post/tsconfig.json': tsconfig(),
    'apps/post/src/post.ts': `import { Mailer, Task } from '@acme/bases';
export class Post extends Mailer { @Task() sweep(): void {} }
`,
  };
  const PNPM = { 'apps/post/node_modules/@acme/bases': 'packages/bases' };

  it('its packages are sources, and only names that the app can import are written', async () => {
    const post = workspace(FILES, PNPM);
    symlinkSync('../../../node_modules/.pnpm/stamps@1.0.0/node_modules/stamps', `${post.folder}/packages/bases/stamps`);
    post.link('packages/bases/node_modules/stamps', 'node_modules/.pnpm/stamps@1.0.0/node_modules/stamps');
    expect(post.counts('apps/post/tsconfig.json')).toBe('1 services, 2 nodes, 0 edges');
    await post.onward('generate', '-p', 'apps/post');
    // `stamps` is not linked into the app: its type is looked up on the class.
    expect(post.imports('apps/post/src/onward.gen.ts')).toEqual(['@acme/bases', 'onward/wiring/v1', './post.js']);
    expect(post.tsc('-p', 'apps/post')).toBe('');
  });

  it('with `preserveSymlinks` a class is still one class', () => {
    const post = workspace({ ...FILES, 'apps/post/tsconfig.json': tsconfig({ preserveSymlinks: true }) }, PNPM);
    expect(post.counts('apps/post/tsconfig.json')).toBe('1 services, 2 nodes, 0 edges');
  });

  it('a service that its package does not show is left out with a word', () => {
    const inner = `import { Job } from 'onward';\nexport class Inner { @Job() work(): void {} }\n`;
    const post = workspace(
      {
        ...FILES,
        'packages/bases/src/inner.ts': inner,
        'packages/bases/src/index.ts': `${FILES['packages/bases/src/index.ts']}import './inner.js';\n`,
      },
      PNPM,
    );
    expect(post.counts('apps/post/tsconfig.json')).toMatchInlineSnapshot(`
      "1 services, 2 nodes, 0 edges
      ONW1206: Inner is left out of the wiring: it belongs to another package, and nothing that you import from there exports it"
    `);
  });
});
