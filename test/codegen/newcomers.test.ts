// What newcomers meet: fifteen mistakes, each with all that is said about it. The texts are what is tested.

import { pathToFileURL } from 'node:url';
import { createRuntime } from 'onward';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/wiring/v1.ts';
import { tsconfig, workspace } from './cases/workspace.ts';
import { projectOnDisk, type ProjectOnDisk } from './project-on-disk.ts';

const BILLING = `import { IsInt, IsString } from 'class-validator';
import { Job, OnError, OnSuccess, type StepContext } from 'onward';

export class Charge {
  @IsString() order!: string;
  @IsInt() cents!: number;
}

export class Billing {
  @Job()
  charge(message: Charge): 'paid' | 'open' {
    return message.cents > 0 ? 'paid' : 'open';
  }

  @OnError('charge')
  undo(message: Charge): void {
    void message;
  }
}

export class Mail {
  @OnSuccess(() => Billing, 'charge', { when: 'paid' })
  thank(state: 'paid'): void {
    void state;
  }

  @OnSuccess(() => Billing, 'charge', { otherwise: true })
  remind(state: string): void {
    void state;
  }
}
`;

type Files = Readonly<Record<string, string>>;

function project(source = BILLING, more: Files = {}): ProjectOnDisk {
  return projectOnDisk({ 'src/billing.ts': source, ...more });
}

/** What the command says, without the folder. */
async function says(made: ProjectOnDisk, command: 'generate' | 'check' = 'check'): Promise<string> {
  const { err, out } = await made.onward(command);
  return `${out}${err}`.replaceAll(made.folder, '.').trim();
}

/** What `check` says of a source whose wiring is as fresh as it can be. */
async function checks(source: string, more: Files = {}): Promise<string> {
  const made = project(source, more);
  const generated = await says(made, 'generate');
  return generated.includes('error') ? generated : says(made);
}

type AnyGraph = Graph<object, Readonly<Record<string, object>>>;
type Classes = Readonly<Record<'Billing' | 'Mail', new () => object>>;

/** What `createRuntime` says after a change of the source that was not generated again; or what it is given instead. */
async function starts(
  after: string,
  services?: (classes: Classes) => Readonly<Record<string, object>>,
  options: object = {},
): Promise<string> {
  const made = project();
  await made.onward('generate');
  made.write('src/billing.ts', after);
  const { graph }: { graph: AnyGraph } = await load(made, 'src/onward.gen.ts');
  const classes: Classes = await load(made, 'src/billing.ts');
  const given = services?.(classes) ?? { Billing: new classes.Billing(), Mail: new classes.Mail() };
  try {
    await createRuntime(graph, { services: given, ...options }).close();
    return 'starts';
  } catch (error) {
    return String(error).replace('OnwardError: ', '');
  }
}

function load<T>({ folder }: ProjectOnDisk, path: string): Promise<T> {
  return import(/* @vite-ignore */ pathToFileURL(`${folder}/${path}`).href);
}

const changed = (before: string, after: string): string => BILLING.replace(before, after);

