// A project that stays open finds what a new run of the generator finds, after every edit.

import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { analyse, type Analysis } from '../../codegen/generate.ts';
import { plainProblem } from '../../codegen/problem.ts';
import { Session } from '../../codegen/session.ts';
import { projectOnDisk, type ProjectOnDisk } from './project-on-disk.ts';

const SHOP = `import { IsString } from 'class-validator';
import { Handler, Job, OnSuccess, type StepContext } from 'onward';
import { Printed } from './annotations.js';
import { KINDS } from './kinds.js';

export class Order {
  @IsString() id!: string;
  note!: string;
}

export class Shop {
  @Job()
  async sell(order: Order, context: StepContext): Promise<number> {
    void context;
    return order.id.length;
  }

  @OnSuccess('sell', { when: KINDS.one })
  book(size: number): void {
    void size;
  }

  @Printed()
  print(): void {}
}

export class Mail {
  @Handler()
  send(): void {}
}
`;

const FILES = {
  'src/shop.ts': SHOP,
  'src/kinds.ts':
    'export const KINDS = { one: 1, two: 2, none: 0 } as const;\nexport function unused(): number {\n  return 1;\n}\n',
  'src/annotations.ts': "import { Job } from 'onward';\nexport const Printed = () => Job({ name: 'printed' });\n",
  'src/plain.ts': 'export const plain = 1;\n',
  'src/post.ts': `import { Job, OnSuccess } from 'onward';
import { Shop } from './shop.js';

export class Parcel {
  id!: string;
}

export class Post {
  @Job()
  pack(parcel: Parcel): void {
    void parcel;
  }

  @OnSuccess(() => Shop, 'sell')
  label(): void {}
}
`,
};

type Edit = (project: ProjectOnDisk) => void;

const swap =
  (path: string, from: string, to: string): Edit =>
  ({ write, read }) => {
    expect(read(path)).toContain(from);
    write(path, read(path).replace(from, to));
  };

/** One after another, each on what the others have left. */
const EDITS: Readonly<Record<string, Edit>> = {
  'a body': swap('src/shop.ts', 'order.id.length;', 'order.id.length + 1;'),
  'lines above a warning': swap('src/shop.ts', 'export class Order', '\n\n// An order.\nexport class Order'),
  'a call in a body': swap('src/shop.ts', 'void context;', "await context.call(Mail, 'send');"),
  'a body that has such a call': swap('src/shop.ts', 'void size;', 'void (size + 1);'),
  'a field': swap('src/shop.ts', 'note!: string;', 'note!: number;'),
  'a target that is not there': swap('src/shop.ts', "OnSuccess('sell'", "OnSuccess('sold'"),
  'lines above an error': swap('src/shop.ts', '// An order.', '// An order,\n// which is sold.'),
  'that target again': swap('src/shop.ts', "OnSuccess('sold'", "OnSuccess('sell'"),
  'a constant of another file': swap('src/kinds.ts', 'one: 1', 'one: 3'),
  'a function that nobody asks': swap('src/kinds.ts', 'return 1;', 'return 2;'),
  'a function that is an annotation': swap('src/annotations.ts', "'printed'", "'put'"),
  'what makes it unreadable': swap('src/annotations.ts', 'Job({', 'Job(Math.random() > 2 ? {} : {'),
  'and readable': swap('src/annotations.ts', 'Job(Math.random() > 2 ? {} : {', 'Job({'),
  'a target of another file that is not there': swap('src/post.ts', "Shop, 'sell'", "Shop, 'wrap'"),
  'and is there': swap('src/shop.ts', 'export class Mail {', 'export class Mail {\n  @Job()\n  wrap(): void {}\n'),
  'in the class that was meant': swap('src/shop.ts', '  @Printed()', '  @Handler()\n  wrap(): void {}\n\n  @Printed()'),
  'that target again, of the other file': swap('src/post.ts', "Shop, 'wrap'", "Shop, 'sell'"),
  'a name that two files have': ({ write, read }) =>
    write('src/post.ts', read('src/post.ts').replaceAll('Parcel', 'Order')),
  'and one has': ({ write, read }) => write('src/post.ts', read('src/post.ts').replaceAll('Order', 'Parcel')),
  'what a node gives to the file that watches it': swap('src/shop.ts', 'Promise<number>', 'Promise<number[]>'),
  'lines above a constant': swap('src/kinds.ts', 'export const', '\n\n\nexport const'),
  'what is wrong with it': swap('src/shop.ts', '@Job()\n  async', '@Job({ retry: { attempts: KINDS.none } })\n  async'),
  'and right': swap('src/kinds.ts', 'none: 0', 'none: 2'),
  'a name of a service that is taken': swap('src/post.ts', 'class Post ', 'class Mail '),
  'another name of a node while it is taken': swap('src/annotations.ts', "'put'", "'sent'"),
  'and free': swap('src/post.ts', 'class Mail ', 'class Post '),
  'an import in a body': swap('src/plain.ts', 'plain = 1', "plain = () => import('../more/far.js')"),
  'a file that this leads to': ({ write }) =>
    write('more/far.ts', "import { Job } from 'onward';\nexport class Far { @Job() go(): void {} }\n"),
  'a new file': ({ write }) =>
    write('src/new.ts', "import { Job } from 'onward';\nexport class New { @Job() go(): void {} }\n"),
  'a renamed folder': ({ folder }) => {
    mkdirSync(`${folder}/src/deep`);
    renameSync(`${folder}/src/new.ts`, `${folder}/src/deep/new.ts`);
  },
  'a file that is gone': ({ folder }) => rmSync(`${folder}/src/deep/new.ts`),
  'a syntax error': swap('src/shop.ts', 'print(): void {}', 'print(): void {'),
  'lines above it': swap('src/shop.ts', '// which is sold.', '// which is\n// sold.'),
  'none any more': swap('src/shop.ts', 'print(): void {', 'print(): void {}'),
  'the package.json': ({ write }) =>
    write('package.json', '{ "type": "module", "onward": { "output": "src/wired.gen.ts" } }'),
  'a wiring, which is no source': ({ write }) => write('src/wired.gen.ts', '// Something else.\n'),
  'the endings of imports': swap('src/shop.ts', './kinds.js', './kinds'),
};

