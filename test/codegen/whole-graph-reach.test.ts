// Handlers that no run reaches, and joins that can never complete.

import { describe, expect, it } from 'vitest';
import { linesOf, toldOf } from './whole-graph-project.ts';

const HEAD = `export class Parts { a?: unknown; b?: unknown; c?: unknown }\n`;

/** The lines of a service with these members. */
function linesOfMembers(members: string): string {
  return linesOf(`${HEAD}export class S {\n  ${members.replaceAll('; ', '\n  ')}\n}\n`);
}

describe('a handler', () => {
  it('A07: that only another one leads to, which is not reached itself, is reported with both', () => {
    expect(
      toldOf(`export class Mail {
  @OnSuccess('archive', { when: true })
  send(): boolean {
    return true;
  }

  @OnSuccess('send', { when: true })
  archive(): boolean {
    return true;
  }

  @OnError('send')
  sorry(): void {}
}
`),
    ).toMatchInlineSnapshot(`
      "src/a.ts:4:3 - warning ONW1111: no run reaches Mail.send: it follows Mail.archive, and no job leads there; add an edge from a node that is reached, or annotate it with @Job()

      4   send(): boolean {
          ~~~~

        src/a.ts:3:3: it waits for Mail.archive here
        3   @OnSuccess('archive', { when: true })
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

      src/a.ts:9:3 - warning ONW1111: no run reaches Mail.archive: it follows Mail.send, and no job leads there; add an edge from a node that is reached, or annotate it with @Job()

      9   archive(): boolean {
          ~~~~~~~

        src/a.ts:8:3: it waits for Mail.send here
        8   @OnSuccess('send', { when: true })
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

      src/a.ts:14:3 - warning ONW1111: no run reaches Mail.sorry: it follows Mail.send, and no job leads there; add an edge from a node that is reached, or annotate it with @Job()

      14   sorry(): void {}
           ~~~~~

        src/a.ts:13:3: it waits for Mail.send here
        13   @OnError('send')
             ~~~~~~~~~~~~~~~~
      "
    `);
  });

  it('that only runs after itself is reported as that', () => {
    expect(linesOfMembers(`@OnSuccess('a', { when: true }) a(): boolean { return true; }`)).toMatchInlineSnapshot(
      `"src/a.ts:4:35 - warning ONW1111: no run reaches S.a: it runs only after itself; add an edge from a node that is reached, or annotate it with @Job()"`,
    );
  });

  it('of a join is not reached while none of its sources is', () => {
    expect(
      linesOfMembers(
        `@Job() j(): void {}; @OnSuccess('b', { when: true }) @OnSuccess('d') a(): boolean { return true; }; @OnSuccess('a') b(): boolean { return true; }; @Join({ a: 'a', b: 'b' }) c(parts: Parts): void { void parts; }; @OnSuccess('c') d(): void {}`,
      ),
    ).toMatchInlineSnapshot(`
      "src/a.ts:5:35 - error ONW1110: nothing bounds this loop: S.a -> S.c -> S.d -> S.a; put \`when\` or \`otherwise\` on one of its edges, or \`maxRounds\` on one of its nodes
      src/a.ts:5:51 - warning ONW1111: no run reaches S.a: it follows S.b or S.d, and no job leads there; add an edge from a node that is reached, or annotate it with @Job()
      src/a.ts:7:19 - warning ONW1111: no run reaches S.b: it follows S.a, and no job leads there; add an edge from a node that is reached, or annotate it with @Job()
      src/a.ts:9:29 - warning ONW1111: no run reaches S.c: it follows S.a or S.b, and no job leads there; add an edge from a node that is reached, or annotate it with @Job()
      src/a.ts:11:19 - warning ONW1111: no run reaches S.d: it follows S.c, and no job leads there; add an edge from a node that is reached, or annotate it with @Job()"
    `);
  });

  it.each([
    [
      'an edge of any kind from a job',
      `@Job() j(): void {}; @OnStart('j') a(): void {}; @OnError('a') b(): void {}; @OnEnd('b') c(): void {}; @OnCancel('j') d(): void {}`,
    ],
    ['the end of any run', `@OnRunEnd() a(): void {}`],
    ['bodies that call it', `@Handler() a(): void {}; @OnSuccess('a') b(): void {}`],
    [
      'one way of two',
      `@Job() j(): void {}; @OnSuccess('b', { when: true }) @OnSuccess('j') a(): boolean { return true; }; @OnSuccess('a') b(): boolean { return true; }`,
    ],
    [
      'one source of a join',
      `@Job() j(): void {}; @Job() k(): void {}; @Join({ a: 'j', b: 'k' }) a(parts: Parts): void { void parts; }`,
    ],
  ])('is reached by %s', (_, members) => {
    expect(linesOfMembers(members)).toBe('');
  });

  it('whose target is not found is reported for that, and not as one that is not reached', () => {
    expect(linesOfMembers(`@OnSuccess('b') a(): void {}; @OnSuccess('a') c(): void {}`)).toMatchInlineSnapshot(
      `"src/a.ts:4:14 - error ONW1101: S has no method 'b'; did you mean 'a'?"`,
    );
    expect(
      linesOfMembers(
        `@Job() j(): void {}; @Join({ a: 'k', b: 'd' }) a(parts: Parts): void { void parts; }; @OnSuccess('a') c(): void {}; @OnSuccess('c') d(): void {}`,
      ),
    ).toMatchInlineSnapshot(`"src/a.ts:5:14 - error ONW1101: S has no method 'k'; did you mean 'j'?"`);
  });
});

