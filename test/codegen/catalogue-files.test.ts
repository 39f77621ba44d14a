// Files and packages that are odd and right: they are read, and the wirings compile.

import { afterAll, expect, it } from 'vitest';
import { Catalogue } from './catalogue-project.ts';

const catalogue = new Catalogue('catalogue-files');
const wrongTypes = new Catalogue('catalogue-wrong-types');

/** Nothing is said about it. */
function wiring(name: string, sources: Parameters<Catalogue['read']>[1]): string {
  const { reported, text } = catalogue.read(name, sources);
  expect(reported).toBe('');
  return text ?? '';
}

const MESSAGE = 'export class Ping { @IsString() id!: string }\n';

it('A33: type errors elsewhere are left to the compiler', () => {
  const { reported, text } = wrongTypes.read(
    'A33',
    `const wrong: number = 'text';\n${MESSAGE}export class S { @Job() a(ping: Ping): void { void [ping, wrong]; } }`,
  );
  expect([reported, text?.includes('S.a')]).toEqual(['', true]);
});

it('A34: a byte order mark, CRLF, mixed and missing line ends give the same wiring', () => {
  const source = `import { Job } from 'onward';\nexport class Ends {\n  @Job({\n    name: 'end',\n  })\n  end(): void {}\n}\n`;
  const variants = [
    source,
    `\uFEFF${source}`,
    source.replaceAll('\n', '\r\n'),
    source.replaceAll('\n', '\r'),
    source.replace('\n', '\r\n').trimEnd(),
    source.replaceAll('\n', '\u2028'),
  ];
  const texts = variants.map((text, at) => wiring(`A34-${at}`, { 'src/a.ts': text }));
  expect(new Set(texts).size).toBe(1);
});

it('A36: a workspace package, an alias of the package.json, and extended options', () => {
  const text = wiring('A36', {
    'package.json': '{ "type": "module", "imports": { "#own/*": "./src/*" } }',
    'src/message.ts': `import { IsString } from 'class-validator';\n${MESSAGE}`,
    'src/a.ts': `import type { Ping } from '#own/message.ts';
import { Job, OnSuccess } from 'onward';
import * as shop from 'shop';
import type { Anonymous } from './anonymous.ts';
import type Nameless from './anonymous.ts';
export class S {
@Job() a(ping: Ping): void { void ping; }
@Job() b(item: shop.Item): shop.Item { return item; }
@OnSuccess('b') c(item: shop.Item): void { void item; }
@Job() d(nameless: Nameless): Anonymous { return { ...nameless }; }
}`,
    'src/anonymous.ts': `import { IsString } from 'class-validator';
export default class { @IsString() id!: string }
export interface Anonymous { id: string }`,
    'node_modules/shop/package.json':
      '{ "name": "shop", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }',
    'node_modules/shop/index.d.ts': 'export { Item } from "./item.js";',
    'node_modules/shop/item.d.ts': 'export declare class Item { id: string }',
  });
  expect(text).toContain("from 'shop'");
});

it('A37: .mts, .cts and .tsx are read, .d.ts is not', () => {
  const source = (name: string): string =>
    `import { Job } from 'onward';\nexport class ${name} { @Job() work(): void {} }\n`;
  const text = wiring('A37', {
    'src/a.mts': source('A'),
    'src/b.cts': `import dsl = require('onward');\nexport class B { @dsl.Job() work(): void {} }\n`,
    'src/c.tsx': source('C'),
    'src/d.d.ts': 'export declare class D { work(): void }',
  });
  expect(text.match(/from '\.[^']*'/g)).toEqual(["from './a.mjs'", "from './b.cjs'", "from './c.js'"]);
});

it('A37: what .d.mts, .d.cts and .d.svg.ts declare has lost its annotations and its bodies, as in .d.ts', () => {
  const sources = (ending: string, specifier: string): Record<string, string> => ({
    [`src/made.${ending}`]:
      'export declare class Order { id: string }\nexport declare class Declined {}\nexport default Order;',
    'src/a.ts': `import { Job, OnError } from 'onward';
import { Declined, Order } from '${specifier}';
export class S {
@Job() a(order: Order): void { void order; }
@OnError('a', { when: Declined }) b(): void {}
}`,
  });
  for (const kind of ['ts', 'mts', 'cts']) {
    wiring(`A37-${kind}`, sources(`d.${kind}`, `./made.${kind.replace('ts', 'js')}`));
  }
  // The compiler wants an option for these.
  expect(wrongTypes.read('A37-svg', sources('d.svg.ts', './made.svg')).reported).toBe('');
});

it('A39: other packages may have annotations of the same names', () => {
  wiring('A39', {
    'src/other.ts':
      'export const Job = (): MethodDecorator => () => undefined; export const OnSuccess = (name: string): MethodDecorator => () => void name;',
    'src/a.ts': `import { Job, OnSuccess } from './other.ts';
import { Job as OurJob } from 'onward';
export class S {
@Job() private theirs(): void {}
@OnSuccess('nothing') static both(): void {}
@(OurJob()) ours(): void { this.theirs(); }
}`,
  });
});

it('A38: constants, enums and spreads of them are read across files', () => {
  const text = wiring('A38', {
    'src/names.ts': `export const NAMES = { charge: 'pay', nested: { deep: 'dive' } } as const;
export enum Names { Refund = 'back' }
export const BASE = { name: NAMES.charge } as const;`,
    'src/a.ts': `import { Job } from 'onward';
import { BASE, NAMES, Names } from './names.ts';
export class S {
@Job({ ...BASE }) a(): void {}
@Job({ ...BASE, name: Names.Refund }) b(): void {}
@Job({ 'name': NAMES.nested.deep }) c(): void {}
@Job({ ['name']: (\`tick\`) }) d(): void {}
}`,
  });
  expect(text.match(/'S\.\w+'/g)).toEqual(expect.arrayContaining(["'S.pay'", "'S.back'", "'S.dive'", "'S.tick'"]));
});

afterAll(() => {
  expect(catalogue.compile()).toBe('');
});
