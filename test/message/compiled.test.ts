// What compiled messages promise beyond the answers of the interpreter: when there is compiled code, what is read directly,
// what is seen late, and that nothing is shared between messages.

import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
  registerDecorator,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { beforeAll, describe, expect, it, test } from 'vitest';

import { Sensitive } from '../../src/decorators/marks.ts';
import { compile } from '../../src/message/compiled/compile.ts';
import { Reader } from '../../src/message/compiled/reader.ts';
import { loadCompiler } from '../../src/message/parser.ts';
import { interpret } from '../../src/message/interpreter.ts';
import { DEFAULT_LIMITS } from '../../src/values/sanitize.ts';
import { compiledParse, Line, order, Order, said } from './compiling.ts';

beforeAll(loadCompiler);

describe('what is compiled', () => {
  test('a message that fits is read without a question to the interpreter', () => {
    const compiled = compile(Order, {});
    if (typeof compiled === 'string') throw new Error(compiled);
    const reader = new Reader(DEFAULT_LIMITS);
    reader.begin(false, false);
    const message = compiled.read(order(), reader);
    expect(reader.questions).toEqual([]);
    expect(message).toBeInstanceOf(Order);
    expect(Reflect.get(Object(message), 'lines')[1]).toBeInstanceOf(Line);
    reader.begin(false, false);
    expect(compiled.read(Object(message), reader)).toEqual(message);
    expect(reader.questions).toEqual([]);
  });

  test('what may be missing or null is read without a question', () => {
    class Letter {
      @IsString() to!: string;
      @IsInt() @Min(1) copies: number = 1;
      @IsOptional() @IsString() note?: string | null;
      @IsString() from!: string;
    }
    const compiled = compile(Letter, {});
    if (typeof compiled === 'string') throw new Error(compiled);
    const reader = new Reader(DEFAULT_LIMITS);
    const sets = [{}, { copies: 2 }, { note: null }, { copies: 3, note: 'now' }];
    for (const set of sets) {
      reader.begin(false, false);
      const data = { ...set, from: 'me', to: 'you' };
      const message = compiled.read(data, reader);
      expect(reader.questions).toEqual([]);
      const interpreted = interpret(Letter, data, {}, { limits: DEFAULT_LIMITS, timeout: undefined });
      expect(message).toStrictEqual(interpreted);
    }
    expect(said(compiledParse(Letter)({ from: 'me', to: 'you', copies: 0, note: 4 }))).toBe(
      'ONW2003: the message does not fit Letter\n  copies: expected not less than 1, got 0\n  note: expected a string, got 4',
    );
  });

  test('a default that does not fit is refused', () => {
    class Ticket {
      @IsInt() seat: unknown = 'any';
      @IsOptional() @IsString() row: unknown = 7;
    }
    const words = 'ONW2003: the message does not fit Ticket\n  seat: expected an integer number, got "any"';
    expect(said(compiledParse(Ticket)({}))).toBe(`${words}\n  row: expected a string, got 7`);
    expect(said(compiledParse(Ticket)({ row: 'b' }))).toBe(words);
  });

  test('where sizes have to be counted exactly, nothing is said of the fields that fit', () => {
    const parse = compiledParse(Line, undefined, { maxBytes: 40 });
    expect(parse({ sku: 'abcdefgh', qty: 1 })).toStrictEqual(Object.assign(new Line(), { sku: 'abcdefgh', qty: 1 }));
    expect(said(parse({ sku: 'abcdefgh', qty: 0 }))).toBe(
      'ONW2003: the message does not fit Line\n  qty: expected not less than 1, got 0',
    );
  });

  test('fields of any number and any name are judged together', () => {
    class Wide {}
    const names = Array.from({ length: 70 }, (_, at) => `f ${at}`);
    for (const name of [...names, 'ab', 'a b', 'a-b', '$', 'data', 'class']) IsString()(Wide.prototype, name);
    const data = Object.fromEntries([...names, 'ab', 'a b', 'a-b', '$', 'data', 'class'].map((name) => [name, name]));
    const message = compiledParse(Wide)(Object.fromEntries(Object.entries(data).toReversed()));
    expect(message).toStrictEqual(Object.assign(new Wide(), data));
    expect(Object.keys(message)).toEqual(Object.keys(data));
    const wrong = { ...data, 'f 3': 3, 'f 30': 30, 'f 69': 69, 'a b': 1, class: 2 };
    expect(said(compiledParse(Wide)(wrong))).toBe(
      ['f 3', 'f 30', 'f 69', 'a b']
        .map((name) => `\n  ["${name}"]: expected a string, got ${Reflect.get(wrong, name)}`)
        .join('')
        .replace(/^/, 'ONW2003: the message does not fit Wide') + '\n  class: expected a string, got 2',
    );
  });

  test('marked fields are compiled: a message of its own, and a value that is taken as it is', () => {
    class Mail {
      @IsOptional() @ValidateNested() @Type(() => Line) line?: Line;
      @IsString() to!: string;
      error?: unknown;
    }
    const marked = { line: Line, error: true as const };
    expect(typeof compile(Mail, { marked })).toBe('object');
    const parse = compiledParse(Mail, { marked });
    const error = new Error('declined');
    const line = Object.assign(new Line(), { sku: 'a', qty: 1, internal: true });
    expect(parse({ to: 'x', line, error })).toEqual({ to: 'x', line: { sku: 'a', qty: 1 }, error });
    expect(Reflect.get(Object(parse({ to: 'x', line, error })), 'error')).toBe(error);
    expect(parse({ to: 'x', line: undefined })).toEqual({ to: 'x' });
    expect(said(parse({ to: 1, line: { sku: 'a', qty: 0 }, more: 1 }))).toBe(
      'ONW2003: the message does not fit Mail\n  more: expected no field of this name, got 1\n' +
        '  line.qty: expected not less than 1, got 0\n  to: expected a string, got 1',
    );
    expect(said(parse({ to: 'x', line: 'none' }))).toContain('line: expected an object of class Line, got "none"');
  });

  test('a marked value that is a boxed string or boolean is judged by class-validator, which accepts it', () => {
    class Taken {
      @IsString() text!: unknown;
      @IsBoolean() flag!: unknown;
    }
    const marked = { text: true as const, flag: true as const };
    const data = { text: Object('x'), flag: Object(true) };
    const settings = { limits: DEFAULT_LIMITS, timeout: undefined };
    expect(interpret(Taken, data, { marked }, settings)).toEqual(data);
    expect(compiledParse(Taken, { marked })(data)).toEqual(data);
  });

  test('a field with the name of a method is judged by the method where the data does not have it', () => {
    class Named {
      @IsObject() declare toString: () => string;
    }
    const settings = { limits: DEFAULT_LIMITS, timeout: undefined };
    expect(interpret(Named, {}, {}, settings)).toBeInstanceOf(Named);
    expect(compiledParse(Named)({})).toBeInstanceOf(Named);
  });

  test('a field with a getter is judged by what the getter gives', () => {
    class Sum {
      @IsInt() a!: number;
      @IsInt() @Max(10) get double(): number {
        return this.a * 2;
      }
    }
    const parse = compiledParse(Sum);
    expect(parse({ a: 5 })).toEqual({ a: 5 });
    expect(said(parse({ a: 6 }))).toBe(
      'ONW2003: the message does not fit Sum\n  double: expected not greater than 10, got 12',
    );
  });

  test('a class that contains itself', () => {
    class Tree {
      @IsString() name!: string;
      @IsOptional() @ValidateNested({ each: true }) @Type(() => Tree) parts?: Tree[];
    }
    const parse = compiledParse(Tree);
    expect(parse({ name: 'a', parts: [{ name: 'b', parts: [{ name: 'c' }] }] })).toBeInstanceOf(Tree);
    expect(said(parse({ name: 'a', parts: [{ name: 'b', parts: [{ name: 1 }] }] }))).toContain(
      'parts[0].parts[0].name',
    );
  });

  test('a set and a map of nested messages are read without a question', () => {
    class Shelf {
      @ValidateNested({ each: true }) @Type(() => Line) lines!: Set<Line>;
      @ValidateNested({ each: true }) @Type(() => Line) named!: Map<string, Line>;
    }
    const compiled = compile(Shelf, {});
    if (typeof compiled === 'string') throw new Error(compiled);
    const reader = new Reader(DEFAULT_LIMITS);
    reader.begin(false, false);
    const line = { sku: 'a', qty: 1 };
    const data = { lines: new Set([line]), named: new Map([['one', line]]) };
    const message = compiled.read(data, reader);
    expect(reader.questions).toEqual([]);
    const own = Object.assign(new Line(), line);
    expect(message).toStrictEqual(
      Object.assign(new Shelf(), { lines: new Set([own]), named: new Map([['one', own]]) }),
    );
    const wrong = { lines: new Set([line, { ...line, qty: 0 }]), named: new Map([['a b', { sku: 1, qty: 1 }]]) };
    expect(said(compiledParse(Shelf)(wrong))).toBe(
      'ONW2003: the message does not fit Shelf\n  lines[1].qty: expected not less than 1, got 0\n' +
        '  named["a b"].sku: expected a string, longer than or equal to 1 and shorter than or equal to 8 characters, got 1',
    );
  });

  test('the keys of a map are not shown where a sensitive field holds it, and shown around one', () => {
    class Card {
      @IsString() number!: string;
    }
    class Wallet {
      @ValidateNested({ each: true }) @Type(() => Card) @Sensitive() cards!: Map<string, Card>;
    }
    class Family {
      @ValidateNested({ each: true }) @Type(() => Wallet) wallets!: Map<string, Wallet>;
    }
    const wallet = (key: string): object => ({ cards: new Map([[key, { number: 5 }]]) });
    expect(said(compiledParse(Family)({ wallets: new Map([['mother', wallet('gold')]]) }))).toBe(
      'ONW2003: the message does not fit Family\n' +
        '  wallets.mother.cards["[redacted]"].number: expected a string, got [redacted] (a number)',
    );
  });

  test('what code of the user’s fills is filled after the reading, once, and judged by compiled code', () => {
    const calls: unknown[] = [];
    class Inner {
      @Transform(({ value, obj }) => (calls.push(value, obj), String(value).trim())) @IsString() name!: string;
      @IsInt() count!: number;
      [more: string]: unknown;
    }
    class Metered {
      #kept = 0;
      @IsInt() get total(): number {
        return this.#kept;
      }
      set total(value: number) {
        calls.push('set');
        this.#kept = value;
      }
    }
    class Anything {}
    class Outer {
      @ValidateNested() @Type(() => Inner) inner!: Inner;
      @ValidateNested() @Type(() => Metered) metered!: Metered;
      @ValidateNested() @Type(() => Anything) anything!: Anything;
      @Transform(({ value }) => value) @IsOptional() note?: string;
    }
    for (const each of [Inner, Metered, Anything, Outer]) expect(typeof compile(each, {})).toBe('object');
    const parse = compiledParse(Outer);
    const data = { inner: { name: ' a ', count: 1 }, metered: { total: 7 }, anything: { x: { y: 1 } }, note: 'n' };
    calls.length = 0;
    const message = parse(data);
    expect(calls).toEqual([' a ', { name: ' a ', count: 1 }, 'set']);
    expect(message).toMatchObject({ inner: { name: 'a', count: 1 }, metered: { total: 7 }, anything: { x: { y: 1 } } });
    expect(said(parse({ ...data, inner: { name: 'a', count: 'x', more: 1 }, metered: { total: 0.5 } }))).toBe(
      'ONW2003: the message does not fit Outer\n  inner.more: expected no field of this name, got 1\n' +
        '  inner.count: expected an integer number, got "x"\n  metered.total: expected an integer number, got 0.5',
    );
  });

  test('what is filled in a field that is asked about itself is judged once', () => {
    let judged = 0;
    const validate = (): boolean => (judged += 1) > 0;
    class Inner {
      @Transform(({ value }) => value)
      @ValidateBy({ name: 'counted', validator: { validate } })
      name!: string;
    }
    class Outer {
      @ValidateIf(() => true) @ValidateNested() @Type(() => Inner) one!: Inner;
      @ValidateIf(() => true) @ValidateNested({ each: true }) @Type(() => Inner) more!: Inner[];
    }
    const parse = compiledParse(Outer);
    expect(parse({ one: { name: 'a' }, more: [{ name: 'b' }, { name: 'c' }] })).toBeInstanceOf(Outer);
    expect(judged).toBe(3);
  });

  test('a transform that changes its object is seen by the fields behind it, compiled or not', () => {
    class Changing {
      @Transform(({ value, obj }) => (Object.assign(obj, { second: 2, extra: 1 }), value)) @IsInt() first!: number;
      @IsInt() second!: number;
    }
    const settings = { limits: DEFAULT_LIMITS, timeout: undefined };
    const answers = [interpret(Changing, { first: 1 }, {}, settings), compiledParse(Changing)({ first: 1 })].map(said);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]).toContain('extra: expected no field of this name, got 1');
    expect(answers[0]).not.toContain('second');
  });

  test('what is interpreted says why', () => {
    class Filled {
      @Transform(({ value }) => value) @IsInt() a!: number;
      b?: unknown;
    }
    class Odd {
      @IsInt() a!: number;
      constructor() {
        Object.defineProperty(this, 'b', { get: () => 1, enumerable: true });
      }
    }
    expect(compile(Odd, {})).toBe('Odd: its constructor defines accessors');
    expect(compile(Date, {})).toBe('it is a built-in class');
    class Guarded {
      @IsInt() a!: number;
      set b(_: unknown) {
        throw new Error('it is set while the message is read');
      }
    }
    expect(compile(Guarded, { marked: { b: true } })).toBe('Guarded: b is set by a setter');
    expect(compile(Guarded, { tag: { field: 'b', keep: true } })).toBe('Guarded: b is set by a setter');
    expect(compile(Filled, { marked: { b: true } })).toBe('Filled: it has marked fields, and is filled by code');
  });
});

