// A till, and calls of it as callers without types make them.

import { IsInt, IsString } from 'class-validator';
import { Handler, Job, memoryEngine, ReturnValue } from 'onward';
import { wired, type Wired } from './wired.ts';

export class Money {
  @IsInt() cents!: number;
  @IsString() currency!: string;
}
class Marked {
  @ReturnValue() value!: unknown;
  @IsString() note!: string;
}
export class Till {
  @Job() pay(_money: Money): string {
    return 'paid';
  }
  @Job() open(): void {}
  @Handler() ring(): void {}
  @Handler() book(_marked: Marked): void {}
}

export function till(engine = memoryEngine()): Wired {
  return wired(engine, { Till: new Till() }, { 'Till.pay': [Money], 'Till.book': [Marked] });
}

/** What a call throws at once, as text. */
export function thrownBy(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  throw new Error('it threw nothing');
}

/** A method called as JavaScript may. */
export function called(target: object, method: string, ...given: readonly unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, method), target, given);
}
