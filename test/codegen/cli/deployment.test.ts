// `onward check --client` and `onward check --engine`: what would go wrong once it is deployed.

import { describe, expect, test } from 'vitest';
import { projectOnDisk, type ProjectOnDisk } from '../project-on-disk.ts';

const MESSAGES = `import { IsInt } from 'class-validator';
export class Order { @IsInt() n!: number; }
`;
const shop = (head: string, body = ''): string => `import { IsInt } from 'class-validator';
import { Handler, Job, OnError, OnSuccess, Sensitive, type StepContext } from 'onward';
${head}
export class Shop {
  @Job() sell(order: Order): number { return order.n; }
${body}
}
export const used = [Handler, OnError, OnSuccess, Sensitive, IsInt]; export type Used = StepContext;
`;

async function project(files: Record<string, string>): Promise<ProjectOnDisk> {
  const made = projectOnDisk(files);
  expect(await made.onward('generate')).toMatchObject({ code: 0, err: '' });
  return made;
}

describe('check --client', () => {
  test('says nothing of messages in files of their own', async () => {
    const apart = await project({
      'src/messages.ts': MESSAGES,
      'src/shop.ts': shop("import { Order } from './messages.js';"),
    });
    expect(await apart.onward('check', '--client')).toMatchObject({ code: 0, err: '' });
  });

  test('names a message in the file of a service, with its place', async () => {
    const beside = await project({ 'src/shop.ts': shop('export class Order { @IsInt() n!: number; }') });
    const said = await beside.onward('check', '--client');
    expect(said.code).toBe(1);
    expect(said.err).toContain(
      'src/shop.ts:3:14 - error ONW1307: Order stands in the file of the service Shop: a client that loads the wiring would load the service with it; move Order to a file without services',
    );
    expect(said.err).toContain('Found 1 error.');
    const json = JSON.parse((await beside.onward('check', '--client', '--json')).out);
    expect(json).toMatchObject({ ok: false, problems: [{ code: 'ONW1307', line: 3 }] });
    // Without it, all is well.
    expect(await beside.onward('check')).toMatchObject({ code: 0, err: '' });
  });

  test('follows what the file of a message imports, and no types', async () => {
    const files = (kind: string): Record<string, string> => ({
      'src/messages.ts': `${MESSAGES}export { named } from './names.js';\n`,
      'src/names.ts': `import ${kind}{ Shop } from './shop.js';\nexport const named = (shop: Shop) => shop;\n`,
      'src/shop.ts': shop("import { Order } from './messages.js';"),
    });
    const leading = await project(files(''));
    const said = await leading.onward('check', '--client');
    expect(said.code).toBe(1);
    expect(said.err).toContain('(src/messages.ts → src/names.ts → src/shop.ts)');
    expect(await (await project(files('type '))).onward('check', '--client')).toMatchObject({ code: 0, err: '' });
  });

  test('says nothing of a class that the wiring does not import', async () => {
    const made = await project({
      'src/messages.ts': `${MESSAGES}import { ErrorValue } from 'onward';
import type { Declined } from './shop.js';
export class Trouble { @ErrorValue() error!: Declined; }
`,
      'src/shop.ts': shop(
        "import { Order, Trouble } from './messages.js';\nexport class Declined extends Error { #bank = ''; }",
        "  @OnError('sell') refused(trouble: Trouble): void { void trouble; }",
      ),
    });
    expect(made.read('src/onward.gen.ts')).not.toContain('Declined');
    expect(await made.onward('check', '--client')).toMatchObject({ code: 0, err: '' });
  });

  const TSCONFIG = JSON.stringify({
    compilerOptions: {
      ...{ module: 'esnext', moduleResolution: 'bundler', experimentalDecorators: true },
      ...{ allowImportingTsExtensions: true, noEmit: true, paths: { '@app/*': ['./src/*'] } },
    },
    include: ['src'],
  });

  test.each([
    ['by a name of the tsconfig', "import { helper } from '@app/helper.ts';\nexport const used = helper;"],
    ['for what it does', "import './helper.ts';"],
    ['for no name', "import {} from './helper.ts';"],
    ['for no name, to export none', "export {} from './helper.ts';"],
  ])('follows a file that is imported %s', async (_, head) => {
    const made = await project({
      'tsconfig.json': TSCONFIG,
      'src/messages.ts': `${MESSAGES}${head}\n`,
      'src/helper.ts': "import { Shop } from '@app/shop.ts';\nexport const helper = () => Shop;\n",
      'src/shop.ts': shop("import { Order } from './messages.ts';"),
    });
    const said = await made.onward('check', '--client');
    expect(said.err).toContain('(src/messages.ts → src/helper.ts → src/shop.ts)');
    expect(said.code).toBe(1);
  });
});