describe('a validator that is registered late', () => {
  const even = (target: Function): void =>
    registerDecorator({
      name: 'even',
      target,
      propertyName: 'count',
      validator: { validate: (value: unknown) => typeof value === 'number' && value % 2 === 0 },
    });

  it('counts from the next message on: for the class, for a base class, and in a nested one', () => {
    class Base {
      @IsInt() count!: number;
    }
    class Derived extends Base {
      @IsOptional() note?: string;
    }
    class Outer {
      @ValidateNested() @Type(() => Derived) inner!: Derived;
    }
    const base = compiledParse(Base);
    const derived = compiledParse(Derived);
    const outer = compiledParse(Outer);
    const all = (): readonly unknown[] =>
      [base({ count: 1 }), derived({ count: 1 }), outer({ inner: { count: 1 } })].map(said);
    expect(all().every((answer) => typeof answer === 'object')).toBe(true);
    even(Base);
    for (const answer of all()) expect(answer).toContain('count: expected a value that even accepts, got 1');
    expect(base({ count: 2 })).toEqual({ count: 2 });
  });

  it('counts where the class had none before, and other classes stay compiled', () => {
    class Plain {
      count = 0;
    }
    const parse = compiledParse(Plain);
    const other = compiledParse(Line);
    expect(parse({ count: 1 })).toEqual({ count: 1 });
    even(Plain);
    expect(said(parse({ count: 1 }))).toContain('count: expected a value that even accepts, got 1');
    expect(other({ sku: 'a', qty: 1 })).toEqual({ sku: 'a', qty: 1 });
  });

  it('counts in the interpreter, too', () => {
    class Plain {
      count = 0;
    }
    const settings = { limits: DEFAULT_LIMITS, timeout: undefined };
    expect(interpret(Plain, { count: 1 }, {}, settings)).toEqual({ count: 1 });
    even(Plain);
    expect(said(interpret(Plain, { count: 1 }, {}, settings))).toContain('even accepts');
  });
});

