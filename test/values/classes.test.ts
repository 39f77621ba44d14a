import { describe, expect, test } from 'vitest';
import { InvalidArgument, RetryableError, TerminalError } from '../../src/errors/onward-error.ts';
import { matcherOf } from '../../src/runtime/matcher.ts';
import { decode, encode } from '../../src/values/codec.ts';
import type { Classes } from '../../src/values/classes.ts';
import { jsonToThrown, thrownToJson } from '../../src/values/serialized-error.ts';
import { markSensitive, sensitiveFieldsOf } from '../../src/values/sensitive.ts';
import type { Json } from '../../src/values/json.ts';
import { classesOf, NO_CLASSES } from '../support/classes.ts';

class Money {
  constructor(
    readonly cents: number,
    readonly currency = 'EUR',
  ) {
    if (cents === undefined) throw new Error('a constructor ran');
  }
  get shown(): string {
    return `${this.cents / 100} ${this.currency}`;
  }
}
class Basket {
  readonly lines = new Map<string, Money>();
  readonly at = new Date(0);
  total: Money | undefined;
}
class Stranger {
  name = 'x';
}
class Amounts extends Array<number> {}
class Prices extends Map<string, number> {}

const classes = classesOf({ Money, Basket });

function stored(value: unknown, from: Classes = classes, to: Classes = from): unknown {
  const json: Json = JSON.parse(JSON.stringify(encode(value, from)));
  return decode(json, to);
}

describe('instances', () => {
  test('CLASSES-2: an instance comes back with its methods, at any depth, and no constructor runs', () => {
    const basket = new Basket();
    basket.lines.set('tea', new Money(450));
    basket.total = new Money(450, 'USD');
    const back = stored({ baskets: [basket], set: new Set([new Money(1)]) });
    expect(back).toStrictEqual({ baskets: [basket], set: new Set([new Money(1)]) });
    const [first] = (back as { readonly baskets: readonly Basket[] }).baskets;
    expect(first).toBeInstanceOf(Basket);
    expect(first?.lines.get('tea')?.shown).toBe('4.5 EUR');
  });

  test('CLASSES-1: the name is that of the wiring, whatever the class is called', () => {
    const named = classesOf({ Price: Money });
    expect(encode(new Money(1), named)).toEqual(['~class', 'Price', { cents: 1, currency: 'EUR' }]);
  });

  test('C25: an instance of another class, and a class that extends a built-in one, is refused where it is', () => {
    expect(() => encode({ a: [new Stranger()] }, classes)).toThrow(
      '`a[0]` cannot be kept in a record: it is an instance of Stranger, a class that the wiring does not name',
    );
    expect(() => encode({ a: Amounts.of(1) }, classes)).toThrow(
      'it is an instance of Amounts, which extends Array; use Array itself',
    );
    expect(() => encode(new Prices(), classes)).toThrow('which extends Map');
    const literal: unknown = Object.create(null);
    expect(stored(literal)).toEqual({});
  });

  test('CLASSES-3: what was kept of a class that is gone comes back as data, is reported once, and hides what it hid', () => {
    class Card {
      number = '4000';
      holder = 'ann';
    }
    markSensitive(Card.prototype, ['number']);
    const gone: string[] = [];
    const later = classesOf({}, gone);
    const back = stored([new Card(), new Card()], classesOf({ Card }), later);
    expect(back).toEqual([
      { number: '4000', holder: 'ann' },
      { number: '4000', holder: 'ann' },
    ]);
    expect(Object.getPrototypeOf((back as object[])[0])).toBe(Object.prototype);
    expect([...(sensitiveFieldsOf((back as object[])[0] ?? {}) ?? [])]).toEqual(['number']);
    expect(gone).toEqual(['Card']);
  });

  test('without classes, instances are plain data', () => {
    expect(decode(encode({ price: new Money(1) }))).toStrictEqual({ price: { cents: 1, currency: 'EUR' } });
  });
});

class PaymentError extends Error {
  override readonly name: string = 'PaymentError';
}
class Declined extends PaymentError {
  readonly price = new Money(5);
  hint(): string {
    return `declined for ${this.price.shown}`;
  }
}
class Fraud extends Declined {}

function thrown(error: unknown, known: Classes): unknown {
  const json: Json = JSON.parse(JSON.stringify(thrownToJson(error, known)));
  return jsonToThrown(json, known);
}

describe('errors', () => {
  test('SERIALIZED-ERROR-5: an error is an instance of its class again, with its methods and its fields', () => {
    const back = thrown(new Declined('no funds'), classesOf({ Declined, Money }));
    expect(back).toBeInstanceOf(Declined);
    expect(back instanceof Declined && back.hint()).toBe('declined for 0.05 EUR');
    expect(back).toMatchObject({ name: 'PaymentError', message: 'no funds' });
  });

  test('of the nearest class that is known, if its own is not', () => {
    const back = thrown(new Fraud('stolen'), classesOf({ PaymentError }));
    expect(back).toBeInstanceOf(PaymentError);
    expect(back).not.toBeInstanceOf(Declined);
    expect(back).toMatchObject({ price: { cents: 5 } });
  });

  test('`when` knows all classes that it had by their names', () => {
    const back = thrown(new Fraud('stolen'), NO_CLASSES);
    const matches = (known: unknown): boolean => matcherOf(known, 'error', 'class')(back);
    expect([Fraud, Declined, PaymentError, Error, TypeError].map(matches)).toEqual([true, true, true, true, false]);
  });

  test('those of JavaScript and of Onward need no wiring', () => {
    const errors = [
      new TypeError('a'),
      new RangeError('b'),
      new TerminalError('c'),
      new RetryableError('d', { retryAfterMs: 5 }),
      new InvalidArgument('e'),
    ];
    for (const error of errors) {
      const back = thrown(error, NO_CLASSES);
      expect(Object.getPrototypeOf(back)).toBe(Object.getPrototypeOf(error));
      expect(back).toMatchObject({ ...error, message: error.message });
    }
    const group = thrown(
      new AggregateError([new TypeError('a'), 7], 'both', { cause: new RangeError('c') }),
      NO_CLASSES,
    );
    expect(group).toBeInstanceOf(AggregateError);
    expect(group).toMatchObject({ errors: [new TypeError('a'), 7], cause: new RangeError('c') });
  });

  test('a field that is an instance of another class is kept as data: no step fails for what its error says', () => {
    expect(thrown(Object.assign(new Error('x'), { from: new Stranger() }), NO_CLASSES)).toMatchObject({
      from: { name: 'x' },
    });
  });
});
