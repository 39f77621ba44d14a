// What the wiring imports, and under which names: as the user does, as the module resolution in force allows it.

import { describe, expect, it } from 'vitest';
import { composite, manifest, tsconfig, workspace, type Files } from './workspace.ts';

const GEN = 'src/onward.gen.ts';

describe('PC01: an alias that points at the source of a package', () => {
  const PARCEL = `import { IsInt, IsString } from 'class-validator';
export class Parcel { @IsString() street!: string; @IsInt() grams!: number; }
`;
  const DEPOT = `import { Parcel } from '@acme/messages';
import { Job, OnSuccess } from 'onward';
export class Depot {
  @Job() weigh(parcel: Parcel): Parcel { return parcel; }
  @OnSuccess('weigh') label(parcel: Parcel): void {
    console.log(\`label \${parcel instanceof Parcel} \${parcel.street} \${parcel.grams}\`);
  }
}
`;
  const MAIN = `import { createRuntime } from 'onward';
import { Depot } from './depot.js';
import { graph } from './onward.gen.js';
const runtime = createRuntime(graph, { services: { Depot: new Depot() } });
console.log((await (await runtime.start('Depot.weigh', { street: 'Elm', grams: 5 })).report()).status);
`;
  const PATHS = { '@acme/messages': ['../../packages/messages/src/index.ts'] };
  const YARD: Files = {
    'packages/messages/package.json': manifest('@acme/messages'),
    'packages/messages/tsconfig.json': composite(),
    'packages/messages/src/index.ts': "export * from './parcel.js';\n",
    'packages/messages/src/parcel.ts': PARCEL,
    'apps/api/package.json': JSON.stringify({ name: '@acme/api', type: 'module' }),
    'apps/api/tsconfig.json': composite({ paths: PATHS }, { references: [{ path: '../../packages/messages' }] }),
    'apps/api/src/depot.ts': DEPOT,
    'apps/api/src/main.ts': MAIN,
  };
  const LINKS = { 'node_modules/@acme/messages': 'packages/messages' };

  async function imports(files: Files): Promise<string[]> {
    const yard = workspace({ ...YARD, 'apps/api/src/main.ts': '', ...files }, LINKS);
    expect((await yard.onward('generate', '-p', 'apps/api')).err).toBe('');
    return yard.imports(`apps/api/${GEN}`).filter((from) => !from.startsWith('onward'));
  }

  it('the wiring imports it as the service does, and runs', async () => {
    const yard = workspace(YARD, LINKS);
    expect((await yard.onward('generate', '--project', 'apps/api/tsconfig.json')).err).toBe('');
    expect(yard.imports(`apps/api/${GEN}`)).toEqual(['@acme/messages', 'onward/wiring/v1', './depot.js']);
    expect(yard.tsc('-b', 'apps/api')).toBe('');
    expect(yard.node('apps/api/dist/main.js')).toBe('label true Elm 5\ncompleted\n');
  });

  it('without references, and with an alias that has a star', async () => {
    expect(await imports({ 'apps/api/tsconfig.json': tsconfig({ paths: PATHS }) })).toEqual([
      '@acme/messages',
      './depot.js',
    ]);
    const star = {
      'apps/api/tsconfig.json': tsconfig({ paths: { '~/*': ['../../packages/*'] } }),
      'apps/api/src/depot.ts': DEPOT.replace('@acme/messages', '~/messages/src/parcel.js'),
    };
    expect(await imports(star)).toEqual(['~/messages/src/parcel.js', './depot.js']);
  });

  it('a class that only another file of the package names goes by the name that leads there', async () => {
    const nested = {
      'packages/messages/src/box.ts': `import { Type } from 'class-transformer';
import { ReturnValue } from 'onward';
import { ValidateNested } from 'class-validator';
import { Parcel } from './parcel.js';
export class Box { @ReturnValue() @ValidateNested() @Type(() => Parcel) parcel!: Parcel; }
`,
      'packages/messages/src/index.ts': "export * from './box.js';\nexport { Parcel as Packet } from './parcel.js';\n",
      'apps/api/src/depot.ts': `import { Box, Packet } from '@acme/messages';
import { Job, OnSuccess } from 'onward';
export class Depot {
  @Job() weigh(parcel: Packet): Packet { return parcel; }
  @OnSuccess('weigh') pack(box: Box): void { void box; }
}
`,
    };
    expect(await imports(nested)).toEqual(['@acme/messages', './depot.js']);
    const yard = workspace(
      {
        ...YARD,
        ...nested,
        'apps/api/src/main.ts': '',
        'packages/messages/src/index.ts': "export * from './box.js';\n",
        'apps/api/src/depot.ts': nested['apps/api/src/depot.ts']
          .replace(', Packet }', ' }')
          .replace(/weigh.*/, 'weigh(): void {}'),
      },
      LINKS,
    );
    expect(yard.counts('apps/api/tsconfig.json')).toContain(
      'ONW1206: Parcel belongs to another package, and nothing that you import from there exports it',
    );
  });

  it('what lies in the project itself keeps its relative path, whatever alias leads there', async () => {
    const own = workspace({
      'tsconfig.json': tsconfig({ paths: { '@/*': ['./src/*'] } }),
      'src/parcel.ts': PARCEL,
      'src/depot.ts': DEPOT.replace('@acme/messages', '@/parcel.js'),
    });
    await own.onward('generate');
    expect(own.imports(GEN)).toEqual(['onward/wiring/v1', './depot.js', './parcel.js']);
  });
});

