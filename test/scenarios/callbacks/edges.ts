// S-A5 to S-A11: what runs after a body.

import { IsOptional, IsString } from 'class-validator';
import { ErrorValue, Job, OnCancel, OnEnd, OnSuccess, ReturnValue, type StepContext } from 'onward';
import type { Notes } from '../notes.ts';

export interface Counted {
  count: number;
}
export class Answer {
  @IsOptional() @IsString() text?: string;
}
export interface Found {
  readonly state: 'paid' | 'open';
}

/** The next number of the run. */
function counted(notes: Notes, context: StepContext<Counted>): number {
  context.state.add('count', 1);
  notes.say(`${context.step.node.split('.')[1]}`);
  return context.state.get('count') ?? 0;
}

/** S-A5 */
export class Chain {
  constructor(private readonly notes: Notes) {}

  @Job()
  job1(context: StepContext<Counted>): void {
    counted(this.notes, context);
  }
  @OnSuccess('job1')
  handler1(context: StepContext<Counted>): void {
    counted(this.notes, context);
  }
  @OnSuccess('handler1')
  job2(context: StepContext<Counted>): void {
    counted(this.notes, context);
  }
  @OnSuccess('job2')
  handler2(context: StepContext<Counted>): void {
    counted(this.notes, context);
  }
}

/** S-A6 */
export class Loop {
  constructor(protected readonly notes: Notes) {}

  @Job()
  @OnSuccess('job2', { when: 'job1' })
  job1(context: StepContext<Counted>): void {
    counted(this.notes, context);
  }
  @OnSuccess('job1')
  @OnSuccess('job2', { when: 'handler1' })
  handler1(context: StepContext<Counted>): 'handler2' | 'job2' {
    return counted(this.notes, context) > 4 ? 'handler2' : 'job2';
  }
  @OnSuccess('handler1', { when: 'job2' })
  job2(context: StepContext<Counted>): 'job1' | 'handler1' {
    return counted(this.notes, context) % 3 === 0 ? 'job1' : 'handler1';
  }
  @OnSuccess('handler1', { when: 'handler2' })
  handler2(context: StepContext<Counted>): void {
    counted(this.notes, context);
  }
}

/** S-A6, with one more edge: it has the nodes of the loop and one beside them. */
export class LoopBeside extends Loop {
  @OnSuccess('job1')
  handler3(): void {
    this.notes.say('handler3');
  }
}

/** S-A7 */
export class Router {
  constructor(private readonly notes: Notes) {}

  @Job()
  ask(answer: Answer): string | undefined {
    return answer.text;
  }
  @OnSuccess('ask', { when: 'yes' })
  yes(): void {
    this.notes.say('yes');
  }
  @OnSuccess('ask', { when: (text: string | undefined) => text === undefined })
  silence(): void {
    this.notes.say('silence');
  }
  @Job()
  look(answer: Answer): Found {
    return { state: answer.text === 'paid' ? 'paid' : 'open' };
  }
  @OnSuccess('look', { when: { state: 'paid' } })
  pack({ state }: Found): void {
    this.notes.say(`pack ${state}`);
  }
}

/** S-A9 */
export class Again {
  constructor(private readonly notes: Notes) {}

  @Job()
  @OnSuccess('turn', { when: 'again' })
  turn(context: StepContext): 'again' | 'done' {
    this.notes.say(`round ${context.step.round}`);
    if (context.step.round === 2) throw new Error('second');
    return 'again';
  }
  @OnSuccess('turn')
  byDefault(value: string): void {
    this.notes.say(`default ${value}`);
  }
  @OnEnd('turn')
  settled(@ReturnValue() value: string | undefined, @ErrorValue() error: Error | undefined): void {
    this.notes.say(`settled ${value} ${error?.message}`);
  }
}

/** S-A11 */
export class Leaver {
  constructor(private readonly notes: Notes) {}

  @Job()
  async hold(context: StepContext): Promise<void> {
    await context.spawn(Leaver, 'held');
  }
  @Job()
  held(context: StepContext): Promise<void> {
    this.notes.seen.push(context.signal);
    return new Promise((resolve) => context.signal.addEventListener('abort', () => resolve()));
  }
  @OnCancel('held')
  terminated(): void {
    this.notes.say('terminated');
  }
  @OnEnd('held')
  ended(): void {
    this.notes.say('ended');
  }
  @OnEnd('hold')
  parentEnded(): void {
    this.notes.say('parent ended');
  }

  @Job()
  go(): string {
    return 'started value';
  }
  @OnSuccess('go')
  async ahead(): Promise<void> {
    await this.notes.gate('ahead');
    this.notes.say('ahead');
  }
  @OnSuccess('go')
  leave(context: StepContext): void {
    context.exit('RET');
  }
  @OnSuccess('ahead')
  @OnSuccess('leave')
  late(): void {
    this.notes.say('late');
  }
}
