// Fields that are marked as sensitive: bodies get them, and nothing that people read shows them.

import { format, inspect } from 'node:util';
import { IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { describe, expect, test } from 'vitest';
import { formatReport, Job, OnError, OnSuccess, Sensitive, type RunEvent } from 'onward';
import { definition } from 'onward/definitions';
import { consoleObserver, history, logger } from 'onward/observers';
import { recorder } from 'onward/testing';
import { ENGINES, wired } from '../support/wired.ts';
import { Screen } from './shop.ts';

class Card {
  @IsString() holder!: string;
  @Sensitive() @IsString() number!: string;
}
class Gift extends Card {
  @Sensitive() @IsString() wish!: string;
}
class Order {
  @ValidateNested() @Type(() => Gift) card!: Gift;
  @Sensitive() @IsString() password!: string;
}
class Declined extends Error {
  @Sensitive() readonly secret: string;
  constructor(secret: string) {
    super('declined');
    this.secret = secret;
  }
}
class Receipt {
  readonly holder: string;
  @Sensitive() readonly token: string;
  constructor(holder: string, token: string) {
    this.holder = holder;
    this.token = token;
  }
  toJSON(): object {
    return { ...this };
  }
}
const SECRETS = /hunter2|4111|a pony|t0ken|s3cret/;

class Shop {
  readonly seen: string[] = [];
  @Job() pay(order: Order): Receipt[] {
    this.seen.push(order.password, order.card.number, order.card.wish);
    return [new Receipt(order.card.holder, 't0ken')];
  }
  @OnSuccess('pay') ship(receipts: Receipt[]): never {
    this.seen.push(...receipts.map(({ token }) => token));
    throw new Declined('s3cret');
  }
  @OnError('ship') sorry(): void {}
}
const MESSAGE = { card: { holder: 'ann', number: '4111', wish: 'a pony' }, password: 'hunter2' };

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('bodies get them whole; events, reports, logs and records show [redacted]', async () => {
    const service = new Shop();
    const logged: unknown[] = [];
    const take = (...given: unknown[]): void => void logged.push(...given);
    const app = wired(
      open(),
      { Shop: service },
      { 'Shop.pay': [Order] },
      { classes: { Receipt }, log: { error: take, warn: take } },
    );
    const [kept, record, screen] = [recorder(), history({ messages: true }), new Screen()];
    for (const observer of [
      kept,
      record,
      consoleObserver({ stream: screen }),
      consoleObserver({ style: 'live', stream: screen }),
      logger({ error: take, warn: take, info: take, debug: take }, { messages: true }),
    ])
      app.runtime.observe(observer);
    const report = await app.report('Shop.pay', MESSAGE, { id: 'r1' });
    const late: RunEvent[] = [];
    for await (const event of (await app.runtime.run('r1'))?.events() ?? []) late.push(event);

    expect(service.seen).toEqual(['hunter2', '4111', 'a pony', 't0ken']);
    for (const shown of [kept.events, late, report, record.run('r1'), logged]) {
      expect(JSON.stringify(shown)).not.toMatch(SECRETS);
      expect(JSON.stringify(shown)).toContain('[redacted]');
    }
    for (const text of [...kept.events, ...late, report].map((shown) => format(shown))) {
      expect(text).not.toMatch(SECRETS);
    }
    expect(inspect(logged, { depth: 20 })).not.toMatch(SECRETS);
    expect([screen.text, formatReport(report)].join('\n')).not.toMatch(SECRETS);
    expect(JSON.parse(JSON.stringify(report)).steps[0].message).toEqual({
      card: { holder: 'ann', number: '[redacted]', wish: '[redacted]' },
      password: '[redacted]',
    });
  });

  test('the values themselves are whole, for programs', async () => {
    const { report } = wired(open(), { Shop: new Shop() }, { 'Shop.pay': [Order] }, { classes: { Receipt } });
    const { steps } = await report('Shop.pay', MESSAGE);
    expect(steps[0]?.message).toMatchObject(MESSAGE);
    expect(steps[0]?.returnValue).toMatchObject([{ holder: 'ann', token: 't0ken' }]);
  });
});

test('on a console a value shows itself without them, wherever it is printed, and an error in JSON, too', () => {
  const gift = Object.assign(new Gift(), { holder: 'ann', number: '4111', wish: 'a pony' });
  const declined = new Declined('s3cret');
  const wrapped = new Error('around', { cause: declined });
  for (const text of [
    format(gift),
    format('%o', { cards: [gift] }),
    format(declined),
    format(wrapped),
    inspect([gift]),
  ])
    expect(text).not.toMatch(SECRETS);
  expect(inspect(gift)).toBe("Gift { holder: 'ann', number: '[redacted]', wish: '[redacted]' }");
  expect(inspect(declined)).toMatch(
    /^(Declined \[Error\]|Error): declined\n {4}at .*sensitive\.test[\s\S]*secret: '\[redacted\]'/,
  );
  expect(JSON.stringify({ declined })).toBe('{"declined":{"name":"Error","message":"declined","secret":"[redacted]"}}');
  // It may be on its way to another system.
  expect(JSON.parse(JSON.stringify(gift))).toEqual({ holder: 'ann', number: '4111', wish: 'a pony' });
});