const SHOP = `import { IsInt } from 'class-validator';
import { Job } from 'onward';
import tariff from './tariff.json' with { type: 'json' };
import zones from './zones.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };
import de from './de.json' with { type: 'json' };
void [zones, en, de];
export class Letter { @IsInt() grams!: number; }
export class Shop { @Job() price({ grams }: Letter): number { return grams * tariff.perGram; } }
`;

describe('PC04: a service that imports JSON', () => {
  const JSONS: Files = {
    'src/tariff.json': '{ "perGram": 2 }',
    'src/zones.json': '{ "north": 1 }',
    'src/en.json': '{ "hello": "hi" }',
    'src/de.json': '{ "hello": "hallo" }',
  };

  it('only imports of sources say which ending is used', async () => {
    const main = `import { createRuntime } from 'onward';
import { graph } from './onward.gen.js';
import { Shop } from './shop.js';
const run = await createRuntime(graph, { services: { Shop: new Shop() } }).start('Shop.price', { grams: 3 });
console.log(await run.value());
`;
    const shop = workspace({
      ...JSONS,
      'tsconfig.json': tsconfig({ resolveJsonModule: true }),
      'src/shop.ts': SHOP,
      'src/main.ts': main,
    });
    await shop.onward('generate');
    expect(shop.imports(GEN)).toEqual(['onward/wiring/v1', './shop.js']);
    expect(shop.tsc()).toBe('');
    expect(shop.tsx('src/main.ts')).toBe('6\n');
  });

  const PLAIN = (more: string): string =>
    `import { Job } from 'onward';\n${more}export class Shop { @Job() open(): void {} }\n`;
  const RELATIVE = "import './a';\nimport './b';\n";

  it.each([
    ['under nodenext an ending is needed, whatever the habit', {}, 'module', RELATIVE, './shop.js'],
    ['in a CommonJS package it is not', {}, 'commonjs', RELATIVE, './shop'],
    ['a bundler needs none', { module: 'esnext', moduleResolution: 'bundler' }, 'module', RELATIVE, './shop'],
    ['a bundler without a habit', { module: 'preserve' }, 'module', '', './shop'],
    [
      'styles and pictures are no habit',
      { module: 'esnext', moduleResolution: 'bundler' },
      'module',
      "import './a.ts';\nimport './x.css';\nimport './y.svg';\n",
      './shop.ts',
    ],
    ['a habit of .ts', { allowImportingTsExtensions: true }, 'module', "import './a.ts';\n", './shop.ts'],
  ])('%s', async (_, options, type, imports, expected) => {
    const shop = workspace({
      'package.json': JSON.stringify({ type }),
      'tsconfig.json': tsconfig(options),
      'src/shop.ts': PLAIN(imports),
      'src/a.ts': 'export {};',
      'src/b.ts': 'export {};',
    });
    await shop.onward('generate');
    expect(shop.imports(GEN)).toEqual(['onward/wiring/v1', expected]);
  });

  it('files without annotations have a habit too, and a wiring that is there changes nothing', async () => {
    const shop = workspace({
      'tsconfig.json': tsconfig({ allowImportingTsExtensions: true }),
      'src/shop.ts': PLAIN(''),
      'src/main.ts':
        "import { Shop } from './shop.ts';\nimport { graph } from './onward.gen.ts';\nvoid [Shop, graph];\n",
    });
    await shop.onward('generate');
    expect(shop.imports(GEN)).toEqual(['onward/wiring/v1', './shop.ts']);
    expect((await shop.onward('check')).code).toBe(0);
    // The import of the wiring is the only one: it counts before the wiring is there.
    const alone = workspace({
      'tsconfig.json': tsconfig({ allowImportingTsExtensions: true }),
      'src/shop.ts': PLAIN("import { graph } from './onward.gen.ts';\nvoid graph;\n"),
    });
    await alone.onward('generate');
    expect(alone.imports(GEN)).toEqual(['onward/wiring/v1', './shop.ts']);
    expect((await alone.onward('check')).code).toBe(0);
  });

  it('a declaration next to JavaScript is imported as the JavaScript', async () => {
    const shop = workspace({
      'tsconfig.json': tsconfig({ allowImportingTsExtensions: true }),
      'src/shop.ts': `import { Job } from 'onward';\nimport { Old } from './old.js';\nimport './a.ts';\nimport './b.ts';\nexport class Shop { @Job() open(): Old { return new Old(); } }\n`,
      'src/a.ts': 'export {};',
      'src/b.ts': 'export {};',
      'src/old.d.ts': 'export declare class Old { id: string }',
      'src/old.js': 'export class Old {}',
    });
    await shop.onward('generate');
    expect(shop.imports(GEN)).toEqual(['onward/wiring/v1', './old.js', './shop.ts']);
    expect(shop.tsc()).toBe('');
  });
});

