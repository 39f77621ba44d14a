// The unmarked parameter: what it takes, and what its type seems to want.

import { afterAll, describe, expect, it } from 'vitest';
import { Catalogue } from '../catalogue-project.ts';

const catalogue = new Catalogue('cases-unmarked');

const HEAD = `import { Transform } from 'class-transformer';
import { IsInt, IsString } from 'class-validator';
import { ErrorValue, Handler, Job, Message, OnEnd, OnError, OnSuccess, ReturnValue, TerminalError, type StepContext } from 'onward';
export class Order { @IsInt() cents!: number }
export class Declined extends Error { declare code: 'no' }
export class Final extends TerminalError {}
export class Gone extends Declined {}
export abstract class Busy { abstract retryAfter(): number }
export class Late extends Error implements Busy { retryAfter(): number { return 1; } }
type Either = Declined | RangeError;
interface Refused extends Error { reason: string }
interface RefusedTwice extends Coded, Refused {}
interface Coded { code: string }
`;

const about = (name: string, methods: string): string[] => catalogue.about(name, HEAD, methods);

describe('an unmarked parameter for an error', () => {
  it('is refused: it takes the message of the target', () => {
    expect(
      about(
        'error',
        `  @OnError('order') a(e: Error): void { void e; }
  @OnError('none') b(e: Error, context: StepContext): void { void [e, context]; }
  @OnError('order', { when: Declined }) c(e: Declined): void { void e; }
  @OnError('order') d(e: Error | undefined): void { void e; }
  @OnEnd('order') e(e: Error | undefined): void { void e; }
  @Job() order(order: Order): string { return String(order.cents); }
  @Job() none(): string { return 'none'; }`,
      ),
    ).toMatchInlineSnapshot(`
      [
        "1:23 error ONW1104: the unmarked parameter takes the message of S.order, and not its error; to take the error, write @ErrorValue() before it",
        "2:22 error ONW1104: the unmarked parameter takes the message of S.none, which has none, and not its error; to take the error, write @ErrorValue() before it",
        "3:43 error ONW1104: the unmarked parameter takes the message of S.order, and not its error; to take the error, write @ErrorValue() before it",
        "4:23 error ONW1104: the unmarked parameter takes the message of S.order, and not its error; to take the error, write @ErrorValue() before it",
        "5:21 error ONW1104: the unmarked parameter takes the message of S.order, and not its error; to take the error, write @ErrorValue() before it",
      ]
    `);
  });

  it.each([
    'Gone',
    'Final',
    'Either',
    'Refused',
    'RefusedTwice',
    'TerminalError',
    'Error & { code: string }',
    'Declined | Final | null',
  ])('is refused whatever its class of errors is: %s', (type) => {
    const found = about(
      `class-${type.replaceAll(/\W+/g, '-')}`,
      `  @OnError('order', { when: (error: Error) => error.name !== '' }) a(e: ${type}): void { void e; }
  @Job() order(order: Order): string { return String(order.cents); }`,
    );
    expect(found).toEqual([expect.stringMatching(/^1:\d+ error ONW1104: .* write @ErrorValue\(\) before it$/)]);
  });

  it('is right with a mark, in a field, under `bind`, and where the message of the target is an error', () => {
    expect(
      about(
        'right',
        `  @Job() order(order: Order): Declined { throw new Declined(String(order.cents)); }
  @OnError('order') a(@ErrorValue() e: Error): void { void e; }
  @OnError('order') b(order: Order, @ErrorValue() e: Error): void { void [order, e]; }
  @OnError('order', { bind: { code: 'no' } }) c(notice: Notice): void { void notice; }
  @OnSuccess('order') d(e: Declined): void { void e; }
  @OnError('d') e(e: Declined): void { void e; }
  @OnError('d') f(e: Error): void { void e; }
}
export class Notice { @ErrorValue() error!: Error; @IsString() code!: string`,
      ),
    ).toEqual([]);
  });
});

