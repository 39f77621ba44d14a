import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../src/values/codec.ts';
import type { Json } from '../../src/values/json.ts';

/** Through text, as a store does it. */
function stored(value: unknown): unknown {
  const json: Json = JSON.parse(JSON.stringify(encode(value)));
  return decode(json);
}

const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('~', '~bigint', '~array', '~undefined', '__proto__'),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, Number.NaN, Infinity, -Infinity),
  fc.bigInt(),
  // An invalid date is equal to no other in Node's comparison of keys: it has a test of its own.
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 20 }),
);
const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', '~', 'length'));
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    fc.array(fc.tuple(leaf, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(leaf, { maxLength: 3 }).map((items) => new Set(items)),
  ),
}));

describe('what a record keeps', () => {
  test('V1: every value that is taken comes back equal, through JSON text', () => {
    fc.assert(
      fc.property(anyValue, (value) => isDeepStrictEqual(stored(value), value)),
      { numRuns: 500 },
    );
  });

  test('V2: JSON data is itself, unless it looks like a tag', () => {
    expect(encode({ a: [1, 'x', null, true] })).toEqual({ a: [1, 'x', null, true] });
    expect(encode(['~bigint', '1'])).toEqual(['~array', '~bigint', '1']);
    // Through the text once, because JSON has no -0.
    const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
    fc.assert(fc.property(json, (value) => isDeepStrictEqual(stored(value), value)));
  });

  test('V3: no key reaches a prototype', () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    const copy = stored(value);
    expect(Object.keys(Object(copy))).toEqual(['__proto__', 'constructor']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('an invalid date stays one', () => {
    expect(String(stored(new Date(Number.NaN)))).toBe('Invalid Date');
  });

  test('special numbers, undefined in arrays, buffers, regular expressions and URLs keep their kind', () => {
    expect(stored([Number.NaN, -0, Infinity, undefined])).toStrictEqual([Number.NaN, -0, Infinity, undefined]);
    expect(stored(Buffer.from('a\u0000b'))).toStrictEqual(Buffer.from('a\u0000b'));
    expect(stored(new Uint8Array([0, 255]))).toStrictEqual(new Uint8Array([0, 255]));
    expect(stored([/a"b/giu, new URL('https://example.org/?q=1')])).toStrictEqual([
      /a"b/giu,
      new URL('https://example.org/?q=1'),
    ]);
  });

  test('an instance of a class comes back as plain data', () => {
    class Receipt {
      id = 'r';
      #secret = 1;
      reveal(): number {
        return this.#secret;
      }
    }
    expect(stored(new Receipt())).toStrictEqual({ id: 'r' });
  });
});

describe('what a record cannot keep', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = [cyclic];
  let deep: unknown[] = [];
  for (let level = 0; level < 100_000; level += 1) deep = [deep];

  const refused: readonly (readonly [name: string, value: unknown])[] = [
    ['a function', { handlers: [() => 1] }],
    ['a symbol', { kind: Symbol('x') }],
    ['a promise', { later: Promise.resolve(1) }],
    ['a weak map', new WeakMap()],
    ['an error', { failed: new Error('x') }],
    ['a cycle', cyclic],
    [
      'a getter that throws',
      {
        get total(): number {
          throw new Error('no');
        },
      },
    ],
    [
      'a proxy that throws',
      {
        at: new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('no');
            },
          },
        ),
      },
    ],
    ['bottomless data', deep],
  ];

  function refusal(value: unknown): string {
    try {
      return `taken: ${JSON.stringify(encode(value))}`;
    } catch (error) {
      return error instanceof Error ? error.message.replace(/(\[0\]){3,}/, '[0]…') : 'no error';
    }
  }

  test('is refused with its path', () => {
    expect(refused.map(([name, value]) => `${name}: ${refusal(value)}`)).toMatchInlineSnapshot(`
      [
        "a function: ONW3045: \`handlers[0]\` cannot be kept in a record: it is a function",
        "a symbol: ONW3045: \`kind\` cannot be kept in a record: it is a symbol",
        "a promise: ONW3045: \`later\` cannot be kept in a record: it is a promise; await it first",
        "a weak map: ONW3045: the value cannot be kept in a record: it is a weak collection",
        "an error: ONW3045: \`failed\` cannot be kept in a record: it is an error; pass what it says instead",
        "a cycle: ONW3045: \`self[0]\` cannot be kept in a record: it is an object that contains itself",
        "a getter that throws: ONW3045: the value cannot be kept in a record: it is an object that threw Error: no while it was read",
        "a proxy that throws: ONW3045: \`at\` cannot be kept in a record: it is an object that threw Error: no while it was read",
        "bottomless data: ONW3045: \`[0]…\` cannot be kept in a record: it is data more than 500 levels deep",
      ]
    `);
  });

  test('a record that was tampered with is refused', () => {
    expect(() => decode(['~secret', 1])).toThrowErrorMatchingInlineSnapshot(
      `[OnwardError: ONW3045: a record holds a value of the unknown kind "~secret"]`,
    );
    expect(() => decode(['~url', 1])).toThrowErrorMatchingInlineSnapshot(
      `[OnwardError: ONW3045: a record holds 1 where a string is expected]`,
    );
  });
});