describe('a join never completes', () => {
  it('that waits for what no run reaches', () => {
    expect(
      toldOf(`export class Parts { stock!: unknown; label!: unknown }
export class Shop {
  @Job() reserve(): void {}
  @OnSuccess('print', { when: true }) label(): boolean { return true; }
  @OnSuccess('label', { when: true }) print(): boolean { return true; }
  @Join({ stock: 'reserve', label: 'label' }) pack(parts: Parts): void { void parts; }
}
`),
    ).toMatchInlineSnapshot(`
      "src/a.ts:5:39 - warning ONW1111: no run reaches Shop.label: it follows Shop.print, and no job leads there; add an edge from a node that is reached, or annotate it with @Job()

      5   @OnSuccess('print', { when: true }) label(): boolean { return true; }
                                              ~~~~~

        src/a.ts:5:3: it waits for Shop.print here
        5   @OnSuccess('print', { when: true }) label(): boolean { return true; }
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

      src/a.ts:6:39 - warning ONW1111: no run reaches Shop.print: it follows Shop.label, and no job leads there; add an edge from a node that is reached, or annotate it with @Job()

      6   @OnSuccess('label', { when: true }) print(): boolean { return true; }
                                              ~~~~~

        src/a.ts:6:3: it waits for Shop.label here
        6   @OnSuccess('label', { when: true }) print(): boolean { return true; }
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

      src/a.ts:7:36 - warning ONW1132: this join never completes: no run reaches Shop.label, which Shop.pack waits for; take another source, or let the join run without it: \`mode: 'any'\` or \`onMissing: 'run'\`

      7   @Join({ stock: 'reserve', label: 'label' }) pack(parts: Parts): void { void parts; }
                                           ~~~~~~~

        src/a.ts:5:39: declared here
        5   @OnSuccess('print', { when: true }) label(): boolean { return true; }
                                                ~~~~~
      "
    `);
  });

  it('that waits for itself', () => {
    expect(
      toldOf(`export class Parts { stock!: unknown; pack!: unknown }
export class Shop {
  @Job() reserve(): void {}
  @Join({ stock: 'reserve', pack: 'pack' }) pack(parts: Parts): void { void parts; }
}
`),
    ).toMatchInlineSnapshot(`
      "src/a.ts:5:35 - error ONW1132: this join never completes: Shop.pack waits for itself (Shop.pack -> Shop.pack); take another source, or let the join run without it: \`mode: 'any'\` or \`onMissing: 'run'\`

      5   @Join({ stock: 'reserve', pack: 'pack' }) pack(parts: Parts): void { void parts; }
                                          ~~~~~~
      "
    `);
  });

  it('that waits for what only it leads to; what waits for such a join is not reported again', () => {
    expect(
      linesOfMembers(
        `@Job() j(): void {}; @Join({ a: 'j', b: 'd' }) a(parts: Parts): void { void parts; }; @OnSuccess('a') c(): void {}; @OnError('c') d(): void {}; @Join({ a: 'j', b: 'c' }) e(parts: Parts): void { void parts; }`,
      ),
    ).toMatchInlineSnapshot(
      `"src/a.ts:5:22 - error ONW1132: this join never completes: it waits for S.d, which runs only after it (S.a -> S.c -> S.d -> S.a); take another source, or let the join run without it: \`mode: 'any'\` or \`onMissing: 'run'\`"`,
    );
  });

  it('when two of them wait for each other', () => {
    expect(
      linesOfMembers(
        `@Job() j(): void {}; @Join({ a: 'j', b: 'b' }) a(parts: Parts): void { void parts; }; @Join({ a: 'j', b: 'a' }) b(parts: Parts): void { void parts; }`,
      ),
    ).toMatchInlineSnapshot(
      `"src/a.ts:5:22 - error ONW1132: this join never completes: it waits for S.b, which runs only after it (S.a -> S.b -> S.a); take another source, or let the join run without it: \`mode: 'any'\` or \`onMissing: 'run'\`"`,
    );
  });

  it('is reported at the join that is the cause, not of one in a loop behind it', () => {
    expect(
      linesOfMembers(
        `@Job() j(): void {}; @Join({ a: 'j', b: 'a' }) a(parts: Parts): boolean { return parts.a === 1; }; @OnSuccess('a', { when: true }) @OnSuccess('c', { when: true }) b(): void {}; @Join({ a: 'j', b: 'b' }) c(parts: Parts): boolean { return parts.a === 1; }`,
      ),
    ).toMatchInlineSnapshot(
      `"src/a.ts:5:22 - error ONW1132: this join never completes: S.a waits for itself (S.a -> S.a); take another source, or let the join run without it: \`mode: 'any'\` or \`onMissing: 'run'\`"`,
    );
  });

  it('whose sources exclude each other', () => {
    expect(
      toldOf(`export class Parts { big!: unknown; small!: unknown }
export class Shop {
  @Job() sort(): 'big' | 'small' { return 'big'; }
  @OnSuccess('sort', { when: 'big' }) crate(): void {}
  @OnSuccess('crate') seal(): void {}
  @OnSuccess('sort', { when: 'small' }) envelope(): void {}
  @Join({ big: 'seal', small: 'envelope' }) send(parts: Parts): void { void parts; }
}
`),
    ).toMatchInlineSnapshot(`
      "src/a.ts:8:31 - warning ONW1132: this join never completes: each time Shop.sort runs, only one of Shop.seal and Shop.envelope follows; use \`mode: 'any'\` or \`onMissing: 'run'\`

      8   @Join({ big: 'seal', small: 'envelope' }) send(parts: Parts): void { void parts; }
                                      ~~~~~~~~~~

        src/a.ts:5:3: Shop.crate runs on success of Shop.sort
        5   @OnSuccess('sort', { when: 'big' }) crate(): void {}
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

        src/a.ts:7:3: Shop.envelope runs on success of Shop.sort
        7   @OnSuccess('sort', { when: 'small' }) envelope(): void {}
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
      "
    `);
  });

  it.each([
    [
      'a choice and what it leaves',
      'S.a and S.b',
      `@OnSuccess('j', { when: 'x' }) a(): void {}; @OnSuccess('j', { otherwise: true }) b(): void {}; @Join({ a: 'a', b: 'b' }) c(parts: Parts): void { void parts; }`,
    ],
    [
      'success and failure',
      'S.a and S.b',
      `@OnSuccess('j') a(): void {}; @OnError('j') b(): void {}; @Join({ a: 'a', b: 'b' }) c(parts: Parts): void { void parts; }`,
    ],
    [
      'a choice before another join',
      'S.b and S.c',
      `@OnSuccess('j', { when: 'x' }) a(): void {}; @OnSuccess('j', { when: 'y' }) b(): void {}; @OnSuccess('j', { when: 'z' }) e(): void {}; @Join({ a: 'a', c: 'j' }) c(parts: Parts): void { void parts; }; @Join({ b: 'b', c: 'c' }) d(parts: Parts): void { void parts; }`,
    ],
  ])('of %s, too: %s', (_, excluding, members) => {
    const reported = linesOfMembers(`@Job() j(): 'x' | 'y' | 'z' { return 'x'; }; ${members}`).split('\n');
    const text = `warning ONW1132: this join never completes: each time S.j runs, only one of ${excluding} follows; use `;
    expect(reported).toEqual([expect.stringContaining(text)]);
  });
});

