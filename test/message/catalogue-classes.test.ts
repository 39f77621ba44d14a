// Bad messages, row by row: classes chosen by a tag, the user’s code, and copies.

import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  IsArray,
  IsDefined,
  IsIn,
  IsInstance,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  registerDecorator,
  ValidateIf,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';
import { describe, expect, test } from 'vitest';
import { createParser } from '../../src/message/parser.ts';
import { answer, codeOf, guardPrototypes, Line, Order } from './answers.ts';

guardPrototypes();

abstract class Payment {
  @IsInt() cents!: number;
}
class Card extends Payment {
  @IsString() number!: string;
}
class Iban extends Payment {
  @IsString() iban!: string;
}
class Checkout {
  @ValidateNested()
  @Type(() => Object, {
    discriminator: {
      property: 'kind',
      subTypes: [
        { name: 'card', value: Card },
        { name: 'iban', value: Iban },
      ],
    },
  })
  payment!: Card | Iban;
}

describe('classes chosen by a tag', () => {
  test('C18: the tag chooses the class and is no field of it', () => {
    const built = createParser().build(Checkout, { payment: { kind: 'card', cents: 1, number: '4' } });
    expect(built).toEqual({ payment: { cents: 1, number: '4' } });
    expect(Reflect.get(built, 'payment')).toBeInstanceOf(Card);
  });

  test('C18: an unknown or missing tag is answered with the known ones', () => {
    expect(answer(Checkout, { payment: { kind: 'cash', cents: 1 } })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Checkout
        payment.kind: expected one of "card", "iban", got "cash""
    `);
    expect(answer(Checkout, { payment: { cents: 1 } })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Checkout
        payment.kind: expected one of "card", "iban", got nothing"
    `);
    expect(codeOf(answer(Checkout, { payment: { kind: ['card'], cents: 1, number: '4' } }))).toBe('ONW2003');
    expect(codeOf(answer(Checkout, { payment: { kind: 'toString' } }))).toBe('ONW2003');
  });

  test('an instance of one of the classes needs no tag', () => {
    const card = Object.assign(new Card(), { cents: 1, number: '4' });
    expect(Reflect.get(createParser().build(Checkout, { payment: card }), 'payment')).toBeInstanceOf(Card);
  });
});

function Checked(
  validate: (value: unknown) => boolean | Promise<boolean>,
  options?: ValidationOptions,
): PropertyDecorator {
  return (prototype, field) => {
    if (typeof field !== 'string') return;
    registerDecorator({
      name: 'checked',
      target: prototype.constructor,
      propertyName: field,
      ...(options ? { options } : {}),
      validator: { validate },
    });
  };
}

