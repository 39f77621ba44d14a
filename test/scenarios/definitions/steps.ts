// S-P2 to S-P8 as JSON: jobs that definitions may use, and one that they may not.

import { equal } from 'node:assert';
import { IsArray, IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import { InvalidArgument, Job } from 'onward';
import type { Notes } from '../notes.ts';

export class How {
  @IsIn(['well', 'argument', 'assertion', 'other']) how!: string;
}
export class Amount {
  @IsInt() cents!: number;
  @IsOptional() @IsString() text?: string;
}
export class Many {
  @IsArray() items!: unknown[];
  @IsString() title!: string;
}

export class Demo {
  constructor(private readonly notes: Notes) {}

  @Job({ expose: true })
  run({ how }: How): string {
    this.notes.say(`run ${how}`);
    if (how === 'argument') throw new InvalidArgument('not this one');
    if (how === 'assertion') equal(1, 2);
    if (how === 'other') throw new Error('unexpected');
    return how;
  }
  @Job({ expose: true })
  price(): Amount {
    return { cents: 250 };
  }
  @Job({ expose: true })
  charge(amount: Amount): Amount {
    this.notes.say(`charged ${amount.cents} ${amount.text}`);
    return amount;
  }
  @Job({ expose: true })
  list(many: Many): void {
    this.notes.seen.push(many);
  }
  @Job({ expose: true, tags: ['admin'] })
  admin(): void {
    this.notes.say('admin');
  }
  @Job()
  hidden(): void {
    this.notes.say('hidden');
  }
}
