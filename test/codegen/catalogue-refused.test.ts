// Sources that are wrong: the code, the place and the words of each, and neighbours of each. Golden folders hold more
// of them: wrong-targets (A01), wrong-names (A04, A30, A31), wrong-marks (A08, A09), wrong-members (A11 to A20),
// wrong-messages (A21 to A27), wrong-syntax (A32), wrong-options (A40).

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Catalogue } from './catalogue-project.ts';

const catalogue = new Catalogue('catalogue-refused');

function reported(name: string, sources: Parameters<Catalogue['read']>[1]): string {
  const found = catalogue.read(name, sources);
  expect(found.text).toBeUndefined();
  expect(found.took).toBeLessThan(2_000);
  return found.reported;
}

const PING = 'export class Ping { @IsString() id!: string }\n';

it.each([
  ['A01', 'wrong-targets'],
  ['A04', 'wrong-names'],
  ['A08', 'wrong-marks'],
  ['A09', 'wrong-marks'],
  ['A11', 'wrong-members'],
  ['A12', 'wrong-members'],
  ['A13', 'wrong-members'],
  ['A14', 'wrong-members'],
  ['A15', 'wrong-members'],
  ['A17', 'inherited'],
  ['A21', 'wrong-messages'],
  ['A22', 'wrong-messages'],
  ['A24', 'wrong-messages'],
  ['A25', 'wrong-messages'],
  ['A27', 'wrong-messages'],
  ['A40', 'wrong-options'],
])('%s: golden/%s', (_, folder) => {
  expect(existsSync(fileURLToPath(new URL(`./golden/${folder}/expected-errors.txt`, import.meta.url)))).toBe(true);
});

it('A01: a target of another class that is named as one of the same', () => {
  expect(
    reported('A01-elsewhere', {
      'src/b.ts': `import { Job, Service } from 'onward';\n@Service({ name: 'freight' })
export class Shipping { @Job({ name: 'dispatch' }) ship(): void {} @Job() both(): void {} }
export class Posting { @Job() both(): void {} }`,
      'src/a.ts': `import { from, Join, OnSuccess } from 'onward';\nimport { Shipping } from './b.ts';
export class S {
  @OnSuccess('Shipping.ship') a(): void {}
  @OnSuccess('freight.dispatch') b(): void {}
  @OnSuccess('ship') c(): void {}
  @OnSuccess('both') d(): void {}
  @OnSuccess(() => Shipping, 'Shipping.ship') e(): void {}
  @OnSuccess('S.a') f(): void {}
  @Join({ x: 'Shipping.ship', y: from(() => Shipping, 'ship') }) g(): void {}
}`,
    }),
  ).toMatchInlineSnapshot(`
    "src/a.ts:4:14 error ONW1101: S has no method 'Shipping.ship'; a node of another class is named with its class: \`() => Shipping, 'ship'\`
    src/a.ts:5:14 error ONW1101: S has no method 'freight.dispatch'; a node of another class is named with its class: \`() => Shipping, 'ship'\`
    src/a.ts:6:14 error ONW1101: S has no method 'ship'; a node of another class is named with its class: \`() => Shipping, 'ship'\`
    src/a.ts:7:14 error ONW1101: S has no method 'both'; its nodes are a, b, c, d, e, f, g
    src/a.ts:8:30 error ONW1101: freight has no method 'Shipping.ship'; a target is named by its method: 'ship'
    src/a.ts:9:14 error ONW1101: S has no method 'S.a'; a target is named by its method: 'a'
    src/a.ts:10:14 error ONW1101: S has no method 'Shipping.ship'; a node of another class is named with its class: \`from(() => Shipping, 'ship')\`"
  `);
});

it('A09: a mark on the message of a job is one problem, however many take that message', () => {
  expect(
    reported(
      'A09-own-message',
      `${PING}export class S {
  @Job() ping(@Message() ping: Ping): string { return ping.id; }
  @OnSuccess('ping') a(id: string, @Message() ping: Ping): void { void [id, ping]; }
  @OnError('ping') b(ping: Ping): void { void ping; }
  @OnError('ping') c(@Message() ping: Ping): void { void ping; }
}`,
    ),
  ).toMatchInlineSnapshot(
    `"src/a.ts:5:15 error ONW1107: @Message() has nothing to take: the message of a job is its parameter without a mark; remove @Message()"`,
  );
});

