// A project that stays open finds what a new run finds, after any edits: what is kept is what would be found again.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { analyse, type Analysis } from '../../codegen/generate.ts';
import { plainProblem } from '../../codegen/problem.ts';
import { unpackRecords } from '../../codegen/read/kept-records.ts';
import { Session } from '../../codegen/session.ts';
import { projectOnDisk } from './project-on-disk.ts';

const FILES = [0, 1, 2, 3] as const;
const seed = process.env['SEED'] === undefined ? Date.now() % 2 ** 31 : Number(process.env['SEED']);

/** What a file has; every file imports all of this from every other one, there or not. */
interface Source {
  readonly lines: number;
  readonly exported: {
    readonly order: boolean;
    readonly kinds: boolean;
    readonly marked: boolean;
    readonly base: boolean;
  };
  readonly field: 'string' | 'nested' | 'number' | 'none';
  readonly constant: string;
  readonly mark: 'Job' | 'Handler' | 'unreadable';
  readonly baseOf: number;
  readonly name: string | undefined;
  readonly methods: readonly Method[];
  readonly isBroken: boolean;
  /** Nothing but the imports. */
  readonly isEmpty: boolean;
}

interface Method {
  readonly name: string;
  readonly head: string;
  readonly takes: string;
  readonly gives: string;
  readonly calls: string | undefined;
}

const file = fc.constantFrom(...FILES);
const method = fc.constantFrom('go', 'come', 'stay', 'leave');

/** `@` stands for another file's number. */
const head = fc
  .tuple(
    fc.constantFrom(
      ...[
        'Job()',
        'Job({ name: KINDS@.name })',
        'Job({ maxRounds: 3 })',
        'Handler()',
        'Handler({ waits: true })',
        'Marked@()',
      ],
      ...["OnSuccess(() => Made@, '#')", "OnSuccess('#')", "OnSuccess(() => Made@, '#', { when: KINDS@.one })"],
      ...["OnError(() => Made@, '#', { when: Failed@ })", "OnEnd(() => Base@, '#')", 'OnRunEnd()', "OnStart('#')"],
      ...[
        "Join({ a: from(() => Made@, '#'), b: '#' })",
        "Join({ id: '#' }, { mode: 'any' })",
        'Job({ exhaustive: true })',
      ],
      ...["OnSuccess(() => Made@, '#', { when: 'left' })", "OnSuccess(() => Made@, '#', { otherwise: true })"],
      ...['Job({ throws: [Failed@] })', "OnSuccess(() => Made@, '#', { each: true, bind: { note: 'x' } })"],
    ),
    file,
    method,
  )
  .map(([text, at, name]) => text.replaceAll('@', String(at)).replaceAll('#', name));

const methods = fc.uniqueArray(
  fc.record({
    name: method,
    head,
    takes: fc
      .tuple(
        fc.constantFrom(
          '',
          'order: Order@',
          '@Message() order: Order@',
          'order: Order@, context: StepContext',
          'size: number',
          'mail: Mail@',
          'order: Sent<Order@>',
        ),
        file,
      )
      .map(([text, at]) => text.replaceAll(/(?<=Order|Mail)@/g, String(at))),
    gives: fc
      .tuple(fc.constantFrom('void', 'number', 'Order@', 'Promise<Order@[]>', "'left' | 'right'", 'Word@'), file)
      .map(([text, at]) => text.replaceAll('@', String(at))),
    calls: fc.option(
      fc.tuple(file, method).map(([at, name]) => `Made${at}, '${name}'`),
      { nil: undefined },
    ),
  }),
  { selector: ({ name }) => name, maxLength: 4 },
);

const source: fc.Arbitrary<Source> = fc.record({
  lines: fc.nat(3),
  exported: fc.record({ order: often(), kinds: often(), marked: often(), base: often() }),
  field: fc.constantFrom('string', 'nested', 'number', 'none'),
  constant: fc.constantFrom("'left'", "'right'", '1', 'Math.random()'),
  mark: fc.constantFrom('Job', 'Handler', 'unreadable'),
  baseOf: file,
  name: fc.option(fc.constantFrom('Made0', 'Same', 'a.b'), { nil: undefined, freq: 8 }),
  methods,
  isBroken: fc.constantFrom(...Array.from({ length: 11 }, () => false), true),
  isEmpty: fc.constantFrom(...Array.from({ length: 11 }, () => false), true),
});

/** The same without what is an error. */
const tame: fc.Arbitrary<Source> = source.chain((given) =>
  fc
    .tuple(
      fc.uniqueArray(
        fc.record({
          name: fc.constantFrom('come', 'stay', 'leave'),
          head: fc
            .tuple(
              fc.constantFrom(
                ...[
                  "OnSuccess(() => Made@, 'go')",
                  "OnSuccess(() => Made@, 'go', { when: (order) => order.id === '' })",
                ],
                ...['Handler()', 'Job()', "OnEnd('go')", 'OnRunEnd()', "OnError(() => Made@, 'go', { when: Failed@ })"],
                ...["Join({ a: from(() => Made@, 'go') })", 'Marked@()'],
              ),
              file,
            )
            .map(([text, at]) => text.replaceAll('@', String(at))),
          takes: fc.constant(''),
          gives: fc
            .tuple(fc.constantFrom('void', 'number', 'Order@', 'Word@'), file)
            .map(([text, at]) => text.replaceAll('@', String(at))),
          calls: fc.constant(undefined),
        }),
        { selector: ({ name }) => name, maxLength: 3 },
      ),
      file,
    )
    .map(([more, at]) => ({
      ...given,
      exported: { order: true, kinds: true, marked: true, base: true },
      field: given.field === 'nested' ? 'string' : given.field,
      mark: given.mark === 'unreadable' ? 'Job' : given.mark,
      name: undefined,
      methods: [
        { name: 'go', head: 'Job()', takes: `order: Order${at}`, gives: `Order${at}`, calls: undefined },
        ...more,
      ],
      isBroken: false,
      isEmpty: false,
    })),
);

