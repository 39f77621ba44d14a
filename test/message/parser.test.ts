import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, IsUUID, Min, ValidateNested, validateSync } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { recordFieldMark } from '../../src/decorators/record.ts';
import { createParser } from '../../src/message/parser.ts';

const ReturnValue = (): PropertyDecorator => (prototype, field) =>
  recordFieldMark(prototype, String(field), 'returnValue');

class ChargeCard {
  @IsUUID() orderId!: string;
  @IsInt() @Min(1) cents!: number;
}

class Line {
  @IsString() sku!: string;
  @IsInt() @Min(1) qty!: number;
}

class Order {
  @IsString() id!: string;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
  @IsOptional() @IsString() note?: string | null;
}

class Receipt {
  @IsString() id!: string;
  @IsInt() cents!: number;
}

class ReceiptMail {
  receipt!: Receipt;
  @IsString() template!: string;
}

class Bare {
  declare anything: unknown;
}

const orderId = '0b0d7c1e-6a4b-4f6b-9c0e-2b8f0c7f5a11';
const parser = createParser();

describe('building', () => {
  test('a message is a new instance of its class, and the data stays as it was', () => {
    const data = Object.freeze({ orderId, cents: 4200 });
    const message = parser.build(ChargeCard, data);
    expect(message).toBeInstanceOf(ChargeCard);
    expect(message).toEqual({ orderId, cents: 4200 });
    expect(message).not.toBe(data);
  });

  test('nested objects become instances of their class', () => {
    const message = parser.build(Order, { id: 'a', lines: [{ sku: 'x', qty: 1 }] });
    expect(message).toMatchObject({ id: 'a', lines: [{ sku: 'x', qty: 1 }] });
    expect(Reflect.get(message, 'lines')[0]).toBeInstanceOf(Line);
    if (message instanceof Order) expect(validateSync(message)).toEqual([]);
  });

  test('a class that declares nothing takes every field as it comes', () => {
    expect(parser.build(Bare, { anything: 1, more: [2] })).toEqual({ anything: 1, more: [2] });
  });

  test('a marked field takes a message of its own class, dropping what that class does not declare', () => {
    const receipt = Object.assign(new Receipt(), { id: 'r', cents: 1, internal: true });
    const message = parser.build(ReceiptMail, { receipt, template: 'vip' }, { marked: { receipt: Receipt } });
    expect(message).toEqual({ receipt: { id: 'r', cents: 1 }, template: 'vip' });
    expect(Reflect.get(message, 'receipt')).toBeInstanceOf(Receipt);
    expect(Reflect.get(message, 'receipt')).not.toBe(receipt);
  });

  test('a field marked with true takes any value as it is', () => {
    const error = new Error('declined');
    const message = parser.build(ReceiptMail, { receipt: error, template: 'vip' }, { marked: { receipt: true } });
    expect(Reflect.get(message, 'receipt')).toBe(error);
  });
});

class BaseOrder {
  @IsString() id!: string;
}

class PriorityOrder extends BaseOrder {
  @IsInt() priority = 1;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Line) byName?: Map<string, Line>;
}

class Untyped {
  @ValidateNested() line!: Line;
}

class Marked {
  @ReturnValue() receipt!: Receipt;
}

describe('what a class declares', () => {
  test('inherited fields and defaults count, maps of nested objects are filled', () => {
    const message = parser.build(PriorityOrder, { id: 'a', byName: new Map([['x', { sku: 's', qty: 2 }]]) });
    expect(message).toMatchObject({ id: 'a', priority: 1 });
    expect(Reflect.get(message, 'byName').get('x')).toBeInstanceOf(Line);
    expect(() => parser.build(PriorityOrder, { id: 'a', byName: new Map([['a b', { sku: 's', qty: 0 }]]) }))
      .toThrowErrorMatchingInlineSnapshot(`
      [OnwardError: ONW2003: the message does not fit PriorityOrder
        byName["a b"].qty: expected not less than 1, got 0]
    `);
  });

  test('unknown fields are dropped on demand, in nested objects too', () => {
    const data = { id: 'a', lines: [{ sku: 's', qty: 1, color: 'red' }], source: 'web' };
    expect(parser.build(Order, data, { unknownFields: 'drop' })).toEqual({ id: 'a', lines: [{ sku: 's', qty: 1 }] });
  });

  test('a marked field is declared, without any validator', () => {
    expect(parser.build(Marked, { receipt: { any: 1 } })).toEqual({ receipt: { any: 1 } });
    expect(() => parser.build(Marked, { other: 1 })).toThrow('other: expected no field of this name');
  });

  test('@ValidateNested without @Type has no class to check against, and says so', () => {
    expect(() => parser.build(Untyped, { line: { sku: 's' } })).toThrowErrorMatchingInlineSnapshot(`
      [OnwardError: ONW2003: the message does not fit Untyped
        line: expected an object of a class (@ValidateNested needs @Type(() => …) next to it), got an object]
    `);
  });

  test('a message that is an instance already is built anew', () => {
    const order = Object.assign(new PriorityOrder(), { id: 'a', priority: 7 });
    const message = parser.build(PriorityOrder, order);
    expect(message).toEqual(order);
    expect(message).not.toBe(order);
  });
});

describe('refusing', () => {
  test('every issue is listed with its path, what was expected and what came', () => {
    expect(() =>
      parser.build(Order, {
        id: 1,
        lines: [
          { sku: 'x', qty: '1' },
          { sku: 'y', qty: 0 },
        ],
        extra: 'x',
      }),
    ).toThrowErrorMatchingInlineSnapshot(`
        [OnwardError: ONW2003: the message does not fit Order
          extra: expected no field of this name, got "x"
          id: expected a string, got 1
          lines[0].qty: expected an integer number, not less than 1, got "1"
          lines[1].qty: expected not less than 1, got 0]
      `);
    expect(() => parser.build(ChargeCard, {})).toThrowErrorMatchingInlineSnapshot(`
      [OnwardError: ONW2003: the message does not fit ChargeCard
        orderId: expected a UUID, got nothing
        cents: expected an integer number, not less than 1, got nothing]
    `);
    expect(() => parser.build(ReceiptMail, { receipt: { id: 3 } }, { marked: { receipt: Receipt } }))
      .toThrowErrorMatchingInlineSnapshot(`
      [OnwardError: ONW2003: the message does not fit ReceiptMail
        receipt.id: expected a string, got 3
        receipt.cents: expected an integer number, got nothing
        template: expected a string, got nothing]
    `);
  });
});