describe('check --engine', () => {
  const said = async (engine: string, head: string, body: string) => {
    const made = await project({
      'src/messages.ts': MESSAGES,
      'src/shop.ts': shop(`import { Order } from './messages.js';\n${head}`, body),
    });
    return made.onward('check', '--engine', engine);
  };

  test.each(['sqlite', 'bullmq'])('%s: a class that nothing can make again', async (engine) => {
    const { code, err } = await said(
      engine,
      'export class Ledger { #sum = 0; add(n: number): number { return (this.#sum += n); } }',
      '  @Job() open(): Ledger { return new Ledger(); }',
    );
    expect(code).toBe(1);
    expect(err).toMatch(
      new RegExp(
        `src/shop\\.ts:4:14 - error ONW3045: ${engine} cannot keep an instance of Ledger: it has \`#private\` fields`,
      ),
    );
    expect(err).toContain('make them `private` or public, or return plain data');
    expect(err).not.toContain('the option `classes`');
  });

  test('a class with a `#private` method is one of those', async () => {
    const ledger =
      'export class Ledger { sum = 0; add(): number { return this.#one(); } #one(): number { return 1; } }';
    const { code, err } = await said('sqlite', ledger, '  @Job() open(): Ledger { return new Ledger(); }');
    expect(code).toBe(1);
    expect(err).toContain('cannot keep an instance of Ledger: it has `#private` fields');
  });

  test('a class that is not exported is warned of, one that is and an error are not', async () => {
    const { code, err } = await said(
      'sqlite',
      'class Hidden { n = 1; }\nexport class Shown { n = 1; }\nexport class Broken extends Error { #why = 1; why() { return this.#why; } }',
      '  @Job({ throws: [Broken] }) one(): Hidden { return new Hidden(); }\n  @OnError("one", { when: Broken }) mend(): void {}\n  @Job() two(): Shown { return new Shown(); }',
    );
    expect(code).toBe(0);
    expect(err).toContain('warning ONW3045: sqlite cannot keep an instance of Hidden: its file does not export it');
    expect(err).not.toMatch(/of (Shown|Broken)/);
  });

  test('sensitive fields need a key', async () => {
    const { code, err } = await said(
      'bullmq',
      'export class Card { @Sensitive() @IsInt() number!: number; }',
      '  @Job() pay(card: Card): number { return card.number; }',
    );
    expect(code).toBe(0);
    expect(err).toContain(
      'src/shop.ts:4:21 - warning ONW4009: bullmq keeps Card.number, which is @Sensitive(): give the engine `encryption: { current, keys }`, without which its runtime does not open',
    );
  });

  test('sensitive fields that are inherited need one, too; each is named once', async () => {
    const { code, err } = await said(
      'bullmq',
      'class Paper { @Sensitive() @IsInt() number!: number; }\nexport class Card extends Paper {}\nexport class Pass extends Card {}',
      '  @Job() pay(card: Card): number { return card.number; }\n  @Job() enter(pass: Pass): number { return pass.number; }',
    );
    expect(code).toBe(0);
    expect(err).toContain('src/shop.ts:4:15 - warning ONW4009: bullmq keeps Paper.number, which is @Sensitive()');
    expect(err.split('ONW4009')).toHaveLength(2);
  });

  test('a rate that calls do not count for, with the place of the call', async () => {
    const body = `  @Handler({ rateLimit: { max: 1, per: '1s' } }) ring(n: number): number { return n; }
  @OnSuccess('sell') later(n: number, context: StepContext): Promise<number> { return context.call(Shop, 'ring', n); }`;
    const many = await said('bullmq', '', body);
    expect(many.code).toBe(0);
    expect(many.err).toContain(
      'warning ONW1308: with bullmq the `rateLimit` of Shop.ring holds over all processes, but',
    );
    expect(many.err).toContain('it is called here');
    expect(await said('sqlite', '', body)).toMatchObject({ code: 0, err: '' });
  });
});

test('what it does not know is wrong usage', async () => {
  const made = await project({
    'src/messages.ts': MESSAGES,
    'src/shop.ts': shop("import { Order } from './messages.js';"),
  });
  const told = async (...words: string[]) => (await made.onward(...words)).err;
  for (const [name, hint] of [
    ['redis', 'did you mean bullmq?'],
    ['sqllite', 'did you mean sqlite?'],
    ['postgres', 'there are sqlite and bullmq'],
  ] as const) {
    const text = `there is no engine "${name}" to check for; ${hint}`;
    expect(await told('check', '--engine', name)).toContain(text);
  }
  expect(await told('list', '--client')).toContain('list takes no --client; only check does');
  expect(await told('list', '--engine', 'bullmq')).toContain(
    'list takes no --engine; only check, runs, inspect, retry, suspend, resume, cancel, send, pause and unpause do',
  );
});