describe('an annotation of class-transformer that is applied late', () => {
  class Base {
    @IsOptional() first!: unknown;
    @IsOptional() second!: unknown;
  }
  class Derived extends Base {}
  const settings = { limits: DEFAULT_LIMITS, timeout: undefined };
  const data = { first: '1', second: { sku: 'a', qty: 1 } };
  const refused = (text: string): unknown => expect.stringContaining(text);

  it.each<[string, (target: object) => void, { given?: object; before?: unknown; after: unknown }]>([
    [
      '@Type',
      (target) => Type(() => Line)(target, 'second'),
      { after: expect.objectContaining({ second: expect.any(Line) }) },
    ],
    [
      '@Transform',
      (target) => Transform(({ value }) => Number(value))(target, 'first'),
      { after: expect.objectContaining({ first: 1 }) },
    ],
    ['@Exclude', (target) => Exclude()(target, 'first'), { after: refused('first') }],
    [
      '@Expose',
      (target) => Expose({ name: 'nick' })(target, 'first'),
      { given: { nick: '1' }, before: refused('nick'), after: expect.objectContaining({ first: '1' }) },
    ],
  ])(
    '%s counts from the next message on, of the class and of a base class',
    (_, annotate, { given = data, before = given, after }) => {
      for (const isOfBase of [false, true]) {
        class Late extends Base {
          @IsOptional() third?: string;
        }
        class Later extends Late {}
        const parse = compiledParse(isOfBase ? Later : Late);
        const interpreted = (): unknown => interpret(isOfBase ? Later : Late, given, {}, settings);
        const answers = (): unknown[] => [parse(given), interpreted(), parse(given)].map(said);
        for (const answer of answers()) expect(answer).toEqual(before);
        annotate(Late.prototype);
        for (const answer of answers()) expect(answer).toEqual(after);
      }
    },
  );

  test('a second @Transform of one field counts, and other classes stay as they are', () => {
    class Late extends Derived {
      @Transform(({ value }) => `${String(value)}!`) declare first: unknown;
    }
    const [parse, other] = [compiledParse(Late), compiledParse(Derived)];
    expect(parse(data)).toMatchObject({ first: '1!' });
    Transform(({ value }) => `${String(value)}?`)(Late.prototype, 'first');
    expect(parse(data)).toMatchObject({ first: expect.stringMatching(/^1(!\?|\?!)$/) });
    expect(other(data)).toEqual(data);
  });
});
