// Sources that are odd and right: they are wired, their wirings compile, and those that matter at run time run.

import 'reflect-metadata';
import { afterAll, describe, expect, it } from 'vitest';
import { createRuntime } from '../../src/index.ts';
import type { Graph, JobType } from '../../src/wiring/v1.ts';
import { Catalogue } from './catalogue-project.ts';

/** What a wiring of jobs without messages exports. */
interface Wiring {
  readonly graph: Graph<Record<string, JobType<undefined, () => unknown>>, Record<string, object>>;
}

const catalogue = new Catalogue('catalogue-works');

/** Nothing is said about it. */
function wiring(name: string, sources: Parameters<Catalogue['read']>[1]): string {
  const { reported, text } = catalogue.read(name, sources);
  expect(reported).toBe('');
  return text ?? '';
}

const MESSAGE = 'export class Ping { @IsString() id!: string }\n';

describe('types', () => {
  it('A16: a class that gives the types of a generic base has its nodes, messages and returns', () => {
    const text = wiring(
      'A16',
      `export class Row { @IsString() id!: string }
export abstract class Keeper<T, K = string> {
  @Job() keep(row: T): T[] { return [row]; }
  @OnSuccess('keep') kept(): T[] { return []; }
  @Handler() odd(key: K): void { void key; }
  @Job() shadowed<T extends string>(row: Row): T | undefined { void row; return undefined; }
}
export abstract class Middle<U> extends Keeper<U, U[]> {}
export class Rows extends Middle<Row> {}
export class Deep<T> { @ReturnValue() value!: T; @IsInt() count?: number }
export class DeepRow extends Deep<readonly Row[]> {}
export class Reader { @OnSuccess(() => Rows, 'keep') read(deep: DeepRow): void { void deep; } }
`,
    );
    expect(text).toContain('call: (rows: Rows, message: Row): Row[] => rows.keep(message)');
  });

  it('A16: a chain of bases that double their argument is no type of a million words', () => {
    const chain = Array.from(
      { length: 40 },
      (_, at) => `export abstract class C${at + 1}<T> extends C${at}<[T, T] | Map<T, T>> {}`,
    );
    const { text, took } = catalogue.read(
      'A16-doubled',
      `export abstract class C0<T> { @Job() work(): T[] { throw new Error(); } }
${chain.join('\n')}
export class Last extends C40<string> {}`,
    );
    expect(text?.length).toBeLessThan(2_000);
    expect(took).toBeLessThan(2_000);
  });

  it('A22: a callback takes values of any type', () => {
    wiring(
      'A22',
      `${MESSAGE}export interface Shape { id: string }
type Hidden = { a: 1 };
export class Any {
  @Job() any(): any { return 1; }
  @OnSuccess('any') b(value: any): void { void value; }
  @OnSuccess('any') c(value: unknown): void { void value; }
  @Job() tuple(): [string, -1, 1e999, 9n, Hidden] { return ['', -1, 1e999, 9n, { a: 1 }]; }
  @OnSuccess('tuple') d(value: [string, -1, 1e999, 9n, Hidden]): void { void value; }
  @Job() huge(): 1e999 { return 1e999; }
  @OnSuccess('huge') e(value: 1e999): void { void value; }
  @Job() promise(): Promise<Shape | null> { return Promise.resolve(null); }
  @OnSuccess('promise') f(value: Shape | null): void { void value; }
  @Job() self(): this[] { return [this]; }
  @Job() is(ping: Ping): ping is Ping { return true; }
  @Job() template(): \`a\${string}\` { return 'a'; }
  @OnSuccess('template') g(value: \`a\${string}\`): void { void value; }
  @Job() nothing(): never { throw new Error(); }
  @Job() quoted(): 'it\\'s' | '\\u2028' | '*/' { return '*/'; }
  @OnSuccess('quoted') h(value: 'it\\'s' | '\\u2028' | '*/'): void { void value; }
  @Job() inferred() { return { id: '' }; }
  @OnSuccess('inferred') i(value: { id: string }): void { void value; }
  @Job() callback(): (a: string) => void { return () => undefined; }
  @OnSuccess('callback') j(value: (a: string) => void): void { void value; }
}`,
    );
  });

  it('A22: a source that runs for each item gives a join the list alone, though it watches a cancel or a run, too', () => {
    const text = wiring('A22-lists', {
      'src/a.ts': `import { Job, Join, OnCancel, OnRunError, OnSuccess } from 'onward';
export class Parcel { picked!: string[]; packed!: string[] }
export class Shop {
  @Job() order(): string[] { return []; }
  @OnSuccess('order', { each: true }) @OnCancel('order') pick(): string { return ''; }
  @OnSuccess('order', { each: true }) @OnRunError('order') pack(): string { return ''; }
  @Join({ picked: 'pick', packed: 'pack' }) ship(parcel: Parcel): void { void parcel; }
}`,
    });
    expect(text).toContain("inject: (value: string[]): Parcel['picked'] => value");
    expect(text).toContain("inject: (value: string[]): Parcel['packed'] => value");
  });

  it('A22: a type and a value of one name, of which one is exported', () => {
    wiring('A22-names', {
      'src/a.ts': `import { Job, OnSuccess } from 'onward';
export const Colour = 'red' as const;
type Colour = 'red' | 'blue';
const Mood = 1;
export type Mood = 'good';
export class Painter {
  @Job() pick(): Colour { return Colour; }
  @OnSuccess('pick') paint(colour: Colour): void { void colour; }
  @Job() feel(): Mood { void Mood; return 'good'; }
  @OnSuccess('feel') smile(mood: Mood): void { void mood; }
}`,
    });
  });

  it('A23: a destructured message is taken by its type; the parameter of a callback may have a default', () => {
    const text = wiring(
      'A23',
      `${MESSAGE}export class Taker {
  @Job() a({ id }: Ping): string { return id; }
  @OnError('a') b({ id }: Ping = new Ping()): string { return id; }
  @OnSuccess('a') c(id = ''): void { void id; }
  @OnSuccess('a') d(id?: string, context?: StepContext): void { void [id, context]; }
}`,
    );
    expect(text).toContain('message: Ping');
  });
});