it('A01: a target that does not exist, by another name of its class', () => {
  expect(
    reported('A01', {
      'src/b.ts': `import { Job } from 'onward';\nexport default class Billing { @Job() charge(): void {} }`,
      'src/a.ts': `import { OnSuccess } from 'onward';\nimport Till from './b.ts';
export class S {
  @OnSuccess(() => Till, 'chrage') a(): void {}
  @OnSuccess('toString') b(): void {}
  @OnSuccess('__proto__') c(): void {}
  @OnSuccess('') d(): void {}
}`,
    }),
  ).toMatchInlineSnapshot(`
    "src/a.ts:4:26 error ONW1101: Billing has no method 'chrage'; did you mean 'charge'?
    src/a.ts:5:14 error ONW1101: S has no method 'toString'; its nodes are a, b, c, d
    src/a.ts:6:14 error ONW1101: S has no method '__proto__'; its nodes are a, b, c, d
    src/a.ts:7:14 error ONW1101: S has no method ''; did you mean 'a'?"
  `);
});

it('A04: one name for two nodes, also where only the encoding differs', () => {
  expect(
    reported(
      'A04',
      `export class S {
  @Job({ name: 'caf\\u00e9' }) a(): void {}
  @Job({ name: 'cafe\\u0301' }) b(): void {}
  @Job({ name: 'd' }) c(): void {}
  @OnSuccess('c') d(): void {}
}
@Service({ name: '__proto__' }) export class P { @Job() a(): void {} }`,
    ),
  ).toMatchInlineSnapshot(`
    "src/a.ts:5:32 error ONW1102: two nodes are called "S.café"; give one of them another \`name\`
    src/a.ts:7:19 error ONW1102: two nodes are called "S.d"; give one of them another \`name\`
    src/a.ts:9:46 error ONW1103: the name "__proto__" has a special meaning in JavaScript; choose another one"
  `);
});

it('a second parameter of a job is to be a field: a mark there would have nothing to take', () => {
  expect(
    reported(
      'job-two-parameters',
      `export class Ping { @IsString() id!: string }
export class S {
  @Job() job(ping: Ping, note: Ping): void { void ping; void note; }
}`,
    ),
  ).toMatchInlineSnapshot(
    `"src/a.ts:5:26 error ONW1106: a second parameter has no mark; a job takes one message and the context: make this a field of the message"`,
  );
});

it('A08, A09: marks in a message that is inherited or generic', () => {
  expect(
    reported(
      'A08',
      `export class Base { @ReturnValue() a!: string }
export class Twice extends Base { @ReturnValue() b!: string }
export class S {
  @Job() job(@Message() m: Base): string { return m.a; }
  @OnSuccess('job') two(twice: Twice): void { void twice; }
}`,
    ),
  ).toMatchInlineSnapshot(`
    "src/a.ts:3:36 error ONW1106: @ReturnValue() appears twice, on \`a\` and on \`b\`; keep one of them
    src/a.ts:6:14 error ONW1107: @Message() has nothing to take: the message of a job is its parameter without a mark; remove @Message()"
  `);
});

it('A11 to A15: members that are no methods of an instance', () => {
  expect(
    reported(
      'A11',
      `export class S {
  @Job() #hidden(): void {}
  @Job() async *many(): AsyncGenerator<number> { yield 1; }
  @Job() set value(value: number) { void value; }
  @Job() accessor auto = 1;
  @Job() maybe?(): void {}
  @Job() 5(): void {}
  @Job() [Symbol.iterator](): void {}
  @Job() static #both(): void {}
  @Job() toJSON(): void {}
  @Job() '__proto__'(): void {}
  @Job() ['constructor'](): void {}
  @Job() prototype(): void {}
}`,
    ),
  ).toMatchInlineSnapshot(`
    "src/a.ts:4:10 error ONW1120: this method is private; the wiring has to call it: make it public
    src/a.ts:5:17 error ONW1122: \`many\` is a generator; return an array or a promise of one instead
    src/a.ts:6:14 error ONW1123: \`value\` is not a method; annotate a method that has a body
    src/a.ts:7:19 error ONW1123: \`auto\` is not a method; annotate a method that has a body
    src/a.ts:8:10 error ONW1123: \`maybe\` is optional; a node always exists: remove the \`?\`
    src/a.ts:9:10 error ONW1128: a method with a computed name cannot be named in a target; write the name out
    src/a.ts:10:10 error ONW1128: a method with a computed name cannot be named in a target; write the name out
    src/a.ts:11:17 error ONW1120: this method is private; the wiring has to call it: make it public
    src/a.ts:11:17 error ONW1121: this method is static; nodes are methods of an instance: remove \`static\`
    src/a.ts:12:10 error ONW1129: \`toJSON\` has a special meaning in JavaScript; rename the method
    src/a.ts:13:10 error ONW1129: \`__proto__\` has a special meaning in JavaScript; rename the method
    src/a.ts:14:10 error ONW1129: \`constructor\` has a special meaning in JavaScript; rename the method
    src/a.ts:15:10 error ONW1129: \`prototype\` has a special meaning in JavaScript; rename the method"
  `);
});

