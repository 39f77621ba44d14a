// Bad messages, row by row.

import 'reflect-metadata';
import { Readable } from 'node:stream';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsDate,
  IsDefined,
  IsIn,
  IsInstance,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  registerDecorator,
  ValidateIf,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createParser, type ParserOptions } from '../../src/message/parser.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';
import type { MessageClass } from '../../src/wiring/v1.ts';

/** What the parser says: `ok` or the error's text. */
function answer(messageClass: MessageClass, data: unknown, options?: ParserOptions): string {
  try {
    const built = createParser().build(messageClass, data, options);
    return built instanceof messageClass ? 'ok' : 'built another class';
  } catch (error) {
    return error instanceof OnwardError ? error.message : `not ours: ${String(error)}`;
  }
}

const codeOf = (text: string): string => text.slice(0, 7);

class Line {
  @IsString() sku!: string;
  @IsInt() @Min(1) qty!: number;
}
class Order {
  @IsString() id!: string;
  @IsOptional() @IsInt() count?: number;
  @IsOptional() @IsNumber() amount?: number;
  @IsOptional() @IsBoolean() paid?: boolean;
  @IsOptional() @IsDate() @Type(() => Date) at?: Date;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Line) lines?: Line[];
  @IsOptional() extra?: unknown;
}

const prototypesBefore = new Map<object, readonly PropertyKey[]>();
const PROTOTYPES = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  Map.prototype,
  Order.prototype,
  Line.prototype,
];

beforeEach(() => {
  for (const prototype of PROTOTYPES) prototypesBefore.set(prototype, Reflect.ownKeys(prototype));
});
afterEach(() => {
  for (const prototype of PROTOTYPES) expect(Reflect.ownKeys(prototype)).toEqual(prototypesBefore.get(prototype));
});

describe('the container', () => {
  test('C01: null, undefined and nothing at all are no message', () => {
    expect(answer(Order, null)).toMatchInlineSnapshot(
      `"ONW2001: a message of class Order is an object with its fields; got null"`,
    );
    expect(answer(Order, undefined)).toMatchInlineSnapshot(
      `"ONW2001: a message of class Order is an object with its fields; got nothing"`,
    );
  });

  test('C02: other kinds of values are no message, and a proxy that throws is contained', async () => {
    const rejected = Promise.reject(new Error('late'));
    rejected.catch(() => undefined);
    const values = [
      'text',
      7,
      true,
      7n,
      [],
      [{ id: 'a' }],
      new Map(),
      new Set(),
      Buffer.from('a'),
      () => 1,
      rejected,
      new Date(),
      Symbol('x'),
      /a/,
      new Error('x'),
    ];
    for (const value of values) expect(codeOf(answer(Order, value))).toBe('ONW2001');
    const trap = (): never => {
      throw new Error('trap');
    };
    const handlers: readonly ProxyHandler<object>[] = [
      { getPrototypeOf: trap },
      { ownKeys: trap },
      { getOwnPropertyDescriptor: trap },
    ];
    for (const handler of handlers) {
      expect(codeOf(answer(Order, new Proxy({ id: 'a' }, handler)))).toBe('ONW2002');
      expect(codeOf(answer(Order, { id: 'a', extra: new Proxy({ a: 1 }, handler) }))).toBe('ONW2002');
    }
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(codeOf(answer(Order, proxy))).toBe('ONW2002');
    expect(answer(Order, { id: 'a', extra: [proxy] })).toMatchInlineSnapshot(
      `"ONW2002: \`extra[0]\`: expected data that can be read, got an object that threw while it was read"`,
    );
    expect(answer(Order, [{}])).toMatchInlineSnapshot(
      `"ONW2001: a message of class Order is an object with its fields; got an array of 1 item"`,
    );
  });
});

