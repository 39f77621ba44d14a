// Nested messages: required unless a condition lets them be missing, one object unless something asks for a collection; and
// what a condition, a validator or a transform throws hides nothing else.

import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  registerDecorator,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { describe, expect, it } from 'vitest';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { createParser } from '../../src/message/parser.ts';
import type { MessageClass } from '../../src/wiring/v1.ts';

const parser = createParser();

/** `ok`, or the lines of the refusal. */
function answer(messageClass: MessageClass, data: object): string {
  try {
    void parser.build(messageClass, data);
    return 'ok';
  } catch (error) {
    if (!(error instanceof OnwardError)) throw error;
    return error.issues.length === 0
      ? error.message
      : error.issues.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`).join('; ');
  }
}

class Line {
  @IsInt() quantity!: number;
}

class Order {
  @IsInt() cents!: number;
  @ValidateNested() @Type(() => Line) line!: Line;
}

describe('PC31: a nested message that is missing', () => {
  it.each([{ cents: 5 }, { cents: 5, line: undefined }])('is an issue: %o', (data) => {
    expect(answer(Order, data)).toBe('line: expected an object, got nothing');
  });

  it('is refused as null too, and taken where it is there', () => {
    expect(answer(Order, { cents: 5, line: null })).toBe('line: expected an object, got null');
    expect(answer(Order, { cents: 5, line: { quantity: 1 } })).toBe('ok');
  });

  it('is an issue among others, in a list and below another message', () => {
    class Cart {
      @ValidateNested({ each: true }) @Type(() => Order) orders!: Order[];
    }
    const both = 'cents: expected an integer number, got nothing; line: expected an object, got nothing';
    expect(answer(Order, {})).toBe(both);
    expect(answer(Cart, {})).toBe('orders: expected an array, got nothing');
    expect(answer(Cart, { orders: [{ cents: 1 }] })).toBe('orders[0].line: expected an object, got nothing');
  });

  it('may be missing with @IsOptional, with a default, and where a @ValidateIf does not ask for it', () => {
    class Loose {
      @IsOptional() @ValidateNested() @Type(() => Line) line?: Line;
      @ValidateNested() @Type(() => Line) first: Line = Object.assign(new Line(), { quantity: 1 });
      @ValidateIf((loose: Loose) => loose.line !== undefined) @ValidateNested() @Type(() => Line) second?: Line;
    }
    expect(answer(Loose, {})).toBe('ok');
    expect(answer(Loose, { line: { quantity: 1 } })).toBe('second: expected an object, got nothing');
  });
});

describe('PC25: one nested message', () => {
  it.each([
    [[{ quantity: 1 }], 'an array of 1 item'],
    [[], 'an array of 0 items'],
    [[[{ quantity: 1 }]], 'an array of 1 item'],
    [new Map([['a', { quantity: 1 }]]), 'a Map'],
    [new Set([{ quantity: 1 }]), 'a Set'],
    [new Date(0), 'the date 1970-01-01T00:00:00.000Z'],
  ])('is no %o', (line, got) => {
    expect(answer(Order, { cents: 1, line })).toBe(`line: expected an object, got ${got}`);
  });

  it('is an item of a list; an empty list is none', () => {
    class Cart {
      @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
    }
    expect(answer(Cart, { lines: [] })).toBe('ok');
    expect(answer(Cart, { lines: [[]] })).toBe('lines[0]: expected an object, got an array of 0 items');
    expect(answer(Cart, { lines: [[{ quantity: 1 }]] })).toBe('lines[0]: expected an object, got an array of 1 item');
    expect(answer(Cart, { lines: [undefined] })).toBe('lines[0]: expected an object, got nothing');
    expect(answer(Cart, { lines: new Set([{ quantity: 1 }]) })).toBe('ok');
    expect(answer(Cart, { lines: { quantity: 1 } })).toBe('lines: expected an array, got a Line');
  });

  it('is a list without `each` where another validator says that it is one', () => {
    class Cart {
      @IsArray() @ValidateNested() @Type(() => Line) lines!: Line[];
      @ArrayNotEmpty() @ValidateNested() @Type(() => Line) more!: Line[];
    }
    expect(answer(Cart, { lines: [{ quantity: 1 }], more: [{ quantity: 2 }] })).toBe('ok');
    expect(answer(Cart, { lines: [{ quantity: 'x' }], more: [1] })).toBe(
      'lines[0].quantity: expected an integer number, got "x"; more[0]: expected an object, got 1',
    );
  });

  it('names @Type only where it is missing', () => {
    class Untyped {
      @ValidateNested() line!: Line;
    }
    class Circular {
      @ValidateNested() @Type(() => Object) line!: Line;
    }
    expect(answer(Untyped, { line: { quantity: 1 } })).toBe(
      'line: expected an object of a class (@ValidateNested needs @Type(() => …) next to it), got an object',
    );
    expect(answer(Circular, { line: { quantity: 1 } })).toBe(
      'line: expected an object of a class (the function of @Type gives no class of a message), got an object',
    );
    expect(answer(Untyped, { line: [] })).toBe('line: expected an object, got an array of 0 items');
  });
});

class Sheet {
  @IsArray() @IsString({ each: true }) parts!: string[];
  @ValidateIf((sheet: Sheet) => sheet.parts.length > 1) @IsNotEmpty() title?: string;
}

describe('PC33: what the code of a message throws', () => {
  it('hides no issue of another field', () => {
    expect(answer(Sheet, {})).toMatch(/^parts: expected .*an array.*, got nothing$/);
  });

  it('is the cause of the refusal, and the refusal itself where nothing else is wrong', () => {
    class Plain {
      @ValidateIf((plain: Plain) => Reflect.get(plain, 'parts').length > 1) @IsNotEmpty() title?: string;
    }
    expect(answer(Plain, {})).toMatch(/^ONW2010: a validator of Plain\.title threw TypeError/);
    expect(() => parser.build(Sheet, {})).toThrow(
      expect.objectContaining({ code: 'ONW2003', cause: expect.objectContaining({ code: 'ONW2010' }) }),
    );
  });

  const boom = (): never => {
    throw new TypeError('boom');
  };
  function Checked(validate: () => boolean | Promise<boolean>): PropertyDecorator {
    return (prototype, field) =>
      registerDecorator({
        name: 'checked',
        target: prototype.constructor,
        propertyName: String(field),
        validator: { validate },
      });
  }

  it('hides none from a validator, a text, a transform, a type or a setter either', async () => {
    class Validator {
      @Checked(boom) a!: number;
      @IsInt() b!: number;
    }
    class Text {
      @IsInt({ message: boom }) a!: number;
      @IsInt() b!: number;
    }
    class Transformed {
      @Transform(boom) a!: number;
      @IsInt() b!: number;
    }
    class Typed {
      @Type(boom) @ValidateNested() a!: Line;
      @IsInt() b!: number;
    }
    class Setter {
      declare a: number;
      @IsInt() b!: number;
    }
    Object.defineProperty(Setter.prototype, 'a', { set: boom });
    IsOptional()(Setter.prototype, 'a');
    class Late {
      @Checked(() => Promise.reject(new Error('down'))) a!: number;
      @IsInt() b!: number;
    }
    for (const messageClass of [Validator, Text, Transformed, Typed, Setter]) {
      expect(answer(messageClass, { a: 'x', b: 'y' })).toBe('b: expected an integer number, got "y"');
      expect(answer(messageClass, { a: 'x', b: 1 })).toMatch(/^ONW2010: .*\.a threw TypeError: boom$/);
    }
    await expect(parser.build(Late, { a: 1, b: 'y' })).rejects.toMatchObject({ code: 'ONW2003' });
    await expect(parser.build(Late, { a: 1, b: 1 })).rejects.toMatchObject({ code: 'ONW2010' });
  });
});
