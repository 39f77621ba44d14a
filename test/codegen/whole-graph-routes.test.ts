// Literals that nobody takes, and declared errors that nobody handles.

import { describe, expect, it } from 'vitest';
import { linesOf, toldOf } from './whole-graph-project.ts';

/** The lines of a service with these members. */
function linesOfMembers(members: string, head = ''): string {
  return linesOf(`${head}\nexport class S {\n  ${members.replaceAll('; ', '\n  ')}\n}\n`);
}

describe('a literal that nobody takes', () => {
  it('is reported at the node, with what is taken', () => {
    expect(
      toldOf(`export type Kind = 'invoice' | 'refund' | 'spam';
export class Post {
  @Job()
  async sort(): Promise<Kind> {
    return 'spam';
  }

  @OnSuccess('sort', { when: 'invoice' })
  pay(): void {}

  @OnSuccess('sort', { when: 'refund' })
  repay(): void {}
}
`),
    ).toMatchInlineSnapshot(`
      "src/a.ts:5:9 - warning ONW1133: Post.sort can return "spam", and no callback takes it; add one, or one with \`otherwise: true\`

      5   async sort(): Promise<Kind> {
                ~~~~

        src/a.ts:9:3: Post.pay takes "invoice"
        9   @OnSuccess('sort', { when: 'invoice' })
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

        src/a.ts:12:3: Post.repay takes "refund"
        12   @OnSuccess('sort', { when: 'refund' })
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
      "
    `);
  });

  it('of an alias that another file has is reported, too', () => {
    const kind = `export type { Kind as Sorted } from './kind.js';\n`;
    expect(
      linesOf(
        `import type { Sorted } from './index.js';\nexport class Post {\n  @Job() sort(): Sorted { return 'spam'; }\n  @OnSuccess('sort', { when: 'invoice' }) pay(): void {}\n}\n`,
        { 'src/index.ts': kind, 'src/kind.ts': `export type Kind = 'invoice' | 'spam';\n` },
      ),
    ).toMatchInlineSnapshot(
      `"src/a.ts:4:10 - warning ONW1133: Post.sort can return "spam", and no callback takes it; add one, or one with \`otherwise: true\`"`,
    );
  });

  it('is an error where all of them have to be routed', () => {
    expect(
      toldOf(`export class Post {
  @Job({ exhaustive: true })
  sort(): 'invoice' | 'refund' | 7 | null | undefined | boolean {
    return 7;
  }

  @OnSuccess('sort', { when: 'invoice' })
  @OnSuccess('sort', { when: true })
  pay(): void {}

  @OnSuccess('sort')
  log(): void {}
}
`),
    ).toMatchInlineSnapshot(`
      "src/a.ts:4:3 - error ONW1133: Post.sort is exhaustive, and no \`when\` takes "refund", 7, null, undefined or false; add a callback that does, or one with \`otherwise: true\`

      4   sort(): 'invoice' | 'refund' | 7 | null | undefined | boolean {
          ~~~~

        src/a.ts:8:3: Post.pay takes "invoice"
        8   @OnSuccess('sort', { when: 'invoice' })
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

        src/a.ts:9:3: Post.pay takes true
        9   @OnSuccess('sort', { when: true })
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

        src/a.ts:12:3: Post.log does not ask for a literal
        12   @OnSuccess('sort')
             ~~~~~~~~~~~~~~~~~~
      "
    `);
  });

  it.each([
    [
      'of an alias of aliases',
      '"y" or 1',
      `@Job() j(): All { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}`,
      `type X = 'x' | 'y';\ntype All = X | 1 | undefined;`,
    ],
    [
      'next to a loop',
      '"z"',
      `@Job() @OnSuccess('j', { when: 'x' }) j(): 'x' | 'y' | 'z' { return 'x'; }; @OnSuccess('j', { when: 'y' }) a(): void {}`,
      '',
    ],
    [
      'of an enum',
      '"open"',
      `@Job() j(): State { return State.Open; }; @OnSuccess('j', { when: State.Paid }) a(): void {}`,
      `export enum State { Open = 'open', Paid = 'paid' }`,
    ],
    [
      'that several callbacks leave',
      '4',
      `@Job() j(): 1 | 2 | 3 | 4 { return 1; }; @OnSuccess('j', { when: 1 }) @OnSuccess('j', { when: 2 }) a(): void {}; @OnSuccess('j', { when: 2 }) @OnSuccess('j', { when: 3 }) b(): void {}`,
      '',
    ],
    [
      'among more than a line can say',
      '2, 3, 4, 5, 6 or 2 more',
      `@Job() j(): 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 { return 1; }; @OnSuccess('j', { when: 1 }) a(): void {}`,
      '',
    ],
    [
      'with its kind: a text is no number',
      '1',
      `@Job() j(): 1 | '1' { return 1; }; @OnSuccess('j', { when: '1' }) a(): void {}`,
      '',
    ],
  ])('%s is reported: %s', (_, literals, members, head) => {
    expect(linesOfMembers(members, head).split('\n')).toEqual([
      expect.stringContaining(`warning ONW1133: S.j can return ${literals}, and no callback takes it; add one, `),
    ]);
  });

  it.each([
    [
      'there is an otherwise',
      `@Job() j(): 'x' | 'y' { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}; @OnSuccess('j', { otherwise: true }) b(): void {}`,
    ],
    [
      'an exhaustive node has an otherwise',
      `@Job({ exhaustive: true }) j(): 'x' | 'y' { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}; @OnSuccess('j', { otherwise: true }) b(): void {}`,
    ],
    [
      'an exhaustive node is routed',
      `@Job({ exhaustive: true }) j(): 'x' | 'y' { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}; @OnSuccess('j', { when: 'y' }) b(): void {}`,
    ],
    [
      'one callback takes every value',
      `@Job() j(): 'x' | 'y' { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}; @OnSuccess('j') b(): void {}`,
    ],
    [
      'a predicate may take it',
      `@Job() j(): 'x' | 'y' { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}; @OnSuccess('j', { when: (v: string) => v === 'y' }) b(): void {}`,
    ],
    [
      'a join takes every value',
      `@Job() j(): 'x' | 'y' { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}; @Join({ a: 'j', b: 'a' }) b(): void {}`,
    ],
    ['nothing is routed', `@Job() j(): 'x' | 'y' { return 'x'; }; @OnError('j') a(): void {}`],
    ['it is a yes or no', `@Job() j(): boolean { return true; }; @OnSuccess('j', { when: true }) a(): void {}`],
    [
      'all are taken, and undefined is left',
      `@Job() j(): 'x' | undefined { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}`,
    ],
    [
      'it ends a loop',
      `@Job() @OnSuccess('a') j(): 'x' | 'y' { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}`,
    ],
    [
      'the type is more than literals',
      `@Job() j(): 'x' | string { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}`,
    ],
    ['the type is not written', `@Job() j() { return 'x' as 'x' | 'y'; }; @OnSuccess('j', { when: 'x' }) a(): void {}`],
    [
      'an alias leads to itself',
      `@Job() j(): Knot { return 'x' as never; }; @OnSuccess('j', { when: 'x' }) a(): void {}`,
    ],
    ['an alias has parameters', `@Job() j(): Either<'x'> { return 'x'; }; @OnSuccess('j', { when: 'x' }) a(): void {}`],
  ])('is not looked for where %s', (_, members) => {
    expect(
      linesOfMembers(
        members,
        `type Knot = 'x' | Knot;\ntype Either<T> = T | 'y';\nvoid (0 as unknown as Knot | Either<'x'>);`,
      ),
    ).toBe('');
  });
});

