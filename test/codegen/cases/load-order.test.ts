// Classes that annotations name in their options: read while the file is loaded, so that circles of imports matter.

import { describe, expect, it } from 'vitest';
import { tsconfig, workspace, type Files, type Workspace } from './workspace.ts';

const mail = (when: string): string => `import { OnError } from 'onward';
import { Declined, Shop } from './shop.js';
export class Mail {
  @OnError(() => Shop, 'order', { when: ${when} }) sorry(): void {}
}
`;
const shop = (importing: string, method: string): string => `import { Job, OnError } from 'onward';
${importing} { Mail } from './mail.js';
export class Declined extends Error {}
export class Shop {
  @Job() order(): string { throw new Declined('no'); }
  ${method}
}
`;
const BACK = "@OnError(() => Mail, 'sorry') two(): void {}";

function project(files: Files): Workspace {
  const options = { noEmit: false, outDir: 'dist', rootDir: 'src' };
  return workspace({ 'package.json': '{ "type": "module" }', 'tsconfig.json': tsconfig(options), ...files });
}

const about = (files: Files): string[] => project(files).counts().split('\n').slice(1);

describe('a class of `when` in a file that imports the file of the annotation', () => {
  const late =
    'Declined is read while this file is loaded, and the two files import each other, so it may not exist yet';

  it.each(['Declined', '[Declined, RangeError]'])('is warned of: %s', (when) => {
    expect(about({ 'src/mail.ts': mail(when), 'src/shop.ts': shop('import', BACK) })).toEqual([
      `ONW1209: ${late}; move it to a file of its own, or write \`when: (error) => error instanceof Declined\``,
    ]);
  });

  it('is warned of where the circle is longer', () => {
    const found = about({
      'src/mail.ts': mail('Declined'),
      'src/desk.ts': `import { OnError } from 'onward';\nimport { Mail } from './mail.js';
export class Desk { @OnError(() => Mail, 'sorry') two(): void {} }\n`,
      'src/shop.ts': shop('import', '')
        .replace(/import \{ Mail \}.*\n/, "import { OnSuccess } from 'onward';\nimport { Desk } from './desk.js';\n")
        .replace(/\}\n$/, "  @OnSuccess(() => Desk, 'two') three(): void {}\n}\n"),
    });
    expect(found).toEqual([
      expect.stringContaining('import each other in a circle, mail.ts -> shop.ts -> desk.ts -> mail.ts, so it may not'),
    ]);
  });

  const throughIndex = (text: string): string => text.replace(/'\.\/(?:shop|mail)\.js'/, "'./index.js'");

  it('is warned of where the circle leads through a file that passes on what others export', () => {
    const found = about({
      'src/index.ts': "export * from './shop.js';\nexport { Mail } from './mail.js';\n",
      'src/mail.ts': throughIndex(mail('Declined')),
      'src/shop.ts': throughIndex(shop('import', BACK)),
    });
    expect(found).toEqual([
      expect.stringContaining(
        'import each other in a circle, mail.ts -> shop.ts -> index.ts -> mail.ts, so it may not',
      ),
    ]);
  });

  it('is none where a file passes on types alone', () => {
    const found = about({
      'src/index.ts': "export * from './shop.js';\nexport type { Mail } from './mail.js';\n",
      'src/mail.ts': mail('Declined'),
      'src/shop.ts': throughIndex(shop('import type', 'two(mail: Mail): void { void mail; }')),
    });
    expect(found).toEqual([]);
  });

  it.each([
    ['the import is for types', mail('Declined'), shop('import type', 'two(mail: Mail): void { void mail; }')],
    ['the import is for types alone', mail('Declined'), shop('import', '@Job() two(): Mail | undefined { return; }')],
    ['`when` is a predicate', mail('(error) => error instanceof Declined'), shop('import', BACK)],
  ])('is none where %s', (_, ofMail, ofShop) => {
    expect(about({ 'src/mail.ts': ofMail, 'src/shop.ts': ofShop })).toEqual([]);
  });

  it('leads to a ReferenceError, which the advice avoids', () => {
    const run = (when: string): string => {
      const built = project({ 'src/mail.ts': mail(when), 'src/shop.ts': shop('import', BACK) });
      return built.tsc() + built.node('dist/shop.js');
    };
    expect(run('Declined')).toContain("ReferenceError: Cannot access 'Declined' before initialization");
    expect(run('(error) => error instanceof Declined')).toBe('');
  });
});

it('a class of `throws` is warned of in the same way', () => {
  expect(
    about({
      'src/bank.ts': `import { Job } from 'onward';\nimport { Declined } from './shop.js';
export class Bank { @Job({ throws: [Declined] }) charge(): void {} }\n`,
      'src/shop.ts': `import { OnError } from 'onward';\nimport { Bank } from './bank.js';
export class Declined extends Error {}
export class Shop { @OnError(() => Bank, 'charge') sorry(): void {} }\n`,
    }),
  ).toEqual([
    'ONW1209: Declined is read while this file is loaded, and the two files import each other, so it may not exist yet; move it to a file of its own',
  ]);
});
