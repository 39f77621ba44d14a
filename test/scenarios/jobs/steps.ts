// S-P1 to S-P10: how a step can end.

import { equal } from 'node:assert';
import { IsIn, IsInt, IsString } from 'class-validator';
import { Job, InvalidArgument, OnError, OnSuccess, OnRunEnd, type StepContext } from 'onward';
import type { Notes } from '../notes.ts';

export class How {
  @IsIn(['well', 'range', 'argument', 'assertion', 'type', 'other']) how!: string;
}
export class Amount {
  @IsInt() cents!: number;
}
export class Name {
  @IsString() name!: string;
}

export class Demo {
  constructor(private readonly notes: Notes) {}

  @Job()
  run({ how }: How): string {
    if (how === 'range') throw new RangeError('out of range');
    if (how === 'argument') throw new InvalidArgument('not this one');
    if (how === 'assertion') equal(1, 2);
    if (how === 'type') throw new TypeError('not a function');
    if (how === 'other') throw new Error('unexpected');
    return how;
  }
  @OnError('run')
  tell(): void {
    this.notes.say('told');
  }

  /** What it gives is no amount, whatever its type says. */
  @Job()
  price(name: Name): Amount {
    const read: Amount = JSON.parse(name.name);
    return read;
  }
  @OnSuccess('price')
  charge(amount: Amount): void {
    this.notes.say(`charged ${amount.cents}`);
  }
  @OnError('charge')
  refused(): void {
    this.notes.say('refused');
  }

  @Job({ tags: ['night', 'admin'] })
  secret(): string {
    this.notes.say('opened');
    return 'opened';
  }

  @Job()
  remember(context: StepContext): unknown {
    const before = context.state.get('seen');
    context.state.set('seen', 1);
    return before ?? 'nothing';
  }
  @OnRunEnd('remember')
  over(): void {
    this.notes.say('over');
  }
}