describe('a declared error', () => {
  const ERRORS = `export class Failure extends Error {}
export class Declined extends Failure {}
export class Lost extends Error {}
declare const Elsewhere: new () => Error;
export class Odd extends Elsewhere {}`;

  it('that nobody handles is reported where it is declared', () => {
    expect(
      toldOf(`${ERRORS}
export class Billing {
  @Job({ throws: [Declined, Lost] })
  charge(): void {}

  @OnError('charge', { when: Failure })
  sorry(): void {}
}
`),
    ).toMatchInlineSnapshot(`
      "src/a.ts:8:29 - error ONW1134: Billing.charge declares Lost, and no @OnError takes it; add a callback with @OnError(() => Billing, 'charge', { when: Lost }), or remove it from \`throws\`

      8   @Job({ throws: [Declined, Lost] })
                                    ~~~~

        src/a.ts:11:3: takes Failure only
        11   @OnError('charge', { when: Failure })
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
      "
    `);
  });

  it('of the language is reported, too; one that is not even a callback of errors does not help', () => {
    expect(
      linesOfMembers(
        `@Job({ throws: RangeError }) j(): void {}; @OnError('j', { when: TypeError }) a(): void {}; @OnEnd('j') b(): void {}; @OnSuccess('j') c(): void {}`,
      ),
    ).toMatchInlineSnapshot(
      `"src/a.ts:4:18 - error ONW1134: S.j declares RangeError, and no @OnError takes it; add a callback with @OnError(() => S, 'j', { when: RangeError }), or remove it from \`throws\`"`,
    );
  });

  it.each([
    ['by its class', `@OnError('j', { when: Declined }) a(): void {}`],
    ['by its base', `@OnError('j', { when: [Lost, Failure] }) a(): void {}`],
    ['by Error', `@OnError('j', { when: Error }) a(): void {}`],
    ['by any', `@OnError('j') a(): void {}`],
    [
      'by what others leave',
      `@OnError('j', { when: Lost }) a(): void {}; @OnError('j', { otherwise: true }) b(): void {}`,
    ],
    ['by a predicate', `@OnError('j', { when: (error: unknown) => error instanceof Declined }) a(): void {}`],
    ['by what cannot be read', `@OnError('j', { when: [...[Declined]] }) a(): void {}`],
  ])('is handled %s', (_, members) => {
    expect(linesOfMembers(`@Job({ throws: [Declined] }) j(): void {}; ${members}`, ERRORS)).toBe('');
  });

  it('whose base cannot be followed may be handled by anybody; a list that cannot be read declares nothing', () => {
    expect(
      linesOfMembers(`@Job({ throws: [Odd] }) j(): void {}; @OnError('j', { when: Failure }) a(): void {}`, ERRORS),
    ).toBe('');
    expect(
      linesOfMembers(`@Job({ throws: [...[Declined]] }) j(): void {}; @Job({ throws: [] }) k(): void {}`, ERRORS),
    ).toBe('');
  });
});
