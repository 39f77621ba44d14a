// Names, constants and figures that are wrong: the code, the place and the words of each.

import { expect, it } from 'vitest';
import { Catalogue } from './catalogue-project.ts';

const catalogue = new Catalogue('catalogue-refused-values');

function reported(name: string, sources: Parameters<Catalogue['read']>[1]): string {
  const found = catalogue.read(name, sources);
  expect(found.text).toBeUndefined();
  expect(found.took).toBeLessThan(2_000);
  return found.reported;
}

it('A27: classes that are exported in name only', () => {
  expect(
    reported('A27', {
      'src/b.ts': `import { IsString } from 'class-validator';
class Typed { @IsString() id!: string }
export type { Typed };`,
      'src/a.ts': `import { Job, OnSuccess, ReturnValue } from 'onward';
import type { Typed } from './b.ts';
import type { Outside } from 'pkg';
class Field { id!: string }
export class Mail { @ReturnValue() field!: Field }
export class S {
  @Job() a(m: Typed): Typed { return m; }
  @Job() b(m: Outside): void { void m; }
  @OnSuccess('a') c(mail: Mail): void { void mail; }
}`,
      'node_modules/pkg/package.json': '{ "name": "pkg", "types": "./index.d.ts" }',
      'node_modules/pkg/index.d.ts': 'declare class Outside { id: string }\nexport type { Outside };',
    }),
  ).toMatchInlineSnapshot(`
    "src/a.ts:5:36 error ONW1206: Field is not exported; the wiring has to import it: write \`export class Field\`
    src/a.ts:7:12 error ONW1206: Typed is exported as a type only; a message is built from its class: export it without \`type\`
    src/a.ts:8:12 error ONW1206: Outside is exported as a type only; a message is built from its class: export it without \`type\`"
  `);
});

it('A30, A31: names that nobody could see, tell apart or type', () => {
  const names = [
    '',
    '  ',
    'a\0b',
    'a\u202eb',
    'a\u2028b',
    '\ud800',
    '\u3164',
    'x'.repeat(10_000),
    'a\tb',
    '\u200b',
    '\ue000',
  ];
  expect(
    reported(
      'A30',
      `export class S {\n${names.map((name, at) => `  @Job({ name: ${JSON.stringify(name)} }) m${at}(): void {}`).join('\n')}\n}`,
    ).replace(/x{20,}/g, 'x…'),
  ).toMatchInlineSnapshot(`
    "src/a.ts:4:22 error ONW1103: the name is empty; give one or leave the option out
    src/a.ts:5:24 error ONW1103: the name is empty; give one or leave the option out
    src/a.ts:6:30 error ONW1103: the name "a\\u0000b" has control or invisible characters; remove them
    src/a.ts:7:25 error ONW1103: the name "a\\u202eb" has control or invisible characters; remove them
    src/a.ts:9:7 error ONW1103: the name "a\\u2028b" has control or invisible characters; remove them
    src/a.ts:10:28 error ONW1103: the name "\\ud800" has control or invisible characters; remove them
    src/a.ts:11:23 error ONW1103: the name "\\u3164" has control or invisible characters; remove them
    src/a.ts:12:10022 error ONW1103: the name has 10000 characters; at most 200 are allowed
    src/a.ts:13:26 error ONW1103: the name "a\\tb" has control or invisible characters; remove them
    src/a.ts:14:23 error ONW1103: the name "\\u200b" has control or invisible characters; remove them
    src/a.ts:15:23 error ONW1103: the name "\\ue000" has control or invisible characters; remove them"
  `);
});

it('A32: a syntax error, in the file of a message too', () => {
  expect(
    reported('A32', {
      'src/message.ts': 'export class Ping { id: }\n<<<<<<< HEAD\n',
      'src/a.ts': `import { Job } from 'onward';\nimport { Ping } from './message.ts';\nexport class S { @Job() a(ping: Ping): void {} }`,
    }),
  ).toMatchInlineSnapshot(`
    "src/a.ts:3:27 warning ONW1203: Ping has no validator, so nothing checks its fields; add some from class-validator
    src/message.ts:1:25 error ONW1001: Type expected.
    src/message.ts:2:1 error ONW1001: Merge conflict marker encountered."
  `);
});