describe('names', () => {
  it('A26: classes of one name get aliases, in folders that differ in nothing a name can show', () => {
    const ping = (field: string): string => `import { IsString } from 'class-validator';
import { Job, Service } from 'onward';
export class Ping { @IsString() ${field}!: string }
@Service({ name: 's-${field}' }) export class Pinger { @Job() ping(ping: Ping): void { void ping; } }
`;
    const text = wiring('A26', {
      'src/a-b.ts': ping('a'),
      'src/aB.ts': ping('b'),
      'src/a.b.ts': ping('c'),
      'src/a_b.ts': ping('d'),
      'src/one/mail.ts': ping('e'),
      'src/two/mail.ts': ping('f'),
      'src/two/mail.mts': ping('g'),
      'src/graph.ts': `import { Job } from 'onward';
export class Graph { @Job() work(): Promise { return new Promise(); } }
export class Promise { }
export class Services { @Job() work(): void {} }
export class Parameters { @Job() work(): void {} }`,
    });
    expect(new Set(text.match(/\bas \w+/g)).size).toBeGreaterThan(12);
  });

  it('A28: letters of any script, escapes and words that mean something elsewhere', async () => {
    const { reported, folder } = catalogue.read(
      'A28',
      `${[
        'async',
        'of',
        'type',
        'get',
        'as',
        'from',
        'readonly',
        'infer',
        'unique',
        'keyof',
        'is',
        'asserts',
        'declare',
        'global',
        'Undefined',
        'Await',
        'message',
        'given',
        'value',
        'service',
        'defineGraph',
        '$',
        '_',
        '\\u0061bc',
        'Größe',
        '日本',
        'ꟊ',
      ]
        .map(
          (name) =>
            `export class ${name} { @Job() ${name === 'service' ? 'async' : 'service'}(): string { return '${name === '\\u0061bc' ? 'abc' : name}'; } }`,
        )
        .join('\n')}
class Inner { @Job() $(): string { return 'inner'; } @Job() of(): string { return 'of'; } @Job() 日本(): string { return ''; } @Job() \\u0061b(): string { return 'ab'; } }
export { Inner as string };
`,
    );
    expect(reported).toBe('');
    const { graph }: Wiring = await import(/* @vite-ignore */ `${folder}/src/onward.gen.ts`);
    const sources = await import(/* @vite-ignore */ `${folder}/src/a.ts`);
    const runtime = createRuntime(graph, {
      resolve: (name: string) => new sources[name === 'Inner' ? 'string' : name](),
    });
    expect(await (await runtime.start('keyof.service')).value()).toBe('keyof');
    expect(await (await runtime.start('abc.service')).value()).toBe('abc');
    expect(await (await runtime.start('Inner.ab')).value()).toBe('ab');
    await runtime.close();
  });

  it('A29, A30: reserved words, quotes, code and markup as names keep their value', async () => {
    const names = [
      'class',
      'default',
      'await',
      "it's",
      '"',
      '\\',
      '${process.exit()}',
      '`',
      '*/ //',
      '</script>',
      '🚀',
      '-->|x|',
      '__proto__',
      'a.b',
      '%23',
    ];
    const { reported, folder } = catalogue.read(
      'A30',
      `export class Names {
${names.map((name, at) => `  @Job({ name: ${JSON.stringify(name)} }) m${at}(): number { return ${at}; }`).join('\n')}
  @Job() 'quoted: "it\\'s"'(): string { return 'quoted'; }
  @Job() ['computed'](): string { return 'computed'; }
}`,
    );
    expect(reported).toBe('');
    const { graph }: Wiring = await import(/* @vite-ignore */ `${folder}/src/onward.gen.ts`);
    const { Names } = await import(/* @vite-ignore */ `${folder}/src/a.ts`);
    const runtime = createRuntime(graph, { resolve: () => new Names() });
    for (const [at, name] of names.entries()) {
      expect(await (await runtime.start(`Names.${name}`)).value()).toBe(at);
    }
    expect(await (await runtime.start(`Names.quoted: "it's"`)).value()).toBe('quoted');
    await runtime.close();
  });
});

afterAll(() => {
  expect(catalogue.compile()).toBe('');
});