describe('before anything runs', () => {
  it('the flag is missing', async () => {
    const flagless = { 'tsconfig.json': '{ "compilerOptions": { "module": "nodenext" }, "include": ["src"] }' };
    expect(await says(project(BILLING, flagless), 'generate')).toMatchInlineSnapshot(
      `"error ONW6001: ./tsconfig.json does not turn on the decorators that annotations need; add "experimentalDecorators": true to its "compilerOptions""`,
    );
  });

  it('nothing was generated', async () => {
    expect(await says(project())).toMatchInlineSnapshot(
      `"error ONW1301: the wiring src/onward.gen.ts is missing; run \`npx onward generate\` and commit it"`,
    );
    expect(() => createRuntime(undefined as never, { services: {} })).toThrowErrorMatchingInlineSnapshot(
      `[OnwardError: ONW3001: the first argument of createRuntime is not a wiring; import \`graph\` from the file that \`npx onward generate\` writes]`,
    );
  });

  it('a method is private', async () => {
    expect(await checks(changed('charge(message', 'private charge(message'))).toMatchInlineSnapshot(`
      "src/billing.ts:11:11 - error ONW1120: \`charge\` is private; the wiring has to call it: make it public

      11   private charge(message: Charge): 'paid' | 'open' {
                   ~~~~~~

      Found 1 error; the wiring is unchanged."
    `);
  });

  it('a message is an interface', async () => {
    const source = BILLING.replace(/export class Charge \{[^]*?\n\}/, 'export interface Charge { cents: number }');
    expect(await checks(source)).toMatchInlineSnapshot(`
      "src/billing.ts:8:19 - error ONW1201: the message of the job Billing.charge is an interface, Charge; only a class can be built and validated: write one

      8   charge(message: Charge): 'paid' | 'open' {
                          ~~~~~~

      Found 1 error; the wiring is unchanged."
    `);
  });

  it('one field has no validator', async () => {
    expect(await checks(changed('@IsInt() cents', 'cents'))).toMatchInlineSnapshot(`
      "✓ src/onward.gen.ts   2 services · 4 nodes · 3 edges   (0 ms)   tsc checks whether callbacks fit
      src/billing.ts:6:3 - warning ONW1208: \`cents\` has no validator, so nothing checks it; add one from class-validator, or @Allow() to take it unchecked

      6   cents!: number;
          ~~~~~"
    `);
  });

  it('message files import each other, with emitDecoratorMetadata', async () => {
    const options = '{ "module": "nodenext", "experimentalDecorators": true, "emitDecoratorMetadata": true }';
    const line = `import { Type } from 'class-transformer';
import { IsOptional, IsString, ValidateNested } from 'class-validator';
import { Charge } from './billing.js';
export class Line {
  @IsString() text!: string;
  @IsOptional() @ValidateNested() @Type(() => Charge) charge?: Charge;
}
`;
    const source = `import { Type } from 'class-transformer';\nimport { Line } from './line.js';\n${BILLING}`
      .replace('IsString }', 'IsString, ValidateNested }')
      .replace('@IsInt() cents', '@ValidateNested() @Type(() => Line) line!: Line;\n  @IsInt() cents');
    const more = { 'src/line.ts': line, 'tsconfig.json': `{ "compilerOptions": ${options}, "include": ["src"] }` };
    expect(await checks(source, more)).toMatchInlineSnapshot(`
      "✓ src/onward.gen.ts   2 services · 4 nodes · 3 edges   (0 ms)   tsc checks whether callbacks fit
      src/billing.ts:8:39 - warning ONW1209: \`line\` names Line, and the two files import each other: with emitDecoratorMetadata it is read before it exists; write the type as Late<Line>, with \`type Late<T> = T\`, or turn that option off

      8   @ValidateNested() @Type(() => Line) line!: Line;
                                              ~~~~

      src/line.ts:6:55 - warning ONW1209: \`charge\` names Charge, and the two files import each other: with emitDecoratorMetadata it is read before it exists; write the type as Late<Charge>, with \`type Late<T> = T\`, or turn that option off

      6   @IsOptional() @ValidateNested() @Type(() => Charge) charge?: Charge;
                                                              ~~~~~~"
    `);
  });

  it('an annotation has an alias', async () => {
    const source = `${changed('@Job()', '@Task()')}\nconst Task = Job;\n`;
    expect(await checks(source)).toMatchInlineSnapshot(
      `"✓ src/onward.gen.ts   2 services · 4 nodes · 3 edges   (0 ms)   tsc checks whether callbacks fit"`,
    );
    const hidden = `${changed('@Job()', '@pick(1)()')}\nconst pick = (at: number) => [Job][at] ?? Job;\n`;
    expect(await checks(hidden)).toMatchInlineSnapshot(`
      "src/billing.ts:10:3 - error ONW1119: the decorator has an annotation of onward in it that cannot be read at build time; write that annotation here, or let a function do nothing but return it, as in \`() => Job({ … })\`

      10   @pick(1)()
           ~~~~~~~~~~

      src/billing.ts:15:12 - error ONW1101: Billing.charge is no node; annotate it with @Job() or @Handler()

      15   @OnError('charge')
                    ~~~~~~~~

      src/billing.ts:22:29 - error ONW1101: Billing.charge is no node; annotate it with @Job() or @Handler()

      22   @OnSuccess(() => Billing, 'charge', { when: 'paid' })
                                     ~~~~~~~~

      src/billing.ts:27:29 - error ONW1101: Billing.charge is no node; annotate it with @Job() or @Handler()

      27   @OnSuccess(() => Billing, 'charge', { otherwise: true })
                                     ~~~~~~~~

      Found 4 errors; the wiring is unchanged."
    `);
  });

  it('a `when` has a typo', async () => {
    expect(await checks(changed("{ when: 'paid' }", "{ wen: 'paid' }"))).toMatchInlineSnapshot(`
      "src/billing.ts:22:46 - error ONW1114: @OnSuccess takes no \`wen\`; did you mean \`when\`?

      22   @OnSuccess(() => Billing, 'charge', { wen: 'paid' })
                                                      ~~~~~~

      Found 1 error; the wiring is unchanged."
    `);
    // Literals are compared by the compiler.
    const typo = changed("{ when: 'paid' }", "{ when: 'payed' }");
    const said = workspace({ 'tsconfig.json': tsconfig(), 'src/billing.ts': typo }).tsc();
    expect(said.split('\n')[0]).toMatchInlineSnapshot(
      `"src/billing.ts(22,4): error TS1270: Decorator function return type '["the target returns", "open" | "paid", "which is never", "payed"]' is not assignable to type 'void | TypedPropertyDescriptor<(state: "paid") => void>'."`,
    );
  });
});

