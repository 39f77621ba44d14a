// Bad messages, row by row.

import 'reflect-metadata';
import { Readable } from 'node:stream';
import { Type } from 'class-transformer';
import { IsInt, IsOptional } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { createParser } from '../../src/message/parser.ts';
import { answer, codeOf, guardPrototypes, Line, Order } from './answers.ts';

guardPrototypes();

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
