// Loops: what bounds one, and the report of a loop without a bound.

import { describe, expect, it } from 'vitest';
import { linesOf, toldOf } from './whole-graph-project.ts';

describe('a loop that nothing bounds', () => {
  it('A05: is reported once, at the edge that leads back to the job, with the way around', () => {
    expect(
      toldOf(`export class Shop {
  @Job()
  @OnSuccess('ship')
  order(): void {}

  @OnSuccess('order')
  pay(): void {}

  @OnSuccess('pay')
  ship(): void {}
}
`),
    ).toMatchInlineSnapshot(`
      "src/a.ts:4:3 - error ONW1110: nothing bounds this loop: Shop.order -> Shop.pay -> Shop.ship -> Shop.order; put \`when\` or \`otherwise\` on one of its edges, or \`maxRounds\` on one of its nodes

      4   @OnSuccess('ship')
          ~~~~~~~~~~~~~~~~~~

        src/a.ts:7:3: Shop.pay runs on success of Shop.order
        7   @OnSuccess('order')
            ~~~~~~~~~~~~~~~~~~~

        src/a.ts:10:3: Shop.ship runs on success of Shop.pay
        10   @OnSuccess('pay')
             ~~~~~~~~~~~~~~~~~
      "
    `);
  });

  it('A06: of a node that runs after itself', () => {
    expect(toldOf(`export class Shop {\n  @Job() @OnSuccess('order') order(): void {}\n}\n`)).toMatchInlineSnapshot(`
      "src/a.ts:3:10 - error ONW1110: nothing bounds this loop: Shop.order -> Shop.order; put \`when\` or \`otherwise\` on one of its edges, or \`maxRounds\` on one of its nodes

      3   @Job() @OnSuccess('order') order(): void {}
                 ~~~~~~~~~~~~~~~~~~~
      "
    `);
  });

  it('is shown by its shortest way, once for all that is tied together, and once for each that is not', () => {
    expect(
      linesOf(`export class Shop {
  @OnSuccess('d') a(): void {}
  @OnSuccess('a') @Job() b(): void {}
  @OnSuccess('b') c(): void {}
  @OnSuccess('c') @OnSuccess('b') d(): void {}
  @Job() @OnSuccess('f') e(): void {}
  @OnSuccess('e') f(): void {}
}
`),
    ).toMatchInlineSnapshot(`
      "src/a.ts:4:3 - error ONW1110: nothing bounds this loop: Shop.b -> Shop.d -> Shop.a -> Shop.b; put \`when\` or \`otherwise\` on one of its edges, or \`maxRounds\` on one of its nodes
      src/a.ts:7:10 - error ONW1110: nothing bounds this loop: Shop.e -> Shop.f -> Shop.e; put \`when\` or \`otherwise\` on one of its edges, or \`maxRounds\` on one of its nodes"
    `);
  });

  it.each([
    ['errors', 'S.a -> S.b -> S.a', `@Job() @OnSuccess('b') a(): void {}\n  @OnError('a') b(): void {}`],
    ['starts', 'S.a -> S.b -> S.a', `@Job() @OnStart('b') a(): void {}\n  @OnStart('a') b(): void {}`],
    ['ends', 'S.a -> S.a', `@Job() @OnEnd('a') a(): void {}`],
    [
      'joins',
      'S.a -> S.c -> S.a',
      `@Job() @OnSuccess('c') a(): void {}\n  @OnSuccess('a') b(): void {}\n  @Join({ a: 'a', b: 'b' }) c(): void {}`,
    ],
    [
      'joins with any source',
      'S.a -> S.b -> S.a',
      `@Job() z(): void {}\n  @Join({ z: 'z', b: 'b' }, { mode: 'any' }) a(): void {}\n  @OnSuccess('a') b(): void {}`,
    ],
    [
      'joins that run without',
      'S.a -> S.b -> S.a',
      `@Job() z(): void {}\n  @Join({ z: 'z', b: 'b' }, { onMissing: 'run' }) a(): void {}\n  @OnSuccess('a') b(): void {}`,
    ],
    ['items', 'S.a -> S.a', `@Job() @OnSuccess('a', { each: true }) a(): string[] { return []; }`],
    [
      'a choice next to the loop',
      'S.a -> S.b -> S.a',
      `@Job() @OnSuccess('b') a(): void {}\n  @OnSuccess('a') b(): number { return 1; }\n  @OnSuccess('b', { when: 1 }) c(): void {}`,
    ],
    [
      'a limit next to the loop',
      'S.a -> S.b -> S.a',
      `@Job() @OnSuccess('b') a(): void {}\n  @OnSuccess('a') b(): void {}\n  @Handler({ maxRounds: 3 }) @OnSuccess('b') c(): void {}`,
    ],
  ])('is one of %s, too: %s', (_, way, members) => {
    const reported = linesOf(`export class S {\n  ${members}\n}\n`).split('\n');
    expect(reported).toEqual([expect.stringContaining(`error ONW1110: nothing bounds this loop: ${way}; put `)]);
  });

  it('of a thousand nodes is reported in a line', () => {
    const nodes = Array.from({ length: 1_000 }, (_, at) => `  @OnSuccess('n${(at + 999) % 1_000}') n${at}(): void {}`);
    const reported = linesOf(
      `export class S {\n  @OnSuccess('n0') @Job() start(): void {}\n  @OnSuccess('start')\n${nodes.join('\n')}\n}\n`,
    );
    expect(reported).toMatchInlineSnapshot(
      `"src/a.ts:3:3 - error ONW1110: nothing bounds this loop: S.start -> S.n0 -> S.start; put \`when\` or \`otherwise\` on one of its edges, or \`maxRounds\` on one of its nodes"`,
    );
  });
});