it('A18: classes that nobody can import', () => {
  expect(
    reported(
      'A18',
      `export const Expression = class Named { @Job() a(): void {} };
export const list = [class { @Job() a(): void {} }];
export namespace Inside { export class Space { @Job() a(): void {} } }
if (list.length > 0) { class Block { @Job() a(): void {} } void Block; }
export class Outer { m(): void { class Local { @Job() a(): void {} } void Local; } }`,
    ),
  ).toMatchInlineSnapshot(`
    "src/a.ts:3:33 error ONW1127: Named is not at the top of its file and cannot be imported; declare it as \`export class …\` at the top of a file
    src/a.ts:4:22 error ONW1127: a class without a name cannot be imported; declare it as \`export class …\` at the top of a file
    src/a.ts:5:40 error ONW1127: Space is not at the top of its file and cannot be imported; declare it as \`export class …\` at the top of a file
    src/a.ts:6:30 error ONW1127: Block is not at the top of its file and cannot be imported; declare it as \`export class …\` at the top of a file
    src/a.ts:7:40 error ONW1127: Local is not at the top of its file and cannot be imported; declare it as \`export class …\` at the top of a file"
  `);
});

it('A22: messages that are no class of one shape', () => {
  expect(
    reported(
      'A22',
      `${PING}export type Alias<T> = T;
export namespace N { export class Msg { @IsString() id!: string } }
export enum Colour { Red }
export class S {
  @Job() a(m: Alias<Ping>): void { void m; }
  @Job() b(m: N.Msg): void { void m; }
  @Job() c(m: Ping | undefined): void { void m; }
  @Job() d(m: Ping[]): void { void m; }
  @Job() e(m: typeof Ping): void { void m; }
  @Job() f(m: Ping & { a: 1 }): void { void m; }
  @Job() g(m: Promise<Ping>): void { void m; }
  @Job() h(m: Colour): void { void m; }
  @Job() i({ id }: { id: string }): void { void id; }
  @Job() j([id]: string[]): void { void id; }
  @Job() k(m = new Ping()): void { void m; }
  @Job() l(m: {}): void { void m; }
  @Job() m(m: this): void { void m; }
}`,
    ),
  ).toMatchInlineSnapshot(`
    "src/a.ts:8:15 error ONW1201: the message of the job S.a is a type alias, Alias; only a class can be built and validated: write one
    src/a.ts:10:15 error ONW1201: the message of the job S.c is a union of types; only a class can be built and validated: write one
    src/a.ts:11:15 error ONW1201: the message of the job S.d is an array; only a class can be built and validated: write one
    src/a.ts:12:15 error ONW1201: the message of the job S.e is a type without a name, such as a tuple or \`{ … }\`; only a class can be built and validated: write one
    src/a.ts:13:15 error ONW1201: the message of the job S.f is an intersection of types; only a class can be built and validated: write one
    src/a.ts:14:15 error ONW1201: the message of the job S.g is Promise, which is not a class of yours; only a class can be built and validated: write one
    src/a.ts:15:15 error ONW1201: the message of the job S.h is an enum, Colour; only a class can be built and validated: write one
    src/a.ts:16:20 error ONW1201: the message of the job S.i is a type without a name, such as a tuple or \`{ … }\`; only a class can be built and validated: write one
    src/a.ts:17:18 error ONW1201: the message of the job S.j is an array; only a class can be built and validated: write one
    src/a.ts:18:12 error ONW1202: the message of the job S.k has no written type; name its class
    src/a.ts:19:15 error ONW1201: the message of the job S.l is a type without a name, such as a tuple or \`{ … }\`; only a class can be built and validated: write one
    src/a.ts:20:15 error ONW1201: the message of the job S.m is a type without a name, such as a tuple or \`{ … }\`; only a class can be built and validated: write one"
  `);
});
