// What bodies call is reached, an async `when` is blamed itself, and a fault has no wrong follow-ups.

import { describe, expect, it } from 'vitest';
import { tsconfig, workspace, type Workspace } from './workspace.ts';

const HEAD = `import { IsString } from 'class-validator';
import { Handler, Job, OnError, OnSuccess, type StepContext } from 'onward';
export class Note { @IsString() text!: string; }
`;

function shop(source: string): Workspace {
  return workspace({ 'tsconfig.json': tsconfig(), 'src/shop.ts': HEAD + source });
}

function problems(source: string): string[] {
  return shop(source).counts().split('\n').slice(1);
}

const LOOSE = `export class Mail {
  @OnSuccess('sent') @OnSuccess('again') print(text: string): void { void text; }
  @OnSuccess('print') sent(): string { return ''; }
  @OnSuccess('sent') again(): string { return ''; }
}
`;

describe('a node that a body calls by a written name', () => {
  it('is reached, with all that follows it', () => {
    expect(problems(LOOSE).map((line) => line.slice(0, 7))).toContain('ONW1111');
    const calling = (call: string): string =>
      `${LOOSE}export class Shop { @Job() buy(_note: Note, context: StepContext): void { ${call} } }\n`;
    for (const call of [
      "void context.call(Mail, 'print', 'x');",
      "const send = () => context.call(Mail, 'print', 'x'); void send();",
    ]) {
      expect(problems(calling(call)).filter((line) => line.startsWith('ONW1111'))).toEqual([]);
    }
    expect(problems(calling('void context.call(Mail, String(1) as never);')).map((line) => line.slice(0, 7))).toContain(
      'ONW1111',
    );
  });

  it('is reached only where the body itself is', () => {
    const source = `${LOOSE}export class Shop {
  @OnSuccess('second') first(context: StepContext): void { void context.call(Mail, 'print', 'x'); }
  @OnSuccess('first') second(): void {}
}
`;
    expect(problems(source).filter((line) => line.startsWith('ONW1111')).length).toBeGreaterThan(2);
  });

  it('has the way in `onward why`', async () => {
    const { onward } = shop(`export class Mail {
  @Handler() print(note: Note): string { return note.text; }
  @OnSuccess('print') keep(text: string): void { void text; }
}
export class Shop {
  @Job() buy(_note: Note, { call }: StepContext): void { void call(Mail, 'print', { text: 'x' }); }
  @Job() copy(_note: Note, context: StepContext): void { void context.spawn(Shop, 'buy', { text: 'x' }); }
}
`);
    expect((await onward('why', 'Mail.keep')).out).toMatchInlineSnapshot(`
      "a run can reach Mail.keep in 2 ways

      1. a run starts with Shop.buy
         Shop.buy calls Mail.print  src/shop.ts:9:63
         Mail.keep runs on success of Mail.print  src/shop.ts:6:3

      2. a run starts with Shop.copy
         Shop.copy spawns Shop.buy  src/shop.ts:10:63
         Shop.buy calls Mail.print  src/shop.ts:9:63
         Mail.keep runs on success of Mail.print  src/shop.ts:6:3
      "
    `);
    expect((await onward('why', 'Shop.buy')).out).toMatchInlineSnapshot(`
      "a run can reach Shop.buy in 2 ways

      1. a run starts with Shop.buy

      2. a run starts with Shop.copy
         Shop.copy spawns Shop.buy  src/shop.ts:10:63
      "
    `);
    const { ways } = JSON.parse((await onward('why', 'Mail.print', '--json')).out);
    expect(ways[0].edges).toMatchObject([{ on: 'call', from: 'Shop.buy', to: 'Mail.print' }]);
  });
});

describe('PC51: an async `when`', () => {
  const gate = (annotation: string): string =>
    `export class Gate {\n  @Job() arrive(): number { return 3; }\n  @${annotation} open(): void {}\n}\n`;

  it.each([
    "OnSuccess('arrive', { when: async (n: number) => n > 2 })",
    "OnSuccess(() => Gate, 'arrive', { when: async () => true })",
    "OnError('arrive', { when: async (error: Error) => error.message === 'x' })",
    "OnError(() => Gate, 'arrive', { when: async function () { return true; } })",
  ])('is blamed itself, by check and by the compiler: %s', (annotation) => {
    const project = shop(gate(annotation));
    expect(project.counts().split('\n').slice(1)).toEqual([
      'ONW1140: expected `when` to answer at once with true or false, got an async function; ask in the body of the target, and return what `when` compares',
    ]);
    const said = project.tsc();
    expect(said).toContain('when answers at once with true or false, and this is');
    expect(said).not.toContain('TS2769');
  });

  it.each([
    "OnSuccess('arrive', { when: (n: number) => n > 2 })",
    "OnError('arrive', { when: (error: Error) => JSON.parse(error.message) })",
    "OnError('arrive', { when: RangeError })",
    "OnError(() => Gate, 'arrive', { when: (error) => error.message === 'x' })",
    "OnError('arrive', { when: () => { throw new Error('never'); } })",
  ])('is none: %s', (annotation) => {
    const project = shop(gate(annotation));
    expect(project.counts().split('\n').slice(1)).toEqual([]);
    expect(project.tsc()).toBe('');
  });
});

it('PC51: a function in `when` of an error that gives no boolean is blamed itself too', () => {
  const source =
    "export class Gate {\n  @Job() arrive(): number { return 3; }\n  @OnError('arrive', { when: (error) => error.message }) open(): void {}\n}\n";
  const said = shop(source).tsc();
  expect(said).toContain('when answers at once with true or false, and this is');
  expect(said).not.toContain('TS2769');
});

describe('an annotation on what is not a method', () => {
  it.each([
    ['@Job() run = (note: Note): string => note.text;', 'is not a method'],
    ['@Job() get run(): string { return ""; }', 'is not a method'],
    ['@Job() run?(note: Note): string;', 'is optional'],
  ])('has no wrong follow-ups: %s', (member, text) => {
    const found = problems(
      `export class Shop {\n  ${member}\n  @OnSuccess('run') then2(text: string): void { void text; }\n}\n`,
    );
    expect(found).toEqual([expect.stringMatching(new RegExp(`^ONW1123: .*${text}`))]);
  });

  it.each([
    "@Handler() run = 1;\n  @OnError('run', { recover: true }) mend(): number { return 1; }",
    "@Job() run = (note: Note): string => note.text;\n  @OnError('run') mend(note: Note): void { void note; }",
    "@OnSuccess('begin') run = 1;\n  @Job() begin(): void {}\n  @OnSuccess('run') after(): void {}",
  ])('has none for its callbacks either: %s', (members) => {
    expect(problems(`export class Shop {\n  ${members}\n}\n`)).toEqual([expect.stringContaining('ONW1123')]);
  });
});