test('a class that shows itself in its own way goes on doing so', () => {
  class Own {
    @Sensitive() secret = 'hunter2';
    [inspect.custom](): string {
      return `Own ${this.secret.length}`;
    }
  }
  expect(inspect(new Own())).toBe('Own 7');
});

test('what observers and programs are handed of errors shows nothing either', async () => {
  const { report } = wired(ENGINES[0].open(), { Shop: new Shop() }, { 'Shop.pay': [Order] });
  const { failures } = await report('Shop.pay', MESSAGE);
  expect(JSON.stringify(failures.map(({ error }) => error))).not.toMatch(SECRETS);
  const app = wired(ENGINES[0].open(), { Shop: new Shop() }, { 'Shop.pay': [Order] });
  const errors: unknown[] = [];
  app.runtime.observe({ onError: (event) => void errors.push(event.error) });
  await app.report('Shop.pay', MESSAGE);
  expect(errors).toHaveLength(2);
  expect(errors[0]).toBeInstanceOf(Declined);
  expect(errors[0]).toMatchObject({ secret: 's3cret' });
  expect([format(errors), JSON.stringify(errors)].join('\n')).not.toMatch(SECRETS);
});

test('a message that is refused is refused without them: at the start, by safeParse and in a plan', async () => {
  const { runtime } = wired(ENGINES[0].open(), { Shop: new Shop() }, { 'Shop.pay': [Order] });
  const wrong = { card: { holder: 1, number: 4111, wish: ['a pony'] }, passwort: 'hunter2' };
  const thrown = await runtime.start('Shop.pay', wrong).catch((error: unknown) => error);
  const parsed = await runtime.safeParse('Shop.pay', wrong);
  for (const refused of [thrown, parsed]) {
    const text = [inspect(refused, { depth: 20 }), JSON.stringify(refused)].join('\n');
    expect(text).not.toMatch(SECRETS);
    expect(text).toContain('[redacted] (a number)');
  }
});

describe('parameters of a definition that go into sensitive fields', () => {
  class Desk {
    @Job({ expose: true }) pay(_order: Order): Receipt {
      return new Receipt('ann', 't0ken');
    }
    @Job({ expose: true }) print(_message: unknown): void {}
  }
  const PARAMETERS = { 'Desk.pay': [Order] } as const;
  const pay = {
    id: 'pay',
    job: 'Desk.pay',
    message: { card: '${parameters.gift}', password: 'p-${parameters.password}' },
  };
  const given = { gift: MESSAGE.card, password: MESSAGE.password, copies: 2 };
  const steps = [
    pay,
    { id: 'low', job: 'Desk.print', if: '${parameters.password < 3}' },
    { id: 'token', job: 'Desk.print', if: '${steps.pay.value.token < 3}' },
    { id: 'open', job: 'Desk.print', if: "${parameters.copies < 'many'}" },
  ];

  test.each(ENGINES)('$engine engine: no event, report or text shows them', async ({ open }) => {
    const app = wired(open(), { Desk: new Desk() }, PARAMETERS, { classes: { Receipt } });
    const kept = recorder();
    app.runtime.observe(kept);
    const run = await app.runtime.start(definition({ keepGoing: true, steps }), given);
    await app.clock.runAll();
    const report = await run.report();
    expect(report.steps.map(({ code }) => code)).toEqual([0, 103, 103, 103]);
    const text = [format(report), ...kept.events.map((event) => `${format(event)}${JSON.stringify(event)}`)].join('\n');
    const at = text.search(SECRETS);
    expect(at < 0 ? '' : text.slice(Math.max(0, at - 300), at + 80)).toBe('');
    expect(text).toContain('got [redacted] (a string) and 3');
    expect(text).toContain('got 2 and "many"');
    expect(JSON.parse(JSON.stringify(kept.calls('run.started')[0]))).toMatchObject({
      message: { gift: '[redacted]', password: '[redacted]', copies: 2 },
    });
  });

  test('a start that is refused does not show them either', async () => {
    const { runtime } = wired(ENGINES[0].open(), { Desk: new Desk() }, PARAMETERS);
    const plan = definition({ steps: [pay] });
    const refused = async (parameters: unknown): Promise<string> =>
      inspect(await Reflect.apply(runtime.start, runtime, [plan, parameters]).catch((error: unknown) => error));
    expect(await refused('hunter2')).toContain('expected an object of parameters, got [redacted] (a string)');
    expect(await refused({ gift: { number: 2 ** 60 } })).toContain('parameters.gift["[redacted]"]: ');
    expect(await refused({ copies: 2 ** 60 })).toContain('got 1152921504606847000');
    for (const bound of ['hunter2', 4111])
      expect(() => Reflect.apply(runtime.sign, runtime, ['Desk.pay', bound])).toThrow(
        /got \[redacted\] \(a (string|number)\)/,
      );
  });
});

test('the mark needs its parentheses', () => {
  expect(() => Reflect.apply(Sensitive, undefined, [Card.prototype, 'number'])).toThrow(/ONW1118.*@Sensitive/);
});
