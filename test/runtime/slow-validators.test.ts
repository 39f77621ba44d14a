// Asynchronous validators that never answer: a message is refused in the end, on the clock of the runtime.

import { IsInt, ValidateBy } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnSuccess, type StepContext } from 'onward';
import { ENGINES, rejectionOf, wired } from '../support/wired.ts';

/** Answers after so many milliseconds that the test lets pass, or never. */
function IsAnswered(answer: () => Promise<boolean>): PropertyDecorator {
  return ValidateBy({ name: 'isAnswered', async: true, validator: { validate: answer } });
}

let answer: () => Promise<boolean> = () => new Promise(() => undefined);
class Card {
  @IsAnswered(() => answer()) number!: string;
  @IsInt() cents!: number;
}
const never = (): Promise<boolean> => new Promise(() => undefined);
const CARD = { number: '4', cents: 1 };

class Bank {
  @Job() charge(card: Card): string {
    return card.number;
  }
  @Job() order(): typeof CARD {
    return CARD;
  }
  @OnSuccess('order') pay(card: Card): void {
    void card;
  }
  @Job() ask(context: StepContext): Promise<unknown> {
    return context.call(Bank, 'check', CARD);
  }
  @Handler() check(card: Card): void {
    void card;
  }
}
const PARAMETERS = {
  'Bank.charge': [Card],
  'Bank.pay': [Card],
  'Bank.check': [Card],
  'Bank.ask': ['context'],
} as const;

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('a start, a message to parse and an entry of a plan are refused after 30 s', async () => {
    answer = never;
    const { runtime, start, clock } = wired(open(), { Bank: new Bank() }, PARAMETERS);
    const refused = [
      rejectionOf(start('Bank.charge', CARD)),
      rejectionOf(runtime.parse('Bank.charge', CARD)),
      rejectionOf(runtime.start(runtime.sequence([{ job: 'Bank.charge', message: CARD }]))),
    ];
    let settled = 0;
    for (const each of refused) void each.then(() => settled++);
    await clock.advance(29_999);
    expect(settled).toBe(0);
    await clock.advance(1);
    const [first, ...others] = await Promise.all(refused);
    expect(first).toMatchObject({
      code: 'ONW2011',
      details: { class: 'Card', fields: ['Card.number'], timeoutMs: 30_000 },
    });
    expect(String(first)).toMatchInlineSnapshot(
      `"OnwardError: ONW2011: a validator of Card.number did not answer within 30000 ms; give what it waits for a time limit of its own, or raise \`messages.validatorTimeout\`"`,
    );
    expect(others).toMatchObject([
      { code: 'ONW2011' },
      { code: 'ONW2003', message: expect.stringContaining('entries[0] (Bank.charge): ONW2011') },
    ]);
    expect(clock.waiting).toBe(0);
  });

  test('a callback and a called node fail with code 107 and go on to what follows a failure', async () => {
    answer = never;
    const { report } = wired(open(), { Bank: new Bank() }, PARAMETERS, { messages: { validatorTimeout: '2s' } });
    expect(await report('Bank.order')).toMatchObject({
      failures: [{ node: 'Bank.pay', code: 107, error: { code: 'ONW2011' } }],
    });
    expect(await report('Bank.ask')).toMatchObject({
      failures: [{ node: 'Bank.ask', code: 107, error: { code: 'ONW2011' } }],
    });
  });

  test('one that answers in time leaves no timer behind, and one that answers too late changes nothing', async () => {
    const { start, report, clock } = wired(open(), { Bank: new Bank() }, PARAMETERS, {
      messages: { validatorTimeout: 500 },
    });
    answer = () => new Promise((resolve) => clock.after(100, () => resolve(true)));
    const run = start('Bank.charge', CARD);
    await clock.runAll();
    expect(await (await run).value()).toBe('4');
    expect(clock.waiting).toBe(0);
    answer = () => new Promise((_, reject) => clock.after(700, () => reject(new Error('late'))));
    const refused = rejectionOf(start('Bank.charge', CARD));
    await clock.runAll();
    expect(await refused).toMatchObject({ code: 'ONW2011' });
    answer = () => Promise.resolve(true);
    expect((await report('Bank.charge', CARD)).value).toBe('4');
  });
});