describe('values of fields', () => {
  test('C03: every issue has its path; beyond fifty there is a count', () => {
    expect(answer(Order, { count: 'x', lines: [{ sku: 'a', qty: 1 }, { sku: 1 }, 'line', null], typo: 1 }))
      .toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        typo: expected no field of this name, got 1
        id: expected a string, got nothing
        count: expected an integer number, got "x"
        lines[1].sku: expected a string, got 1
        lines[1].qty: expected an integer number, not less than 1, got nothing
        lines[2]: expected an object, got "line"
        lines[3]: expected an object, got null"
    `);
    const many = answer(Order, { id: 'a', lines: Array.from({ length: 40 }, () => ({})) });
    expect(many.split('\n')).toHaveLength(52);
    expect(many.split('\n').at(-1)).toBe('  … and 30 more');
  });

  test('C03: an array where one object is expected, and one object where an array is', () => {
    expect(answer(Order, { id: 'a', lines: { sku: 'a', qty: 1 } })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        lines: expected an array, got a Line"
    `);
    expect(codeOf(answer(Order, { id: 'a', lines: [[{ sku: 1 }]] }))).toBe('ONW2003');
  });

  test('C04: a text of digits is no number', () => {
    expect(answer(Order, { id: 'a', count: '12' })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        count: expected an integer number, got "12""
    `);
    class Typed {
      @IsInt() @Type(() => Number) count!: number;
    }
    expect(codeOf(answer(Typed, { count: '12' }))).toBe('ONW2003');
  });

  test('C05: a text is no boolean', () => {
    expect(answer(Order, { id: 'a', paid: 'false' })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        paid: expected a boolean value, got "false""
    `);
  });

  test('C06: NaN and infinities are refused wherever they are, -0 is kept', () => {
    expect(answer(Order, { id: 'a', amount: Number.NaN, extra: [JSON.parse('1e999')], count: -Infinity }))
      .toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        amount: expected a finite number, got NaN
        extra[0]: expected a finite number, got Infinity
        count: expected a finite number, got -Infinity"
    `);
    expect(createParser().build(Order, { id: 'a', amount: -0 })).toMatchObject({ amount: -0 });
  });

  test('C07: an integer that has lost digits is refused', () => {
    expect(answer(Order, { id: 'a', count: 2 ** 53, extra: { deep: -(2 ** 60) } })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        count: expected a number within ±9007199254740991 (above it digits are lost; use a string or a bigint), got 9007199254740992
        extra.deep: expected a number within ±9007199254740991 (above it digits are lost; use a string or a bigint), got -1152921504606847000"
    `);
    expect(answer(Order, { id: 'a', count: Number.MAX_SAFE_INTEGER })).toBe('ok');
  });

  test('C08: a bigint is no number, and stays a bigint', () => {
    expect(answer(Order, { id: 'a', count: 12n })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        count: expected an integer number, got 12n"
    `);
    expect(createParser().build(Order, { id: 'a', extra: 2n ** 80n })).toMatchObject({ extra: 2n ** 80n });
  });

  test('C09: only a date, ISO text or milliseconds become a date', () => {
    for (const at of [
      new Date(0),
      '2026-11-21',
      '2026-11-21T07:00:00Z',
      '2026-11-21T07:00:00.5+01:00',
      '1969-02-28',
      1_700_000_000_000,
      -1,
    ]) {
      expect(answer(Order, { id: 'a', at })).toBe('ok');
    }
    for (const at of [
      new Date(Number.NaN),
      true,
      [2026],
      ['2026-11-21'],
      '1',
      'yesterday',
      '2026-13-01',
      '2026-02-30',
      '2026-02-30T00:00:00Z',
      '2026-11-21T07:00',
      {},
      1.5,
      8.64e15 + 1,
    ]) {
      expect(codeOf(answer(Order, { id: 'a', at }))).toBe('ONW2003');
    }
    expect(answer(Order, { id: 'a', at: new Date(Number.NaN) })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        at: expected a valid date, got an invalid date"
    `);
    expect(answer(Order, { id: 'a', at: true })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        at: expected a date: ISO 8601 text with a time zone, or milliseconds, got true"
    `);
  });

  test('C11: half a character is refused, NUL is a character', () => {
    expect(answer(Order, { id: 'a\uD800b' })).toMatchInlineSnapshot(
      `"ONW2008: \`id\`: expected whole characters, got a string with half a character (a lone surrogate)"`,
    );
    expect(answer(Order, { id: 'a', extra: { '\uDC00': 1 } })).toContain('ONW2008');
    expect(answer(Order, { id: 'a\u0000b' })).toBe('ok');
  });

  test('C11, C12: what is too large is refused before it is looked at further', () => {
    expect(answer(Order, { id: 'x'.repeat(1_048_577) })).toMatchInlineSnapshot(
      `"ONW2004: \`id\`: expected at most 1048576 bytes in all, got 1048587 or more"`,
    );
    expect(answer(Order, { id: 'a', extra: Array.from({ length: 10_001 }) })).toMatchInlineSnapshot(
      `"ONW2004: \`extra\`: expected at most 10000 items, got 10001 or more"`,
    );
    expect(answer(Order, { id: 'a', extra: [Array(4_294_967_295)] })).toContain('ONW2004');
    expect(
      answer(Order, { id: 'a', extra: Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`k${at}`, at])) }),
    ).toMatchInlineSnapshot(`"ONW2004: \`extra\`: expected at most 1000 fields, got 1001 or more"`);
    expect(
      answer(Order, { id: 'a', extra: Array.from({ length: 10 }, () => Array.from({ length: 9000 }, () => 1)) }),
    ).toMatchInlineSnapshot(`"ONW2004: \`extra[5][4992]\`: expected at most 50000 values in all, got 50001 or more"`);
    let deep: unknown = 1;
    for (let level = 0; level < 1_000_000; level += 1) deep = { in: deep };
    expect(answer(Order, { id: 'a', extra: deep })).toContain('at most 32 levels');
    let shared: unknown = ['x'];
    for (let level = 0; level < 25; level += 1) shared = [shared, shared, shared];
    expect(answer(Order, { id: 'a', extra: shared })).toContain('ONW2004');
  });

  test('C12: the limits can be set', () => {
    const small = createParser({ maxBytes: 10, maxDepth: 2 });
    expect(() => small.build(Order, { id: '0123456789' })).toThrow('ONW2004');
    expect(() => small.build(Order, { id: 'a', extra: [[1]] })).toThrow('ONW2004');
  });

  test('C13: an object that contains itself is refused, one that is used twice is not', () => {
    const cyclic: { id: string; extra?: unknown } = { id: 'a' };
    cyclic.extra = [{ back: cyclic }];
    expect(answer(Order, cyclic)).toMatchInlineSnapshot(
      `"ONW2005: \`extra[0].back\`: expected data without cycles, got an object that contains itself"`,
    );
    const twice = { a: 1 };
    expect(answer(Order, { id: 'a', extra: [twice, twice] })).toBe('ok');
  });

  test('C14: getters of instances are never run; what one of a plain object throws refuses the message', () => {
    let runs = 0;
    const data = {
      id: 'a',
      get extra(): number {
        throw new Error('no');
      },
    };
    expect(answer(Order, data)).toMatchInlineSnapshot(
      `"ONW2002: \`extra\`: expected data that can be read, got an object that threw while it was read"`,
    );
    const getter = { get: () => (runs += 1), enumerable: true };
    expect(answer(Order, { id: 'a', extra: Object.defineProperty(new Line(), 'qty', getter) })).toMatchInlineSnapshot(
      `"ONW2002: \`extra.qty\`: expected a plain value, got a getter, which would run code"`,
    );
    const items = new (class Items extends Array {})();
    expect(answer(Order, { id: 'a', extra: Object.defineProperty(items, 0, getter) })).toContain('ONW2002');
    expect(runs).toBe(0);
    expect(answer(Order, Object.defineProperty({ id: 'a' }, 'extra', getter))).toBe('ok');
    expect(runs).toBe(1);
  });

  test('C15: what is no data is refused with its path', () => {
    const values = [
      () => 1,
      Symbol('x'),
      new WeakMap(),
      new WeakRef({}),
      Promise.resolve(1),
      Readable.from(['a']),
      new ReadableStream(),
      new Error('x'),
      { then: () => undefined },
      new AbortController(),
      new Intl.NumberFormat(),
      new ArrayBuffer(8),
      new Float64Array(2),
      Object(1),
      (function* () {
        yield 1;
      })(),
    ];
    for (const value of values) expect(codeOf(answer(Order, { id: 'a', extra: { deep: [value] } }))).toBe('ONW2007');
    expect(answer(Order, { id: 'a', extra: { deep: [() => 1] } })).toMatchInlineSnapshot(
      `"ONW2007: \`extra.deep[0]\`: expected data, got a function"`,
    );
    expect(answer(Order, { id: 'a', extra: { deep: Promise.resolve(1) } })).toMatchInlineSnapshot(
      `"ONW2007: \`extra.deep\`: expected data, got a promise; await it first"`,
    );
    expect(answer(Order, { id: 'a', extra: new Map([[{}, 1]]) })).toMatchInlineSnapshot(
      `"ONW2007: \`extra["an object"]\`: expected a map key that is a string, a number, a bigint or a boolean, got an object"`,
    );
  });

  test('C15: an instance of a class is read by its own fields, and loses its class', () => {
    class Money {
      cents = 1;
      #secret = 2;
      get doubled(): number {
        return this.#secret;
      }
    }
    expect(createParser().build(Order, { id: 'a', extra: new Money() })).toHaveProperty('extra', { cents: 1 });
  });

  test('C16: objects without a prototype, frozen ones, and fields named like methods of all objects', () => {
    expect(answer(Order, Object.assign(Object.create(null), { id: 'a' }))).toBe('ok');
    expect(answer(Order, Object.freeze({ id: 'a', extra: Object.freeze([Object.freeze({})]) }))).toBe('ok');
    expect(answer(Order, { id: 'a', extra: { hasOwnProperty: 1, toString: 'x', valueOf: null } })).toBe('ok');
    expect(answer(Order, { id: 'a', hasOwnProperty: 1, toString: 'x' })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        hasOwnProperty: expected no field of this name, got 1
        toString: expected no field of this name, got "x""
    `);
  });

  test('C16: names that reach prototypes are refused at any depth', () => {
    const data: unknown = JSON.parse(
      '{"id":"a","__proto__":{"polluted":1},"extra":{"constructor":{"prototype":{"polluted":1}},"list":[{"__proto__":1}]}}',
    );
    expect(answer(Order, data)).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Order
        __proto__: expected no field of this name, got one
        extra.constructor: expected no field of this name, got one
        extra.list[0].__proto__: expected no field of this name, got one"
    `);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('C17: @IsOptional takes null, undefined and nothing; undefined counts as nothing and leaves defaults', () => {
    class Defaults {
      @IsOptional() @IsInt() optional?: number | null;
      @IsInt() retries = 3;
    }
    expect(createParser().build(Defaults, { optional: null, retries: undefined })).toEqual({
      optional: null,
      retries: 3,
    });
    expect(createParser().build(Defaults, { optional: undefined })).toEqual({ retries: 3 });
    expect(createParser().build(Defaults, {})).toEqual({ retries: 3 });
    expect(answer(Defaults, { retries: null })).toMatchInlineSnapshot(`
      "ONW2003: the message does not fit Defaults
        retries: expected an integer number, got null"
    `);
  });
});

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