describe('the user’s code', () => {
  const boom = (): never => {
    throw new TypeError('boom');
  };

  test('C19: a validator, a condition or a transform that throws is named', () => {
    class BadValidator {
      @Checked(boom) cents!: number;
    }
    class BadTransform {
      @Transform(boom) cents!: number;
    }
    class BadCondition {
      @ValidateIf(boom) @IsInt() cents!: number;
    }
    class BadSetter {
      set cents(_value: number) {
        boom();
      }
      @IsOptional() other?: number;
      declare never: string;
    }
    IsOptional()(BadSetter.prototype, 'cents');
    class BadText {
      @IsInt({ message: boom }) cents!: number;
    }
    expect(answer(BadValidator, { cents: 1 })).toMatchInlineSnapshot(
      `"ONW2010: a validator of BadValidator.cents threw TypeError: boom"`,
    );
    expect(answer(BadTransform, { cents: 1 })).toMatchInlineSnapshot(
      `"ONW2010: the @Transform of BadTransform.cents threw TypeError: boom"`,
    );
    expect(answer(BadCondition, { cents: 1 })).toMatchInlineSnapshot(
      `"ONW2010: a validator of BadCondition.cents threw TypeError: boom"`,
    );
    expect(answer(BadSetter, { cents: 1 })).toMatchInlineSnapshot(
      `"ONW2010: setting BadSetter.cents threw TypeError: boom"`,
    );
    expect(answer(BadText, { cents: 'x' })).toMatchInlineSnapshot(
      `"ONW2010: a validator of BadText.cents threw TypeError: boom"`,
    );
  });

  test('C19: an asynchronous validator gives a promise, which is judged or names who rejected', async () => {
    class Account {
      @Checked((value) => Promise.resolve(value === 'known')) id!: string;
      @IsInt() age!: number;
    }
    class Broken {
      @Checked(() => Promise.reject(new Error('database down'))) id!: string;
    }
    const parser = createParser();
    await expect(parser.build(Account, { id: 'known', age: 1 })).resolves.toBeInstanceOf(Account);
    await expect(parser.build(Account, { id: 'new', age: 'x' })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [OnwardError: ONW2003: the message does not fit Account
        age: expected an integer number, got "x"
        id: expected a value that checked accepts, got "new"]
    `);
    await expect(parser.build(Broken, { id: 'x' })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OnwardError: ONW2010: a validator of Broken.id threw Error: database down]`,
    );
  });

  test('a class that cannot be made without arguments is named, whether it throws or freezes', () => {
    class Money {
      @IsInt() cents: number;
      constructor(amount: { cents: number }) {
        this.cents = amount.cents;
      }
    }
    class Frozen {
      @IsInt() cents = 1;
      constructor() {
        Object.freeze(this);
      }
    }
    expect(answer(Money, { cents: 1 })).toMatchInlineSnapshot(
      `"ONW2009: an instance of Money cannot be made: its constructor threw TypeError: Cannot read properties of undefined (reading 'cents'); a message is made without arguments and then filled, so give the class fields, not constructor parameters"`,
    );
    expect(answer(Frozen, { cents: 1 })).toMatchInlineSnapshot(
      `"ONW2009: an instance of Frozen cannot be made: its constructor freezes what it makes, so that no field can be filled; a message is made without arguments and then filled, so give the class fields, not constructor parameters"`,
    );
  });

  test('own texts of validators are shown as they are written', () => {
    class Ticket {
      @MaxLength(3, { message: '$property of $target: at most $constraint1, not $value' }) title!: string;
      @IsIn(['a', 'b']) kind!: string;
      @IsString({ each: true }) tags!: string[];
      @IsInstance(Uint8Array) data!: Uint8Array;
      @IsDefined() some!: unknown;
      @IsArray() @Max(3, { each: true }) list!: number[];
    }
    expect(answer(Ticket, { title: 'long', kind: 'c', tags: ['x', 1], list: [1, 5] })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Ticket
        title: expected title of Ticket: at most 3, not long, got "long"
        kind: expected one of the following values: a, b, got "c"
        tags[1]: expected a string, got 1
        data: expected an instance of Uint8Array, got nothing
        some: expected not null or undefined, got nothing
        list[1]: expected not greater than 3, got 5"
    `);
    expect(answer(Ticket, { title: 'a', kind: 'a', tags: 'x', data: Buffer.from('a'), some: 1, list: 3 }))
      .toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Ticket
        tags: expected an array, got "x"
        list: expected an array, got 3"
    `);
  });

  test('renamed, excluded and computed fields', () => {
    class Renamed {
      @Expose({ name: 'order_id' }) @IsString() orderId!: string;
      @Exclude() @IsOptional() role = 'guest';
      @IsOptional() @Transform(({ value }) => String(value).trim()) note?: string;
      get shout(): string {
        return this.orderId.toUpperCase();
      }
      greet(): string {
        return this.shout;
      }
    }
    expect(createParser().build(Renamed, { order_id: 'a', note: ' x ' })).toEqual({
      orderId: 'a',
      role: 'guest',
      note: 'x',
    });
    expect(
      createParser().build(Renamed, Object.assign(new Renamed(), { orderId: 'a' }), { unknownFields: 'drop' }),
    ).toEqual({ orderId: 'a', role: 'guest' });
    expect(answer(Renamed, { order_id: 1, role: 'admin', shout: 'X', greet: 1 })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Renamed
        role: expected no field of this name, got "admin"
        shout: expected no field of this name, got "X"
        greet: expected no field of this name, got 1
        order_id: expected a string, got 1"
    `);
  });
});

describe('copies', () => {
  test('C21: what a body changes in its message, nobody else sees', () => {
    const data = {
      id: 'a',
      extra: {
        list: [{ n: 1 }],
        map: new Map([['k', { n: 1 }]]),
        set: new Set([1]),
        at: new Date(0),
        bytes: new Uint8Array([1]),
      },
    };
    const before = structuredClone(data);
    const built = createParser().build(Order, data);
    const extra: typeof data.extra = Reflect.get(built, 'extra');
    expect(extra).toEqual(data.extra);
    extra.list[0] = { n: 2 };
    extra.map.clear();
    extra.set.add(2);
    extra.at.setTime(5);
    extra.bytes[0] = 9;
    expect(data).toEqual(before);
  });

  test('C23: nothing where a callback takes a value', () => {
    class Mail {
      receipt!: Line;
    }
    expect(answer(Mail, { receipt: undefined }, { marked: { receipt: Line } })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Mail
        receipt: expected an object of class Line, got nothing"
    `);
    expect(answer(Mail, { receipt: 'x' }, { marked: { receipt: Line } })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Mail
        receipt: expected an object of class Line, got "x""
    `);
    expect(answer(Mail, {}, { marked: { receipt: true } })).toBe('ok');
  });

  test('a marked field of a built-in class takes a copy of the value', () => {
    class Mail {
      at!: Date;
    }
    const at = new Date(0);
    const built = createParser().build(Mail, { at }, { marked: { at: Date } });
    expect(built).toEqual({ at });
    expect(Reflect.get(built, 'at')).not.toBe(at);
    expect(answer(Mail, { at: 'x' }, { marked: { at: Date } })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Mail
        at: expected an object of class Date, got "x""
    `);
    expect(answer(Mail, { at: new Date(Number.NaN) }, { marked: { at: Date } })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Mail
        at: expected a valid date, got an invalid date"
    `);
    expect(answer(Mail, { at: [() => 1] }, { marked: { at: Array } })).toMatchInlineSnapshot(
      `"ONW2007: \`at[0]\`: expected data, got a function"`,
    );
    expect(createParser().build(Date, at)).toEqual(at);
    expect(answer(Date, 'x')).toMatchInlineSnapshot(`"ONW2001: a value of class Date is expected; got "x""`);
  });

  test('marked fields run their own validators, and may be optional', () => {
    class Mail {
      @IsOptional() @ValidateNested() @Type(() => Line) receipt?: Line;
      @IsOptional() @IsInt() total?: number;
    }
    expect(answer(Mail, { receipt: undefined }, { marked: { receipt: Line } })).toBe('ok');
    expect(answer(Mail, { receipt: { sku: 'a', qty: 0 } }, { marked: { receipt: Line } })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Mail
        receipt.qty: expected not less than 1, got 0"
    `);
    expect(answer(Mail, { total: 'x' }, { marked: { total: true } })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Mail
        total: expected an integer number, got "x""
    `);
  });

  test('C27: texts stay byte for byte what they were', () => {
    for (const id of ['👩‍👩‍👧‍👦', 'שלום‏', 'e\u0301', '\u00e9', '\u202Eevil', '\u0000', '\uFEFF', 'ﬁ', '\u2028']) {
      expect(Reflect.get(createParser().build(Order, { id, extra: { [`k${id}`]: [id] } }), 'id')).toBe(id);
      expect(Reflect.get(createParser().build(Order, { id: 'a', extra: { [`k${id}`]: [id] } }), 'extra')).toEqual({
        [`k${id}`]: [id],
      });
    }
  });

  test('C27: what would change how a terminal shows a line is escaped in texts, long texts are not shown', () => {
    expect(
      answer(Order, {
        id: 'a',
        count: '\u202Eevil\u001b[31m\n',
        [`k\u202E`]: 1,
        paid: 'secret'.repeat(10),
        ['x'.repeat(100)]: 1,
      }),
    ).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        ["k\\u{202e}"]: expected no field of this name, got 1
        xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…: expected no field of this name, got 1
        count: expected an integer number, got "\\u{202e}evil\\u001b[31m\\n"
        paid: expected a boolean value, got a string of 60 characters"
    `);
  });
});
