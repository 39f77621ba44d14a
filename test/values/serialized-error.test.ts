import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { InvalidArgument, isOnwardError, OnwardError } from '../../src/errors/onward-error.ts';
import type { Json } from '../../src/values/json.ts';
import { describeThrown } from '../../src/values/describe.ts';
import { jsonToThrown, thrownToJson } from '../../src/values/serialized-error.ts';

function stored(value: unknown): unknown {
  const json: Json = JSON.parse(JSON.stringify(thrownToJson(value)));
  return jsonToThrown(json);
}

class CardDeclined extends Error {
  override name = 'CardDeclined';
  constructor(
    readonly reason: string,
    readonly at: Date,
  ) {
    super(`declined: ${reason}`, { cause: new TypeError('gateway', { cause: 'socket' }) });
  }
}

describe('errors as data', () => {
  test('T1: name, message, stack, cause and own fields come back', () => {
    const thrown = new CardDeclined('funds', new Date(0));
    const back = stored(thrown);
    expect(back).toBeInstanceOf(Error);
    expect(back).toMatchObject({
      name: 'CardDeclined',
      message: 'declined: funds',
      stack: thrown.stack,
      reason: 'funds',
      at: new Date(0),
    });
    expect(back).toMatchObject({ cause: { name: 'TypeError', message: 'gateway', cause: 'socket' } });
  });

  test('an error of Onward is one again, and one of its issues is not lost', () => {
    const issues = [{ path: 'cents', expected: 'a number', got: '"1"' }];
    const back = stored(new OnwardError('ONW2003', 'the message does not fit', { issues, details: { class: 'A' } }));
    expect(back).toBeInstanceOf(OnwardError);
    expect(isOnwardError(back, 'ONW2003')).toBe(true);
    expect(back).toMatchObject({ message: 'ONW2003: the message does not fit', issues, details: { class: 'A' } });
  });

  test('codes of systems and the errors of an AggregateError are kept', () => {
    expect(stored(Object.assign(new Error('read'), { code: 'ECONNRESET', errno: -104 }))).toMatchObject({
      code: 'ECONNRESET',
      errno: -104,
    });
    expect(stored(new AggregateError([new InvalidArgument('a'), 'b'], 'both'))).toMatchObject({
      name: 'AggregateError',
      errors: [{ name: 'InvalidArgument', message: 'a' }, 'b'],
    });
  });

  test('a long message is cut, and the frames of the stack stay', () => {
    const thrown = new Error('x'.repeat(100_000));
    const frames = thrown.stack?.slice(thrown.stack.indexOf('\n    at')) ?? '';
    const back = stored(thrown);
    expect(back).toMatchObject({ message: `${'x'.repeat(16_384)}…` });
    expect(Reflect.get(Object(back), 'stack')).toBe(`Error: ${'x'.repeat(16_384 - 'Error: '.length)}…${frames}`);
  });

  test('an abort of the platform is one again', () => {
    const back = stored(AbortSignal.abort().reason);
    expect(back).toBeInstanceOf(DOMException);
    expect(back).toMatchObject({ name: 'AbortError', message: 'This operation was aborted', code: 20 });
  });

  test('T2: a value that is no error comes back as it was', () => {
    for (const value of [undefined, null, 'boom', 0, false, 12n, { reason: 'x' }, [1, undefined]]) {
      expect(stored(value)).toStrictEqual(value);
    }
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        isDeepStrictEqual(stored(JSON.parse(JSON.stringify(value))), JSON.parse(JSON.stringify(value))),
      ),
    );
  });

  test('T3: a circular cause ends where it begins, an endless one after some levels', () => {
    const circular = new Error('a');
    circular.cause = new Error('b', { cause: circular });
    expect(stored(circular)).toMatchObject({ message: 'a', cause: { message: 'b' } });
    let endless = new Error('root');
    for (let level = 0; level < 50_000; level += 1) endless = new Error(`level ${level}`, { cause: endless });
    expect(JSON.stringify(thrownToJson(endless)).length).toBeLessThan(100_000);
  });
});

const hostile: readonly (readonly [name: string, make: () => unknown])[] = [
  ['undefined', () => undefined],
  ['a symbol', () => Symbol('x')],
  ['a function', () => () => 1],
  ['a promise', () => Promise.resolve(1)],
  ['a frozen error', () => Object.freeze(new Error('cold'))],
  [
    'an error with throwing fields',
    () =>
      new Proxy(new Error('x'), {
        get: (error, field) => {
          if (field !== 'name') throw new Error(`no ${String(field)}`);
          return error.name;
        },
      }),
  ],
  [
    'an error with throwing getters',
    () =>
      Object.defineProperties(Object.assign(new Error('x'), { stack: 's' }), {
        message: {
          get: () => {
            throw new Error('no message');
          },
        },
        stack: {
          get: () => {
            throw new Error('no stack');
          },
        },
        code: {
          enumerable: true,
          get: () => {
            throw new Error('no code');
          },
        },
      }),
  ],
  [
    'an error with odd fields',
    () => Object.assign(new Error('odd'), { socket: { write: () => 1 }, self: globalThis, big: 1n }),
  ],
  ['an error whose message is no text', () => Object.assign(new Error('x'), { message: { toString: 1 }, name: 7 })],
  [
    'an object that throws on every use',
    () =>
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('get');
          },
          getPrototypeOf: () => {
            throw new Error('prototype');
          },
          ownKeys: () => {
            throw new Error('keys');
          },
          has: () => {
            throw new Error('has');
          },
        },
      ),
  ],
  [
    'an error behind a throwing proxy',
    () =>
      new Proxy(new Error('x'), {
        get: () => {
          throw new Error('get');
        },
      }),
  ],
  [
    'a revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
  ['an object without a prototype', () => Object.create(null)],
  [
    'an object whose toString throws',
    () => ({
      toString: () => {
        throw new Error('no');
      },
    }),
  ],
  ['an error of many lines', () => new Error('first\n  second\nthird')],
  ['an error of a million characters', () => new Error('x'.repeat(1_000_000))],
];

describe('whatever is thrown', () => {
  test.each(hostile)('%s is told in one line and survives as data', (_name, make) => {
    const value = make();
    const line = describeThrown(value);
    expect(line).not.toContain('\n');
    expect(line.length).toBeLessThan(400);
    expect(() => stored(value)).not.toThrow();
    expect(JSON.stringify(thrownToJson(value)).length).toBeLessThan(100_000);
  });

  test('the lines', () => {
    expect(hostile.map(([name, make]) => `${name}: ${describeThrown(make()).slice(0, 60)}`)).toMatchInlineSnapshot(`
      [
        "undefined: undefined",
        "a symbol: a symbol",
        "a function: a function",
        "a promise: a promise",
        "a frozen error: Error: cold",
        "an error with throwing fields: Error",
        "an error with throwing getters: Error",
        "an error with odd fields: Error: odd",
        "an error whose message is no text: Error",
        "an object that throws on every use: a value that cannot be read",
        "an error behind a throwing proxy: Error",
        "a revoked proxy: a value that cannot be read",
        "an object without a prototype: an object",
        "an object whose toString throws: an object",
        "an error of many lines: Error: first · second · third",
        "an error of a million characters: Error: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      ]
    `);
  });

  test('data that is no thrown value gives an error, not a throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json: Json = JSON.parse(JSON.stringify(value));
        expect(() => jsonToThrown(json)).not.toThrow();
      }),
    );
  });
});