describe('an unmarked parameter that takes everything', () => {
  it('takes any message', () => {
    expect(
      about(
        'unknown',
        `  @Job() order(order: Order): string { return String(order.cents); }
  @Job() none(): string { return 'none'; }
  @OnError('order') a(message: unknown): void { void message; }
  @OnError('order') @OnError('none') b(message: unknown): void { void message; }
  @Handler() @OnError('none') c(message: unknown): void { void message; }`,
      ),
    ).toEqual([]);
  });

  it('is warned of where no target has a message', () => {
    expect(
      about(
        'nothing',
        `  @Job() none(): string { return 'none'; }
  @OnError('none') a(e: unknown): void { void e; }
  @OnError('none') b(e: any): void { void e; }`,
      ),
    ).toMatchInlineSnapshot(`
      [
        "2:22 warning ONW1104: the unmarked parameter takes the message of S.none, which has none, so it is always undefined; to take the error, write @ErrorValue() before it, or remove it",
        "3:22 warning ONW1104: the unmarked parameter takes the message of S.none, which has none, so it is always undefined; to take the error, write @ErrorValue() before it, or remove it",
      ]
    `);
  });
});

// What is not refused compiles, with its wiring.
afterAll(() => {
  expect(catalogue.compile()).toBe('');
});

describe('a mark for the error', () => {
  it('is refused on a type that takes no error', () => {
    expect(
      about(
        'no-error',
        `  @OnError('order') a(@ErrorValue() e: Order): void { void e; }
  @OnEnd('order') b(@Message() order: Order, @ErrorValue() e: Order | undefined): void { void [order, e]; }
  @OnError('order') c(note: Note): void { void note; }
  @OnError('order', { when: Gone }) d(@ErrorValue() e: Order): void { void e; }
  @Job() order(order: Order): string { return String(order.cents); }
}
export class Note {
  @ErrorValue() cents!: number;`,
      ),
    ).toMatchInlineSnapshot(`
      [
        "1:37 error ONW1104: @ErrorValue() takes the error of S.order, and the type here is no error; write \`Error\`, or the class that \`when\` names",
        "2:60 error ONW1104: @ErrorValue() takes the error of S.order, and the type here is no error; write \`Error\`, or the class that \`when\` names",
        "4:53 error ONW1104: @ErrorValue() takes the error of S.order, and the type here is no error; write \`Error\`, or the class that \`when\` names",
        "8:17 error ONW1104: @ErrorValue() takes the error of S.order, and the type here is no error; write \`Error\`, or the class that \`when\` names",
      ]
    `);
  });

  it('is right on an error, on what has the fields of one, and on what takes anything', () => {
    expect(
      about(
        'an-error',
        `  @OnError('order') a(@ErrorValue() e: Error | undefined): void { void e; }
  @OnError('order') b(@ErrorValue() e: Like): void { void e; }
  @OnError('order') c(@ErrorValue() e: object): void { void e; }
  @OnError('order') d(@ErrorValue() e: { message: string }): void { void e; }
  @OnError('order', { when: Gone }) e(@ErrorValue() e: Gone): void { void e; }
  @OnError('order', { when: [Final, RangeError] }) f(@ErrorValue() e: Final | RangeError): void { void e; }
  @OnError('order') g(text: Text): void { void text; }
  @OnSuccess('order') j(@ReturnValue() text: string, @Message() words: Words): void { void [text, words]; }
  @OnError('order', { when: Late }) h(@ErrorValue() e: Busy): void { void e; }
  @OnError('order', { when: (error) => error instanceof Late }) i(@ErrorValue() e: Busy): void { void e; }
  @Job() order(order: Order): string { return String(order.cents); }
}
export class Like {
  message!: string;
  code?: number;
}
export class Words {
  @Transform(({ value }) => String(value)) @IsString() cents!: string;
}
export class Text {
  @ErrorValue() @Transform(({ value }) => String(value).length) cents!: number;`,
      ),
    ).toEqual([]);
  });
});

it('warns of a parameter that is always undefined, as no target has a message', () => {
  expect(
    about(
      'undefined',
      `  @OnEnd('none') a(value: number | undefined): void { void value; }
  @OnError('none') b(error: { message: string }): void { void error; }
  @OnEnd('none') c(@ReturnValue() value: number | undefined): void { void value; }
  @OnEnd('none') d(value?: number): void { void value; }
  @Job() none(): number { return 1; }`,
    ),
  ).toMatchInlineSnapshot(`
    [
      "1:20 warning ONW1104: the unmarked parameter takes the message of S.none, which has none, so it is always undefined; to take the value or the error, write @ReturnValue() or @ErrorValue() before it, or remove it",
      "2:22 warning ONW1104: the unmarked parameter takes the message of S.none, which has none, so it is always undefined; to take the error, write @ErrorValue() before it, or remove it",
    ]
  `);
});
