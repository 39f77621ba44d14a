// S-D1 to S-D11, what S-P2, S-P6, S-P8 and S-P10 say of jobs in plans, and messages into a run.

import { IsBoolean, IsString } from 'class-validator';
import { Handler, Job, OnEnd, OnSuccess, ReturnValue, type RunReport, type Sent, type StepContext } from 'onward';
import type { Notes } from '../notes.ts';

export class Manager {
  attempts = 0;
  constructor(private readonly notes: Notes) {}

  @Job()
  ok(): string {
    return 'fine';
  }
  @Job()
  nothing(): undefined {}
  @Job()
  bad(): string {
    throw new Error('broken');
  }
  @Job()
  later(context: StepContext): string {
    this.notes.seen.push(context.previous);
    this.notes.say('later');
    return 'late';
  }
  @OnEnd('ok')
  @OnEnd('bad')
  @OnEnd('later')
  told(context: StepContext): void {
    this.notes.say(`callback of ${context.step.parent?.node}`);
  }
  @Handler()
  failure(report: RunReport): void {
    const entries = report.steps.filter(({ cause }) => cause === null);
    this.notes.say(`onFailure: ${entries.map(({ node, status }) => `${node} ${status}`).join(', ')}`);
  }
  @Handler()
  success(report: RunReport): void {
    this.notes.say(`onSuccess ${report.steps.length}`);
  }

  /** S-D3 */
  @Job({ retry: { attempts: 3, delay: '1s' } })
  twice(): string {
    this.attempts++;
    if (this.attempts < 3) throw new Error(`error ${this.attempts}`);
    return 'third time';
  }

  /** S-D4 */
  @Job({ retry: { attempts: 3, delay: '10ms' }, timeout: '1s' })
  async late(context: StepContext): Promise<void> {
    context.signal.addEventListener('abort', () => this.notes.say(`aborted ${context.step.attempt}`));
    await this.notes.wait(1_500);
  }

  /** S-D10 */
  @Job()
  async first(): Promise<number> {
    this.notes.say('first begins');
    await this.notes.wait(30);
    return 1;
  }
  @Job()
  async second(): Promise<number> {
    this.notes.say('second begins');
    await this.notes.wait(10);
    return 2;
  }

  /** S-P6 */
  @Job({ tags: ['night'] })
  secret(): void {
    this.notes.say('opened');
  }

  /** S-P10 */
  @Job()
  remember(context: StepContext<{ seen: number }>): number {
    context.state.add('seen', 1);
    return context.state.get('seen') ?? 0;
  }
}

/** S-D5: callbacks that throw. */
export class Fragile {
  constructor(private readonly notes: Notes) {}

  @Job()
  work(): string {
    return 'worked';
  }
  @OnEnd('work')
  throwing(): void {
    this.notes.say('task callback throws');
    throw new Error('task callback');
  }
  @Handler()
  notify(): void {
    this.notes.say('notifier throws');
    throw new Error('notifier');
  }
}

export class Verdict {
  @IsBoolean() granted!: boolean;
  @IsString() by!: string;
}

/** A run that waits for somebody. */
export class Leave {
  constructor(private readonly notes: Notes) {}

  @Job()
  ask(): { days: number } {
    return { days: 3 };
  }
  @OnSuccess('ask')
  @Handler({ waits: true, timeout: '2d' })
  decide({ granted, by }: Sent<Verdict>, @ReturnValue() wish: { days: number }): string {
    this.notes.say(`${by} on ${wish.days} days: ${granted}`);
    return granted ? 'granted' : 'refused';
  }
  @OnSuccess('decide', { when: 'granted' })
  enter(): void {
    this.notes.say('entered');
  }
}