function often(): fc.Arbitrary<boolean> {
  return fc.constantFrom(true, true, true, true, false);
}

function textOf(at: number, given: Source, isTame: boolean): string {
  const others = FILES.filter((other) => other !== at);
  const imports = others.map(
    (other) =>
      `import { Order${other}, Mail${other}, KINDS${other}, Marked${other}, Made${other}, Failed${other}, Base${other}, Word${other} } from './part-${other}.js';`,
  );
  const head = `import { IsInt, IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { from, Handler, Job, Join, Message, OnEnd, OnError, OnRunEnd, OnStart, OnSuccess, ReturnValue, Service, type Sent, type StepContext } from 'onward';
${imports.join('\n')}
${'// A line.\n'.repeat(given.lines)}`;
  if (given.isEmpty) return `${head}export const nothing = '@';\n`;
  const { exported, field, mark, baseOf, name } = given;
  const word = (isExported: boolean): string => (isExported ? 'export ' : '');
  const fields = {
    string: '@IsString() note!: string;',
    nested: `@ValidateNested() @Type(() => Mail${baseOf}) note!: Mail${baseOf};`,
    number: '@IsInt() note!: number;',
    none: '',
  };
  const made = mark === 'unreadable' ? `(Math.random() > 2 ? Job() : Handler())` : `${mark}()`;
  const body = given.methods.map(
    (item) => `
  @${item.head}
  async ${item.name}(${item.takes}): Promise<${item.gives}> {
    ${item.calls === undefined ? '' : `await context.call(${item.calls});`}
    throw new Error();
  }
`,
  );
  return `${head}
${word(exported.order)}class Order${at} {
  @IsString() id!: string;
  ${fields[field]}
}
export class Mail${at} {
  @ReturnValue() order!: Order${baseOf};
  @IsString() template!: string;
  nested!: Order${at};
}
${word(exported.kinds)}const KINDS${at} = { one: ${given.constant}, name: 'named${given.lines}' } as const;
${word(exported.marked)}const Marked${at} = () => ${made};
export class Failed${at} extends ${baseOf === at ? 'Error' : `Failed${baseOf}`} {}
export type Word${at} = ${baseOf === at ? "'left' | 'right'" : `Word${baseOf} | 'up'`};
${word(exported.base)}abstract class Base${at} {
  ${isTame ? '' : '@Handler()'}
  rest(): void {}
}
${name === undefined ? '' : `@Service({ name: '${name}' })\n`}export class Made${at} ${baseOf === at ? '' : `extends Base${baseOf} `}{${body.join('')}}
${given.isBroken ? 'export class {' : ''}`;
}

const said = ({ text, counts, size, problems, root }: Analysis) => ({
  text,
  counts,
  size,
  problems: problems.map((problem) => plainProblem(problem, root)),
});

/** Of the whole project, and then of one file or two. */
const storyOf = (given: fc.Arbitrary<Source>, isTame: boolean) =>
  fc.record({
    isTame: fc.constant(isTame),
    start: fc.tuple(given, given, given, given),
    changes: fc.array(fc.array(fc.tuple(file, given), { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 12 }),
  });
const story = fc.oneof(storyOf(source, false), storyOf(tame, true), storyOf(fc.oneof(source, tame, tame), true));

const RUNS = process.env['SOAK'] === undefined ? 12 : 1_000;

it(
  'finds after any edits what a new run finds, and so does one that knows what the last one has read',
  { timeout: 600_000 },
  () => {
    let linked = 0;
    fc.assert(
      fc.property(story, ({ isTame, start, changes }) => {
        const path = (at: number): string => `src/part-${at}.ts`;
        const project = projectOnDisk(
          Object.fromEntries(start.map((item, at) => [path(at), textOf(at, item, isTame)])),
        );
        const tsconfig = `${project.folder}/tsconfig.json`;
        const session = new Session(tsconfig);
        session.update();
        let kept = analyse(tsconfig).records();
        for (const change of changes) {
          for (const [at, item] of change) project.write(path(at), textOf(at, item, isTame));
          const isEvery = change.length > 1;
          session.update(isEvery ? undefined : change.map(([at]) => `${project.folder}/${path(at)}`));
          const { found } = session;
          if (found?.text !== undefined) linked++;
          const anew = analyse(tsconfig);
          expect(found === undefined ? undefined : said(found)).toEqual(said(anew));
          // Another process, which has what the one before has read.
          const recalled = analyse(tsconfig, { recall: () => unpackRecords(kept) });
          expect(said(recalled)).toEqual(said(anew));
          kept = recalled.records();
          expect(kept).toBe(anew.records());
        }
      }),
      { seed, numRuns: RUNS },
    );
    // Without wirings nothing would be compared but problems.
    expect(linked).toBeGreaterThan(0);
  },
);