describe('a join is right', () => {
  const joined = `@Join({ a: 'a', b: 'b' }) c(parts: Parts): void { void parts; }`;
  const j = `@Job() j(): 'x' | 'y' { return 'x'; }`;
  const chosen = `@OnSuccess('j', { when: 'x' }) a(): void {}; @OnSuccess('j', { when: 'y' }) b(): void {}`;
  it.each([
    [
      'of two choices in a loop',
      `@Job() @OnSuccess('j', { when: 'x' }) j(): 'x' | 'y' { return 'x'; }; ${chosen}; ${joined}`,
    ],
    [
      'of two choices that share a literal',
      `${j}; @OnSuccess('j', { when: 'x' }) @OnSuccess('j', { when: 'y' }) a(): void {}; @OnSuccess('j', { when: 'y' }) b(): void {}; ${joined}`,
    ],
    [
      'of two choices with another way to one',
      `${j}; @Job() k(): void {}; @OnSuccess('j', { when: 'x' }) @OnSuccess('k') a(): void {}; @OnSuccess('j', { when: 'y' }) b(): void {}; ${joined}`,
    ],
    [
      'of two choices after a node with two ways in',
      `@Job() i(): void {}; @OnStart('i') @OnSuccess('i') j(): 'x' | 'y' { return 'x'; }; ${chosen}; ${joined}`,
    ],
    [
      'of two choices of each item',
      `@Job() i(): number[] { return []; }; @OnSuccess('i', { each: true }) j(): 'x' | 'y' { return 'x'; }; ${chosen}; ${joined}`,
    ],
    ['of two choices of what bodies call', `@Handler() j(): 'x' | 'y' { return 'x'; }; ${chosen}; ${joined}`],
    [
      'of any of two choices',
      `${j}; ${chosen}; @Join({ a: 'a', b: 'b' }, { mode: 'any' }) c(parts: Parts): void { void parts; }`,
    ],
    [
      'that runs without one of two choices',
      `${j}; ${chosen}; @Join({ a: 'a', b: 'b' }, { onMissing: 'run' }) c(parts: Parts): void { void parts; }`,
    ],
    [
      'of success and of what is recovered',
      `@Job() j(): void {}; @OnSuccess('j') a(): void {}; @OnError('j', { recover: true }) b(): void {}; ${joined}`,
    ],
    [
      'of two predicates',
      `${j}; @OnSuccess('j', { when: (v: string) => v === 'x' }) a(): void {}; @OnSuccess('j', { when: (v: string) => v === 'y' }) b(): void {}; ${joined}`,
    ],
    [
      'of a node that is reached in two ways, one of them behind the join',
      `${j}; @OnSuccess('j') a(): void {}; @OnSuccess('j') @OnSuccess('c', { when: true }) b(): void {}; @Join({ a: 'a', b: 'b' }) c(parts: Parts): boolean { return parts.a === 1; }`,
    ],
    [
      'of two sources in a loop',
      `@Job() @OnSuccess('c', { when: true }) j(): void {}; @OnSuccess('j') a(): void {}; @OnSuccess('j') b(): void {}; @Join({ a: 'a', b: 'b' }) c(parts: Parts): boolean { return parts.a === 1; }`,
    ],
  ])('%s', (_, members) => {
    expect(linesOfMembers(members)).toBe('');
  });
});
