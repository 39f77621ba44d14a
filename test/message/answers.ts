// What the parser answers to a message, and the messages that most rows of the catalogue are about.

import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsBoolean, IsDate, IsInt, IsNumber, IsOptional, IsString, Min, ValidateNested } from 'class-validator';
import { afterEach, beforeEach, expect } from 'vitest';
import { createParser, type ParserOptions } from '../../src/message/parser.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';
import type { MessageClass } from '../../src/wiring/v1.ts';

/** What the parser says: `ok` or the error's text. */
export function answer(messageClass: MessageClass, data: unknown, options?: ParserOptions): string {
  try {
    const built = createParser().build(messageClass, data, options);
    return built instanceof messageClass ? 'ok' : 'built another class';
  } catch (error) {
    return error instanceof OnwardError ? error.message : `not ours: ${String(error)}`;
  }
}

export const codeOf = (text: string): string => text.slice(0, 7);

export class Line {
  @IsString() sku!: string;
  @IsInt() @Min(1) qty!: number;
}
export class Order {
  @IsString() id!: string;
  @IsOptional() @IsInt() count?: number;
  @IsOptional() @IsNumber() amount?: number;
  @IsOptional() @IsBoolean() paid?: boolean;
  @IsOptional() @IsDate() @Type(() => Date) at?: Date;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Line) lines?: Line[];
  @IsOptional() extra?: unknown;
}

const prototypesBefore = new Map<object, readonly PropertyKey[]>();
const PROTOTYPES = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  Map.prototype,
  Order.prototype,
  Line.prototype,
];

/** No message changes what all objects have. */
export function guardPrototypes(): void {
  beforeEach(() => {
    for (const prototype of PROTOTYPES) prototypesBefore.set(prototype, Reflect.ownKeys(prototype));
  });
  afterEach(() => {
    for (const prototype of PROTOTYPES) expect(Reflect.ownKeys(prototype)).toEqual(prototypesBefore.get(prototype));
  });
}
