// A6 to A9: edges, loops, fan-out and fan-in.

import { IsIn, IsInt, IsString } from 'class-validator';
import { ErrorValue, Handler, Job, Join, OnEnd, OnError, OnRunEnd, OnSuccess, ReturnValue } from 'onward';
import type { StepContext } from 'onward';
import type { Notes } from '../notes.ts';

export class Sum {
  @IsInt() euros!: number;
}
export class Way {
  @IsIn(['well', 'declined', 'lost', 'broken']) how!: string;
}
export class Declined extends Error {
  override readonly name = 'Declined';
}
export class Tries {
  @IsInt() most!: number;
}
export class Words {
  @IsString({ each: true }) words!: string[];
}
export class Halves {
  left!: string;
  right!: string;
}
export class First {
  left?: string;
  right?: string;
}
export class Lengths {
  lengths!: number[];
}

/** A6 */
export class Choice {
  constructor(private readonly notes: Notes) {}

  @Job()
  weigh(sum: Sum): number {
    return sum.euros;
  }
  @OnSuccess('weigh', { when: 100 })
  exactly(euros: number): void {
    this.notes.say(`exactly ${euros}`);
  }
  @OnSuccess('weigh', { when: (euros: number) => euros >= 100 })
  large(euros: number): void {
    this.notes.say(`large ${euros}`);
  }
  @OnSuccess('weigh', { when: (euros: number) => euros % 2 === 0 })
  even(euros: number): void {
    this.notes.say(`even ${euros}`);
  }
  @OnSuccess('weigh', { otherwise: true })
  other(euros: number): void {
    this.notes.say(`other ${euros}`);
  }
  @OnSuccess('weigh')
  always(euros: number): void {
    this.notes.say(`always ${euros}`);
  }

  @Job()
  pay({ how }: Way): string {
    if (how === 'declined') throw new Declined('no money');
    if (how === 'lost') throw new RangeError('lost');
    if (how === 'broken') throw new Error('broken');
    return 'paid';
  }
  @OnError('pay', { when: Declined })
  sorry(way: Way, @ErrorValue() error: Declined): void {
    this.notes.say(`sorry ${way.how} ${error.message}`);
  }
  @OnError('pay', { when: (error: Error) => error.message === 'lost' })
  search(): void {
    this.notes.say('search');
  }
  @OnError('pay', { otherwise: true })
  alarm(): void {
    this.notes.say('alarm');
  }
  /** A7 */
  @OnSuccess('pay')
  thank(): void {
    this.notes.say('thank');
  }
  @OnEnd('pay')
  anyway(way: Way, @ReturnValue() value: string | undefined, @ErrorValue() error: Error | undefined): void {
    this.notes.say(`anyway ${way.how} ${value} ${error?.message}`);
  }
}

/** A8 */
export class Rounds {
  constructor(private readonly notes: Notes) {}

  @Job({ maxRounds: 3 })
  @OnSuccess('bounded')
  bounded(context: StepContext): void {
    this.notes.say(context.step.key);
  }
  @OnRunEnd('bounded')
  over(): void {
    this.notes.say('over');
  }

  @Job()
  @OnSuccess('endless', { when: true })
  endless(): boolean {
    this.notes.say('round');
    return true;
  }
}

/** A9 */
export class Fan {
  constructor(private readonly notes: Notes) {}

  @Job()
  go(): string {
    return 'go';
  }
  @OnSuccess('go')
  async left(): Promise<string> {
    await this.notes.wait(20);
    return 'L';
  }
  @OnSuccess('go')
  async right(): Promise<string> {
    await this.notes.wait(10);
    return 'R';
  }
  @Join({ left: 'left', right: 'right' })
  both(halves: Halves): void {
    this.notes.say(`both ${halves.left} ${halves.right}`);
  }
  @Join({ left: 'left', right: 'right' }, { mode: 'any' })
  first({ left, right }: First): void {
    this.notes.say(`first ${left} ${right}`);
  }
  @OnSuccess('left')
  @OnSuccess('right')
  eachArrival(half: string): void {
    this.notes.say(`arrival ${half}`);
  }

  @Job()
  split(words: Words): string[] {
    return words.words;
  }
  @OnSuccess('split', { each: true })
  async measure(word: string): Promise<number> {
    await this.notes.wait(100 - word.length);
    this.notes.say(`measure ${word}`);
    return word.length;
  }
  @Join({ lengths: 'measure' })
  total({ lengths }: Lengths): void {
    this.notes.say(`lengths ${lengths.join(' ')}`);
  }

  @Handler({ maxRounds: 3 })
  @OnSuccess('go')
  @OnSuccess('paired', { when: (pair: string) => pair !== '3a 3b' })
  begin(context: StepContext): number {
    return context.step.round;
  }
  @OnSuccess('begin')
  a(round: number): string {
    return `${round}a`;
  }
  @OnSuccess('begin')
  b(round: number): string {
    return `${round}b`;
  }
  @Join({ left: 'a', right: 'b' })
  paired({ left, right }: Halves): string {
    this.notes.say(`paired ${left} ${right}`);
    return `${left} ${right}`;
  }
}