it('whose options cannot be read may have a `when`: only that is reported', () => {
  const reported = linesOf(`declare function chosen(): { when: 1 };
export class S {
  @Job() @OnSuccess('b', { ...chosen() }) a(): void {}
  @OnSuccess('a') b(): number { return 1; }
}
`);
  expect(reported).toMatchInlineSnapshot(
    `"src/a.ts:4:26 - error ONW1131: whether there is a \`when\`, \`otherwise\`, \`bind\` or \`each\` cannot be read at build time; write the options as a literal"`,
  );
});

describe('a loop is right', () => {
  it.each([
    [
      'with a literal on the way back',
      `@Job() @OnSuccess('b', { when: 1 }) a(): void {}\n  @OnSuccess('a') b(): number { return 1; }`,
    ],
    [
      'with a predicate on the way there',
      `@Job() @OnSuccess('b') a(): number { return 1; }\n  @OnSuccess('a', { when: (n: number) => n > 0 }) b(): void {}`,
    ],
    [
      'with an otherwise',
      `@Job() @OnSuccess('b', { otherwise: true }) a(): void {}\n  @OnSuccess('a') b(): number { return 1; }\n  @OnSuccess('b', { when: 1 }) c(): void {}`,
    ],
    [
      'with a limit on one of its nodes',
      `@Job() @OnSuccess('b') a(): void {}\n  @Handler({ maxRounds: 5 }) @OnSuccess('a') b(): void {}`,
    ],
    ['with a limit on itself', `@Job({ maxRounds: 5 }) @OnSuccess('a') a(): void {}`],
    ['with a limit that cannot be read', `@Job({ maxRounds: Number('5') }) @OnSuccess('a') a(): void {}`],
    [
      'of errors of one class',
      `@Job() @OnSuccess('b') a(): void {}\n  @OnError('a', { when: TypeError }) b(): void {}`,
    ],
    [
      'with a join that also waits for a node outside of it',
      `@Job() z(): void {}\n  @Join({ z: 'z', b: 'b' }) @OnSuccess('z') a(): void {}\n  @OnSuccess('a') b(): void {}`,
    ],
    [
      'with a join whose other source is chosen',
      `@Job() @OnSuccess('c') a(): number { return 1; }\n  @OnSuccess('a', { when: 1 }) b(): void {}\n  @Join({ a: 'a', b: 'b' }) c(): void {}`,
    ],
    ['of a cancel', `@Job() @OnCancel('b') a(): void {}\n  @OnSuccess('a') b(): void {}`],
    ['of a run', `@Job() a(): void {}\n  @OnRunEnd('a') b(): void {}`],
    [
      'that is only two ways to one node',
      `@Job() a(): void {}\n  @OnSuccess('a') b(): void {}\n  @OnSuccess('a') @OnSuccess('b') c(): void {}`,
    ],
  ])('%s', (_, members) => {
    expect(linesOf(`export class S {\n  ${members}\n}\n`)).not.toContain('ONW1110');
  });
});