const said = ({ text, output, counts, size, problems, root }: Analysis) => ({
  text,
  output,
  counts,
  size,
  problems: problems.map((problem) => plainProblem(problem, root)),
});

it.each([
  ['is asked about the files that have changed', true],
  ['is asked about everything', false],
])('finds the same as a new run when it %s', (_, isNamed) => {
  const project = projectOnDisk(FILES);
  const session = new Session(`${project.folder}/tsconfig.json`);
  session.update();
  const paths = [
    'src/shop.ts',
    'src/post.ts',
    'src/kinds.ts',
    'src/annotations.ts',
    'src/plain.ts',
    'src/new.ts',
    'src/deep',
    'src/deep/new.ts',
  ];
  const named = [...paths, 'more', 'more/far.ts', 'package.json', 'src/wired.gen.ts'].map(
    (path) => `${project.folder}/${path}`,
  );
  for (const [name, edit] of Object.entries(EDITS)) {
    edit(project);
    session.update(isNamed ? named : undefined);
    const { found } = session;
    expect({ name, ...(found === undefined ? {} : said(found)) }).toEqual({
      name,
      ...said(analyse(`${project.folder}/tsconfig.json`)),
    });
    expect(session.update()).toBeUndefined();
  }
});

it('links after an edit of the graph what has to do with that file, and nothing else', () => {
  const project = projectOnDisk({
    ...FILES,
    'src/other.ts': "import { Job } from 'onward';\nexport class Other { @Job() go(): void {} }\n",
  });
  const session = new Session(`${project.folder}/tsconfig.json`);
  session.update();
  const before = session.found?.model.services ?? [];
  swap('src/shop.ts', 'book(', 'note(')(project);
  session.update([`${project.folder}/src/shop.ts`]);
  const kept = session.found?.model.services.filter((service) => before.includes(service)) ?? [];
  expect(kept.map(({ name }) => name)).toEqual(['Other', 'Post']);
  expect([...(session.found?.model.touched ?? [])].map(({ name }) => name)).toEqual(['Post', 'Shop', 'Mail']);
});

