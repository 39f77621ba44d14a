// The classes that the wiring names for engines that keep values.

import { expect, test } from 'vitest';
import { projectOnDisk } from './project-on-disk.ts';

const VALUES = `import { Type } from 'class-transformer';
import { IsInt, ValidateNested } from 'class-validator';

export class Coin {
  @IsInt() cents!: number;
}
export class Order {
  @ValidateNested({ each: true }) @Type(() => Coin) coins!: readonly object[];
}
export class Stamp {
  at = new Date();
}
export class Base<T> {
  item!: T;
}
export class Receipt extends Base<Stamp> {
  private readonly lines = new Map<string, Line>();
  by: ReadonlyMap<string, Line | null> = this.lines;
}
export class Line {}
export class Closed {
  #secret = 1;
  reveal(): number {
    return this.#secret;
  }
}
export class InTuple {}
export class InLiteral {}
export class InAlias {}
export class Unused {}
export type Answer = readonly [InTuple, { readonly deep: InLiteral[] }] | Maybe;
export interface Maybe extends Object {
  readonly found?: InAlias;
}
class Hidden {}
export type Own = Hidden;
`;

const ERRORS = `export class Caught extends Error {}
export class Declared extends Error {}
export class Never extends Error {}
`;

const SHOP = `import { Handler, Job, OnError, OnSuccess } from 'onward';
import { Caught, Declared } from './errors.js';
import type { Answer, Closed, Order, Own, Receipt } from './values.js';
export class Beside {}

export class Shop {
  @Job({ throws: [Declared, Caught] })
  async sell(order: Order): Promise<Receipt | Closed> {
    throw new Declared(String(order));
  }
  @OnError('sell', { when: Caught })
  sorry(): void {}
  @OnError('sell', { when: Declared })
  again(): Answer | Own {
    return { found: {} };
  }
  @Handler() @OnSuccess('sell')
  own(): Beside {
    return new Beside();
  }
}
`;

function classesIn(wiring: string): string[] {
  const [, names = ''] = /classes: \(\) => \(\{([^}]*)\}\)/.exec(wiring) ?? [];
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .toSorted();
}

test('classes are found in types, in fields, in `throws` and in `when`, however deep', async () => {
  const project = projectOnDisk({ 'src/values.ts': VALUES, 'src/errors.ts': ERRORS, 'src/shop.ts': SHOP });
  expect(await project.onward('generate')).toMatchObject({ code: 0 });
  expect(classesIn(project.read('src/onward.gen.ts'))).toEqual([
    'Beside',
    'Caught',
    'Coin',
    'Declared',
    'InAlias',
    'InLiteral',
    'InTuple',
    'Line',
    'Order',
    'Receipt',
    'Stamp',
  ]);
});

test.each([
  ['a name', "import { told } from './told.js';"],
  ['what it does', "import './told.js';\nconst told = 1;"],
  ['a name of the package', "import { told } from '#told';"],
  ['a name of the tsconfig', "import { told } from '@app/told.js';"],
])(
  'CLASSES-3: a class whose file comes to the wiring by %s is left out, unless a message is made of it',
  async (_, line) => {
    const shop = SHOP.replace('export class Beside {}', `${line}\nexport class Beside { at = told }`);
    const project = projectOnDisk({
      'package.json': JSON.stringify({ type: 'module', imports: { '#told': './src/told.ts' } }),
      'tsconfig.json': JSON.stringify({
        compilerOptions: { module: 'nodenext', experimentalDecorators: true, paths: { '@app/*': ['./src/*'] } },
        include: ['src'],
      }),
      'src/values.ts': VALUES,
      'src/errors.ts': ERRORS,
      'src/shop.ts': shop,
      'src/told.ts': "import { graph } from './onward.gen.js';\nexport const told = graph.contract;\n",
    });
    expect(await project.onward('generate')).toMatchObject({ code: 0 });
    const found = classesIn(project.read('src/onward.gen.ts'));
    expect(found).toContain('Order');
    expect(found).not.toContain('Beside');
  },
);
