// `?` and defaults on the parameter that takes the message: refused where they have no effect, or leave a value out.

import { afterAll, expect, it } from 'vitest';
import { Catalogue } from '../catalogue-project.ts';

const catalogue = new Catalogue('cases-optional-messages');

const HEAD = `import { IsInt } from 'class-validator';
import { Handler, Job, Message, OnEnd, OnError, OnStart, OnSuccess, ReturnValue, type StepContext } from 'onward';
export class Order { @IsInt() cents!: number }
export class Bill { @ReturnValue() order?: Order }
`;

const about = (name: string, methods: string): string[] => catalogue.about(name, HEAD, methods);

it('the message of a job is neither optional nor has it a default', () => {
  expect(
    about(
      'jobs',
      `  @Job() a(order?: Order): string { return String(order?.cents); }
  @Job() b(order: Order = new Order()): string { return String(order.cents); }
  @Job() c(context: StepContext, order?: Order): string { return String([context, order]); }
  @Job() @OnSuccess('maybe') d(order?: Order): string { return String(order?.cents); }
  @Job() maybe(order: Order): Order | undefined { return order; }`,
    ),
  ).toMatchInlineSnapshot(`
    [
      "1:12 error ONW1210: the message of S.a is optional, and a job always gets its message; remove the \`?\`",
      "2:12 error ONW1210: the message of S.b has a default, and a job always gets its message; remove the default",
      "3:34 error ONW1210: the message of S.c is optional, and a job always gets its message; remove the \`?\`",
      "4:32 error ONW1210: the message of S.d is optional, and a job always gets its message; remove the \`?\`",
    ]
  `);
});

it('a callback of a target that may return undefined says so in the type of its parameter', () => {
  expect(
    about(
      'callbacks',
      `  @Job() maybe(order: Order): Order | undefined { return order; }
  @Job() async later(order: Order): Promise<string | undefined> { return String(order.cents); }
  @OnSuccess('maybe') a(order?: Order): void { void order; }
  @OnSuccess('maybe') b(order: Order = new Order()): void { void order; }
  @OnSuccess('maybe') c(@ReturnValue() order?: Order): void { void order; }
  @OnSuccess('later') d(text?: string): void { void text; }`,
    ),
  ).toMatchInlineSnapshot(`
    [
      "3:25 error ONW1210: this parameter is optional, and S.maybe may return undefined, which is passed on; write its type as \`Order | undefined\`",
      "4:25 error ONW1210: this parameter has a default, and S.maybe may return undefined, which is passed on; write its type as \`Order | undefined\`, and the default into the body",
      "5:40 error ONW1210: this parameter is optional, and S.maybe may return undefined, which is passed on; write its type as \`Order | undefined\`",
      "6:25 error ONW1210: this parameter is optional, and S.later may return undefined, which is passed on; write its type as \`string | undefined\`",
    ]
  `);
});

it('a parameter that lets undefined in, or never gets it, may be optional', () => {
  expect(
    about(
      'right',
      `  @Job() maybe(order: Order): Order | undefined { return order; }
  @Job() order(order: Order): Order { return order; }
  @OnSuccess('maybe') a(order: Order | undefined): void { void order; }
  @OnSuccess('maybe') b(order?: Order | undefined): void { void order; }
  @OnSuccess('maybe') c(order?: unknown): void { void order; }
  @OnSuccess('maybe', { when: (order) => order !== undefined }) d(order?: Order): void { void order; }
  @OnSuccess('maybe') e(bill?: Bill): void { void bill; }
  @OnSuccess('order') f(order?: Order): void { void order; }
  @OnSuccess('order') g(order: Order = new Order()): void { void order; }
  @OnSuccess('maybe') h(@Message() order?: Order): void { void order; }
  @OnStart('order') i(order?: Order): void { void order; }
  @OnError('order') j(order?: Order): void { void order; }
  @OnEnd('order') k(order?: Order, @ReturnValue() value?: Order): void { void [order, value]; }
  @Handler() l(order?: Order): void { void order; }`,
    ),
  ).toEqual([]);
});

// What is not refused compiles, with its wiring.
afterAll(() => {
  expect(catalogue.compile()).toBe('');
});