it('links nothing after an edit within a body, and says which file has changed', () => {
  const project = projectOnDisk(FILES);
  const session = new Session(`${project.folder}/tsconfig.json`);
  session.update();
  const before = session.found?.model;
  const path = `${project.folder}/src/shop.ts`;
  swap('src/shop.ts', 'order.id.length;', '1;')(project);
  expect(session.update([path])).toEqual({ files: [path] });
  expect(session.found?.model).toBe(before);
  swap('src/shop.ts', 'book(', 'note(')(project);
  session.update([path]);
  expect(session.found?.model).not.toBe(before);
});

/** What has to be looked at again although nothing in it has changed. */
const LATER: readonly {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** The files of each update, with what they are now. */
  readonly updates: readonly Readonly<Record<string, string>>[];
}[] = [
  {
    name: 'a target that no service had, once another file has it',
    files: {
      'src/base.ts': "import { Job } from 'onward';\nexport abstract class Base { @Job() go(): void {} }\n",
      'src/made.ts':
        "import { Base } from './base.js';\nclass Other {}\nexport class Made extends Other { base?: Base; }\n",
      'src/post.ts':
        "import { Job, OnSuccess } from 'onward';\nimport { Base } from './base.js';\nexport class Post {\n  @Job() pack(): void {}\n  @OnSuccess(() => Base, 'go') label(): void {}\n}\n",
    },
    updates: [{ 'src/made.ts': "import { Base } from './base.js';\nexport class Made extends Base {}\n" }],
  },
  {
    name: 'the place of a warning that has moved, once another file is linked',
    files: FILES,
    updates: [
      { 'src/shop.ts': SHOP.replace('export class Order', '\n\n\nexport class Order') },
      { 'src/kinds.ts': 'export const KINDS = { one: 4, two: 2, none: 0 } as const;\n' },
    ],
  },
  {
    name: 'a service that had no edge to another one and has one now',
    files: {
      'src/far.ts': "import { Job } from 'onward';\nexport class Far { @Job() go(): void {} }\n",
      'src/table.ts':
        "import { OnSuccess } from 'onward';\nimport { Far } from './far.js';\nexport class Table { @OnSuccess(() => Far, 'go') lay(): void {} }\n",
      'src/post.ts':
        "import { Job, OnSuccess } from 'onward';\nimport { Table } from './table.js';\nexport class Post { @Job() label(): void {} }\n",
    },
    updates: [
      {
        'src/post.ts':
          "import { Job, OnSuccess } from 'onward';\nimport { Table } from './table.js';\nexport class Post { @OnSuccess(() => Table, 'lay') label(): void {} }\n",
      },
    ],
  },
  {
    name: 'where an import within a body leads',
    files: {
      ...FILES,
      'more/far.ts': "import { Job } from 'onward';\nexport class Far { @Job() go(): void {} }\n",
    },
    updates: [{ 'src/plain.ts': "export const plain = (): unknown => import('../more/far.js');\n" }],
  },
  {
    name: 'the wiring of a service whose sources changed while another one had an error',
    files: {
      'src/shop.ts': "import { Job } from 'onward';\nexport class Shop { @Job() sell(): number { return 1; } }\n",
      'src/post.ts':
        "import { OnSuccess, ReturnValue } from 'onward';\nimport { Shop } from './shop.js';\nexport class Post {\n  @OnSuccess(() => Shop, 'sell') label(@ReturnValue() size: unknown): void { void size; }\n}\n",
      'src/far.ts': "import { Job } from 'onward';\nexport class Far { @Job() go(): void {} }\n",
    },
    updates: [
      {
        'src/shop.ts': "import { Job } from 'onward';\nexport class Shop { @Job() sell(): string { return ''; } }\n",
        'src/far.ts': "import { Job } from 'onward';\nexport class Far { @Job() @Job() go(): void {} }\n",
      },
      { 'src/far.ts': "import { Job } from 'onward';\nexport class Far { @Job() go(): void {} }\n" },
    ],
  },
];

it.each(LATER)('looks again at $name', ({ files, updates }) => {
  const project = projectOnDisk(files);
  const session = new Session(`${project.folder}/tsconfig.json`);
  session.update();
  for (const update of updates) {
    for (const [path, text] of Object.entries(update)) project.write(path, text);
    session.update(Object.keys(update).map((path) => `${project.folder}/${path}`));
  }
  const { found } = session;
  expect(found === undefined ? undefined : said(found)).toEqual(said(analyse(`${project.folder}/tsconfig.json`)));
});
