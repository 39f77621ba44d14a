// A message of every kind of field, and the parser of a class that is compiled.

import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

import { createParser, type Parse, type ParserOptions } from '../../src/message/parser.ts';
import { Refusal } from '../../src/message/refusal.ts';
import { type MessageLimits } from '../../src/values/sanitize.ts';
import type { MessageClass } from '../../src/wiring/v1.ts';

export class Line {
  @IsString() @Length(1, 8) sku!: string;
  @IsInt() @Min(1) @Max(99) qty!: number;
}

export class Order {
  @IsString() @Matches(/^[a-z0-9-]+$/) id!: string;
  @IsEmail() email!: string;
  @IsIn(['web', 'shop']) source!: string;
  @IsOptional() @IsString() note?: string;
  @Type(() => Date) @IsOptional() at?: Date;
  @IsArray() @IsString({ each: true }) tags!: string[];
  @ValidateNested() @Type(() => Line) first!: Line;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}

export const order = (): Record<string, unknown> => ({
  id: 'a-1',
  email: 'a@b.co',
  source: 'web',
  at: '2026-11-29',
  tags: ['x', 'ö'],
  first: { sku: 's', qty: 1 },
  lines: [
    { sku: 'a', qty: 2 },
    { sku: 'b', qty: 3 },
  ],
});

/** The parser of a class that has been compiled: the first two messages are interpreted. */
export function compiledParse(
  messageClass: MessageClass,
  options?: ParserOptions,
  limits?: Partial<MessageLimits>,
): Parse {
  const parse = createParser(limits).of(messageClass, options);
  void parse(1);
  void parse(1);
  return parse;
}

export function said(parsed: unknown): unknown {
  return parsed instanceof Refusal ? parsed.error.message : parsed;
}
