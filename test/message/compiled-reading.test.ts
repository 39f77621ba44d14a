// How compiled messages read their data, with the limits of it, and that nothing is shared between messages.

import 'reflect-metadata';
import { IsEnum, IsIn, IsInt, IsString } from 'class-validator';
import { beforeAll, describe, expect, it, test } from 'vitest';

import { createParser, loadCompiler } from '../../src/message/parser.ts';
import { interpret } from '../../src/message/interpreter.ts';
import { Refusal } from '../../src/message/refusal.ts';
import { DEFAULT_LIMITS, type MessageLimits } from '../../src/values/sanitize.ts';
import { compiledParse, Line, order, Order, said } from './compiling.ts';

beforeAll(loadCompiler);

describe('how data is read', () => {
  test('a getter of a plain object runs, and its value counts; one of an instance never does', () => {
    let runs = 0;
    const literal = {
      sku: 'a',
      get qty(): number {
        runs += 1;
        return 7;
      },
    };
    const parse = compiledParse(Line);
    expect(parse(literal)).toEqual({ sku: 'a', qty: 7 });
    expect(runs).toBe(1);
    class Entity {
      sku = 'a';
      declare qty: number;
    }
    const entity = Object.defineProperty(new Entity(), 'qty', { enumerable: true, get: () => (runs += 1) });
    expect(said(parse(entity))).toBe('ONW2002: `qty`: expected a plain value, got a getter, which would run code');
    expect(runs).toBe(1);
  });

  test('what a getter of a plain object throws refuses the message, with its path', () => {
    const data = {
      ...order(),
      lines: [
        {
          sku: 'a',
          get qty(): number {
            throw new Error('no');
          },
        },
      ],
    };
    expect(said(compiledParse(Order)(data))).toBe(
      'ONW2002: `lines[0].qty`: expected data that can be read, got an object that threw while it was read',
    );
  });

  test('a name that all objects have got is no field of the data', () => {
    const parse = compiledParse(Line);
    Reflect.set(Object.prototype, 'qty', 5);
    try {
      expect(said(parse({ sku: 'a' }))).toContain('qty: expected an integer number');
    } finally {
      Reflect.deleteProperty(Object.prototype, 'qty');
    }
  });

  test('a field that is not listed is not there', () => {
    const hidden = Object.defineProperty({ sku: 'a' }, 'qty', { value: 1 });
    expect(said(compiledParse(Line)(hidden))).toContain('qty: expected an integer number, not less than 1');
  });

  test('what a decorator was given is asked as it is now', () => {
    const kinds = ['a'];
    const colors: Record<string, string> = { Red: 'red', Blue: 'blue' };
    class Choice {
      @IsIn(kinds) kind!: string;
      @IsEnum(colors) color!: string;
    }
    const parse = compiledParse(Choice);
    expect(parse({ kind: 'a', color: 'red' })).toBeInstanceOf(Choice);
    expect(parse({ kind: 'b', color: 'red' })).toBeInstanceOf(Refusal);
    kinds[0] = 'b';
    Reflect.deleteProperty(colors, 'Red');
    colors['Green'] = 'green';
    expect(parse({ kind: 'a', color: 'blue' })).toBeInstanceOf(Refusal);
    expect(parse({ kind: 'b', color: 'red' })).toBeInstanceOf(Refusal);
    expect(parse({ kind: 'b', color: 'green' })).toBeInstanceOf(Choice);
  });
});

describe('limits', () => {
  const NODES = 17;
  const sizes: readonly (readonly [keyof MessageLimits, number])[] = [
    ['maxNodes', NODES],
    ['maxDepth', 3],
    ['maxKeys', 7],
    ['maxItems', 2],
    ['maxBytes', bytesOf(order())],
  ];

  it.each(sizes)('%s: a message of exactly that much is taken, one more is refused', (name, size) => {
    expect(compiledParse(Order, {}, { [name]: size })(order())).toBeInstanceOf(Order);
    const refused = compiledParse(Order, {}, { [name]: size - 1 })(order());
    expect(refused instanceof Refusal && refused.code).toBe('ONW2004');
    const settings = { limits: { ...DEFAULT_LIMITS, [name]: size - 1 }, timeout: undefined };
    expect(said(refused)).toBe(said(interpret(Order, order(), {}, settings)));
  });
});

/** As the limits count: eight for each value, and texts and names in UTF-8. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  const names = Array.isArray(value) ? 0 : Object.keys(value).reduce((sum, name) => sum + Buffer.byteLength(name), 0);
  return Object.values(value).reduce<number>((sum, part) => sum + 8 + bytesOf(part), names);
}

describe('nothing is shared', () => {
  test('between a message and another one that its constructor parses', () => {
    const parser = createParser();
    class Inner {
      @IsInt() n!: number;
    }
    class Outer {
      @IsString() name!: string;
      seen = parser.build(Inner, { n: 1 });
    }
    const parse = parser.of(Outer);
    for (let at = 0; at < 5; at += 1) {
      void parser.build(Inner, { n: at });
      expect(parse({ name: 'a' })).toEqual({ name: 'a', seen: { n: 1 } });
      expect(said(parse({ name: 1, more: 2 }))).toContain('name: expected a string, got 1');
    }
  });

  test('between refusals: each keeps its own issues, read when they are wanted', () => {
    const parse = compiledParse(Line);
    const refusals = [1, 2, 3].map((qty) => parse({ sku: 'a', qty: -qty }));
    expect(refusals.map((refusal) => refusal instanceof Refusal && refusal.issues[0]?.got)).toEqual(['-1', '-2', '-3']);
    expect(JSON.parse(JSON.stringify(refusals[0]))).toEqual({
      success: false,
      code: 'ONW2003',
      issues: [{ path: 'qty', expected: 'not less than 1', got: '-1' }],
    });
  });

  test('between two parsers with other limits', () => {
    const wide = compiledParse(Line);
    const narrow = compiledParse(Line, {}, { maxBytes: 10 });
    expect(wide({ sku: 'a', qty: 1 })).toBeInstanceOf(Line);
    expect(narrow({ sku: 'a', qty: 1 })).toBeInstanceOf(Refusal);
    expect(wide({ sku: 'a', qty: 1 })).toBeInstanceOf(Line);
  });
});