it('A38: what is only known when it runs', () => {
  expect(
    reported(
      'A38',
      `const late = (): string => 'x';
let changing = 'a';
const CIRCLE = CIRCLE.name;
const A = B.b;
const B = A.a;
declare const AMBIENT: string;
const { TAKEN } = { TAKEN: 'a' };
export class S {
  @Job({ name: late() }) a(): void {}
  @Job({ name: changing }) b(): void {}
  @Job({ name: 'a' + 'b' }) c(): void {}
  @Job({ name: \`\${late}\` }) d(): void {}
  @Job({ name: CIRCLE }) e(): void {}
  @Job({ name: A }) f(): void {}
  @Job({ name: AMBIENT }) g(): void {}
  @Job({ name: TAKEN }) h(): void {}
  @Job({ [late()]: 1 }) i(): void {}
  @Job({ name: true ? 'a' : 'b' }) j(): void {}
  @Job({ get name() { return 'x'; } }) k(): void {}
  @Job(late as never) l(): void {}
  @Job({ name: 5 }) m(): void {}
  @Job({ name: null }) n(): void {}
  @OnSuccess(() => S, late()) o(): void {}
  @OnSuccess(() => (Math.random() > 1 ? S : S), 'a') p(): void {}
}`,
    ),
  ).toMatchInlineSnapshot(`
    "src/a.ts:11:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:12:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:13:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:14:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:15:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:16:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:17:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:18:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:19:8 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:20:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:21:14 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:22:8 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:23:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:24:16 error ONW1131: the \`name\` cannot be read at build time; write it as a literal or name a constant
    src/a.ts:25:23 error ONW1131: the name of the target cannot be read at build time; write it as a literal or name a constant
    src/a.ts:26:14 error ONW1131: the class of the target cannot be read at build time; write it as \`() => Billing\`"
  `);
});

it('A40: figures that make no sense', () => {
  expect(
    reported(
      'A40',
      `const LONG = { timeout: 1e999, retry: { attempts: 1.5, delay: 'P3D', jitter: -0.1 } } as const;
export class S {
  @Job(LONG) a(): void {}
  @Job({ timeout: '', retry: { attempts: Infinity, factor: NaN } }) b(): void {}
  @Job({ timeout: '99999999999999999999d' }) c(): void {}
  @Job({ timeout: -Infinity, retry: { attempts: '3', maxDelay: '1 s ago' } }) d(): void {}
  @Job({ retry: { attempts: 2, delay: '10m', maxDelay: '5m' } }) e(): void {}
  @Job({ retry: { attempts: 2, delay: '10m' } }) right(): void {}
}`,
    ),
  ).toMatchInlineSnapshot(`
    "src/a.ts:3:25 error ONW1140: expected \`timeout\` to be more than 0: milliseconds, or a string such as '20s' (ms, s, m, h or d), got Infinity
    src/a.ts:3:51 error ONW1140: expected \`retry.attempts\` to be a whole number of at least 1, got 1.5
    src/a.ts:3:63 error ONW1140: expected \`retry.delay\` to be milliseconds, or a string such as '20s' (ms, s, m, h or d), got "P3D"
    src/a.ts:3:78 error ONW1140: expected \`retry.jitter\` to be a number from 0 to 1, got -0.1
    src/a.ts:6:19 error ONW1140: expected \`timeout\` to be more than 0: milliseconds, or a string such as '20s' (ms, s, m, h or d), got ""
    src/a.ts:6:42 error ONW1140: expected \`retry.attempts\` to be a whole number of at least 1, got Infinity
    src/a.ts:6:60 error ONW1140: expected \`retry.factor\` to be a number of at least 1, got NaN
    src/a.ts:8:49 error ONW1140: expected \`retry.attempts\` to be a whole number of at least 1, got "3"
    src/a.ts:8:64 error ONW1140: expected \`retry.maxDelay\` to be milliseconds, or a string such as '20s' (ms, s, m, h or d), got "1 s ago"
    src/a.ts:9:56 error ONW1140: expected \`retry.maxDelay\` to be no less than \`retry.delay\`, got "5m""
  `);
});