describe('PC07: classes in namespaces', () => {
  const POST = `import { IsString } from 'class-validator';
import { Job, OnSuccess } from 'onward';
export namespace Letters {
  export class Draft { @IsString() text!: string; }
  export interface Sealed { readonly wax: string }
}
export class Post {
  @Job() write(draft: Letters.Draft): Letters.Sealed { return { wax: draft.text }; }
  @OnSuccess('write') send(letter: Letters.Sealed): void { console.log(letter.wax); }
}
`;

  it('are named below what is exported, and checked', async () => {
    const post = workspace({
      'tsconfig.json': tsconfig(),
      'src/post.ts': POST,
      'src/main.ts': `import { createRuntime } from 'onward';
import { graph } from './onward.gen.js';
import { Post } from './post.js';
const runtime = createRuntime(graph, { services: { Post: new Post() } });
console.log((await (await runtime.start('Post.write', { text: 'hi' })).report()).status);
console.log(await runtime.start('Post.write', { text: 5 } as never).then(() => 'accepted', (e: Error) => e.message));
`,
    });
    expect((await post.onward('generate')).err).toBe('');
    expect(post.tsc()).toBe('');
    expect(post.tsx('src/main.ts')).toMatch(/^hi\ncompleted\nONW2003: /);
    expect(post.read(GEN)).toContain("'Post.write': JobType<Letters.Draft, Post['write']>");
  });

  const NAMES: Files = {
    'src/letters.ts': `import { IsString } from 'class-validator';
export namespace Mail.Letters {
  export class Draft { @IsString() text!: string; }
  class Hidden { @IsString() text!: string; }
  export class Sealed extends Hidden { draft?: Draft; }
}
export class Box { @IsString() id!: string; }
export namespace Box { export class Lid { @IsString() id!: string; } }
export import Draft = Mail.Letters.Draft;
`,
  };
  const service = (imports: string, ...types: string[]): string =>
    `import { Job } from 'onward';\n${imports}\nexport class Post {\n${types.map((type, at) => `  @Job() m${at}(given: ${type}): ${type} { return given; }\n`).join('')}}\n`;

  it.each([
    ['nested ones', "import { Mail } from './letters.js';", ['Mail.Letters.Draft', 'Mail.Letters.Sealed']],
    ['another name', "import { Mail as Post2 } from './letters.js';", ['Post2.Letters.Draft']],
    ['a class and a namespace of one name', "import { Box } from './letters.js';", ['Box', 'Box.Lid']],
    [
      '`import Draft =`',
      "import { Mail, Draft as Exported } from './letters.js';\nimport Draft = Mail.Letters.Draft;",
      ['Draft', 'Exported'],
    ],
    ['the file as a namespace', "import * as all from './letters.js';", ['all.Mail.Letters.Draft', 'all.Box.Lid']],
    ['`import = require`', "import all = require('./letters.js');", ['all.Mail.Letters.Draft', 'all.Box']],
  ])('%s', async (_, imports, types) => {
    const post = workspace({ 'tsconfig.json': tsconfig(), ...NAMES, 'src/post.ts': service(imports, ...types) });
    expect((await post.onward('generate')).err).toBe('');
    expect(post.tsc()).toBe('');
  });

  it('a class that its namespace does not export is reported as that', () => {
    const post = workspace({
      'tsconfig.json': tsconfig(),
      'src/post.ts': POST.replace('export namespace', 'namespace'),
    });
    expect(post.counts()).toContain('ONW1206: Draft is not exported');
  });

  it('`export =` of a class, of a namespace, of a package', async () => {
    const post = workspace({
      'package.json': '{ "type": "module" }',
      'tsconfig.json': tsconfig(),
      'src/order.cts': `import validator = require('class-validator');
class Order { @validator.IsString() id!: string; }
namespace Order { export class Line { @validator.IsString() id!: string; } }
export = Order;
`,
      'src/letters.cts': `import validator = require('class-validator');
namespace Letters { export class Draft { @validator.IsString() text!: string; } }
export = Letters;
`,
      'node_modules/stamps/package.json': '{ "name": "stamps", "types": "./index.d.ts" }',
      'node_modules/stamps/index.d.ts':
        'declare namespace stamps { class Stamp { cents: number } interface Sheet { stamps: Stamp[] } }\nexport = stamps;\n',
      'src/post.ts': service(
        `import Order from './order.cjs';
import Same = require('./order.cjs');
import letters = require('./letters.cjs');
import stamps from 'stamps';`,
        ...['Order', 'Same', 'Order.Line', 'letters.Draft'],
      ).replace(/\}\n$/, '  @Job() buy(): stamps.Sheet { return { stamps: [] }; }\n}\n'),
    });
    expect((await post.onward('generate')).err).toBe('');
    expect(post.tsc()).toBe('');
    expect(post.imports(GEN)).toEqual(['onward/wiring/v1', 'stamps', './letters.cjs', './order.cjs', './post.js']);
  });
});