describe('when the runtime is made', () => {
  it('the wiring is up to date', async () => {
    expect(await starts(BILLING)).toBe('starts');
  });

  it('the wiring is stale: a method was renamed', async () => {
    expect(await starts(changed('undo(', 'revert('))).toMatchInlineSnapshot(`
      "ONW3002: the wiring is stale, run \`npx onward generate\`:
        Billing.undo: the instance of Billing has no method undo
        Billing.revert: it is annotated, and the wiring does not know it"
    `);
  });

  it('the wiring is stale: a method was annotated', async () => {
    const source = changed('  @OnError', '  @Job()\n  refund(): void {}\n\n  @OnError');
    expect(await starts(source)).toMatchInlineSnapshot(`
      "ONW3002: the wiring is stale, run \`npx onward generate\`:
        Billing.refund: it is annotated, and the wiring does not know it
        If that changes nothing, something annotates them while the program runs: the generator reads the source only."
    `);
  });

  it('the wiring is stale: an annotation was removed', async () => {
    expect(await starts(changed("  @OnError('charge')\n", ''))).toMatchInlineSnapshot(`
      "ONW3002: the wiring is stale, run \`npx onward generate\`:
        Billing.undo: Billing.undo has no annotation of Onward"
    `);
  });

  it('the wiring is stale: another moment', async () => {
    expect(await starts(changed('@OnError', '@OnSuccess'))).toMatchInlineSnapshot(`
      "ONW3002: the wiring is stale, run \`npx onward generate\`:
        edge Billing.charge -> Billing.undo: the wiring says on error, the annotation says on success"
    `);
  });

  it('the wiring is stale: a condition has another form', async () => {
    const source = changed("when: 'paid'", "when: (state) => state === 'paid'");
    expect(await starts(source)).toMatchInlineSnapshot(`
      "ONW3002: the wiring is stale, run \`npx onward generate\`:
        edge Billing.charge -> Mail.thank: the wiring says value \`when\`, the annotation has another one"
    `);
  });

  it('the wiring is stale: one more parameter', async () => {
    const source = changed('charge(message: Charge)', 'charge(message: Charge, context: StepContext)');
    expect(await starts(source)).toMatchInlineSnapshot(`
      "ONW3002: the wiring is stale, run \`npx onward generate\`:
        Billing.charge: the wiring gives 1 argument, the method takes 2"
    `);
  });

  it('an instance is of another class', async () => {
    const services = ({ Mail }: Classes) => ({ Billing: new Mail(), Mail: new Mail() });
    expect(await starts(BILLING, services)).toMatchInlineSnapshot(`
      "ONW3003: no instance of Billing
        services.Billing is a Mail, whose methods have no annotation of Billing; give an instance of the class Billing"
    `);
  });

  it('an instance is a fake', async () => {
    const services = ({ Mail }: Classes) => ({ Billing: { charge: () => 'paid', undo: () => 0 }, Mail: new Mail() });
    expect(await starts(BILLING, services)).toMatchInlineSnapshot(`
      "ONW3003: no instance of Billing
        services.Billing is a plain object; give an instance of the class Billing, or \`fakes: true\` to take it for one in a test"
    `);
    expect(await starts(BILLING, services, { fakes: true })).toBe('starts');
  });
});
