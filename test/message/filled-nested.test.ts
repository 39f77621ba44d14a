// Messages nested in a class that code of the user's takes part in filling: compiled, with the answers of the interpreter.

import { beforeAll, describe, expect, it } from 'vitest';
import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsInt,
  IsOptional,
  IsString,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Sensitive } from '../../src/decorators/marks.ts';
import { compile } from '../../src/message/compiled/compile.ts';
import { interpret } from '../../src/message/interpreter.ts';
import { loadCompiler } from '../../src/message/parser.ts';
import { DEFAULT_LIMITS } from '../../src/values/sanitize.ts';
import type { MessageClass } from '../../src/wiring/v1.ts';
import { compiledParse, Line, said } from './compiling.ts';

beforeAll(loadCompiler);

/** What both say of the data, and what they have called on the way. */
function answers(messageClass: MessageClass, data: () => unknown, calls: unknown[] = []): unknown[] {
  expect(typeof compile(messageClass, {})).toBe('object');
  const parse = compiledParse(messageClass);
  return [
    (given: unknown) => interpret(messageClass, given, {}, { limits: DEFAULT_LIMITS, timeout: undefined }),
    parse,
  ].map((read) => {
    calls.length = 0;
    return [said(read(data())), [...calls]];
  });
}

function expectSame(messageClass: MessageClass, data: () => unknown, calls?: unknown[]): unknown {
  const [interpreted, compiled] = answers(messageClass, data, calls);
  expect(compiled).toStrictEqual(interpreted);
  return Object(compiled)[0];
}

const trimmed = Transform(({ value }) => (typeof value === 'string' ? value.trim() : value));

describe('what is nested in a class with a transform', () => {
  class Parcel {
    @trimmed @IsString() to!: string;
    @ArrayMaxSize(3) @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
    @IsOptional() @ValidateNested() @Type(() => Line) first?: Line;
    @IsOptional() @ValidateNested({ each: true }) @Type(() => Line) named?: Map<string, Line>;
    @IsOptional() @Sensitive() @ValidateNested() @Type(() => Line) secret?: Line;
    @Type(() => Date) @IsOptional() at?: Date;
  }
  const line = { sku: 'a', qty: 1 };

  it.each([
    ['fits', { lines: [line, line], first: line, named: new Map([['x', line]]), secret: line, at: '2026-11-29' }],
    ['has wrong fields', { lines: [line, { sku: 1, qty: 0 }], first: { sku: 'a' }, secret: { sku: 1, qty: 1 } }],
    ['has fields of no name', { lines: [{ ...line, more: 1 }], first: { ...line, more: 2 }, other: 3 }],
    ['has no messages in their place', { lines: [line, 1], first: [line], named: [line], secret: 'hidden' }],
    ['is null, or too long', { lines: [line, line, line, line], first: null, named: null, secret: null }],
    ['lacks them', {}],
    ['holds instances', { lines: [Object.assign(new Line(), line)], first: Object.assign(new Line(), { sku: 'a' }) }],
  ])('%s: the answer is that of the interpreter', (_, fields) => {
    const answer = expectSame(Parcel, () => ({ to: ' x ', ...fields }));
    expect(typeof answer === 'string' || answer instanceof Parcel).toBe(true);
  });

  it('is made by compiled code: its constructor runs once, and no rule asks twice', () => {
    let made = 0;
    let judged = 0;
    let stack = '';
    const validate = (): boolean => (judged += 1) > 0;
    class Counted {
      @ValidateBy({ name: 'counted', validator: { validate } }) name!: string;
      constructor() {
        made += 1;
        stack = String(new Error('made').stack);
      }
    }
    class Around {
      @trimmed @IsString() to!: string;
      @ValidateNested({ each: true }) @Type(() => Counted) all!: Counted[];
    }
    const parse = compiledParse(Around);
    const data = { to: 'x', all: [{ name: 'a' }, { name: 'b' }] };
    expect(parse(data)).toBeInstanceOf(Around);
    [made, judged] = [0, 0];
    expect(parse(data)).toBeInstanceOf(Around);
    expect([made, judged]).toEqual([2, 2]);
    expect(stack).toContain('onward/fillAround.js');
  });
});

describe('code of the user’s that changes what is nested', () => {
  const calls: unknown[] = [];

  it('through the object of a transform, before the field and behind it', () => {
    class Before {
      @Transform(({ value, obj }) => ((obj.lines[0].qty = 0), (obj.lines[0].more = 1), value)) @IsString() to!: string;
      @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
    }
    expect(expectSame(Before, () => ({ to: 'x', lines: [{ sku: 'a', qty: 1 }] }))).toContain('lines[0].qty');
    class Tagged {
      @IsString({ each: true }) tags!: string[];
    }
    class Behind {
      @ValidateNested() @Type(() => Tagged) tagged!: Tagged;
      @Transform(({ value, obj }) => (obj.tagged.tags.push(1), value)) @IsString() to!: string;
    }
    expect(expectSame(Behind, () => ({ to: 'x', tagged: { tags: ['a'] } }))).toContain('tagged.tags[1]');
  });

  it('through a setter, and through a transform of the field itself', () => {
    class BySetter {
      @ValidateNested() @Type(() => Line) line!: Line;
      @IsString() get to(): string {
        return 'x';
      }
      set to(_: string) {
        this.line.qty = 0;
      }
    }
    expect(expectSame(BySetter, () => ({ to: 'x', line: { sku: 'a', qty: 1 } }))).toContain('line.qty');
    class Itself {
      @Transform(({ value }) => (calls.push(value), Object.assign(value, { qty: 0 })))
      @ValidateNested()
      @Type(() => Line)
      line!: Line;
    }
    expect(expectSame(Itself, () => ({ line: { sku: 'a', qty: 1 } }), calls)).toContain('line.qty');
  });

  it('runs once and in order where it fills what is nested, too', () => {
    class Inner {
      @Transform(({ value, obj }) => (calls.push(value, { ...obj }), value)) @IsInt() @Min(1) count!: number;
      @ValidateIf(() => (calls.push('if'), true)) @IsString() name!: string;
      [more: string]: unknown;
    }
    class Outer {
      @Transform(({ value }) => (calls.push(value), value)) @IsString() first!: string;
      @ValidateNested({ each: true }) @Type(() => Inner) inner!: Inner[];
      @Transform(({ value, obj }) => (calls.push(value, obj.inner.length), value)) @IsString() last!: string;
    }
    const inner = [
      { count: 1, name: 'a' },
      { count: 0, name: 2, more: 1 },
    ];
    const answer = expectSame(Outer, () => ({ first: 'x', inner, last: 'y' }), calls);
    expect(answer).toContain('inner[1].count');
    expect(answer).toContain('inner[1].more');
  });

  it('what cannot be compiled within it leaves the class compiled', () => {
    class Odd {
      @IsInt() a!: number;
      constructor() {
        Object.defineProperty(this, 'b', { get: () => 1, enumerable: true });
      }
    }
    class Around {
      @trimmed @IsString() to!: string;
      @ValidateNested() @Type(() => Odd) odd!: Odd;
      @ValidateNested() @Type(() => Line) line!: Line;
    }
    expectSame(Around, () => ({ to: ' x', odd: { a: 1 }, line: { sku: 'a', qty: 1 } }));
    expectSame(Around, () => ({ to: ' x', odd: { a: 'x' }, line: { sku: 'a', qty: 0 } }));
  });
});
