// What callbacks are given at each moment: their target's message, values, errors, reports, sources; what `bind` lays over.

import { IsArray, IsInt, IsOptional, IsString, Min } from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  ErrorValue,
  Job,
  Join,
  Message,
  OnCancel,
  OnEnd,
  OnError,
  OnRunEnd,
  OnStart,
  OnSuccess,
  ReturnValue,
} from 'onward';
import { ENGINES, stepsOf, wired } from '../support/wired.ts';

class Order {
  @IsString() id!: string;
  @IsInt() @Min(1) cents!: number;
}

/** A part of an order, and a field of its own. */
class Note {
  @IsString() id!: string;
  @IsString() template!: string;
}

class EndMail {
  @ReturnValue() receipt?: string;
  @ErrorValue() error?: Error;
  @IsString() template!: string;
}

class ItemMail {
  @ReturnValue() item!: number;
  @IsString() template!: string;
}

class Parts {
  @IsString() order!: string;
  @IsInt() cents!: number;
}

class SomeParts {
  @IsOptional() @IsString() order?: string;
  @IsOptional() @IsInt() cents?: number;
}

class Summary {
  @IsString() runId!: string;
  @IsString() status!: string;
  @IsString() template!: string;
  @IsArray() steps!: unknown[];
}

const ORDER = { id: 'o1', cents: 42 };

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('start and end callbacks get the target’s message, with what `bind` lays over it, and only fields they declare', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() sell(_order: Order): string {
        return 'receipt';
      }
      @OnStart('sell', { bind: { template: 'hello' } }) greet(note: Note): void {
        got.push(note);
      }
      @OnStart('sell', { bind: ({ message }: { message: Order }) => ({ template: `for ${message.cents}` }) }) tell(
        note: Note,
      ): void {
        got.push(note);
      }
      @OnEnd('sell', { bind: { template: 'bye' } }) part(note: Note): void {
        got.push(note);
      }
    }
    const parameters = { 'Shop.sell': [Order], 'Shop.greet': [Note], 'Shop.tell': [Note], 'Shop.part': [Note] };
    const report = await wired(open(), { Shop: new Shop() }, parameters).report('Shop.sell', ORDER);
    expect(got).toEqual([
      { id: 'o1', template: 'hello' },
      { id: 'o1', template: 'for 42' },
      { id: 'o1', template: 'bye' },
    ]);
    expect(got.every((note) => note instanceof Note)).toBe(true);
    expect(report.status).toBe('completed');
  });

  test('an end callback whose class has marked fields gets the value in one or the error in the other', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() sell(order: Order): string {
        if (order.cents > 1) throw new Error('sold out');
        return 'receipt';
      }
      @OnEnd('sell', { bind: { template: 'bye' } }) mail(mail: EndMail): void {
        got.push(mail.receipt, mail.error?.message, mail.template);
      }
    }
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.sell': [Order], 'Shop.mail': [EndMail] });
    await app.report('Shop.sell', { id: 'o1', cents: 1 });
    await app.report('Shop.sell', { id: 'o2', cents: 2 });
    expect(got).toEqual(['receipt', undefined, 'bye', undefined, 'sold out', 'bye']);
  });

  test('a cancel callback gets the target’s message, with its `bind`', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() sell(_order: Order): Promise<void> {
        return new Promise(() => {});
      }
      @OnCancel('sell', { bind: { template: 'sorry' } }) refund(note: Note, @Message() order: Order): void {
        got.push(note, order);
      }
    }
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.sell': [Order], 'Shop.refund': [Note, Order] });
    const run = await app.start('Shop.sell', ORDER);
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    expect(got).toEqual([{ id: 'o1', template: 'sorry' }, ORDER]);
  });

  test('a cancel callback of a callback gets the callback’s message', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() sell(): { id: string; template: string } {
        return { id: 'o1', template: 'thanks' };
      }
      @OnSuccess('sell') thank(_note: Note): Promise<void> {
        return new Promise(() => {});
      }
      @OnCancel('thank') tear(note: Note): void {
        got.push(note);
      }
      @OnStart('thank') lick(note: Note): void {
        got.push(note);
      }
    }
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.thank': [Note], 'Shop.tear': [Note], 'Shop.lick': [Note] });
    const run = await app.start('Shop.sell');
    await app.clock.advance(1);
    await run.cancel();
    await app.clock.runAll();
    expect(got).toEqual([
      { id: 'o1', template: 'thanks' },
      { id: 'o1', template: 'thanks' },
    ]);
  });

  test('an item goes into a marked field; `bind` is asked for each item', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() sell(): number[] {
        return [1, 2];
      }
      @OnSuccess('sell', { each: true, bind: { template: 'item' } }) mail(mail: ItemMail): void {
        got.push(mail);
      }
      @OnSuccess('sell', {
        each: true,
        bind: ({ returnValue }: { returnValue: number }) => ({ template: `no ${returnValue}` }),
      })
      letter(mail: ItemMail): void {
        got.push(mail);
      }
    }
    const parameters = { 'Shop.mail': [ItemMail], 'Shop.letter': [ItemMail] };
    await wired(open(), { Shop: new Shop() }, parameters).report('Shop.sell');
    expect(got).toEqual([
      { item: 1, template: 'item' },
      { item: 2, template: 'item' },
      { item: 1, template: 'no 1' },
      { item: 2, template: 'no 2' },
    ]);
  });

  test('the message of a join is built and checked; a missing source leaves its field empty', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order', { when: 'never' }) charge(): number {
        return 42;
      }
      @Join({ order: 'order', cents: 'charge' }, { onMissing: 'run' }) ship(parts: SomeParts): void {
        got.push(parts, parts instanceof SomeParts);
      }
    }
    const report = await wired(open(), { Shop: new Shop() }, { 'Shop.ship': [SomeParts] }).report('Shop.order');
    expect(got).toEqual([{ order: 'o1' }, true]);
    expect(report.status).toBe('completed');
  });

  test('R13: a join whose message does not fit is refused with 107', async () => {
    class Shop {
      @Job() order(): string {
        return 'o1';
      }
      @OnSuccess('order') charge(): number {
        return 4.2;
      }
      @Join({ order: 'order', cents: 'charge' }) ship(_parts: Parts): void {}
      @OnError('ship') tell(): void {}
    }
    const report = await wired(open(), { Shop: new Shop() }, { 'Shop.ship': [Parts] }).report('Shop.order');
    expect(stepsOf(report).at(-1)).toBe('Shop.ship failed 107');
    expect(report.failures[0]?.error).toMatchObject({ code: 'ONW2003' });
  });

  test('a run callback gets the report, with its `bind` laid over it', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() sell(): string {
        return 'receipt';
      }
      @OnRunEnd('sell', { bind: { template: 'bill' } }) bill(summary: Summary): void {
        got.push(summary.runId, summary.status, summary.template, summary.steps.length, Object.keys(summary).sort());
      }
    }
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.bill': [Summary] });
    const report = await app.report('Shop.sell', undefined, { id: 'r1' });
    expect(report.callbackFailures).toEqual([]);
    expect(got.slice(0, 3)).toEqual(['r1', 'completed', 'bill']);
    expect(got[4]).toEqual(['runId', 'status', 'steps', 'template']);
  });

  test('R13, R8: a start callback whose message does not fit is refused with 107 and listed; the body runs', async () => {
    const log: string[] = [];
    class Shop {
      @Job() sell(_order: Order): void {
        log.push('sell');
      }
      // It has no template.
      @OnStart('sell', { bind: () => JSON.parse('{ "template": 7 }') }) greet(_note: Note): void {
        log.push('greet');
      }
    }
    const parameters = { 'Shop.sell': [Order], 'Shop.greet': [Note] };
    const report = await wired(open(), { Shop: new Shop() }, parameters).report('Shop.sell', ORDER);
    expect(log).toEqual(['sell']);
    expect(stepsOf(report)).toEqual(['Shop.sell completed 0', 'Shop.greet failed 107']);
    expect(report.status).toBe('completed');
    expect(report.callbackFailures).toMatchObject([{ node: 'Shop.greet', error: { code: 'ONW2003' } }]);
  });

  test('what a start callback does to its message does not reach the body', async () => {
    const got: unknown[] = [];
    class Shop {
      @Job() sell(order: Order): void {
        got.push(order);
      }
      @OnStart('sell') spoil(order: Order): void {
        order.cents = -1;
      }
      @OnEnd('sell') look(order: Order): void {
        got.push(order);
      }
    }
    const parameters = { 'Shop.sell': [Order], 'Shop.spoil': [Order], 'Shop.look': [Order] };
    await wired(open(), { Shop: new Shop() }, parameters).report('Shop.sell', ORDER);
    expect(got).toEqual([ORDER, ORDER]);
  });
});
