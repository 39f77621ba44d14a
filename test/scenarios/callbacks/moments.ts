// S-A1 to S-A4: what runs around a body.

import { IsString } from 'class-validator';
import { ErrorValue, Job, OnCancel, OnEnd, OnError, OnRunEnd, OnStart, OnSuccess, ReturnValue } from 'onward';
import type { RunReport, StepContext } from 'onward';
import type { Notes } from '../notes.ts';

export class Parcel {
  @IsString() to!: string;
}
export class Labelled {
  @IsString() to!: string;
  @IsString() label!: string;
}

/** S-A1 */
export class Parent {
  constructor(private readonly notes: Notes) {}

  @Job()
  async work(context: StepContext): Promise<string> {
    this.notes.say('P body');
    await context.spawn(Parent, 'child');
    await context.spawn(Parent, 'helper');
    return 'worked';
  }
  @Job()
  child(): void {
    this.notes.say('C body');
  }
  @Job()
  async helper(): Promise<void> {
    await this.notes.wait(50);
    this.notes.say('H done');
  }
  @OnStart('work')
  begin(): void {
    this.notes.say('P start');
  }
  @OnEnd('work')
  async end(@ReturnValue() value: string | undefined): Promise<void> {
    this.notes.say(`P end ${value}`);
    await this.notes.gate('end');
  }
  @OnSuccess('work')
  next(value: string): void {
    this.notes.say(`P completed ${value}`);
  }
  @OnRunEnd('work')
  over(report: RunReport): void {
    this.notes.say(`flow end ${report.status}`);
  }
}

/** S-A2 */
export class Failing {
  constructor(private readonly notes: Notes) {}

  @Job()
  work(): string {
    this.notes.say('body');
    throw new RangeError('E');
  }
  @OnStart('work')
  begin(): void {
    this.notes.say('start');
  }
  @OnError('work')
  fail(@ErrorValue() error: Error): void {
    this.notes.say(`exception ${error.message}`);
  }
  @OnEnd('work')
  end(@ErrorValue() error: Error | undefined): void {
    this.notes.say(`end ${error?.message}`);
  }
  @OnSuccess('work')
  next(): void {
    this.notes.say('success');
  }
  @OnRunEnd('work')
  over(): void {
    this.notes.say('flow end');
  }
  @Job()
  other(): string {
    return 'ran';
  }
}

/** S-A3 */
export class Courier {
  constructor(private readonly notes: Notes) {}

  @Job()
  send(parcel: Parcel): void {
    this.notes.say(`body ${parcel.to}`);
  }
  @OnStart('send', { bind: { label: 'fragile' } })
  async everything({ to, label }: Labelled, context: StepContext): Promise<void> {
    await this.notes.wait(20);
    this.notes.say(`everything ${to} ${label} ${context.step.node} of ${context.step.parent?.node}`);
  }
  @OnStart('send')
  message(parcel: Parcel): void {
    this.notes.say(`message ${parcel.to}`);
  }
  @OnStart('send')
  async context(context: StepContext): Promise<void> {
    await this.notes.wait(10);
    this.notes.say(`context ${context.step.parent?.node}`);
  }
  @OnStart('send')
  nothing(): void {
    this.notes.say(`nothing ${arguments.length}`);
  }
}

/** S-A4 */
export class Fragile {
  constructor(private readonly notes: Notes) {}

  #throw(moment: string): never {
    this.notes.say(`${moment} throws`);
    throw new Error(moment);
  }
  @Job()
  go(parcel: Parcel): string {
    if (parcel.to === 'nowhere') throw new Error('no address');
    return parcel.to;
  }
  @OnSuccess('go', { when: 'home' })
  handle(): void {}
  @OnSuccess('go', { when: 'far' })
  travel(context: StepContext): Promise<void> {
    return new Promise((resolve) => context.signal.addEventListener('abort', () => resolve()));
  }

  @OnStart('go')
  badJobStart(): void {
    this.#throw('job start');
  }
  @OnStart('go')
  jobStart(): void {
    this.notes.say('job start');
  }
  @OnStart('handle')
  badHandlerStart(): void {
    this.#throw('handler start');
  }
  @OnStart('handle')
  handlerStart(): void {
    this.notes.say('handler start');
  }
  @OnError('go')
  badException(): void {
    this.#throw('exception');
  }
  @OnError('go')
  exception(): void {
    this.notes.say('exception');
  }
  @OnCancel('travel')
  badTerminate(): void {
    this.#throw('terminate');
  }
  @OnCancel('travel')
  terminate(): void {
    this.notes.say('terminate');
  }
  @OnEnd('handle')
  badHandlerEnd(): void {
    this.#throw('handler end');
  }
  @OnEnd('handle')
  handlerEnd(): void {
    this.notes.say('handler end');
  }
  @OnEnd('go')
  badJobEnd(): void {
    this.#throw('job end');
  }
  @OnEnd('go')
  jobEnd(): void {
    this.notes.say('job end');
  }
  @OnRunEnd('go')
  badRunEnd(): void {
    this.#throw('run end');
  }
  @OnRunEnd('go')
  runEnd(): void {
    this.notes.say('run end');
  }
}
