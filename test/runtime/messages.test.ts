// Messages on their way through a run: what each node gets, and that nobody can change another one's.

import { IsArray, IsInt, IsObject, IsOptional, IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { ErrorValue, Handler, Job, Message, OnError, OnSuccess, ReturnValue } from 'onward';
import { ENGINES, stepsOf, wired } from '../support/wired.ts';

class Order {
  @IsString() id!: string;
  @IsArray() tags!: string[];
}
class Receipt {
  @IsInt() cents!: number;
  @IsOptional() @IsObject() to?: { name: string; zip?: string };
}
class ReceiptMail {
  @ReturnValue() receipt!: Receipt;
  @IsString() template!: string;
}
class Complaint {
  @ErrorValue() error!: Error;
  @IsString() desk!: string;
}

/** Spoils whatever it is given. */
function spoil(order: Order): void {
  order.id = 'spoilt';
  order.tags.push('spoilt');
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('what a body does to its message reaches neither the caller, nor a retry, nor a callback', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job({ retry: { attempts: 2, delay: 1 } }) sell(order: Order): void {
        seen.push(structuredClone({ ...order }));
        spoil(order);
        throw new Error('no');
      }
      @OnError('sell') first(order: Order): void {
        seen.push(structuredClone({ ...order }));
        spoil(order);
      }
      @OnError('sell') second(@Message() order: Order): void {
        seen.push(structuredClone({ ...order }));
      }
    }
    const parameters = { 'Shop.sell': [Order], 'Shop.first': [Order], 'Shop.second': [Order] };
    const data = { id: 'o1', tags: ['new'] };
    const report = await wired(open(), { Shop: new Shop() }, parameters).report('Shop.sell', data);
    expect(data).toEqual({ id: 'o1', tags: ['new'] });
    expect(seen).toEqual(Array.from({ length: 4 }, () => ({ id: 'o1', tags: ['new'] })));
    expect(report.steps[0]?.message).toEqual({ id: 'o1', tags: ['new'] });
  });

  test('what a callback does to its message reaches neither its siblings nor the value of the run', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(): Receipt {
        return { cents: 7, to: { name: 'Ana' } };
      }
      @OnSuccess('sell') first(receipt: Receipt): void {
        receipt.cents = 0;
        if (receipt.to !== undefined) receipt.to.name = 'spoilt';
      }
      @OnSuccess('sell') second(receipt: Receipt): void {
        seen.push(receipt instanceof Receipt, { ...receipt });
      }
    }
    const report = await wired(
      open(),
      { Shop: new Shop() },
      { 'Shop.first': [Receipt], 'Shop.second': [Receipt] },
    ).report('Shop.sell');
    expect(seen).toEqual([true, { cents: 7, to: { name: 'Ana' } }]);
    expect(report.value).toEqual({ cents: 7, to: { name: 'Ana' } });
  });

  test('a marked field takes the value, `bind` the others; the value is judged by its own class', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(): Receipt {
        return { cents: 7 };
      }
      @OnSuccess('sell', { bind: { template: 'vip' } }) thank(mail: ReceiptMail): void {
        seen.push(mail instanceof ReceiptMail, mail.template, mail.receipt);
      }
      @OnError('sell', { bind: { desk: 'front' } }) complain(complaint: Complaint): void {
        seen.push(complaint);
      }
    }
    await wired(open(), { Shop: new Shop() }, { 'Shop.thank': [ReceiptMail], 'Shop.complain': [Complaint] }).report(
      'Shop.sell',
    );
    expect(seen).toEqual([true, 'vip', { cents: 7 }]);
  });

  test('a marked field takes the error, and the message of the target does not leak in', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(order: Order): void {
        throw new RangeError(order.id);
      }
      @OnError('sell', { bind: { desk: 'front' } }) complain(complaint: Complaint): void {
        seen.push(Object.keys(complaint).sort(), complaint.desk, complaint.error.message, complaint.error.name);
      }
    }
    const parameters = { 'Shop.sell': [Order], 'Shop.complain': [Complaint] };
    const report = await wired(open(), { Shop: new Shop() }, parameters).report('Shop.sell', { id: 'o1', tags: [] });
    expect(stepsOf(report)).toEqual(['Shop.sell failed 103', 'Shop.complain completed 0']);
    expect(seen).toEqual([['desk', 'error'], 'front', 'o1', 'RangeError']);
  });

  test('`bind` is merged deeply over what is injected, and the result is validated', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(): Receipt {
        return { cents: 7, to: { name: 'Ana' } };
      }
      @OnSuccess('sell', { bind: { to: { zip: '9000' } } }) good(receipt: Receipt): void {
        seen.push({ ...receipt });
      }
      // Types refuse it: here comes what they cannot see.
      @OnSuccess('sell', { bind: { cents: 'seven' as never } }) bad(receipt: Receipt): void {
        seen.push(receipt);
      }
    }
    const report = await wired(open(), { Shop: new Shop() }, { 'Shop.good': [Receipt], 'Shop.bad': [Receipt] }).report(
      'Shop.sell',
    );
    expect(seen).toEqual([{ cents: 7, to: { name: 'Ana', zip: '9000' } }]);
    expect(stepsOf(report)).toEqual(['Shop.sell completed 0', 'Shop.good completed 0', 'Shop.bad failed 107']);
  });

  test('a callback gets only the fields that its class declares', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(): Receipt & { secret: string } {
        return { cents: 7, secret: 'x' };
      }
      @OnSuccess('sell') file(receipt: Receipt): void {
        seen.push({ ...receipt });
      }
    }
    await wired(open(), { Shop: new Shop() }, { 'Shop.file': [Receipt] }).report('Shop.sell');
    expect(seen).toEqual([{ cents: 7 }]);
  });

  test('`@Message()` gives the message of the target, an instance of its class, along a whole chain', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(order: Order): Receipt {
        return { cents: order.id.length };
      }
      @OnSuccess('sell') book(receipt: Receipt, @Message() order: Order): string {
        seen.push(receipt.cents, order instanceof Order, order.id);
        return 'booked';
      }
      @OnSuccess('book') file(@ReturnValue() state: string, @Message() receipt: Receipt): void {
        seen.push(state, receipt instanceof Receipt, receipt.cents);
      }
    }
    const parameters = { 'Shop.sell': [Order], 'Shop.book': [Receipt, Order], 'Shop.file': ['any', Receipt] } as const;
    await wired(open(), { Shop: new Shop() }, parameters).report('Shop.sell', { id: 'o1', tags: [] });
    expect(seen).toEqual([2, true, 'o1', 'booked', true, 2]);
  });

  test('an error callback whose target was refused has no message to take, and does not run', async () => {
    const ran: string[] = [];
    class Shop {
      @Job() sell(): Receipt {
        return { cents: 0.5 };
      }
      @OnSuccess('sell')
      @Handler()
      bill(receipt: Receipt): void {
        ran.push(`bill ${receipt.cents}`);
      }
      @OnError('bill') tell(): void {
        ran.push('tell');
      }
    }
    const report = await wired(open(), { Shop: new Shop() }, { 'Shop.bill': [Receipt] }).report('Shop.sell');
    expect(ran).toEqual([]);
    expect(report.failures.map(({ node, code }) => [node, code])).toEqual([['Shop.bill', 107]]);
  });
});