describe('where the wiring may be', () => {
  it.each([
    ['node_modules/x/wiring.ts', 'node_modules'],
    ['src/Node_Modules/wiring.ts', 'node_modules'],
    ['src/con.ts', 'device'],
    ['src/AUX/wiring.ts', 'device'],
    ['src/lpt1.gen.ts', 'device'],
    ['src/wiring.d.ts', 'declaration'],
    ['src/wiring.d.mts', 'declaration'],
    ['src/wir\ning.ts', 'line breaks'],
    ['src/wir\u2028ing.ts', 'line breaks'],
    ['src./wiring.ts', 'dot or a blank'],
  ])('%j is refused', async (output, word) => {
    const shop = workspace({
      'package.json': JSON.stringify({ type: 'module', onward: { output } }),
      'src/shop.ts': "import { Job } from 'onward';\nexport class Shop { @Job() open(): void {} }\n",
    });
    const { code, err } = await shop.onward('generate');
    expect(code).toBe(2);
    expect(err).toContain('ONW6021');
    expect(err).toContain(word);
  });

  it.each(['src/console.ts', 'src/.hidden/wiring.mts', 'src/com10.ts', 'src/d.ts'])('%j is fine', async (output) => {
    const shop = workspace({
      'package.json': JSON.stringify({ type: 'module', onward: { output } }),
      'src/shop.ts': "import { Job } from 'onward';\nexport class Shop { @Job() open(): void {} }\n",
    });
    expect((await shop.onward('generate')).code).toBe(0);
  });
});
